"""SQL expressions and statements that differ between SQLite and PostgreSQL."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    any_,
    bindparam,
    false,
    func,
    or_,
    text,
)

from bricoop.domain.batches import in_batches

#: The most conditions that PostgreSQL may plan as joins; the same as its `join_collapse_limit`.
_JOINED = 8
#: Conditions per group, to limit the depth of expressions.
_GROUP = 50
#: The values of a list in JSON. As text it takes a fifth of the time that it takes to put the same
#: expression together, and a load of a single row does so seventy times.
_LISTED = text("SELECT value FROM json_each(:listed)")
#: Tables and columns that a load looks up, for ANALYZE.
_LOOKED_UP = (
    "record (source_id, noun, external_id, entity_id), entity (id, kind, key, normalised), "
    "alias (record_id, entity_id, normalised)"
)


def in_values(
    connection: Connection, column: ColumnElement[Any], values: Iterable[str | int]
) -> ColumnElement[bool]:
    """Return the condition that a column holds one of many values, bound as a single parameter.

    An IN list would need a parameter for each value, which is slow and limited in number.
    """
    import orjson  # noqa: PLC0415 (many queries have no list)

    listed_values = list(values)
    if connection.dialect.name != "sqlite":
        return column == any_(bindparam(None, listed_values, type_=ARRAY(column.type)))
    listed: BindParameter[str] = bindparam(
        "listed", orjson.dumps(listed_values).decode(), unique=True
    )
    return column.in_(_LISTED.bindparams(listed))


def until(connection: Connection, column: ColumnElement[Any], mark: str) -> ColumnElement[str]:
    """Return the part of a text before a separator, or all of it without one."""
    if connection.dialect.name != "sqlite":
        return func.split_part(column, mark, 1)
    return func.substr(column, 1, func.instr(column.concat(mark), mark) - 1)


def any_of(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the disjunction of many conditions.

    SQLite refuses expressions deeper than 1,000 levels, and parses `a OR b OR c` as one level per
    condition. So groups of conditions are wrapped in a function call; SQLAlchemy would remove mere
    brackets.
    """
    listed = list(conditions)
    groups = [*in_batches(listed, _GROUP)]
    if len(groups) < 2:  # noqa: PLR2004 (one group needs no wrapping)
        return or_(*listed)
    return or_(*(func.coalesce(or_(*group), false()) for group in groups))


def all_of(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the conjunction of conditions.

    PostgreSQL turns each `x IN (SELECT ...)` into a join and compares all orders of joins, so that
    planning hundreds of them takes minutes. Wrapped in a function call, each stays a subquery. Few
    conditions are faster as joins, and remain as they are. Groups limit the depth of expressions as
    in `any_of`.
    """
    listed = list(conditions)
    if len(listed) <= _JOINED:
        return and_(*listed)
    single = [func.coalesce(condition, false()) for condition in listed]
    if len(single) <= _GROUP:
        return and_(*single)
    groups = in_batches(single, _GROUP)
    return and_(*(func.coalesce(and_(*group), false()) for group in groups))


def found_first(connection: Connection, statement: Select[Any]) -> Select[Any]:
    """Return a statement for a subquery that SQLite evaluates before joining it.

    SQLite has no statistics here: if an index has the order of the result, it scans that index and
    tests each row. A subquery with a limit, even an infinite one, is evaluated first. PostgreSQL
    has statistics and chooses for itself.
    """
    return statement.limit(-1) if connection.dialect.name == "sqlite" else statement


def in_order(connection: Connection, statement: Select[Any], name: str) -> Select[Any]:
    """Return a statement for a subquery that SQLite evaluates first, in the order of a column.

    To group or to partition many rows, SQLite would read them by an index that has them in groups,
    and each from another page of the file. Read in the order in which they are stored, and sorted
    afterwards, they take half of the time.

    Args:
        connection: an open connection.
        statement: the statement.
        name: the name of a selected column, by which the rows of its table are stored.
    """
    if connection.dialect.name != "sqlite":
        return statement
    return statement.order_by(statement.selected_columns[name]).limit(-1)


def analyze_tables(connection: Connection) -> None:
    """Update PostgreSQL's statistics within a transaction that inserts many rows.

    Otherwise it would scan whole tables that were nearly empty when it last analyzed them.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {_LOOKED_UP}"))
