"""An answer in the format that was asked for."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, TextIO

from bricoop.query.question import Answer
from bricoop.render.data import write_csv, write_json, write_ndjson, write_tsv


class Format(StrEnum):
    """The formats of rows."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    TSV = "tsv"
    MARKDOWN = "markdown"


Writer = Callable[[Sequence[str], Iterable[Sequence[Any]], TextIO], None]
_DATA: dict[Format, Writer] = {
    Format.JSON: write_json,
    Format.NDJSON: write_ndjson,
    Format.CSV: write_csv,
    Format.TSV: write_tsv,
}


def write_answer(answer: Answer, format_: Format, out: TextIO) -> None:
    """Write the rows of an answer."""
    if format_ in _DATA:
        _DATA[format_]([field.name for field in answer.fields], answer.rows, out)
        return
    from bricoop.render.markdown import write_markdown  # noqa: PLC0415 (Rich: not for data)
    from bricoop.render.table import Heading, write_table  # noqa: PLC0415 (the same)

    headings = [
        Heading(_label(field.name), number=field.number, coded=field.coded)
        for field in answer.fields
    ]
    write = write_markdown if format_ is Format.MARKDOWN else write_table
    write(headings, answer.rows, out)


def _label(name: str) -> str:
    return {"country_names": "countries", "tier_name": "tier means"}.get(
        name, name.replace("_", " ")
    )
