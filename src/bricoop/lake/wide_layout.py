"""The layout `wide`: the answers of bricoop as tables, and a row for each claim of a record.

It is for other programs: lists are lists, and no table must be joined to read another one.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Connection, Text, cast, select

from bricoop.db.full_fields import full_fields
from bricoop.db.schema import entity, record, source
from bricoop.db.types import LAKE_DIGITS
from bricoop.domain.batches import in_batches
from bricoop.lake.arrow import pa
from bricoop.lake.content import Content
from bricoop.lake.rows import as_text
from bricoop.lake.schema import DECIMAL, DOLLARS, YEAR
from bricoop.query.execute import execute
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.plans.finance import TERMS
from bricoop.query.question import Question

#: The nouns with a table each; the second value says whether each source has files of its own.
_NOUNS = (
    ("projects", False), ("finance", True), ("countries", False), ("organizations", False),
    ("agreements", False), ("policies", False), ("links", False), ("locations", False),
    ("statistics", False), ("findings", False), ("sources", False), ("loads", False),
)  # fmt: skip
_DOLLAR_FIELDS = {"amount_usd", "amount_usd_constant"}
_PAGE = 2000
_TYPES = {
    Type.TEXT: pa.string(),
    Type.DATE: pa.string(),
    Type.MOMENT: pa.timestamp("ms", tz="UTC"),
    Type.INTEGER: pa.int64(),
    Type.FLOAT: pa.float64(),
    Type.YES_NO: pa.bool_(),
}
_CLAIMS = pa.schema(
    [
        ("record", pa.int64()), ("noun", pa.string()), ("external_id", pa.string()),
        ("locator", pa.string()), ("about", pa.string()), ("field", pa.string()),
        ("value", pa.string()),
    ]
)  # fmt: skip


def wide_contents(connection: Connection) -> Iterator[Content]:
    """Yield the answers of a knowledge base, and the claims of its records."""
    for noun, by_source in _NOUNS:
        fields = Question(noun).fields()
        rows = partial(_answered, connection, noun, fields)
        yield Content(noun, _schema(fields), by_source, rows)
    yield Content("claims", _CLAIMS, by_source=True, batches=partial(_claims, connection))


def _schema(fields: tuple[Field, ...]) -> Any:
    columns = []
    for field in fields:
        type_ = _type(field)
        columns.append(pa.field(field.name, pa.list_(type_) if field.many else type_))
        if field.type is Type.DATE and not field.many:
            columns.append(pa.field(f"{field.name}{YEAR}", pa.int16()))
    return pa.schema(columns)


def _type(field: Field) -> Any:
    if field.type is not Type.DECIMAL:
        return _TYPES[field.type]
    if field.name in _DOLLAR_FIELDS:
        return DOLLARS
    return pa.decimal128(LAKE_DIGITS, TERMS.get(field.name, DECIMAL.scale))


def _answered(
    connection: Connection, noun: str, fields: tuple[Field, ...], key: str | None
) -> Iterator[Any]:
    schema = _schema(fields)
    filters = {} if key is None else {"source": (key,)}
    rows = execute(connection, Question(noun, filters, tuple(field.name for field in fields))).rows
    for page in in_batches(rows, _PAGE):
        arrays = []
        for field, cells in zip(fields, zip(*page, strict=True), strict=True):
            arrays.append(pa.array(cells, schema.field(field.name).type))
            if field.type is Type.DATE and not field.many:
                years = [None if cell is None else int(cell[:4]) for cell in cells]
                arrays.append(pa.array(years, pa.int16()))
        yield pa.record_batch(arrays, schema=schema)


def _claims(connection: Connection, key: str | None) -> Iterator[Any]:
    rows: Any = (
        select(
            record.c.id, record.c.noun, record.c.external_id, record.c.locator, entity.c.key,
            cast(full_fields(record), Text),
        )
        .join(source, source.c.id == record.c.source_id)
        .join(entity, entity.c.id == record.c.entity_id)
        .where(source.c.key == key)
        .order_by(record.c.id)
    )  # fmt: skip
    for page in connection.execute(rows.execution_options(yield_per=_PAGE)).partitions():
        claims = [
            (*row[:5], name, as_text(value))
            for row in page
            for name, value in orjson.loads(row[5]).items()
        ]
        columns = zip(*claims, strict=True) if claims else [()] * len(_CLAIMS)
        arrays = [
            pa.array(values, column.type) for values, column in zip(columns, _CLAIMS, strict=True)
        ]
        yield pa.record_batch(arrays, schema=_CLAIMS)
