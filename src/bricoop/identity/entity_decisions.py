"""Reads what decisions say about one entity: its members, and the judgements on it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from bricoop.db.claims import rank
from bricoop.db.dialect import in_values
from bricoop.db.full_fields import full_fields
from bricoop.db.schema import (
    alias,
    cluster_member,
    cluster_record,
    decision,
    entity,
    record,
    source,
)
from bricoop.domain.nouns import ORGANIZATIONS, PROJECTS
from bricoop.domain.references import COMPARED_NOUNS, Reference
from bricoop.domain.vocabularies import EntityKind
from bricoop.identity.reference_entities import entities_of
from bricoop.ingest.clusters.homes import HOME, own_names
from bricoop.ingest.clusters.judgements import Judgement, Verdict, judgements
from bricoop.query.entity.decided import DecisionEntry, MemberEntry
from bricoop.query.entity.recorded import EntityProfile

#: What a pair is whose decisions join it, but that is not one: the join was refused, or the other
#: record is not loaded.
BLOCKED, ASLEEP = "blocked", "asleep"


class _Mention(NamedTuple):
    """A record about the entity, or a name of it, with its home: the entity without decisions."""

    ref: Reference
    home: int
    source: str
    id: str | None
    name: str
    locator: str | None


def with_decisions(connection: Connection, profile: EntityProfile) -> EntityProfile:
    """Return a profile with the decisions on its entity, and what they made one with it."""
    if connection.scalar(select(decision.c.id).limit(1)) is None:
        return profile
    read = {EntityKind.PROJECT: _records_of, EntityKind.ORGANIZATION: _names_of}
    if profile.kind not in read:
        return profile
    number = select(entity.c.id).where(entity.c.key == profile.key)
    entity_id = connection.scalars(number).one()
    mentions = read[EntityKind(profile.kind)](connection, entity_id)
    judged = judgements(connection, {str(mention.ref) for mention in mentions})
    return replace(
        profile,
        members=tuple(_members(connection, entity_id, mentions, judged)),
        decisions=tuple(_decisions(connection, {mention.ref for mention in mentions}, judged)),
    )


def _records_of(connection: Connection, entity_id: int) -> list[_Mention]:
    """Return the records of a project and its money, those that describe it and rank best first."""
    rows = connection.execute(
        select(
            record.c.id, record.c.noun, record.c.external_id, record.c.locator, HOME.label("home"),
            full_fields(record).label("fields"), source.c.key, source.c.tier, source.c.published,
        )
        .join(source, source.c.id == record.c.source_id)
        .outerjoin(cluster_record, cluster_record.c.record_id == record.c.id)
        .where(record.c.entity_id == entity_id, record.c.noun.in_(COMPARED_NOUNS))
        .where(record.c.gone_in.is_(None))
    ).all()  # fmt: skip

    def order(row: Row[Any]) -> tuple[Any, ...]:
        return row.noun != PROJECTS.name, rank(row.tier, row.published, row.id)

    return [
        _Mention(
            Reference(row.key, row.noun, row.external_id), row.home, row.key, row.external_id,
            row.fields.get("name") or row.fields.get("project") or row.external_id, row.locator,
        )
        for row in sorted(rows, key=order)
    ]  # fmt: skip


def _names_of(connection: Connection, entity_id: int) -> list[_Mention]:
    """Return the names of an organization, as records state them."""
    columns = (alias.c.name, record.c.noun, record.c.external_id, record.c.locator, source.c.key)
    statement = (
        own_names()
        .add_columns(*columns)
        .join(source, source.c.id == record.c.source_id)
        .where(alias.c.entity_id == entity_id)
        .order_by(alias.c.record_id, alias.c.position)
    )
    rows = connection.execute(statement).all()
    mentions: dict[tuple[str, str], _Mention] = {}
    # Of a source, the record that describes the organization precedes those that only name it.
    for row in sorted(rows, key=lambda row: row.noun != ORGANIZATIONS.name):
        number = row.external_id if row.noun == ORGANIZATIONS.name else None
        ref = Reference("", "", row.normalised)
        mention = _Mention(ref, row.home, row.key, number, row.name, row.locator)
        mentions.setdefault((row.normalised, row.key), mention)
    return [*mentions.values()]


def _members(
    connection: Connection, entity_id: int, mentions: list[_Mention], judged: list[Judgement]
) -> Iterator[MemberEntry]:
    """Yield the members of what is one by decisions, those of the canonical entity first."""
    if all(mention.home == entity_id for mention in mentions):
        return
    keys = _own_keys(connection, {mention.home for mention in mentions})
    refs_by_home: defaultdict[int, set[str]] = defaultdict(set)
    for mention in mentions:
        refs_by_home[mention.home].add(str(mention.ref))
    own_refs = set().union(*refs_by_home.values())
    joins = [
        judgement
        for judgement in judged
        if judgement.verdict is Verdict.JOINED and own_refs.issuperset(judgement.deciding.pair)
    ]
    reasons = _details(connection, (judgement.deciding.id for judgement in joins))
    for mention in sorted(_described(mentions), key=lambda mention: mention.home != entity_id):
        entry = MemberEntry(
            mention.source, mention.id, keys[mention.home], mention.name, mention.locator
        )
        join = _join_of(mention, refs_by_home[mention.home], joins)
        if join is None or mention.home == entity_id:
            yield entry
            continue
        by = join.deciding
        reason = reasons[by.id]
        yield replace(
            entry, relation=by.relation, reviewer=by.reviewer, decided_at=by.decided_at,
            why=reason.why, decision_source=reason.key, decision_locator=reason.locator,
        )  # fmt: skip


def _described(mentions: Iterable[_Mention]) -> list[_Mention]:
    """Leave out records of money, unless an entity has no others without decisions."""
    listed: list[_Mention] = []
    homes: set[int] = set()
    for mention in mentions:
        if mention.ref.noun in {"", PROJECTS.name} or mention.home not in homes:
            listed.append(mention)
        homes.add(mention.home)
    return listed


def _join_of(
    mention: _Mention, refs: Collection[str], joins: Iterable[Judgement]
) -> Judgement | None:
    """Return the first join of a record, or else of others of its home, with another home."""
    outward = [join for join in joins if len(set(join.deciding.pair) & set(refs)) == 1]
    direct = [join for join in outward if str(mention.ref) in join.deciding.pair]
    return next(iter([*direct, *outward]), None)


def _own_keys(connection: Connection, homes: Collection[int]) -> dict[int, str]:
    """Return the keys of entities, also of those that were joined with others."""
    keys: dict[int, str] = {}
    for table, number in ((entity, entity.c.id), (cluster_member, cluster_member.c.entity_id)):
        chosen = select(number, table.c.key).where(in_values(connection, number, homes))
        keys |= dict(connection.execute(chosen).all())
    return keys


def _decisions(
    connection: Connection, refs: Collection[Reference], judged: list[Judgement]
) -> Iterator[DecisionEntry]:
    """Yield the decisions on some references that hold, the oldest pair first."""
    own = {str(ref) for ref in refs}
    others = {ref for judgement in judged for ref in judgement.deciding.pair} - own
    standing = entities_of(connection, others)
    details = _details(connection, (row.id for judgement in judged for row in judgement.holding))
    for judgement in judged:
        other = next((ref for ref in judgement.deciding.pair if ref not in own), None)
        verdict = judgement.verdict.value
        if judgement.verdict is Verdict.JOINED and other is not None:
            verdict = BLOCKED if other in standing else ASLEEP
        referred = standing.get(other or "")
        key, name = (referred.key, referred.name) if referred else (None, None)
        for row in judgement.holding:
            detail = details[row.id]
            yield DecisionEntry(
                verdict, row.relation, row.left_ref, row.right_ref, key, name, row.reviewer,
                row.decided_at, detail.why, detail.score, detail.key, detail.external_id,
                detail.locator, is_left=row.left_ref in own,
            )  # fmt: skip


def _details(connection: Connection, ids: Iterable[int]) -> dict[int, Any]:
    columns = (
        decision.c.id, decision.c.why, decision.c.score, decision.c.external_id,
        decision.c.locator, source.c.key,
    )  # fmt: skip
    rows = connection.execute(
        select(*columns)
        .join(source, source.c.id == decision.c.source_id)
        .where(in_values(connection, decision.c.id, ids))
    )
    return {row.id: row for row in rows}
