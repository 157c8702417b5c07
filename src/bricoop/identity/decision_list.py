"""Lists decisions, with what has become of each."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, decision, entity, source
from bricoop.domain.batches import in_batches
from bricoop.domain.decision_status import Status
from bricoop.domain.references import Reference, parse_reference
from bricoop.domain.reviewer_names import reviewer_key
from bricoop.domain.vocabularies import JOINING, EntityKind, Relation
from bricoop.identity.same_names import SAME_NAME, NameJoin, name_joins
from bricoop.identity.seen import has_changed, is_comparable, seen_of
from bricoop.identity.subject import Subject, subject_of
from bricoop.ingest.clusters.judgements import AFFIRMING, Judgement, Verdict, judgements
from bricoop.ingest.clusters.plan import Plan, plan_of

_BATCH = 500


@dataclass(frozen=True)
class ListedDecision:
    """A decision, and what has become of it; empty texts are not known.

    Attributes:
        status: what has become of it.
        left_ref: the reference to the left one.
        left_name: its name.
        relation: what it is to the right one.
        right_ref: the reference to the right one.
        right_name: its name.
        reviewer: who decided.
        decided_at: when; empty for what follows from names.
        why: the reason.
        score: the score of the pair at that time.
        features: what spoke for and against it.
        left_seen: what the left one looked like.
        right_seen: what the right one looked like.
        id: its id in its source; empty for what follows from names.
        replaces: the id of the reviewer's earlier decision on the pair.
        source: the key of its source.
        load: the load that wrote it; None for what follows from names.
    """

    status: Status
    left_ref: str
    left_name: str
    relation: str
    right_ref: str
    right_name: str
    reviewer: str
    decided_at: str = ""
    why: str = ""
    score: Decimal | None = None
    features: str = ""
    left_seen: str = ""
    right_seen: str = ""
    id: str = ""
    replaces: str = ""
    source: str = ""
    load: int | None = None


@dataclass(frozen=True)
class DecisionFilter:
    """Which decisions are listed; empty attributes leave nothing out.

    Attributes:
        about: a project or an organization, by any name, key or reference.
        reviewers: who decided.
        sources: keys of sources of decisions.
        relations: what both are to each other.
        statuses: what has become of them.
        is_stored: whether joins that follow from equal names are left out.
    """

    about: str = ""
    reviewers: Collection[str] = ()
    sources: Collection[str] = ()
    relations: Collection[str] = ()
    statuses: Collection[Status] = ()
    is_stored: bool = False


def list_decisions(
    connection: Connection,
    chosen: DecisionFilter = DecisionFilter(),
) -> list[ListedDecision]:
    """Return decisions in the order in which they came, then the joins by equal names.

    Raises:
        NotFoundError: nothing is known as the text in `about`.
        AmbiguousNameError: it means several things.
    """
    subject = subject_of(connection, chosen.about) if chosen.about else None
    refs = {str(ref) for unit in subject.units for ref in unit.refs} if subject else None
    rows = [row for row in _stored(connection) if _is_chosen(row, chosen, refs)]
    joins = [*_by_name(connection, chosen, subject)]
    named = {ref for row in rows for ref in (row.left_ref, row.right_ref)}
    named |= {str(ref) for join in joins for ref in (join.row, join.other)}
    looks = seen_of(connection, named)
    statuses = _Statuses(connection, looks)
    names = {**looks, **_spellings(connection, looks)}
    listed = [_listed(row, statuses.of(row), names) for row in rows]
    listed += [_listed_join(join, names) for join in joins]
    return [each for each in listed if not chosen.statuses or each.status in chosen.statuses]


def _stored(connection: Connection) -> Iterator[Row[Any]]:
    statement = (
        select(decision, source.c.key)
        .join(source, source.c.id == decision.c.source_id)
        .order_by(decision.c.id)
    )
    yield from connection.execute(statement)


def _is_chosen(row: Row[Any], chosen: DecisionFilter, refs: Collection[str] | None) -> bool:
    return (
        (refs is None or row.left_ref in refs or row.right_ref in refs)
        and (not chosen.reviewers or reviewer_key(row.reviewer) in _keys(chosen.reviewers))
        and (not chosen.sources or row.key in chosen.sources)
        and (not chosen.relations or row.relation in chosen.relations)
    )


def _keys(reviewers: Iterable[str]) -> set[str]:
    return {reviewer_key(name) for name in reviewers}


def _by_name(
    connection: Connection, chosen: DecisionFilter, subject: Subject | None
) -> Iterable[NameJoin]:
    """Return the joins by equal names, unless all of them are left out."""
    is_left_out = (
        chosen.is_stored
        or chosen.sources
        or (chosen.reviewers and SAME_NAME not in _keys(chosen.reviewers))
        or (chosen.relations and Relation.SAME_PROJECT not in chosen.relations)
    )
    if is_left_out:
        return ()
    return name_joins(connection, {unit.home for unit in subject.units} if subject else None)


class _Statuses:
    """What has become of the decisions of a knowledge base."""

    def __init__(self, connection: Connection, looks: Mapping[str, str]) -> None:
        judged = judgements(connection)
        self._judgements = {pair: judgement for judgement in judged for pair in judgement.pairs}
        self._plan: Plan = plan_of(connection, judged)
        self._refused = {id(refused.join.decision) for refused in self._plan.refused}
        self._looks = looks

    def of(self, row: Row[Any]) -> Status:
        refs = (row.left_ref, row.right_ref)
        judgement = self._judgements[min(refs), max(refs)]
        if row.id not in {newest.id for newest in judgement.newest}:
            return Status.REPLACED
        if row.id not in {holding.id for holding in judgement.holding}:
            return Status.OVERRULED
        without_effect = self._without_effect(row, judgement)
        if without_effect is not None:
            return without_effect
        return Status.LOOK_AGAIN if has_changed(row, self._looks) else Status.HOLDS

    def _without_effect(self, row: Row[Any], judgement: Judgement) -> Status | None:
        """Return why a decision has no effect though nothing has replaced it; None if it has."""
        refs = (row.left_ref, row.right_ref)
        if self._plan.absent.intersection(refs):
            return Status.SLEEPS
        if judgement.verdict is Verdict.CONTESTED:
            return Status.CONTESTED
        if id(judgement) in self._refused and row.relation in JOINING:
            return Status.REFUSED
        if judgement.verdict is Verdict.UNDECIDED and row.relation in AFFIRMING:
            return Status.WAITS
        return None


def _listed(row: Row[Any], status: Status, looks: Mapping[str, str]) -> ListedDecision:
    return ListedDecision(
        status,
        row.left_ref,
        _name(row.left_ref, looks, row.left_seen),
        row.relation,
        row.right_ref,
        _name(row.right_ref, looks, row.right_seen),
        row.reviewer,
        row.decided_at,
        row.why or "",
        row.score,
        row.features or "",
        row.left_seen or "",
        row.right_seen or "",
        row.external_id,
        row.replaces or "",
        row.key,
        row.load_id,
    )


def _listed_join(join: NameJoin, looks: Mapping[str, str]) -> ListedDecision:
    refs = (str(join.row), str(join.other))
    names = [_name(ref, looks) for ref in refs]
    return ListedDecision(
        Status.HOLDS if join.holds else Status.OVERRULED,
        refs[0],
        names[0],
        Relation.SAME_PROJECT.value,
        refs[1],
        names[1],
        SAME_NAME,
    )


def _spellings(connection: Connection, refs: Iterable[str]) -> dict[str, str]:
    """Return the names of organizations as records write them, by reference.

    References have them normalised; of several spellings, the first in the alphabet is chosen.
    """
    named = [ref for ref in map(parse_reference, refs) if ref.is_organization]
    spellings: dict[str, str] = {}
    for batch in in_batches(named, _BATCH):
        statement = (
            select(alias.c.normalised, alias.c.name)
            .join(entity, entity.c.id == alias.c.entity_id)
            .where(entity.c.kind == EntityKind.ORGANIZATION.value)
            .where(in_values(connection, alias.c.normalised, [ref.id for ref in batch]))
        )
        for normalised, name in connection.execute(statement):
            ref = str(Reference("", "", normalised))
            spellings[ref] = min(spellings.get(ref, name), name)
    return spellings


def _name(ref: str, looks: Mapping[str, str], before: str | None = None) -> str:
    """Return the name of a record, as far as it is known: of an absent one, the one then."""
    look = looks.get(ref) or before or ""
    return look.partition(" |")[0] if is_comparable(look) else look
