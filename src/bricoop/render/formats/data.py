"""Writers of JSON, NDJSON, CSV and TSV, which stream rows in constant memory."""

from collections.abc import Iterator
from typing import TextIO

from bricoop.domain.cells import Row
from bricoop.domain.csv_writer import CsvWriter
from bricoop.query.question import Answer
from bricoop.render.data import to_json
from bricoop.render.values import for_spreadsheet


def write_json(answer: Answer, out: TextIO) -> None:
    """Write a JSON array with one object per line."""
    separator = "[\n"
    for row in _objects(answer):
        out.write(separator + row)
        separator = ",\n"
    out.write("\n]\n" if separator == ",\n" else "[]\n")


def write_ndjson(answer: Answer, out: TextIO) -> None:
    """Write one JSON object per line."""
    out.writelines(f"{row}\n" for row in _objects(answer))


def write_csv(answer: Answer, out: TextIO) -> None:
    """Write CSV; list values are joined by `; `."""
    _write_separated(answer, out, ",")


def write_tsv(answer: Answer, out: TextIO) -> None:
    """Write TSV; list values are joined by `; `."""
    _write_separated(answer, out, "\t")


def _objects(answer: Answer) -> Iterator[str]:
    yield from map(to_json, answer.by_name())


def _write_separated(answer: Answer, out: TextIO, separator: str) -> None:
    writer = CsvWriter(out, separator)
    writer.write([for_spreadsheet(field.name) for field in answer.fields])
    writer.write_all(map(_texts, answer.rows))


def _texts(row: Row) -> list[str]:
    return [for_spreadsheet(value) for value in row]
