"""Finds the member that a person means, of what decisions made one, to state something of it."""

from dataclasses import replace

from sqlalchemy import Connection, select

from bricoop.db.schema import cluster_member, entity
from bricoop.domain.references import parse_reference
from bricoop.errors import NotFoundError
from bricoop.ingest.clusters.homes import homes_of
from bricoop.lookup.entities import EntityMatch, find_entity, unknown_record


def named_member(connection: Connection, typed: str) -> EntityMatch:
    """Return what a text means, with the key and name of the member that it names.

    A key, also an earlier one, and a reference name a member, which may be parted from the others
    later; a name means the canonical one.

    Raises:
        NotFoundError: nothing matches.
        AmbiguousNameError: several entities match.
    """
    try:
        ref = parse_reference(typed.strip())
    except ValueError:
        ref = None
    if ref is None:
        match = find_entity(connection, typed)
        is_named = cluster_member.c.key == typed.strip().lower()
    else:
        home = homes_of(connection, [ref]).get(ref)
        if home is None:
            raise (
                NotFoundError("organization", ref.id)
                if ref.is_organization
                else unknown_record(ref)
            )
        is_named = cluster_member.c.entity_id == home
        canonical = select(cluster_member.c.canonical_id).where(is_named)
        number = connection.scalar(canonical) or home
        key = connection.scalars(select(entity.c.key).where(entity.c.id == number)).one()
        match = find_entity(connection, key)
    columns = (cluster_member.c.key, cluster_member.c.name)
    member = connection.execute(select(*columns).where(is_named)).first()
    return match if member is None else replace(match, key=member.key, name=member.name)
