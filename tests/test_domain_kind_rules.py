"""Tables of rules for kinds of projects: what is refused, where, and what stays the same."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.domain.limits import TOML_SIZE
from bricoop.domain.project_kinds.rule import Rule, RuleField
from bricoop.domain.project_kinds.rule_table import (
    parse_rules,
    read_rules,
    shipped_table,
    shipped_text,
)
from bricoop.domain.vocabularies import ProjectKind
from bricoop.errors import UsageError

_HEADER = "field,match,kind,second,priority,language,note\n"
_ROAD = "title,road,road,,30,en,\n"
_COLUMNS = (
    "Its columns are field, match, kind, second, priority, language, note; "
    "second, language and note may be left out."
)


@pytest.mark.parametrize(
    ("table", "line", "fault", "hint"),
    [
        ("", "line 1", "the column field is missing", _COLUMNS),
        ("\n\n# version 1\n", "line 1", "the column field is missing", _COLUMNS),
        ("field,match,kind\n", "line 1", "the column priority is missing", _COLUMNS),
        ("# version 1\n\nfield,match,kind,priority,weight\n", "line 3", "'weight' is not one of its columns", _COLUMNS),
        ("field,match,kind,priority,match\n", "line 1", "'match' is a column twice", _COLUMNS),
        (_HEADER, "line 1", "no row follows the header", _COLUMNS),
        (_HEADER + "title,road\n", "line 2", "the row has 2 cells, the header 7", _COLUMNS),
        (_HEADER + _ROAD + "titel,a,road,,30,,\n", "line 3, field", "'titel' is not a known field", "Did you mean: title?"),
        (_HEADER + "colour,a,road,,30,,\n", "line 2, field", "'colour' is not a known field", "Write one of: title, text, description, verb, money, works, sector."),
        (_HEADER + ",a,road,,30,,\n", "line 2, field", "'' is not a known field", "Write one of: title, text, description, verb, money, works, sector."),
        (_HEADER + "title,a,railwy,,30,,\n", "line 2, kind", "'railwy' is not a known kind", "Did you mean: railway?"),
        (_HEADER + "title,a,road,brige,30,,\n", "line 2, second", "'brige' is not a known kind", "Did you mean: bridge?"),
        (_HEADER + "title,a,road,road,30,,\n", "line 2, second", "'road' is the kind itself", "Leave second empty."),
        (_HEADER + "title,a,,road,30,,\n", "line 2, second", "'road' is a second kind without a first", "Write the main kind in the column kind."),
        (_HEADER + "title,?!,road,,30,,\n", "line 2, match", "'?!' has no words", "Write a word or a phrase."),
        (_HEADER + "title,,road,,30,,\n", "line 2, match", "'' has no words", "Write a word or a phrase."),
        (_HEADER + "title,a b c d e f g h i,road,,30,,\n", "line 2, match", "'a b c d e f g h i' has 9 words", "Write at most 8 words."),
        (_HEADER + "sector,21O30,road,,30,,\n", "line 2, match", "'21O30' is not a sector code", "Write a sector code such as 21030 or 210, or the beginning of codes: 232*."),
        (_HEADER + "sector,*,road,,30,,\n", "line 2, match", "'*' is not a sector code", "Write a sector code such as 21030 or 210, or the beginning of codes: 232*."),
        (_HEADER + "title,a,road,,0,,\n", "line 2, priority", "'0' is not a priority", "Write a whole number from 1, which decides first, to 99."),
        (_HEADER + "title,a,road,,100,,\n", "line 2, priority", "'100' is not a priority", "Write a whole number from 1, which decides first, to 99."),
        (_HEADER + "title,a,road,,\u0663,,\n", "line 2, priority", "'\u0663' is not a priority", "Write a whole number from 1, which decides first, to 99."),
        (_HEADER + "title,a,road,,3.5,,\n", "line 2, priority", "'3.5' is not a priority", "Write a whole number from 1, which decides first, to 99."),
        (_HEADER + "title,a,road,,30,english,\n", "line 2, language", "'english' is not a language code", "Write a code such as en or fr, or leave it empty."),
        (_HEADER + _ROAD + "\n# more\n" + "title,ROAD,bridge,,30,,\n", "line 5, match", "'ROAD' appears twice for title: also in line 2", "Delete one of the two."),
        (_HEADER + '"title,road', "line 2", "unexpected end of data", _COLUMNS),
        (_HEADER + _ROAD + '"a"b,c\n', "line 3", "',' expected after '\"'", _COLUMNS),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_place(table: str, line: str, fault: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_rules(table, "mine.csv")
    assert refused.value.message == f"The table of kinds mine.csv, {line}: {fault}."
    assert refused.value.hint == hint


def test_a_rule_is_read() -> None:
    text = """# version 2026-11
 kind ,match,field,priority,second
# Roads
ROAD, Ring  Road ,Title,7,Bridge

,Bridge loan,title,30,
railway,210*,sector,40,
"""
    table = parse_rules(text)
    assert table.version == "2026-11"
    assert table.rules == (
        Rule(RuleField.TITLE, "Ring  Road", "road", "bridge", 7, "", ("ring", "road")),
        Rule(RuleField.TITLE, "Bridge loan", "", "", 30, "", ("bridge", "loan")),
        Rule(RuleField.SECTOR, "210*", "railway", "", 40, "", ()),
    )


def test_the_digest_is_that_of_the_rules() -> None:
    table = parse_rules(_HEADER + _ROAD)
    assert len(table.digest) == 64
    assert (
        parse_rules("# version 9\n" + _HEADER + "\n" + "title,road,road,,30,en,a note\n").digest
        == table.digest
    )
    assert (
        parse_rules("kind,field,priority,match,language\nroad,title,30,road,en\n").digest
        == table.digest
    )
    for other in ("title,road,bridge,,30,en,\n", "text,road,road,,30,en,\n", "title,road,road,,31,en,\n", "title,road,road,,30,,\n"):  # fmt: skip
        assert parse_rules(_HEADER + other).digest != table.digest


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "kinds.csv"
    with pytest.raises(UsageError, match=r"kinds\.csv cannot be read: No such file"):
        read_rules(path)
    path.write_bytes(b"field,match\n\xff")
    with pytest.raises(UsageError, match=r"kinds\.csv is not UTF-8 text"):
        read_rules(path)
    path.write_bytes(b"x" * (TOML_SIZE.value + 1))
    with pytest.raises(UsageError, match=r"kinds\.csv is larger than 1 MiB"):
        read_rules(path)
    path.write_text("\ufeff" + _HEADER + _ROAD, encoding="utf-8")
    assert read_rules(path).rules[0].match == "road"


def test_a_table_has_a_bound() -> None:
    rows = "".join(f"verb,a{number},road,,9,,\n" for number in range(20_001))
    with pytest.raises(UsageError, match=r"line 20002: the table has more than 20,000 rules\."):
        parse_rules(_HEADER + rows)


def test_long_values_are_shortened_in_messages() -> None:
    with pytest.raises(UsageError) as refused:
        parse_rules(f"{_HEADER}title,a,{'x' * 100_000},,30,,\n")
    assert len(refused.value.message) < 200


def test_the_shipped_table_covers_every_kind_and_five_languages() -> None:
    table = shipped_table()
    assert table.version
    assert {rule.kind for rule in table.rules} == {"", *(kind.value for kind in ProjectKind)}
    for language in ("en", "fr", "es", "pt", "zh"):
        kinds = {rule.kind for rule in table.rules if rule.language == language}
        assert len(kinds) > 20, language
    assert parse_rules(shipped_text()) == table


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_a_table_or_refused(text: str, has_header: bool) -> None:  # noqa: FBT001 (drawn)
    try:
        table = parse_rules((_HEADER if has_header else "") + text)
    except UsageError as refused:
        assert refused.message.startswith("The table of kinds rules.csv, line ")  # noqa: PT017 (either may be)
    else:
        assert table.rules
