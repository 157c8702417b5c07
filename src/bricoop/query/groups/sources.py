"""Detect overlapping sources, whose rows are not added up unless the question asks for it."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from bricoop.db.schema import deal_member, record, source
from bricoop.domain.english import agree, counted
from bricoop.query.nouns.noun import Noun
from bricoop.query.plan import Plan

SOURCE = "source"
_SAME = "Several sources describe the same things"
_PERHAPS = "Several sources may record the same money or figures"
_ADDED = "{}, and were added up."
_APART = "{}, so each is counted by itself. --add-sources adds them up."


def is_of_one_source(noun: Noun) -> bool:
    """Return whether each row of a noun comes from a single source."""
    own = noun.field(SOURCE)
    return own is not None and not own.many


def several_sources_note(
    connection: Connection,
    noun: Noun,
    plan: Plan,
    conditions: Sequence[ColumnElement[bool]],
    *,
    summed: bool,
    added: bool,
) -> str | None:
    """Return a note if rows of several sources may describe the same things; else None.

    Sources may record the same money under different project names, so sums are separated by source
    whenever there are several sources; counts only if sources describe the same entities.

    Args:
        connection: an open connection.
        noun: the noun.
        plan: its plan.
        conditions: the conditions on the rows.
        summed: whether figures are added up.
        added: whether the question asks to add up sources.
    """
    if not is_of_one_source(noun) or not _are_several(connection, noun):
        return None
    if _overlap(connection, plan, conditions):
        statement = _SAME
    elif summed and _are_several_of(connection, plan, conditions):
        statement = _PERHAPS
    else:
        return None
    return (_ADDED if added else _APART).format(statement)


def repeated_deals(
    connection: Connection,
    plan: Plan,
    conditions: Sequence[ColumnElement[bool]],
    *,
    by_source: bool,
) -> Iterator[str]:
    """Yield a note if sums count deals more than once, as decisions made several rows one deal.

    Args:
        connection: an open connection.
        plan: the plan of `finance`.
        conditions: the conditions on the rows.
        by_source: whether groups are of one source each, so that only its own rows add up.
    """
    by = [deal_member.c.deal_id, *([plan.scalars[SOURCE]] if by_source else [])]
    rows = plan.tables.needed(*conditions, *by[1:])
    of_deal = (
        select(func.count().label("rows"))
        .select_from(rows.join(deal_member, deal_member.c.record_id == plan.identity))
        .where(plan.identity.in_(select(deal_member.c.record_id)), *conditions)
        .group_by(*by)
        .subquery("of_deal")
    )
    again = connection.scalar(select(func.sum(of_deal.c.rows - 1)))
    if again:
        states = agree(int(again), "states a deal", "state deals")
        how = "bricoop total" if by_source else "bricoop total --add-sources"
        yield (
            f"{counted(int(again), 'rows')} {states} that another row states too, by decisions: "
            f"{how} counts each deal once."
        )


def _are_several(connection: Connection, noun: Noun) -> bool:
    """Return whether several sources have rows of a noun, without reading these rows."""
    theirs = exists().where(record.c.source_id == source.c.id, record.c.noun == noun.name)
    return _has_two_rows(connection, select(source.c.id).where(theirs))


def _are_several_of(
    connection: Connection, plan: Plan, conditions: Sequence[ColumnElement[bool]]
) -> bool:
    rows = plan.tables.needed(*conditions, plan.scalars[SOURCE])
    keys = select(plan.scalars[SOURCE]).select_from(rows).where(*conditions).distinct()
    return _has_two_rows(connection, keys)


def _has_two_rows(connection: Connection, statement: Select[Any]) -> bool:
    return len(connection.scalars(statement.limit(2)).all()) > 1


def _overlap(connection: Connection, plan: Plan, conditions: Sequence[ColumnElement[bool]]) -> bool:
    if plan.about is None:
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
