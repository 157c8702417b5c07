"""An answer in the format that was asked for."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, TextIO

from bricoop.query.question import Answer


class Format(StrEnum):
    """The formats of rows."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    TSV = "tsv"
    MARKDOWN = "markdown"


Writer = Callable[[Sequence[str], Iterable[Sequence[Any]], TextIO], None]


def write_answer(answer: Answer, format_: Format, out: TextIO) -> None:
    """Write the rows of an answer."""
    if format_ not in {Format.TABLE, Format.MARKDOWN}:
        _data_writer(format_)([field.name for field in answer.fields], answer.rows, out)
        return
    from bricoop.render.table import Heading, write_table  # noqa: PLC0415 (Rich: not for data)

    label = str if answer.noun is None else _label
    headings = [
        Heading(label(field.name), number=field.number, coded=field.coded)
        for field in answer.fields
    ]
    if format_ is Format.TABLE:
        write_table(headings, answer.rows, out)
        return
    from bricoop.render.markdown import write_markdown  # noqa: PLC0415 (not for a table)

    write_markdown(headings, answer.rows, out)


def _data_writer(format_: Format) -> Writer:
    from bricoop.render import data  # noqa: PLC0415 (JSON's library: not for people)

    return {
        Format.JSON: data.write_json,
        Format.NDJSON: data.write_ndjson,
        Format.CSV: data.write_csv,
        Format.TSV: data.write_tsv,
    }[format_]


def _label(name: str) -> str:
    return {"country_names": "countries", "tier_name": "tier means"}.get(
        name, name.replace("_", " ")
    )
