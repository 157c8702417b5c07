"""The dialect seam of questions: what SQLite and PostgreSQL are asked in different words."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    and_,
    any_,
    bindparam,
    false,
    func,
    or_,
    select,
    text,
)

#: So many conditions PostgreSQL may plan as joins; its own limit for joins is the same.
_JOINED = 8
#: So many conditions are put together.
_GROUP = 50
#: What a load looks up, by table: rows of the source, what is named, and so many names of it.
_LOOKED_UP = (
    "record (source_id, noun, external_id, entity_id), entity (id, kind, key, normalised), "
    "alias (record_id, entity_id, normalised)"
)


def in_values(
    connection: Connection, column: ColumnElement[Any], values: Iterable[str | int]
) -> ColumnElement[bool]:
    """Return the condition that a column holds one of many values, bound as one parameter.

    An IN list of a thousand values costs a thousand parameters to write and to parse.
    """
    import orjson  # noqa: PLC0415 (a question without a list does without it)

    listed_values = list(values)
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, listed_values, type_=ARRAY(column.type)))
    listed = func.json_each(orjson.dumps(listed_values).decode()).table_valued("value")
    return column.in_(select(listed.c.value))


def until(connection: Connection, column: ColumnElement[Any], mark: str) -> ColumnElement[str]:
    """Return what a text holds before a mark, or all of it where it has none."""
    if connection.dialect.name == "postgresql":
        return func.split_part(column, mark, 1)
    return func.substr(column, 1, func.instr(column.concat(mark), mark) - 1)


def any_of(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the condition that any of many conditions holds.

    SQLite refuses expressions that are more than 1,000 levels deep, and reads `a OR b OR c` as one
    level a condition; so some at a time become arguments of a function, which also leaves
    SQLAlchemy no brackets to remove.
    """
    listed = list(conditions)
    groups = _groups(listed)
    if len(groups) < 2:  # noqa: PLR2004 (brackets around one group say nothing)
        return or_(*listed)
    return or_(*(func.coalesce(or_(*group), false()) for group in groups))


def all_of(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the condition that each of some conditions holds.

    PostgreSQL makes a join of each `x IN (SELECT ...)` and compares all of them with each other,
    which takes it minutes to plan where there are hundreds. As arguments of a function they stay
    lookups of their own. The few that people write are better joined, and remain as they are.
    SQLite reads them one level a condition, too.
    """
    listed = list(conditions)
    if len(listed) <= _JOINED:
        return and_(*listed)
    single = [func.coalesce(condition, false()) for condition in listed]
    if len(single) <= _GROUP:
        return and_(*single)
    return and_(*(func.coalesce(and_(*group), false()) for group in _groups(single)))


def _groups(
    conditions: Sequence[ColumnElement[bool]],
) -> list[Sequence[ColumnElement[bool]]]:
    return [conditions[start : start + _GROUP] for start in range(0, len(conditions), _GROUP)]


def found_first(connection: Connection, statement: Select[Any]) -> Select[Any]:
    """Return a statement that finds the rows by its conditions, before what they are joined to.

    SQLite does not know how few they may be: where an index has the order that they are wanted in,
    it reads all of that, and asks of each row whether it is wanted. What has a limit, even none at
    all, it answers first. PostgreSQL has counted, and chooses for itself.
    """
    return statement if connection.dialect.name == "postgresql" else statement.limit(-1)


def analyze_tables(connection: Connection) -> None:
    """Let PostgreSQL see how much has been inserted by the open transaction.

    It plans by what it last counted; of tables that were nearly empty then, it would read all.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {_LOOKED_UP}"))
