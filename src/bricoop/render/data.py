"""Data formats: JSON, a JSON value a line, CSV and TSV; a row is written as soon as it is read."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TextIO

import orjson

from bricoop.domain.amounts import plain
from bricoop.render.values import as_text, for_spreadsheet


def to_json(value: Any, *, indented: bool = False) -> str:
    """Return JSON; exact decimals become numbers of just their digits."""
    option = orjson.OPT_INDENT_2 if indented else 0
    return orjson.dumps(value, default=_default, option=option).decode()


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(plain(value))
    if isinstance(value, datetime):
        return as_text(value)
    message = f"{type(value).__name__} has no JSON form"
    raise TypeError(message)


def write_json(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Write one array of objects, a line each."""
    separator = "[\n"
    for row in rows:
        out.write(separator + to_json(dict(zip(names, row, strict=True))))
        separator = ",\n"
    out.write("\n]\n" if separator == ",\n" else "[]\n")


def write_ndjson(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Write one object a line."""
    out.writelines(to_json(dict(zip(names, row, strict=True))) + "\n" for row in rows)


def write_csv(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Write comma-separated text; lists are joined by `; `."""
    _write_separated(names, rows, out, ",")


def write_tsv(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Write tab-separated text; lists are joined by `; `."""
    _write_separated(names, rows, out, "\t")


def _write_separated(
    names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO, separator: str
) -> None:
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(_texts(rows))


def _texts(rows: Iterable[Sequence[Any]]) -> Iterator[list[str]]:
    for row in rows:
        yield [for_spreadsheet(value) for value in row]
