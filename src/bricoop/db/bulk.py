"""Bulk inserts and updates: prepared statements on SQLite, COPY and arrays on PostgreSQL."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    Connection,
    Dialect,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    update,
)
from sqlalchemy.exc import DBAPIError

from bricoop.db.base import metadata
from bricoop.domain.batches import in_batches

#: The rows of one update on PostgreSQL. A statement may have 1 GB, and a cell a million characters.
_UPDATED = 100


class Rows(NamedTuple):
    """New rows of one table.

    Attributes:
        table: the table.
        columns: the columns that every row gives, in its order.
        values: the rows, as Python values; they are converted by the types of the columns.
        utf8: columns whose values are UTF-8 bytes of text, such as JSON, which need not be decoded
            and encoded again.
    """

    table: Table
    columns: Sequence[str]
    values: Sequence[tuple[Any, ...]]
    utf8: Sequence[str] = ()


def insert_rows(connection: Connection, tables: Sequence[Rows]) -> None:
    """Insert rows into several tables, in the order of their foreign keys.

    Args:
        connection: an open transaction, which may be rolled back but not continued after an error.
        tables: the rows of each table; tables without rows cost nothing.

    Raises:
        DBAPIError: the database refused a row.
    """
    ranks = _ranks()
    insert = _copy if connection.dialect.name == "postgresql" else _execute_many
    api = connection.dialect.loaded_dbapi
    # The full-text index is not in the metadata; it refers to documents, so it comes last.
    for rows in sorted(tables, key=lambda rows: ranks.get(rows.table.name, len(ranks))):
        if not rows.values:
            continue
        try:
            insert(connection, rows, _processed(connection, rows))
        except api.Error as error:
            # Wrap the error as SQLAlchemy does for statements that it executes itself.
            raise DBAPIError.instance(
                f"INSERT INTO {rows.table.name}", None, error, api.Error
            ) from error


def update_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: str = "the_id"
) -> None:
    """Set columns of many rows of a table, which are found by their ids.

    PostgreSQL takes many rows in one statement, as it plans each anew.

    Args:
        connection: an open transaction.
        table: the table.
        rows: the new values by column, with the id under `key`; all have the same columns.
        key: the name of the id, which must not be that of a column.
    """
    if not rows:
        return
    names = [name for name in rows[0] if name != key]
    if connection.dialect.name == "postgresql":
        for batch in in_batches(rows, _UPDATED):
            connection.execute(_update_from_arrays(table, names, batch, key))
        return
    own = update(table).where(table.c.id == bindparam(key))
    connection.execute(own.values({name: bindparam(name) for name in names}), rows)


def _update_from_arrays(
    table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]], key: str
) -> Update:
    sources = {"id": key, **dict(zip(names, names, strict=True))}
    # The driver does not convert values within arrays to JSON.
    documents = {name for name in names if isinstance(table.c[name].type, JSON)}
    types = {name: Text() if name in documents else table.c[name].type for name in sources}
    arrays: list[BindParameter[Any]] = []
    for name, source in sources.items():
        listed = [row[source] for row in rows]
        if name in documents:
            listed = [None if value is None else _json_text(value) for value in listed]
        arrays.append(bindparam(None, listed, type_=ARRAY(types[name])))
    columns = (column(name, type_) for name, type_ in types.items())
    values = func.unnest(*arrays).table_valued(*columns, name="new_values").render_derived()
    own = update(table).where(table.c.id == values.c.id)
    return own.values(
        {
            name: cast(values.c[name], JSON) if name in documents else values.c[name]
            for name in names
        }
    )


def _json_text(value: Any) -> str:
    import orjson  # noqa: PLC0415 (only writers need it)

    return orjson.dumps(value).decode()


@cache
def _ranks() -> dict[str, int]:
    return {table.name: rank for rank, table in enumerate(metadata.sorted_tables)}


def _processors(connection: Connection, rows: Rows) -> list[tuple[int, Callable[[Any], Any]]]:
    """Return the conversion of each column that needs one, with the column's position."""
    columns = tuple(name for name in rows.columns if name not in rows.utf8)
    positions = {name: position for position, name in enumerate(rows.columns)}
    processors = [
        (positions[name], process)
        for name, process in _bind_processors(connection.dialect, rows.table, columns)
    ]
    # SQLite takes UTF-8 bytes for a text if that is its encoding, which is the default.
    if rows.utf8 and not (connection.dialect.name == "sqlite" and _is_utf8(connection)):
        processors.extend((positions[name], bytes.decode) for name in rows.utf8)
    return processors


@lru_cache(maxsize=256)
def _bind_processors(
    dialect: Dialect, table: Table, columns: Sequence[str]
) -> list[tuple[str, Callable[[Any], Any]]]:
    """Return the conversion of each column whose type has one for values sent to the database."""
    candidates = [
        (name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in columns
    ]
    return [(name, process) for name, process in candidates if process is not None]


def _is_utf8(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql("PRAGMA encoding").scalar_one() == "UTF-8")


def _processed(connection: Connection, rows: Rows) -> Sequence[tuple[Any, ...]]:
    """Return the rows as the driver takes them."""
    processors = _processors(connection, rows)
    if not processors:
        return rows.values
    # By column: most values of a column need no conversion of their own, and a column is converted
    # without a loop of Python over its rows.
    columns = list(zip(*rows.values, strict=True))
    for position, process in processors:
        columns[position] = tuple(map(process, columns[position]))
    return list(zip(*columns, strict=True))


def _execute_many(connection: Connection, rows: Rows, values: Sequence[tuple[Any, ...]]) -> None:
    table, names = _quoted_names(connection, rows)
    marks = ", ".join("CAST(? AS TEXT)" if name in rows.utf8 else "?" for name in rows.columns)
    driver: Any = connection.connection.driver_connection
    driver.executemany(
        f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 (our own names)
        values,
    )


def _copy(connection: Connection, rows: Rows, values: Sequence[tuple[Any, ...]]) -> None:
    table, names = _quoted_names(connection, rows)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def _quoted_names(connection: Connection, rows: Rows) -> tuple[str, str]:
    quote = connection.dialect.identifier_preparer.quote
    return quote(rows.table.name), ", ".join(quote(name) for name in rows.columns)
