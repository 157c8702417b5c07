"""The dialect seam: the only statements that differ between SQLite and PostgreSQL."""

import json
from collections.abc import Container, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Table,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.exc import DBAPIError


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    ready: Container[str] = (),
) -> None:
    """Insert many rows through the driver's fastest door: executemany, or COPY on PostgreSQL.

    Args:
        connection: an open connection, in a transaction.
        table: the table.
        columns: the columns that every row gives, in its order.
        rows: plain Python values; the column types turn them into what the driver takes.
        ready: columns whose values are already what the driver takes, such as JSON as text.
    """
    if not rows:
        return
    rows = _processed(connection, table, columns, rows, ready)
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {quote(table.name)} ({names}) FROM STDIN", rows)
        return
    marks = ", ".join("?" for _ in columns)
    connection.exec_driver_sql(
        f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})",  # noqa: S608 (our own names)
        list(rows),
    )


def _processed(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    ready: Container[str],
) -> Sequence[tuple[Any, ...]]:
    dialect = connection.dialect
    found = [
        (place, table.c[name].type.dialect_impl(dialect).bind_processor(dialect))
        for place, name in enumerate(columns)
        if name not in ready
    ]
    processors = [(place, process) for place, process in found if process is not None]
    if not processors:
        return rows
    made = []
    for row in rows:
        values = list(row)
        for place, process in processors:
            values[place] = process(values[place])
        made.append(tuple(values))
    return made


def among(
    connection: Connection, column: Column[Any], values: Iterable[str | int]
) -> ColumnElement[bool]:
    """Return the condition that a column holds one of many values, bound as one parameter.

    An IN list of a thousand values costs a thousand parameters to write and to parse.
    """
    wanted = list(values)
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, wanted, type_=ARRAY(column.type)))
    listed = func.json_each(json.dumps(wanted)).table_valued("value")
    return column.in_(select(listed.c.value))


def _copy(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        message = "the connection is closed"
        raise RuntimeError(message)
    api = connection.dialect.loaded_dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except api.Error as error:
        # As SQLAlchemy itself would say it, had it run the statement.
        raise DBAPIError.instance(statement, None, error, api.Error) from error
