"""What a person means who names one of two things to decide on: a key, a name or a reference."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bricoop.db.schema import alias, cluster_member, entity, record
from bricoop.domain.names import normalise
from bricoop.domain.references import Reference, parse_reference
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import AmbiguousNameError, NotFoundError, UsageError
from bricoop.identity.units import Unit, units_of
from bricoop.ingest.clusters.homes import homes_of, organization_names, records_of
from bricoop.lookup.entities import EntityMatch, find_entity

_KINDS = (EntityKind.PROJECT, EntityKind.ORGANIZATION)


@dataclass(frozen=True)
class Subject:
    """A project or an organization that somebody names.

    Attributes:
        typed: the text.
        entity: what it means.
        units: all units of the entity, the canonical one first.
        chosen: those of them that the text means; all if it means the entity as a whole.
        ref: the text as a reference, if it is one.
    """

    typed: str
    entity: EntityMatch
    units: tuple[Unit, ...]
    chosen: tuple[Unit, ...]
    ref: Reference | None = None


def subject_of(connection: Connection, typed: str) -> Subject:
    """Return what a text means: a reference, a key (also an earlier one), or any name.

    Raises:
        NotFoundError: it means nothing.
        AmbiguousNameError: it means several things.
        UsageError: no record can be referred to.
    """
    try:
        ref = parse_reference(typed)
    except ValueError:
        ref = None
    entity_match = (
        find_entity(connection, typed, _KINDS) if ref is None else _referred(connection, ref)
    )
    units = tuple(units_of(connection, entity_match.id, entity_match.kind))
    if not units:
        message = f"{entity_match.name} has no row of its own that a decision could refer to."
        raise UsageError(message, f"`bricoop show {entity_match.key}` shows what names it.")
    chosen = _chosen(connection, entity_match, units, ref or typed)
    return Subject(typed, entity_match, units, tuple(chosen or units), ref)


def _referred(connection: Connection, ref: Reference) -> EntityMatch:
    entity_id = entities_of(connection, [ref]).get(ref)
    if entity_id is None and ref.is_organization:
        keys = _keys_named(connection, ref.id)
        if len(keys) > 1:
            raise AmbiguousNameError(ref.id, keys)
        raise NotFoundError("organization", ref.id)
    if entity_id is None:
        advice = f"`bricoop query records --kind {ref.noun} --source {ref.source}` lists them."
        raise NotFoundError("record", str(ref), advice=advice)
    columns = (entity.c.id, entity.c.kind, entity.c.key, entity.c.name)
    row = connection.execute(select(*columns).where(entity.c.id == entity_id)).one()
    return EntityMatch(row.id, EntityKind(row.kind), row.key, row.name)


def _keys_named(connection: Connection, name: str) -> list[str]:
    homes = {home for _, home, _ in organization_names(connection, [name])}
    keys: list[str] = []
    for table, number in ((entity, entity.c.id), (cluster_member, cluster_member.c.entity_id)):
        keys += connection.scalars(select(table.c.key).where(number.in_(homes)))
    return sorted(keys)


def entities_of(connection: Connection, refs: Sequence[Reference]) -> dict[Reference, int]:
    """Return the entity that each reference means now; what is absent is left out."""
    homes = homes_of(connection, refs)
    records = records_of(connection, set(homes.values()))
    entities = {each.ref: each.entity_id for each in records if each.ref in homes}
    banks = {ref: home for ref, home in homes.items() if ref.is_organization}
    joined = select(cluster_member.c.entity_id, cluster_member.c.canonical_id).where(
        cluster_member.c.entity_id.in_(banks.values())
    )
    canonical = dict(connection.execute(joined).all())
    return entities | {ref: canonical.get(home, home) for ref, home in banks.items()}


def _chosen(
    connection: Connection, match: EntityMatch, units: Sequence[Unit], typed: Reference | str
) -> list[Unit]:
    """Return the units that a reference, an own key or a name means; none if it tells nothing."""
    if isinstance(typed, Reference):
        return [unit for unit in units if typed in unit.refs]
    key = typed.strip().lower()
    home = connection.scalar(
        select(cluster_member.c.entity_id).where(cluster_member.c.key == key)
    ) or (match.id if key == match.key else None)
    if home is not None:
        return [unit for unit in units if unit.home == home]
    name = normalise(typed)
    if match.kind is EntityKind.ORGANIZATION:
        return [unit for unit in units if any(ref.id == name for ref in unit.refs)]
    named = (
        select(alias.c.record_id)
        .join(record, record.c.id == alias.c.record_id)
        .where(alias.c.normalised == name, alias.c.entity_id == match.id)
        .where(record.c.entity_id == match.id)
    )
    ids = set(connection.scalars(named))
    return [unit for unit in units if any(each.id in ids for each in unit.records)]
