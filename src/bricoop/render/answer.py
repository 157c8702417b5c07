"""An answer in the format that was asked for; each format is a line here, and a writer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

from bricoop.query.question import Answer, Row

if TYPE_CHECKING:
    from bricoop.query.provenance import Provenance


class Format(StrEnum):
    """The formats of rows."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    TSV = "tsv"
    MARKDOWN = "markdown"
    XLSX = "xlsx"
    PARQUET = "parquet"
    GEOJSON = "geojson"

    @property
    def writing(self) -> "Writing":
        """How it is written."""
        return next(writing for writing in FORMATS if writing.format is self)


@dataclass(frozen=True)
class Writing:
    """How a format is written.

    Attributes:
        format: the format.
        module: where its writer is, within `render`; nothing of it is imported before it is used.
        writer: the function that takes an answer and a stream.
        for_people: whether people read it: codes by their labels, and only the usual fields.
        binary: whether it is bytes, which no terminal shows.
        describes_itself: whether it has room for the provenance, which its writer then takes, too.
    """

    format: Format
    module: str
    writer: str
    for_people: bool = False
    binary: bool = False
    describes_itself: bool = False


FORMATS: tuple[Writing, ...] = (
    Writing(Format.TABLE, "people", "write_table_of", for_people=True),
    Writing(Format.JSON, "data", "write_json"),
    Writing(Format.NDJSON, "data", "write_ndjson"),
    Writing(Format.CSV, "data", "write_csv"),
    Writing(Format.TSV, "data", "write_tsv"),
    Writing(Format.MARKDOWN, "people", "write_markdown_of", for_people=True),
    Writing(Format.XLSX, "xlsx", "write_xlsx", binary=True, describes_itself=True),
    Writing(Format.PARQUET, "parquet", "write_parquet", binary=True, describes_itself=True),
    Writing(Format.GEOJSON, "geojson", "write_geojson"),
)


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        rows: so many.
        left_out: so many more, which the format has no form for.
    """

    rows: int
    left_out: int = 0


def write_answer(
    answer: Answer, format_: Format, out: IO[Any], about: "Provenance | None" = None
) -> Written:
    """Write the rows of an answer, to a stream of bytes where the format is binary.

    Args:
        answer: its rows are read as they are written.
        format_: the format.
        out: the stream.
        about: where the rows come from, for the formats that have room for it.

    Raises:
        UsageError: the format cannot hold the answer.
    """
    writing = format_.writing
    write = getattr(import_module(f"bricoop.render.formats.{writing.module}"), writing.writer)
    counted_rows = _CountedRows(answer.rows)
    counted_answer = replace(answer, rows=counted_rows)
    left_out = (
        write(counted_answer, out, about)
        if writing.describes_itself
        else write(counted_answer, out)
    )
    return Written(counted_rows.number - (left_out or 0), left_out or 0)


class _CountedRows(Iterator[Row]):
    """An iterator over rows that counts how many have been read."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self.number = 0

    def __next__(self) -> Row:
        row = next(self._rows)
        self.number += 1
        return row
