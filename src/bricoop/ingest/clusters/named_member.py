"""Finds the member that a person means, of what decisions made one, to state something of it."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from bricoop.db.schema import cluster_member, cluster_record, entity, parted_entity, record, source
from bricoop.domain.nouns import PROJECTS
from bricoop.domain.references import Reference, parse_reference
from bricoop.errors import NotFoundError
from bricoop.ingest.clusters.homes import HomeRecord, homes_of, records_of
from bricoop.lookup.entities import EntityMatch, find_entity, unknown_record


@dataclass(frozen=True)
class NamedMember:
    """A member of what is one, or what is one as a whole.

    Attributes:
        match: the entity that it is about now, with the key and name of the member.
        key: the key that it has without decisions, by which loads find it.
        row: the row that is meant, if several rows of equal names have that key.
    """

    match: EntityMatch
    key: str
    row: Reference | None = None

    @property
    def own_id(self) -> str:
        """The beginning of the ids of records that state something of it, as `own_row` reads it."""
        return f"{self.key} {self.row}" if self.row else self.key


def named_member(connection: Connection, typed: str) -> NamedMember:
    """Return what a text means, with the key and name of the member that it names.

    A key, also an earlier one, and a reference name a member, which may be parted from the others
    later; a name means the canonical one. Rows of equal names have one key, and are told apart by
    references, or by the key that a row has since it was parted.

    Raises:
        NotFoundError: nothing matches.
        AmbiguousNameError: several entities match.
    """
    try:
        ref = parse_reference(typed.strip())
    except ValueError:
        ref = None
    if ref is not None:
        return _by_reference(connection, ref)
    match = find_entity(connection, typed)
    parted = _row_of_parted(connection, match)
    if parted is not None:
        return replace(_by_reference(connection, parted), match=match)
    columns = (cluster_member.c.key, cluster_member.c.name)
    is_named = cluster_member.c.key == typed.strip().lower()
    member = connection.execute(select(*columns).where(is_named)).first()
    if member is None:
        return NamedMember(match, match.key)
    return NamedMember(replace(match, key=member.key, name=member.name), member.key)


def _by_reference(connection: Connection, ref: Reference) -> NamedMember:
    home = homes_of(connection, [ref]).get(ref)
    if home is None:
        raise NotFoundError("organization", ref.id) if ref.is_organization else unknown_record(ref)
    canonical = select(cluster_member.c.canonical_id).where(cluster_member.c.entity_id == home)
    number = connection.scalar(canonical) or home
    key = connection.scalars(select(entity.c.key).where(entity.c.id == number)).one()
    match = find_entity(connection, key)
    columns = (cluster_member.c.key, cluster_member.c.name)
    is_named = cluster_member.c.entity_id == home
    member = connection.execute(select(*columns).where(is_named)).first()
    if member is not None:
        match = replace(match, key=member.key, name=member.name)
    named = NamedMember(match, match.key)
    rows = [each for each in records_of(connection, {home}) if each.describes]
    own = next((each for each in rows if each.row == (ref.source, ref.id)), None)
    if own is None or len({each.row for each in rows}) == 1:
        return named
    return NamedMember(_as_parted(connection, own, match), named.key, own.ref)


def _as_parted(connection: Connection, own: HomeRecord, match: EntityMatch) -> EntityMatch:
    """Return the entity of a row that a decision parted from its home; otherwise the home."""
    columns = (entity.c.id, entity.c.key, entity.c.name)
    is_parted = parted_entity.c.entity_id == entity.c.id
    chosen = select(*columns).join(parted_entity, is_parted).where(entity.c.id == own.entity_id)
    row = connection.execute(chosen).first()
    return match if row is None else EntityMatch(row.id, match.kind, row.key, row.name)


def _row_of_parted(connection: Connection, match: EntityMatch) -> Reference | None:
    """Return the first row of an entity that exists since a decision parted it from its home."""
    own = (
        select(source.c.key, record.c.external_id)
        .join(source, source.c.id == record.c.source_id)
        .join(cluster_record, cluster_record.c.record_id == record.c.id)
        .join(parted_entity, parted_entity.c.entity_id == record.c.entity_id)
        .where(record.c.entity_id == match.id, record.c.noun == PROJECTS.name)
        .order_by(source.c.tier, record.c.id)
    )
    rows = [Reference(key, PROJECTS.name, number) for key, number in connection.execute(own)]
    homes = homes_of(connection, rows)
    described = {each.ref for each in records_of(connection, set(homes.values())) if each.describes}
    return next((ref for ref in rows if ref in described), None)
