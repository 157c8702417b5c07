"""Tables at a terminal: readable at any width, with nothing cut and nothing stacked."""

import io
from collections.abc import Sequence

import pytest

from bricoop.domain.cells import Cell
from bricoop.query.catalog import noun_of
from bricoop.query.question import Answer
from bricoop.render.formats.people import write_table_of
from bricoop.render.table import Heading, write_table

KEY = "manufacturing-cooperation-paper"
PROSE = "Vision and Actions on Jointly Building the Silk Road Economic Belt"


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def drawn(headings: Sequence[Heading], *rows: Sequence[Cell], columns: int) -> list[str]:
    """Return the lines of a table at a terminal of so many columns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        patch.setenv("NO_COLOR", "1")
        out = Terminal()
        write_table(headings, rows, out)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert max(map(len, lines)) <= columns
    return lines


SOURCES = [Heading("key"), Heading("name"), Heading("kind"), Heading("published"),
           Heading("records", number=True)]  # fmt: skip
ROW = (KEY, PROSE, "official document", "2015-03", 5)


def test_a_wide_terminal_has_a_line_for_each_row() -> None:
    assert len(drawn(SOURCES, ROW, columns=160)) == 3


def test_prose_is_never_a_column_of_single_words() -> None:
    lines = drawn(SOURCES, ROW, columns=72)
    assert lines[0] == KEY
    assert f"  published  {ROW[3]}" in lines
    assert any(line.startswith("  name       Vision and Actions on Jointly") for line in lines)


def test_a_very_long_cell_is_folded_beside_short_ones() -> None:
    lines = drawn([Heading("key"), Heading("note")], (KEY, "a longer word " * 70_000), columns=80)
    assert lines[2].startswith(KEY)


@pytest.mark.parametrize("columns", range(20, 120, 5))
def test_no_heading_and_no_key_is_cut_at_any_width(columns: int) -> None:
    lines = drawn(SOURCES, ROW, columns=columns)
    text = "\n".join(lines)
    assert "…" not in text
    assert all(heading.label in text for heading in SOURCES[1:])
    if columns > len(KEY):
        assert KEY in text


def test_a_long_text_leaves_others_the_room_that_they_need() -> None:
    headings = [Heading("name"), Heading("status"), Heading("financiers")]
    row = (" ".join(["word"] * 90), "implementation", "China Communications Construction Co., Ltd.")
    for columns in (80, 100, 140):
        lines = drawn(headings, row, columns=columns)
        assert lines[0].split() == ["name", "status", "financiers"]
    assert drawn(headings, row, columns=60)[0].startswith("word word")


def test_short_texts_may_wrap_within_a_table() -> None:
    headings = [Heading("name"), Heading("country"), Heading("note")]
    row = ("Belt and Road cooperation documents", "Developing countries", "x" * 30)
    lines = drawn(headings, row, columns=70)
    assert lines[0].split() == ["name", "country", "note"]


def test_codes_and_names_of_countries_have_headings_of_their_own() -> None:
    fields = [field for field in noun_of("projects").fields if field.name.startswith("countr")]
    out = io.StringIO()
    write_table_of(Answer(noun_of("projects"), tuple(fields), iter([(["KEN"], ["Kenya"])])), out)
    assert out.getvalue().splitlines()[0].split("  ") == ["countries", "country names"]
    out = io.StringIO()
    write_table_of(Answer(noun_of("projects"), (fields[1],), iter([(["Kenya"],)])), out)
    assert out.getvalue().splitlines()[0] == "countries"


def test_a_long_text_pads_no_other_row_in_a_pipe() -> None:
    out = io.StringIO()
    headings = [Heading("key"), Heading("note"), Heading("source")]
    url = "https://example.org/" + "x" * 200
    write_table(
        headings, [("a", "Some words " * 20, "s1"), ("b", "short", "s2"), ("c", url, "s3")], out
    )
    assert out.getvalue().splitlines() == [
        "key  note   source",
        f"a    {'Some words ' * 20}  s1",
        "b    short  s2",
        f"c    {url}  s3",
    ]


@pytest.mark.parametrize("out", [io.StringIO(), Terminal()])
def test_a_very_long_text_is_cut_with_a_hint(out: io.StringIO) -> None:
    write_table([Heading("key"), Heading("note")], [("a", "word " * 30_000)], out)
    text = " ".join(out.getvalue().split())
    assert text.endswith("word … (150,000 characters; -f json has all of them)")
    assert len(text) < 2_200
