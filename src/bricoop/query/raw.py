"""Conditions on the cells of loaded files, by the columns as the files name them."""

import re
from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from bricoop.db.schema import load_header, record
from bricoop.domain.closeness import nearest
from bricoop.domain.names import normalise
from bricoop.errors import NotFoundError, UsageError
from bricoop.query.compare import no
from bricoop.query.plan import Plan

_CONDITION = re.compile(r"\s*(?P<column>[^=~]*?)\s*(?P<operator>!?[=~])\s*(?P<value>.*)", re.DOTALL)


def raw_condition(connection: Connection, plan: Plan, text: str) -> ColumnElement[bool]:
    """Return the condition that the record of a row, or any about its entity, has a cell.

    Money, statistics, findings and places are rows of a file: each has a record of its own. An
    entity has those of all sources.

    Args:
        connection: an open connection.
        plan: how the rows are read.
        text: a column's name as files print it, `=`, `!=`, `~` (contains) or `!~`, and a value.

    Raises:
        UsageError: the text has another form, or rows of the noun have no records.
        NotFoundError: no file that is loaded has such a column.
    """
    match = _CONDITION.fullmatch(text)
    if match is None or not match["column"]:
        message = f"{text!r} is not of the form COLUMN=VALUE."
        raise UsageError(message, "Example: --raw 'Flow Class=ODA-like'.")
    if plan.about is None:
        raise UsageError("Sources and loads have no records of their own.")
    column = match["column"].removesuffix("!").rstrip()
    negated = match["operator"].startswith("!") or match["column"].endswith("!")
    places = _places(connection, column)
    if not places:
        known = _columns(connection)
        raise NotFoundError("column", column, nearest(column, known))
    matches = or_(
        *(
            and_(record.c.load_id == load_id, record.c.noun == noun, _has_value(place, match))
            for load_id, noun, place in places
        )
    )
    if plan.is_record:
        condition = plan.identity.in_(select(record.c.id).where(matches))
    else:
        entities = select(record.c.entity_id).where(record.c.entity_id.is_not(None), matches)
        condition = plan.about.in_(entities)
    return no(condition) if negated else condition


def _has_value(place: int, match: re.Match[str]) -> ColumnElement[bool]:
    cell: ColumnElement[Any] = record.c.raw[place].as_string()
    value = match["value"].strip()
    if match["operator"].endswith("~"):
        return cell.icontains(value, autoescape=True)
    # Both sides in the database, which folds letters alike.
    return func.lower(cell) == func.lower(value)


def _places(connection: Connection, column: str) -> list[tuple[int, str, int]]:
    """Return the load, the noun and the position of each column that a name means.

    A header that has the very name means that column; another header means all columns whose names
    differ from it only in case, accents or punctuation.
    """
    wanted = normalise(column)
    rows = connection.execute(
        select(load_header.c.load_id, load_header.c.noun, load_header.c.columns)
    )
    return [
        (load_id, noun, place)
        for load_id, noun, columns in rows
        for place, name in enumerate(columns)
        if (name == column if column in columns else normalise(name) == wanted)
    ]


def _columns(connection: Connection) -> dict[str, str]:
    known: dict[str, str] = defaultdict(str)
    for columns in connection.scalars(select(load_header.c.columns)):
        known.update({normalise(name): name for name in columns if name})
    return known
