"""Data formats: JSON, a JSON value a line, CSV and TSV; a row is written as soon as it is read."""

import csv
from collections.abc import Iterator
from typing import Any, TextIO

from bricoop.query.question import Answer
from bricoop.render.data import to_json
from bricoop.render.values import for_spreadsheet


def write_json(answer: Answer, out: TextIO) -> None:
    """Write one array of objects, a line each."""
    separator = "[\n"
    for row in _objects(answer):
        out.write(separator + row)
        separator = ",\n"
    out.write("\n]\n" if separator == ",\n" else "[]\n")


def write_ndjson(answer: Answer, out: TextIO) -> None:
    """Write one object a line."""
    out.writelines(f"{row}\n" for row in _objects(answer))


def write_csv(answer: Answer, out: TextIO) -> None:
    """Write comma-separated text; lists are joined by `; `."""
    _write_separated(answer, out, ",")


def write_tsv(answer: Answer, out: TextIO) -> None:
    """Write tab-separated text; lists are joined by `; `."""
    _write_separated(answer, out, "\t")


def _objects(answer: Answer) -> Iterator[str]:
    names = [field.name for field in answer.fields]
    for row in answer.rows:
        yield to_json(dict(zip(names, row, strict=True)))


def _write_separated(answer: Answer, out: TextIO, separator: str) -> None:
    writer = csv.writer(_Lines(out), delimiter=separator, lineterminator="\r\n")
    writer.writerow([for_spreadsheet(field.name) for field in answer.fields])
    writer.writerows(map(_texts, answer.rows))


class _Lines:
    """Ends lines with a newline only.

    The writer is told of the carriage return so that it quotes a cell which holds one.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, line: str) -> int:
        """Write one row."""
        return self._out.write(f"{line[:-2]}\n")


def _texts(row: tuple[Any, ...]) -> list[str]:
    return [for_spreadsheet(value) for value in row]
