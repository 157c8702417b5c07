"""Cells as files print them: what rows are about whose records hold one, or hold it in part."""

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

_ASKED = re.compile(r"\s*(?P<column>[^=~]*?)\s*(?P<operator>!?[=~])\s*(?P<value>.*)", re.DOTALL)


def raw_condition(connection: Connection, plan: Plan, text: str) -> ColumnElement[bool]:
    """Return the condition that a record about a row's entity has a cell.

    Args:
        connection: an open connection.
        plan: how the rows are read.
        text: a column's name as files print it, `=`, `!=`, `~` (holds) or `!~`, and a value.

    Raises:
        UsageError: the text has another form, or rows of the noun are about nothing.
        NotFoundError: no file that is loaded has such a column.
    """
    asked = _ASKED.fullmatch(text)
    if asked is None or not asked["column"]:
        message = f"{text!r} is not of the form COLUMN=VALUE."
        raise UsageError(message, "Example: --raw 'Flow Class=ODA-like'.")
    if plan.about is None:
        raise UsageError("Sources and loads have no records of their own.")
    column = asked["column"].removesuffix("!").rstrip()
    negated = asked["operator"].startswith("!") or asked["column"].endswith("!")
    places = _places(connection, column)
    if not places:
        known = _columns(connection)
        raise NotFoundError("column", column, nearest(column, known))
    holding = select(record.c.entity_id).where(
        record.c.entity_id.is_not(None),
        or_(
            *(
                and_(record.c.load_id == load_id, record.c.noun == noun, _says(place, asked))
                for (load_id, noun), place in places.items()
            )
        ),
    )
    found = plan.about.in_(holding)
    return no(found) if negated else found


def _says(place: int, asked: re.Match[str]) -> ColumnElement[bool]:
    cell: ColumnElement[Any] = record.c.raw[place].as_string()
    value = asked["value"].strip()
    if asked["operator"].endswith("~"):
        return cell.icontains(value, autoescape=True)
    # Both sides in the database: each folds the letters that it knows.
    return func.lower(cell) == func.lower(value)


def _places(connection: Connection, column: str) -> dict[tuple[int, str], int]:
    """Return where a column stands in the records of each load and noun that have it."""
    wanted = normalise(column)
    rows = connection.execute(
        select(load_header.c.load_id, load_header.c.noun, load_header.c.columns)
    )
    found: dict[tuple[int, str], int] = {}
    for load_id, noun, columns in rows:
        names = [normalise(name) for name in columns]
        if wanted in names:
            found[load_id, noun] = names.index(wanted)
    return found


def _columns(connection: Connection) -> dict[str, str]:
    known: dict[str, str] = defaultdict(str)
    for columns in connection.scalars(select(load_header.c.columns)):
        known.update({normalise(name): name for name in columns if name})
    return known
