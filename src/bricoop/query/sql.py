"""Run read-only SQL queries; their results are streamed like the answers to questions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice

from sqlalchemy import Engine

from bricoop.db.readonly.query import asking
from bricoop.db.readonly.result import PAGE, Deadline, Result
from bricoop.domain.cells import Cell, Row
from bricoop.domain.limits import SQL_ROW
from bricoop.domain.names import normalise
from bricoop.errors import UsageError
from bricoop.query.catalog import NOUNS
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer

_TYPES = {
    bool: Type.YES_NO,
    int: Type.INTEGER,
    float: Type.FLOAT,
    Decimal: Type.DECIMAL,
    datetime: Type.MOMENT,
}
_LACKING = {
    "column": re.compile(r'(?:no such column: |column "?)(?:\w+\.)*(\w+)(?:"? does not exist)?'),
    "table": re.compile(r'(?:no such table: |relation "|Table with name )(?:\w+\.)*(\w+)'),
}


@contextmanager
def ask_sql(
    engine: Engine, query: str, limit: int | None = None, deadline: Deadline | None = None
) -> Iterator[Answer]:
    """Run a query in a read-only transaction and yield its answer.

    Args:
        engine: engine of a knowledge base.
        query: a single SELECT statement.
        limit: the largest number of rows to read; None for all.
        deadline: time limit of the query; None for no limit.

    Raises:
        UsageError: the query is invalid, has several statements, or would write.
        DatabaseError: the database cannot be read, or the time limit was exceeded.
    """
    try:
        with asking(engine, query, deadline) as result:
            read = (tuple(map(_value, row)) for row in result.rows)
            rows = read if limit is None else islice(read, limit)
            first = _first(rows)
            yield Answer(None, _fields(result, first), chain(first, rows))
    except UsageError as error:
        raise UsageError(
            error.message, error.hint or _hint(error.message, query).strip()
        ) from error


def _first(rows: Iterator[Row]) -> list[Row]:
    """Read the first rows, from whose values the types of the columns are inferred."""
    first: list[Row] = []
    size = 0
    while len(first) < PAGE and size < SQL_ROW.value and (row := next(rows, None)) is not None:
        first.append(row)
        size += sum(len(value) for value in row if isinstance(value, str))
    return first


def _value(value: object) -> Cell:
    """Convert a value of the driver to a type of answers; other types become text."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float | Decimal):
        # Decimals are written without an exponent and without superfluous zeros.
        exact = Decimal(repr(value)) if isinstance(value, float) else value
        return exact if exact.is_finite() else str(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if isinstance(value, list):
        elements = [element for element in value if isinstance(element, str | int | Decimal)]
        return elements if len(elements) == len(value) else _text(value)
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, dict | list):
        return str(value)
    import orjson  # noqa: PLC0415 (documents within rows are rare)

    return orjson.dumps(value, default=str).decode()


def _fields(result: Result, rows: Sequence[Row]) -> tuple[Field, ...]:
    taken: set[str] = set()
    fields = []
    for index, column in enumerate(result.columns):
        kind = _TYPES.get(column.holds) if column.holds else _type_of(row[index] for row in rows)
        fields.append(
            Field(_unlike(column.name, taken), "as the query selects it", kind or Type.TEXT)
        )
    return tuple(fields)


def _type_of(values: Iterator[Cell]) -> Type | None:
    """Return the common type of some values, None if there is none; integers count as decimals."""
    types = {type(value) for value in values if value is not None}
    if types == {int, Decimal}:
        return Type.DECIMAL
    return _TYPES.get(types.pop()) if len(types) == 1 else None


def _unlike(name: str, taken: set[str]) -> str:
    """Return a unique column name: a number is appended if an earlier column has the name."""
    unique, number = name, 1
    while unique in taken:
        number += 1
        unique = f"{name}_{number}"
    taken.add(unique)
    return unique


def _hint(message: str, query: str) -> str:
    """Return a hint for an error message of the database, such as similar table names."""
    from bricoop.db.schema import metadata  # noqa: PLC0415 (only a mistake needs it)

    views = {noun.view: [field.name for field in noun.usual] for noun in NOUNS}
    columns = {**views, **{name: list(table.c.keys()) for name, table in metadata.tables.items()}}
    if match := _LACKING["table"].search(message):
        return f"{_near(match[1], columns)}The views are {', '.join(views)}."
    if match := _LACKING["column"].search(message):
        named = [name for name in columns if re.search(rf"\b{name}\b", query)] or list(views)
        known = list(dict.fromkeys(column for name in named for column in columns[name]))
        return _near(match[1], known) or f"There are {', '.join(known)}."
    if "syntax error" in message:
        return "Write one statement: SELECT, WITH or VALUES."
    return ""


def _near(typed: str, names: Sequence[str] | Mapping[str, object]) -> str:
    from bricoop.domain.suggestions import nearest  # noqa: PLC0415 (as above)

    near = nearest(typed, {normalise(name.removeprefix("v_")): name for name in names})
    return f"Did you mean: {', '.join(near)}? " if near else ""
