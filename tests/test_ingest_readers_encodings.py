"""Files that are not UTF-8 are refused with the right hint; text encoded twice is noted."""

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers import double_encoding, encodings
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.open_table import open_table
from bricoop.ingest.readers.table import Table

TEXTS = {
    "gb18030": "ID,名称,国家\n1,瓜达尔港自由区,巴基斯坦\n2,中老铁路,老挝\n",
    "big5": "編號,名稱,國家\n1,瓜達爾港,巴基斯坦\n",
    "shift_jis": "番号,名前,国\n1,ハンバントタ港,スリランカ\n",
    "euc_kr": "번호,이름,국가\n1,케냐 표준궤 철도 건설 사업,케냐\n",
    "windows-1251": "Номер,Название\n1,Железная дорога Москва — Казань\n",
    "koi8-r": "Номер,Название\n1,Железная дорога Москва\n",
    "windows-1252": "id,name\n1,Réhabilitation de la route\n2,Côte d’Ivoire\n",
    "mac-roman": "id,name\n1,Réhabilitation de la route\n2,São Tomé\n",
    "windows-1250": "id,name\n1,Łódź – Żywiec, kolej\n2,Příbram\n",
    "cp1256": "الرقم,الاسم\n1,ميناء جوادر في باكستان\n",
    "cp874": "หมายเลข,ชื่อ\n1,รถไฟความเร็วสูง\n",
}


def read(path: Path, encoding: str = "utf-8") -> Table:
    """Return the table of a file that was read to its end."""
    with closing(open_table(str(path), FileOptions(encoding=encoding))) as table:
        list(table.rows())
    return table


def refusal(path: Path, content: bytes, encoding: str = "utf-8") -> FileUnreadableError:
    """Return the message with which a file is refused."""
    path.write_bytes(content)
    with pytest.raises(FileUnreadableError) as caught:
        read(path, encoding)
    return caught.value


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_hint_names_the_encoding_and_shows_the_text(tmp_path: Path, encoding: str) -> None:
    text = TEXTS[encoding]
    hint = refusal(tmp_path / "in.csv", text.encode(encoding)).hint
    offered = encodings.likely(text.encode(encoding), "utf-8")
    assert offered[0].encoding == encoding
    assert f" {encoding} (" in hint
    assert f"--encoding {encoding}" in hint or "name the right one with --encoding" in hint
    assert offered[0].text.splitlines()[0] in text
    assert "windows-1252" not in hint or encoding.startswith(("windows-125", "mac"))


def test_a_short_name_lists_the_encodings_that_it_may_be_in(tmp_path: Path) -> None:
    hint = refusal(tmp_path / "in.csv", "name\nRío\n".encode("mac-roman")).hint
    assert "windows-1252 ('R’o') or mac-roman ('Río')" in hint


@pytest.mark.parametrize("tried", ["windows-1252", "shift_jis", "big5", "utf-8", "ascii"])
@given(content=st.binary(min_size=1, max_size=60))
def test_an_encoding_that_was_tried_is_never_offered(tried: str, content: bytes) -> None:
    assert tried not in {guess.encoding for guess in encodings.likely(b"\xe9" + content, tried)}
    assert encodings.hint(b"\xe9" + content, tried)


def test_a_file_in_another_encoding_than_the_one_asked_for_is_refused_with_a_hint(
    tmp_path: Path,
) -> None:
    error = refusal(tmp_path / "in.csv", "name\nRío\n".encode(), "ascii")
    assert "is not ASCII" in error.message
    assert "--encoding utf-8" in error.hint


@pytest.mark.parametrize(
    ("text", "written", "encoding", "better"),
    [
        (TEXTS["gb18030"], "gb18030", "windows-1252", "gb18030"),
        ("name\nRío São Tomé\n", "utf-8", "windows-1252", "utf-8"),
        ("name\nRío São Tomé\n", "mac-roman", "windows-1252", "mac-roman"),
        (TEXTS["windows-1251"], "windows-1251", "windows-1252", "windows-1251"),
        ("name\nRío São Tomé\n", "windows-1252", "windows-1252", ""),
        (TEXTS["big5"], "big5", "big5", ""),
        ("name\nRío\n", "utf-8", "utf-8", ""),
    ],
)
def test_a_wrong_encoding_that_decodes_is_noted(
    tmp_path: Path, text: str, written: str, encoding: str, better: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(text.encode(written))
    table = read(path, encoding)
    notes = [note for note in table.notes if "fits better" in note]
    assert [f"--encoding {better}" in note for note in notes] == [True] * bool(better)
    assert table.take_row_notes() == []


@pytest.mark.parametrize(
    ("spoilt", "meant"),
    [
        ("RÃ\u00ado Cobre", "Río Cobre"),
        ("CÃ´te dâ€™Ivoire", "Côte d’Ivoire"),  # noqa: RUF001 (as printed)
        ("Ã–sterreich", "Österreich"),
        ("ÖÐ¹ú½ø³ö¿ÚÒøÐÐ", "中国进出口银行"),
        ("ä¸\u00adå›½", "中国"),  # noqa: RUF001 (the same)
        ("Россия".encode().decode("latin-1"), "Россия"),
        ("Æåëåçíàÿ äîðîãà", "Железная дорога"),
    ],
)
def test_text_that_was_encoded_twice_is_noted_with_its_place(
    tmp_path: Path, spoilt: str, meant: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"id,name\n1,Río\n2,{spoilt}\n", encoding="utf-8")
    table = read(path)
    (note,) = table.take_row_notes()
    assert (note.line, note.column, note.value, note.level) == (3, "name", spoilt, "note")
    assert repr(meant) in note.hint
    assert table.take_row_notes() == []


@pytest.mark.parametrize(
    "text",
    [
        "“AMANHÃ” disse", "SÃO PAULO", "LIBERTÉ »", "naïve É”", "Île-à-Vache", "Łódź", "«ÎLE»",
        "5 °C ± 2", "São Tomé e Príncipe", "Ærøskøbing", "Ñandú", "中国进出口银行", "Россия",
    ],
)  # fmt: skip
def test_text_that_is_right_is_not_noted(text: str) -> None:
    assert double_encoding.doubt(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "referred as \x8fËÈÎ¿ë\x8f‡¿.",  # Chinese that was lost: the repair has control codes.
        "and the al-MaÑ\x8drib organization",  # A letter of Arabic in Latin: Cyrillic after it.
    ],
)
def test_text_that_no_repair_makes_readable_is_not_noted(text: str) -> None:
    assert double_encoding.repaired(text) != text
    assert double_encoding.doubt(text) is None


def test_a_repair_may_have_chinese_beside_latin_letters() -> None:
    spoilt = "CCCC中国交建 β".encode().decode("latin-1")
    doubt = double_encoding.doubt(spoilt)
    assert doubt is not None
    assert "CCCC中国交建 β" in doubt.hint


def test_a_note_shows_the_piece_that_was_encoded_twice_or_more_often() -> None:
    thrice = "è".encode().decode("cp1252").encode().decode("cp1252").encode().decode("latin-1")
    doubt = double_encoding.doubt(
        f"{'long before ' * 9}pueblo Dougoufi{thrice} y Somo{' long after' * 9}"
    )
    assert doubt is not None
    assert doubt.value.startswith("pueblo Dougoufi")
    assert "'pueblo Dougoufiè y Somo" in doubt.hint
    assert len(doubt.hint) < 80
    # Latin-1 and windows-1252 in turn: a control code between two rounds is no letter that is lost.
    assert double_encoding.repaired("DougoufiÃƒÂƒÃ\u201aÂ¨ y Somo") == "Dougoufiè y Somo"


@example("çšš")
@given(st.text(alphabet="áéíóúñçãõäöüßàèìòùâêîôûłčžšğ abcXYZ", min_size=1))
def test_what_was_encoded_twice_is_repaired_exactly(text: str) -> None:
    spoilt = "".join(
        chr(byte) if byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else bytes([byte]).decode("cp1252")
        for byte in text.encode()
    )
    assert double_encoding.repaired(spoilt) == text


@given(st.text(st.sampled_from("a \n°ÂÃâéïðÿ’€\x80\x9f\xa0中😀")))
@example("Ã\xad")
@example("ð\x9f\x98\x80")
@example("°¡°¡")
@example("éèêëé")
def test_both_quick_tests_for_text_encoded_twice_agree(text: str) -> None:
    may_be = double_encoding.may_be(text)
    assert double_encoding.may_be_in_utf8(text.encode()) == may_be
    assert may_be or double_encoding.repaired(text) == text
