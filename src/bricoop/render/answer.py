"""Registry of the output formats of rows, and the function that writes an answer in one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

from bricoop.query.question import Answer, Row

if TYPE_CHECKING:
    from bricoop.query.provenance import Provenance


class Format(StrEnum):
    """Output formats of rows."""

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
        """The registry entry of the format."""
        return next(writing for writing in FORMATS if writing.format is self)


@dataclass(frozen=True)
class Writing:
    """A registered output format.

    Attributes:
        format: the format.
        module: the module of its writer in `render.formats`, imported when it is used.
        writer: the name of the function that takes an answer and a stream.
        for_people: whether it shows labels instead of codes, and only the main fields.
        binary: whether it is binary, which a terminal cannot show.
        describes_itself: whether it can contain the provenance, which its writer then takes too.
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
    """The result of writing an answer.

    Attributes:
        rows: the number of rows written.
        left_out: the number of rows that the format cannot represent.
    """

    rows: int
    left_out: int = 0


def write_answer(
    answer: Answer, format_: Format, out: IO[Any], about: "Provenance | None" = None
) -> Written:
    """Write the rows of an answer; binary formats need a binary stream.

    Args:
        answer: the answer, whose rows are read lazily.
        format_: the format.
        out: the stream.
        about: the provenance of the rows, for formats that can contain it.

    Raises:
        UsageError: the format cannot represent the answer.
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
