"""The decisions that a figure was counted with, in a form that holds in every knowledge base."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Connection, func, or_, select, union

from bricoop.db.dialect import in_values
from bricoop.db.schema import (
    cluster_member,
    cluster_record,
    deal_member,
    decision,
    finance,
    record,
    source,
)
from bricoop.domain.nouns import PROJECTS
from bricoop.domain.vocabularies import Relation
from bricoop.ingest.clusters.judgements import DecisionRow, Judgement, Verdict, judgements
from bricoop.query.execute import narrowed
from bricoop.totals.classify import Counting
from bricoop.totals.decided_wholes import wholes_by_decision
from bricoop.totals.referenced_records import (
    ReferencedRecord,
    records_by_reference,
    referenced_records,
)

#: About as many decisions are read in the time in which those on one record are looked up.
_READ = 4


class UsedDecision(NamedTuple):
    """A decision as cards keep it: both references, the relation, who decided, and when."""

    left_ref: str
    relation: str
    right_ref: str
    reviewer: str
    decided_at: str

    def __str__(self) -> str:
        """Return it as a phrase."""
        pair = f"{self.left_ref} {self.relation} {self.right_ref}"
        return f"{pair} ({self.reviewer}, {self.decided_at})"


def decisions_used(connection: Connection, counting: Counting) -> tuple[UsedDecision, ...]:
    """Return the decisions that hold on the rows of a counting or on their projects, sorted.

    These are decisions that joined records, parted what loads had joined, or made wholes and parts,
    whether a step of the rule leaves the rows out or not. What is contested, overruled, undecided
    or refused changes nothing, nor does `different` on what would not be one anyway.
    """
    return tuple(sorted(used_decision(row) for row in _used(connection, counting)))


def used_decision(row: DecisionRow) -> UsedDecision:
    """Return a decision as cards keep it."""
    return UsedDecision(row.left_ref, row.relation, row.right_ref, row.reviewer, row.decided_at)


def number_of_decisions(connection: Connection, counting: Counting) -> int:
    """Return how many decisions `decisions_used` returns."""
    return sum(1 for _ in _used(connection, counting))


def _used(connection: Connection, counting: Counting) -> Iterator[DecisionRow]:
    number = connection.scalar(select(func.count()).select_from(decision)) or 0
    if not number:
        return
    records = _records(connection, counting)
    # To read all decisions is faster than to look up those on many records.
    is_few = len(records) * _READ < number
    judged = judgements(connection, records if is_few else None)
    concerned = [
        judgement
        for judgement in judged
        if judgement.deciding.left_ref in records or judgement.deciding.right_ref in records
    ]
    refs = chain.from_iterable(
        (judgement.deciding.left_ref, judgement.deciding.right_ref) for judgement in concerned
    )
    records |= records_by_reference(connection, {ref for ref in refs if ref not in records})
    for judgement in concerned:
        yield from _effective(judgement, records)


def _records(connection: Connection, counting: Counting) -> dict[str, ReferencedRecord]:
    """Return the rows of a counting, and the records of their projects, that are decided on."""
    plan, conditions = narrowed(connection, counting.rows_question)
    columns = (finance.c.record_id, record.c.id, source.c.key)
    tables = plan.tables.needed(*columns, *conditions)
    of_rows = referenced_records(
        connection,
        *conditions,
        _is_decided(connection),
        record.c.id == finance.c.record_id,
        tables=tables,
    )
    records = dict(of_rows)
    prefix = f"%/{PROJECTS.name}/%"
    mentions = or_(decision.c.left_ref.like(prefix), decision.c.right_ref.like(prefix))
    if connection.scalar(select(decision.c.id).where(mentions).limit(1)) is not None:
        projects = {row.entity_id for row in records.values()}
        records |= referenced_records(
            connection,
            record.c.noun == PROJECTS.name,
            in_values(connection, record.c.entity_id, projects),
        )
    return records


def _is_decided(connection: Connection) -> ColumnElement[bool]:
    """Return the condition that decisions made a project what it is, or concern its money."""
    # Looked up by id: SQLite would read the index of all records for a join.
    records = union(select(cluster_record.c.record_id), select(deal_member.c.record_id))
    decided: CompoundSelect[Any] = union(
        select(cluster_member.c.canonical_id),
        select(record.c.entity_id).where(record.c.id.in_(records)),
        # From which others were parted.
        select(cluster_record.c.own_entity_id),
    )
    is_decided = finance.c.entity_id.in_(decided)
    sides = {side.entity_id for pair in wholes_by_decision(connection) for side in pair}
    return is_decided | in_values(connection, finance.c.entity_id, sides) if sides else is_decided


def _effective(
    judgement: Judgement, records: Mapping[str, ReferencedRecord]
) -> Iterator[DecisionRow]:
    """Yield the decisions of a judgement that takes effect."""
    first, second = (
        records.get(ref) for ref in (judgement.deciding.left_ref, judgement.deciding.right_ref)
    )
    if first is None or second is None:
        return
    is_one = first.entity_id == second.entity_id
    match judgement.verdict:
        case Verdict.JOINED:
            takes_effect = is_one
        case Verdict.DIFFERENT:
            takes_effect = not is_one and first.home == second.home
        case verdict:
            takes_effect = verdict is Verdict.RELATED
    if takes_effect:
        yield from (row for row in judgement.holding if row.relation != Relation.UNSURE)
