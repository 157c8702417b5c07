"""What decisions have come to: what is one now, and why something is not."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bricoop.db.schema import entity
from bricoop.domain.english import counted
from bricoop.domain.vocabularies import JOINING, EntityKind
from bricoop.identity.record_decisions import NewDecision
from bricoop.identity.reference_entities import entities_of
from bricoop.identity.units import Unit, units_of
from bricoop.ingest.clusters.judgements import AFFIRMING, Judgement, Verdict, judgements, quorum


@dataclass(frozen=True)
class Cluster:
    """A project or an organization, and what is one in it.

    Attributes:
        key: its key.
        name: the name shown.
        kind: its kind.
        units: rows of sources, or organizations by name, the canonical one first.
    """

    key: str
    name: str
    kind: EntityKind
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class Outcome:
    """What decisions have come to.

    Attributes:
        load_id: the load that recorded them.
        decided: the decisions.
        clusters: the entities that they concern, as they are now.
        notes: what the decisions replace, that both share no country, and why something that was
            joined is not one, in sentences.
    """

    load_id: int
    decided: tuple[NewDecision, ...]
    clusters: tuple[Cluster, ...]
    notes: tuple[str, ...]


def outcome_of(connection: Connection, load_id: int, decided: Sequence[NewDecision]) -> Outcome:
    """Return what decisions that were recorded have come to."""
    refs = list(dict.fromkeys(str(ref) for each in decided for ref in (each.left, each.right)))
    entities = entities_of(connection, refs)
    clusters = []
    for referred in dict.fromkeys(entities[ref] for ref in refs if ref in entities):
        kind = connection.scalars(select(entity.c.kind).where(entity.c.id == referred.id)).one()
        units = tuple(units_of(connection, referred.id, EntityKind(kind)))
        clusters.append(Cluster(referred.key, referred.name, EntityKind(kind), units))
    affirmed = [each for each in decided if each.relation in AFFIRMING]
    notes = _notes(connection, affirmed) if len(clusters) > 1 else []
    if not affirmed:
        notes += _disagreements(connection, decided)
    return Outcome(load_id, tuple(decided), tuple(clusters), tuple(notes))


def _notes(connection: Connection, affirmed: Sequence[NewDecision]) -> list[str]:
    pairs = {frozenset((str(each.left), str(each.right))) for each in affirmed}
    refs = {ref for pair in pairs for ref in pair}
    needed = quorum(connection)
    return [
        note
        for judgement in judgements(connection, refs)
        if not pairs.isdisjoint(map(frozenset, judgement.pairs))
        and (note := _why_not(judgement, needed))
    ]


def _disagreements(connection: Connection, decided: Sequence[NewDecision]) -> list[str]:
    """Return that other reviewers hold otherwise about pairs that were parted, in sentences."""
    pairs = {each.pair for each in decided}
    contested = [
        judgement
        for judgement in judgements(connection, {ref for pair in pairs for ref in pair})
        if judgement.verdict is Verdict.CONTESTED
        and not pairs.isdisjoint(map(frozenset, judgement.pairs))
    ]
    if len(contested) > 1:
        return [f"Reviewers disagree on {counted(len(contested), 'pairs')} of these."]
    return [f"Reviewers disagree on them ({_views(judgement)})." for judgement in contested]


def _views(judgement: Judgement) -> str:
    return ", ".join(f"{row.reviewer}: {row.relation}" for row in judgement.holding)


def _why_not(judgement: Judgement, needed: int) -> str:
    if judgement.verdict is Verdict.CONTESTED:
        return f"They are not one, as reviewers disagree ({_views(judgement)})."
    if judgement.verdict is Verdict.UNDECIDED:
        reviewers = counted(needed, "reviewers")
        is_join = judgement.deciding.relation in JOINING
        begin = "They are not one yet" if is_join else "This has no effect yet"
        return f"{begin}: {judgement.agreeing} of {reviewers} agree."
    return ""
