"""Keeps clusters as decisions have them: suspended during loads and undos, derived after them.

A load and an undo work on entities as they are without decisions. So clusters are derived data:
they depend on the decisions and records that are there, and not on the order in which they came.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from bricoop.db.dialect import in_values
from bricoop.db.identity_checksums import set_identity_checksums, whole_identities
from bricoop.db.schema import (
    cluster_member,
    cluster_record,
    deal_member,
    decision,
    entity,
    parted_entity,
    record,
)
from bricoop.db.search.index import refresh
from bricoop.db.search.parts import mentioning
from bricoop.domain.batches import in_batches
from bricoop.domain.names import slug
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.clusters.homes import homes_of, housemates, parsed, references_of
from bricoop.ingest.clusters.judgements import Judgement, judgements
from bricoop.ingest.clusters.moves import (
    drop_empty_parts,
    join_entities,
    make_entities,
    move_records,
    restore_homes,
)
from bricoop.ingest.clusters.plan import Part, Plan, plan_of
from bricoop.ingest.editions.choose_values import choose_values
from bricoop.ingest.editions.mention_names import blank_undescribed
from bricoop.ingest.resolve.known_places import KnownPlaces

_BATCH = 1000


@dataclass(frozen=True)
class Suspended:
    """Clusters that were taken apart for a load or an undo.

    Attributes:
        touched: the entities whose search documents are outdated.
    """

    touched: frozenset[int] = frozenset()


def suspend_clusters(connection: Connection) -> Suspended:
    """Make all entities what they are without decisions, until `derive_clusters`.

    Values of the entities are chosen again, but not their search documents.

    Args:
        connection: an open transaction that holds the writers' lock.
    """
    homes = set(connection.scalars(select(cluster_record.c.own_entity_id).distinct()))
    homes |= set(connection.scalars(select(cluster_member.c.entity_id)))
    connection.execute(delete(deal_member))
    if not homes:
        return Suspended()
    return Suspended(frozenset(_restore(connection, homes, _places(connection))))


def derive_clusters(connection: Connection, suspended: Suspended | None = None) -> Plan | None:
    """Derive all clusters and deals; they must be suspended.

    Returns:
        What follows from the decisions; None if there are none.
    """
    touched = set(suspended.touched) if suspended else set[int]()
    plan = None
    if connection.scalar(select(decision.c.id).limit(1)) is not None:
        plan = plan_of(connection, judgements(connection))
        homes = {*plan.targets, *_homes(connection, plan)}
        touched |= _carry_out(connection, plan, homes, _places(connection))
        _set_deals(connection, plan)
    refresh_documents(connection, touched)
    return plan


def update_clusters(
    connection: Connection, refs: Iterable[str], known_places: KnownPlaces | None = None
) -> Plan:
    """Derive the clusters again that have one of some references, as decisions on them changed.

    Args:
        connection: an open transaction that holds the writers' lock; clusters are not suspended.
        refs: references in their written form.
        known_places: the countries and regions, if they have been read already.
    """
    known_places = known_places or _places(connection)
    homes, judged = _concerned(connection, refs)
    plan = plan_of(connection, judged)
    changed = homes_elsewhere(connection, plan, homes)
    moved = _moved(connection, changed)
    touched = _restore(connection, moved, known_places) if moved else set()
    touched |= _carry_out(connection, plan, changed, known_places) if changed else set()
    concerned = select(record.c.id).where(
        in_values(connection, record.c.entity_id, housemates(connection, homes))
    )
    connection.execute(delete(deal_member).where(deal_member.c.record_id.in_(concerned)))
    _set_deals(connection, plan)
    refresh_documents(connection, touched)
    return plan


def _concerned(connection: Connection, refs: Iterable[str]) -> tuple[set[int], list[Judgement]]:
    """Return the homes that are joined with references now or by decisions, and all judgements."""
    searched: set[str] = set()
    waiting = set(refs)
    homes: set[int] = set()
    judged: dict[tuple[str, str], Judgement] = {}
    while waiting:
        searched |= waiting
        by_pair = {
            judgement.deciding.pair: judgement for judgement in judgements(connection, waiting)
        }
        judged |= by_pair
        others = {ref for pair in by_pair for ref in pair} | waiting
        means = homes_of(connection, parsed(others).values())
        homes |= housemates(connection, set(means.values()))
        waiting = (others | references_of(connection, homes)) - searched
    return homes, [
        judgement for _, judgement in sorted(judged.items(), key=lambda item: _order(item[1]))
    ]


def _order(judgement: Judgement) -> tuple[str, tuple[str, str]]:
    return judgement.deciding.decided_at, judgement.deciding.pair


def homes_elsewhere(connection: Connection, plan: Plan, homes: Collection[int]) -> set[int]:
    """Return the homes whose records are somewhere else than planned."""
    changed: set[int] = set()
    members = select(cluster_member.c.entity_id, cluster_member.c.canonical_id).where(
        in_values(connection, cluster_member.c.entity_id, homes)
    )
    now = dict(connection.execute(members).all())
    changed |= {home for home in homes if plan.targets.get(home, home) != now.get(home, home)}
    return changed | _parted_otherwise(connection, plan, homes)


def _parted_otherwise(connection: Connection, plan: Plan, homes: Collection[int]) -> set[int]:
    """Return the homes from which other records are parted than planned, or to elsewhere."""
    columns = (cluster_record.c.record_id, cluster_record.c.own_entity_id, record.c.entity_id)
    statement = (
        select(*columns, cluster_member.c.canonical_id, parted_entity.c.entity_id.label("parted"))
        .join(record, record.c.id == cluster_record.c.record_id)
        .outerjoin(cluster_member, cluster_member.c.entity_id == cluster_record.c.own_entity_id)
        .outerjoin(parted_entity, parted_entity.c.entity_id == record.c.entity_id)
        .where(in_values(connection, cluster_record.c.own_entity_id, homes))
    )
    changed: set[int] = set()
    parted_now: set[int] = set()
    entities = _EntitiesOfParts()
    for number, home, entity_id, canonical, parted in connection.execute(statement):
        if entity_id == canonical:
            continue
        parted_now.add(number)
        if entity_id is None or number not in plan.parted:
            changed.add(home)
            continue
        home_part = plan.parted[number]
        if home_part.row is None:
            changed |= {home} if entity_id != home_part.home else set()
        elif not parted or not entities.agree(home_part, entity_id):
            changed.add(home)
    planned = plan.parted.keys() - parted_now
    own = select(record.c.entity_id).where(in_values(connection, record.c.id, planned))
    return changed | set(connection.scalars(own))


class _EntitiesOfParts:
    """The entities that were made for parts, to see that each part has one of its own."""

    def __init__(self) -> None:
        self._entities: dict[Part, int] = {}
        self._home_parts: dict[int, Part] = {}

    def agree(self, home_part: Part, entity_id: int) -> bool:
        """Return whether a record of a part is about the entity that its other records are about.

        Args:
            home_part: the part.
            entity_id: the entity that the record is about.
        """
        return (
            self._entities.setdefault(home_part, entity_id) == entity_id
            and self._home_parts.setdefault(entity_id, home_part) == home_part
        )


def _homes(connection: Connection, plan: Plan) -> set[int]:
    """Return the homes of the records that leave them one by one; all must be at home."""
    own = select(record.c.entity_id).where(in_values(connection, record.c.id, plan.parted))
    return set(connection.scalars(own)) if plan.parted else set()


def _moved(connection: Connection, homes: Collection[int]) -> set[int]:
    """Return the homes whose records, or some of them, are about other entities."""
    moved: set[int] = set()
    for column in (cluster_member.c.entity_id, cluster_record.c.own_entity_id):
        for batch in in_batches(sorted(homes), _BATCH):
            chosen = select(column).where(in_values(connection, column, batch))
            moved |= set(connection.scalars(chosen))
    return moved


def _restore(connection: Connection, homes: Collection[int], known_places: KnownPlaces) -> set[int]:
    """Restore homes and choose their values; return all entities concerned."""
    touched = _concerned_by(connection, homes)
    whole = whole_identities(connection, touched)
    for batch in in_batches(sorted(homes), _BATCH):
        restore_homes(connection, batch)
    touched |= drop_empty_parts(connection)
    set_identity_checksums(connection, whole)
    _choose(connection, touched, known_places)
    return touched


def _concerned_by(connection: Connection, homes: Collection[int]) -> set[int]:
    """Return homes, and the entities that have records of them by decisions."""
    touched = set(homes)
    for batch in in_batches(sorted(homes), _BATCH):
        moved = (
            select(record.c.entity_id)
            .join(cluster_record, cluster_record.c.record_id == record.c.id)
            .where(in_values(connection, cluster_record.c.own_entity_id, batch))
        )
        touched |= set(connection.scalars(moved))
        canonical = select(cluster_member.c.canonical_id).where(
            in_values(connection, cluster_member.c.entity_id, batch)
        )
        touched |= set(connection.scalars(canonical))
    return touched


def _carry_out(
    connection: Connection, plan: Plan, homes: Collection[int], known_places: KnownPlaces
) -> set[int]:
    """Move the records of homes, which must be at home, as planned; return all entities concerned.

    Args:
        connection: an open transaction.
        plan: what follows from the decisions.
        homes: the homes to be changed; all others are as planned.
        known_places: the countries and regions.
    """
    touched = set(homes)
    targets = {home: plan.targets[home] for home in homes if home in plan.targets}
    parted = _parted_from(connection, plan, homes)
    entities = _entities_of_parts(
        connection, {home_part for home_part in parted.values() if home_part.row}
    )
    goals = {
        number: entities[home_part]
        if home_part.row
        else plan.targets.get(home_part.home, home_part.home)
        for number, home_part in parted.items()
    }
    touched |= set(goals.values()) | set(targets.values())
    whole = whole_identities(connection, touched)
    move_records(connection, goals)
    for batch in in_batches(sorted(targets), _BATCH):
        join_entities(connection, {home: targets[home] for home in batch})
    touched |= drop_empty_parts(connection)
    set_identity_checksums(connection, whole)
    _choose(connection, touched, known_places)
    return touched


def _parted_from(connection: Connection, plan: Plan, homes: Collection[int]) -> dict[int, Part]:
    """Return the records that leave some homes, with the part that they belong to."""
    if not plan.parted:
        return {}
    own = select(record.c.id, record.c.entity_id).where(
        in_values(connection, record.c.id, plan.parted)
    )
    chosen = set(homes)
    return {
        number: plan.parted[number] for number, home in connection.execute(own) if home in chosen
    }


def _entities_of_parts(connection: Connection, home_parts: Collection[Part]) -> dict[Part, int]:
    """Make the entities of parts; return the id of each."""
    last = max(
        connection.scalar(select(func.max(entity.c.id))) or 0,
        connection.scalar(select(func.max(cluster_member.c.entity_id))) or 0,
    )
    entities: dict[Part, int] = {}
    for number, home_part in enumerate(sorted(home_parts), start=last + 1):
        key = _free_key(connection, "-".join(home_part.row or ()))
        make_entities(connection, [(number, EntityKind.PROJECT.value, key, key)])
        connection.execute(insert(parted_entity).values(entity_id=number))
        entities[home_part] = number
    return entities


def _free_key(connection: Connection, text: str) -> str:
    """Return the slug of a text, with a number if it is the key of something else."""
    base = slug(text)
    key, number = base, 1
    while any(
        connection.scalar(select(table.c.key).where(table.c.key == key)) is not None
        for table in (entity, cluster_member)
    ):
        number += 1
        key = f"{base}-{number}"
    return key


def _places(connection: Connection) -> KnownPlaces:
    """Return the countries by their codes, as records state them."""
    return KnownPlaces(connection, with_names=False)


def _choose(connection: Connection, entity_ids: Iterable[int], known_places: KnownPlaces) -> None:
    """Choose the values of entities, as far as they exist."""
    for batch in in_batches(sorted(set(entity_ids)), _BATCH):
        own = select(entity.c.id).where(in_values(connection, entity.c.id, batch))
        existing = list(connection.scalars(own))
        blank_undescribed(connection, existing)
        choose_values(connection, existing, known_places)


def refresh_documents(connection: Connection, touched: Collection[int]) -> None:
    """Update the search documents of entities, and of those that name them."""
    if touched:
        refresh(connection, set(touched) | mentioning(connection, sorted(touched)))


def _set_deals(connection: Connection, plan: Plan) -> None:
    rows = [{"record_id": number, "deal_id": first} for number, first in plan.deals.items()]
    if rows:
        connection.execute(deal_member.insert(), rows)
