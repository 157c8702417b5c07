"""Generated tables: loaded with exactly their cells and counts, or refused with a location."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from bricoop.errors import DataRejectedError
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.request import LoadRequest
from support.examples import examples
from support.records import raws
from support.undoing import undone_afterwards

QUIETLY = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)

PROFILE = """
title = "Any table"
[source]
key = "any"
title = "Any table"
tier = 7
[[records]]
noun = "projects"
id = ["No"]
[records.fields]
name = { template = "Row {No}" }
"""


@dataclass(frozen=True)
class Dialect:
    """How a table is written.

    Attributes:
        delimiter: what stands between two cells.
        quote: what stands around a cell.
        end: what stands after a row.
        quoting: which cells are quoted.
        encoding: the encoding.
    """

    delimiter: str
    quote: str
    end: str
    quoting: Literal[0, 1, 2]
    encoding: str

    def text(self, rows: list[list[str]]) -> bytes:
        """Return a table as the csv module writes it."""
        stream = io.StringIO(newline="")
        # A return in a cell is left without quotes where rows end otherwise: nobody could tell.
        broken = self.end != "\r\n" and any(set("\r\n") & set(cell) for row in rows for cell in row)
        csv.writer(
            stream, delimiter=self.delimiter, quotechar=self.quote, lineterminator=self.end,
            quoting=csv.QUOTE_ALL if broken else self.quoting,
        ).writerows(rows)  # fmt: skip
        return stream.getvalue().encode(self.encoding)


QUOTING: tuple[Literal[0, 1, 2], ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)
DIALECTS = st.builds(
    Dialect,
    st.sampled_from(",;\t|"),
    st.sampled_from("\"'"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(QUOTING),
    st.sampled_from(["utf-8", "utf-16", "gb18030"]),
)
CELLS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\",;'|\t\r\n =\0"), max_size=12
)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6)


def by_profile(folder: Path, content: bytes, dialect: Dialect) -> LoadRequest:
    """Return a request to load a table by the profile of this file."""
    profile, data = folder / "any.toml", folder / "any.csv"
    profile.write_text(PROFILE, encoding="utf-8")
    data.write_bytes(content)
    custom = profile_of(str(profile))
    form = FileOptions(encoding=dialect.encoding, delimiter=dialect.delimiter, quote=dialect.quote)
    return LoadRequest("", str(data), custom.source, profile=custom, form=form)


def check_cells(engine: Engine, folder: Path, rows: list[list[str]], dialect: Dialect) -> None:
    """Load a table, and compare every cell, or check where it is refused."""
    numbered = [[str(number), *row] for number, row in enumerate(rows)]
    content = dialect.text([["No", "a", "b", "c"], *numbered])
    with undone_afterwards(engine):
        try:
            result = load_file(engine, by_profile(folder, content, dialect))
        except DataRejectedError as error:
            check_refusal(error, rows)
            return
        assert (result.counts.new, result.counts.read) == (len(rows), len(rows))
        assert raws(engine, "projects").items() >= said(numbered).items()


def check_refusal(error: DataRejectedError, rows: list[list[str]]) -> None:
    """Check that a refusal has a location, and is justified."""
    assert any("\0" in cell for row in rows for cell in row)
    if isinstance(error, RowsRejectedError):
        assert error.result.problems
        assert all(
            problem.line > 1 and problem.column and problem.rule
            for problem in error.result.problems
        )
    else:
        # Many of them look like another encoding.
        assert "any.csv is not" in str(error)


def said(rows: list[list[str]]) -> dict[str, dict[str, str]]:
    """Return the non-empty cells of each row, by line."""
    names = ("No", "a", "b", "c")
    return {
        row[0]: {name: cell for name, cell in zip(names, row, strict=True) if cell.strip()}
        for row in rows
    }


@settings(deadline=None, max_examples=examples(25), suppress_health_check=QUIETLY)
@given(rows=TABLES, dialect=DIALECTS)
def test_any_table_is_loaded_to_its_cells_or_refused_with_a_place(
    quick: Engine, tmp_path: Path, rows: list[list[str]], dialect: Dialect
) -> None:
    check_cells(quick, tmp_path, rows, dialect)


@settings(deadline=None, max_examples=examples(5), suppress_health_check=QUIETLY)
@given(rows=TABLES, dialect=DIALECTS)
def test_either_database_keeps_the_cells_of_any_table(
    engine: Engine, tmp_path: Path, rows: list[list[str]], dialect: Dialect
) -> None:
    check_cells(engine, tmp_path, rows, dialect)
