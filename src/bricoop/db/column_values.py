"""Checks that all values have the type of their column, and that JSON has the expected form.

SQLite stores values of any type in any column, if another program writes them; reading them may
fail or give other results than SQL. PostgreSQL enforces types, but accepts any JSON and NaN.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    Numeric,
    Table,
    Text,
    cast,
    literal,
    or_,
    select,
)
from sqlalchemy.types import JSON

from bricoop.db.address import shown
from bricoop.db.schema import (
    FACTS,
    entity,
    load_effect,
    load_header,
    metadata,
    record,
    record_version,
)
from bricoop.db.types import DamagedValueError, Dollars, Exact, Moment
from bricoop.domain.cell_choice import is_data
from bricoop.domain.cell_references import is_reference
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import DatabaseError

#: SQLite's storage classes, and their names in messages.
_CLASSES = {"blob": "a BLOB", "text": "text", "integer": "a whole number",
            "real": "a decimal number", "null": "nothing"}  # fmt: skip
#: Columns of `entity` that are derived from records; the others identify it.
_SHOWN = frozenset({"name", "normalised", "description"})
#: A primary key as stored: text as bytes in SQLite, as it may not be valid UTF-8.
Key = tuple[Any, ...]


class Misfit(NamedTuple):
    """A value that bricoop never writes to its column.

    Attributes:
        column: the column.
        key: the primary key of its row, as stored.
        fault: what is wrong with the value, in words.
    """

    column: Column[Any]
    key: Key
    fault: str

    def __str__(self) -> str:
        """Return the position of the value, and what is wrong with it."""
        return f"{place_of(self.column, self.key)} {self.fault}"


def place_of(column: Column[Any], key: Key) -> str:
    """Return the position of a value in words: table, column and row."""
    shown_key = [
        value.decode(errors="replace") if isinstance(value, bytes) else value for value in key
    ]
    names = [key_column.name for key_column in column.table.primary_key.columns]
    pairs = ", ".join(f"{name} {value}" for name, value in zip(names, shown_key, strict=True))
    return f"{column.table.name}.{column.name} of the row with {pairs}"


def is_derived(column: Column[Any]) -> bool:
    """Return whether a column is derived from records, so that it can be rebuilt."""
    table = metadata.tables[column.table.name]
    if table is entity:
        return column.name in _SHOWN
    return table.name in set(EntityKind) or table in FACTS or bool(table.info)


def misfits(connection: Connection, tables: Sequence[Table] = ()) -> list[Misfit]:
    """Return the values that do not fit their columns, in all tables or in some.

    Kinds of checks run one after another, and later ones only if earlier ones find nothing: texts
    are decoded if all types are right, and JSON is parsed if all texts can be decoded.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    ways = (_of_another_type, _undecodable) if is_sqlite else (_endless,)
    for find in (*ways, _no_moments, _misshapen):
        defects = [
            defect
            for table in tables or metadata.sorted_tables
            for defect in find(connection, table)
        ]
        if defects:
            return defects
    return []


def refuse(connection: Connection, defects: Sequence[Misfit], hint: str) -> None:
    """Refuse to use a database with defects.

    Raises:
        DatabaseError: there are defects; the message describes the first one.
    """
    if defects:
        more = f", and {len(defects) - 1:,} more" if len(defects) > 1 else ""
        message = f"The database {shown(connection.engine.url)} is damaged: {defects[0]}{more}."
        raise DatabaseError(message, hint)


def _of_another_type(connection: Connection, table: Table) -> Iterator[Misfit]:
    """Yield the values of a table that SQLite stores with a wrong type."""
    # One query for all columns at once: nearly always there is nothing to find.
    fits = " AND ".join(map(_fits, table.columns))
    if not _rows(connection, f"SELECT 1 FROM {table.name} WHERE NOT ({fits}) LIMIT 1"):  # noqa: S608 (our own names)
        return
    for column in table.columns:
        statement = (
            f'SELECT typeof("{column.name}"), {_key(table)} FROM {table.name}'  # noqa: S608
            f" WHERE NOT {_fits(column)}"
        )
        for there, *key in _rows(connection, statement):
            expected = "0 or 1" if there == _class_of(column) else _CLASSES[_class_of(column)]
            yield Misfit(column, tuple(key), f"is {_CLASSES[there]} instead of {expected}")


def _class_of(column: Column[Any]) -> str:
    if isinstance(column.type, Integer | Boolean | Dollars):
        return "integer"
    return "real" if isinstance(column.type, Float) else "text"


def _fits(column: Column[Any]) -> str:
    name = f'"{column.name}"'
    condition = f"typeof({name}) = '{_class_of(column)}'"
    if isinstance(column.type, Boolean):
        condition += f" AND {name} IN (0, 1)"
    return f"({name} IS NULL OR {condition})" if column.nullable else f"({condition})"


def _key(table: Table) -> str:
    names = [f'"{column.name}"' for column in table.primary_key.columns]
    return ", ".join(
        f"CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) ELSE {name} END"
        for name in names
    )


def _rows(connection: Connection, statement: str) -> Sequence[Any]:
    return connection.exec_driver_sql(statement).all()


def _undecodable(connection: Connection, table: Table) -> Iterator[Misfit]:
    """Yield the texts of a table that are not UTF-8."""
    texts = [column for column in table.columns if _class_of(column) == "text"]
    names = ", ".join(f'"{column.name}"' for column in texts)
    driver = connection.connection.driver_connection
    if not texts or not isinstance(driver, sqlite3.Connection):
        return
    try:
        for _ in driver.execute(f"SELECT {names} FROM {table.name}"):  # noqa: S608
            pass
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
        for column in texts:
            yield from _undecodable_in(connection, column)


def _undecodable_in(connection: Connection, column: Column[Any]) -> Iterator[Misfit]:
    table = column.table
    statement = f'SELECT CAST("{column.name}" AS BLOB), {_key(table)} FROM {table.name}'  # noqa: S608
    for value, *key in connection.exec_driver_sql(statement):
        try:
            (value or b"").decode()
        except UnicodeDecodeError:
            yield Misfit(column, tuple(key), "is not valid UTF-8")


def _endless(connection: Connection, table: Table) -> Iterator[Misfit]:
    """Yield values such as NaN, which PostgreSQL accepts as numbers."""
    for column in table.columns:
        if isinstance(column.type, Exact | Dollars):
            number = cast(column, Numeric)
            endless = or_(
                *(number == cast(literal(special_value), Numeric) for special_value in _ENDLESS)
            )
            statement = select(*table.primary_key.columns).where(endless)
            for key in connection.execute(statement):
                yield Misfit(column, tuple(key), "is not a number")


#: Special values of PostgreSQL's numeric type.
_ENDLESS = ("NaN", "Infinity", "-Infinity")


def _no_moments(connection: Connection, table: Table) -> Iterator[Misfit]:
    """Yield the timestamps of a table that are not in the format of `Moment`."""
    for column in table.columns:
        if not isinstance(column.type, Moment):
            continue
        keys = table.primary_key.columns
        for value, *key in connection.execute(select(cast(column, Text), *keys)):
            if not _is_moment(column.type, value, connection):
                yield Misfit(column, tuple(key), f"is not a date and time: {value!r}")


def _is_moment(written: Moment, value: str | None, connection: Connection) -> bool:
    dialect = connection.dialect
    try:
        return (
            written.process_bind_param(written.process_result_value(value, dialect), dialect)
            == value
        )
    except (DamagedValueError, ValueError):
        return False


def _misshapen(connection: Connection, table: Table) -> Iterator[Misfit]:
    """Yield the JSON values of a table that do not have the form that bricoop writes."""
    for column in table.columns:
        if not isinstance(column.type, JSON):
            continue
        fits, expected = _SHAPES[column]
        statement = select(cast(column, Text), *table.primary_key.columns)
        for text, *key in connection.execute(statement.execution_options(yield_per=1000)):
            try:
                value = orjson.loads(text)
            except orjson.JSONDecodeError:
                yield Misfit(column, tuple(key), "is not valid JSON")
                continue
            if not fits(value):
                yield Misfit(column, tuple(key), f"is not {expected}")
            elif orjson.dumps(value).decode() != text:
                yield Misfit(column, tuple(key), "is not JSON as bricoop writes it")


_SCALARS = frozenset({str, int, float, bool, type(None)})
_STRING = frozenset({str})


def _is_texts(value: Any) -> bool:
    return type(value) is list and _STRING.issuperset(map(type, value))


def _is_fields(value: Any) -> bool:
    return type(value) is dict and all(
        type(element) in _SCALARS or _is_texts(element) for element in value.values()
    )


def _is_stored_fields(value: Any) -> bool:
    """Return whether a value is the fields of a record, of which some may refer to cells."""
    return type(value) is dict and _is_fields(
        {name: element for name, element in value.items() if not is_reference(element)}
    )


def _is_origins(value: Any) -> bool:
    """Return whether a value maps fields to choices, as `cell_choice.as_data` writes them."""
    return type(value) is dict and all(map(is_data, value.values()))


#: For each JSON column, a test of its values, and the name of their form for messages.
_SHAPES: Mapping[Column[Any], tuple[Callable[[Any], bool], str]] = {
    record.c.fields: (_is_stored_fields, "a JSON object of values"),
    record.c.raw: (_is_texts, "a JSON list of texts"),
    record_version.c.fields: (_is_stored_fields, "a JSON object of values"),
    record_version.c.raw: (_is_texts, "a JSON list of texts"),
    load_header.c.columns: (_is_texts, "a JSON list of texts"),
    load_header.c.letters: (_is_texts, "a JSON list of texts"),
    load_header.c.origins: (_is_origins, "a JSON object of how fields are read"),
    load_effect.c.row: (_is_fields, "a JSON object of values"),
}
