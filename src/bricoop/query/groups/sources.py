"""Sources are told apart: what several say about one thing is never added up unasked."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, exists, func, select

from bricoop.db.schema import record, source
from bricoop.query.nouns.noun import Noun
from bricoop.query.plan import Plan

SOURCE = "source"
ADDED = "Several sources speak about the same things, and were added together."
APART = (
    "Several sources speak about the same things: counted by source. "
    "--add-sources adds them together."
)


def is_of_one_source(noun: Noun) -> bool:
    """Return whether each row of a noun is what one source says."""
    own = noun.field(SOURCE)
    return own is not None and not own.many


def are_several(connection: Connection, noun: Noun) -> bool:
    """Return whether more than one source has rows of a noun."""
    theirs = exists().where(record.c.source_id == source.c.id, record.c.noun == noun.name)
    found = connection.scalars(select(source.c.id).where(theirs).limit(2)).all()
    return len(found) > 1


def overlap(
    connection: Connection, noun: Noun, plan: Plan, conditions: Sequence[ColumnElement[bool]]
) -> bool:
    """Return whether several sources speak about one of the things that rows are about."""
    if plan.about is None or not is_of_one_source(noun):
        return False
    if not are_several(connection, noun):
        return False
    several = (
        select(plan.about)
        .select_from(plan.tables.needed(*conditions, plan.scalars[SOURCE]))
        .where(*conditions)
        .group_by(plan.about)
        .having(func.count(plan.scalars[SOURCE].distinct()) > 1)
        .limit(1)
    )
    return connection.execute(several).first() is not None
