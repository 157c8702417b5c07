"""What a person means who names one of two things to decide on: a key, a name or a reference."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bricoop.db.schema import alias, cluster_member, entity, record
from bricoop.domain.names import normalise
from bricoop.domain.references import Reference, parse_reference
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import AmbiguousNameError, NotFoundError, UsageError
from bricoop.identity.reference_entities import entities_of
from bricoop.identity.units import Unit, units_of
from bricoop.ingest.clusters.homes import organization_names
from bricoop.lookup.entities import EntityMatch, find_entity, unknown_record

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
        ref = parse_reference(typed.strip())
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
    referred = entities_of(connection, [str(ref)]).get(str(ref))
    if referred is not None:
        kind = EntityKind.ORGANIZATION if ref.is_organization else EntityKind.PROJECT
        return EntityMatch(referred.id, kind, referred.key, referred.name)
    if ref.is_organization:
        keys = _keys_named(connection, ref.id)
        if len(keys) > 1:
            raise AmbiguousNameError(ref.id, keys)
        raise NotFoundError("organization", ref.id)
    raise unknown_record(ref)


def _keys_named(connection: Connection, name: str) -> list[str]:
    homes = {home for _, home, _ in organization_names(connection, [name])}
    keys: list[str] = []
    for table, number in ((entity, entity.c.id), (cluster_member, cluster_member.c.entity_id)):
        keys += connection.scalars(select(table.c.key).where(number.in_(homes)))
    return sorted(keys)


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
