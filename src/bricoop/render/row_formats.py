"""Registry of the output formats of rows, and the function that writes an answer in one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any

from bricoop.domain.cells import Row
from bricoop.query.catalog import noun_of
from bricoop.query.question import Answer, Question
from bricoop.render.registered_format import RegisteredFormat, Writing

if TYPE_CHECKING:
    from bricoop.query.provenance import Provenance


@dataclass(frozen=True)
class RowWriting(Writing):
    """How a format of rows is named and written.

    Attributes:
        for_people: whether it shows labels instead of codes, and only the main fields.
        describes_itself: whether it can contain the provenance, which its writer then takes too.
        on_map: whether it shows rows on a map: only nouns with coordinates have it, and rows come
            with their locations.
        reserves_address_space: whether its library reserves far more addresses than it uses.
    """

    for_people: bool = False
    describes_itself: bool = False
    on_map: bool = False
    reserves_address_space: bool = False


class Format(RegisteredFormat):
    """Output formats of rows."""

    writing: RowWriting

    TABLE = RowWriting("table", "formats.people", "write_table_of", ("txt",), for_people=True)
    JSON = RowWriting("json", "formats.data", "write_json", ("json",))
    NDJSON = RowWriting("ndjson", "formats.data", "write_ndjson", ("ndjson", "jsonl"))
    CSV = RowWriting("csv", "formats.data", "write_csv", ("csv",))
    TSV = RowWriting("tsv", "formats.data", "write_tsv", ("tsv",))
    MARKDOWN = RowWriting(
        "markdown", "formats.people", "write_markdown_of", ("md", "markdown"), for_people=True
    )
    XLSX = RowWriting(
        "xlsx", "formats.xlsx", "write_xlsx", ("xlsx",), binary=True, describes_itself=True
    )
    PARQUET = RowWriting(
        "parquet",
        "formats.parquet",
        "write_parquet",
        ("parquet",),
        binary=True,
        describes_itself=True,
        reserves_address_space=True,
    )
    GEOJSON = RowWriting("geojson", "formats.geojson", "write_geojson", ("geojson",), on_map=True)


@dataclass(frozen=True)
class Written:
    """The result of writing an answer.

    Attributes:
        rows: the number of rows written.
        left_out: the number of rows that the format cannot represent.
    """

    rows: int
    left_out: int = 0


def question_for(question: Question, format_: Format) -> Question:
    """Return a question with the columns that a format writes.

    Formats for people show the main fields, unless the question names its columns. On a map, rows
    have their coordinates.

    Raises:
        UsageError: the rows have no coordinates, and the format is that of a map.
    """
    if format_.writing.on_map:
        from bricoop.query.row_locations import mappable  # noqa: PLC0415 (only maps need SQLAlchemy)

        return mappable(question)
    if question.grouping or question.columns or not format_.writing.for_people:
        return question
    shown = tuple(field.name for field in noun_of(question.noun).fields if field.in_table)
    return replace(question, columns=shown)


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
    write = writing.writer()
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
