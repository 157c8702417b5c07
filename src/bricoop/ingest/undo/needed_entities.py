"""Refuse to undo a load that contains what other loads need."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import country, entity, record, record_version
from bricoop.domain.english import agree, enumerated
from bricoop.domain.nouns import REFERENCE_KINDS, REFERENCE_NOUNS
from bricoop.ingest.editions.delete_facts import records_mentioning
from bricoop.ingest.editions.undo_log import loads_needing
from bricoop.ingest.undo.refusal import UndoRefusedError


def refuse_if_references_are_needed(connection: Connection, load_id: int) -> None:
    """Refuse if other loads need countries, regions or links that only one load describes.

    Raises:
        UndoRefusedError: they do.
    """
    kinds = [kind.value for kind in REFERENCE_KINDS]
    described = (
        select(entity.c.id)
        .join(record, record.c.entity_id == entity.c.id)
        .where(record.c.noun.in_(REFERENCE_NOUNS), entity.c.kind.in_(kinds))
    )
    earlier = select(record_version.c.id).where(record_version.c.record_id == record.c.id)
    is_new = (record.c.load_id == load_id) & ~earlier.exists()
    described_here = set(connection.scalars(described.where(is_new)))
    if not described_here:
        return
    is_other = record.c.load_id != load_id
    about = described.where(in_values(connection, entity.c.id, described_here), is_other)
    removed = described_here - set(connection.scalars(about))
    needing = records_mentioning(connection, removed) | _in_countries(connection, removed)
    needed = in_values(connection, record.c.entity_id, removed)
    needed |= in_values(connection, record.c.id, needing)
    loads = sorted(connection.scalars(select(record.c.load_id).where(needed, is_other).distinct()))
    if loads:
        several = agree(len(loads), "load", "loads")
        reason = f"it describes countries, regions or links that {several} {enumerated(loads)} name"
        raise UndoRefusedError(load_id, reason, loads)


def _in_countries(connection: Connection, countries: Collection[int]) -> set[int]:
    """Return the records that give one of the countries as the home of an organization."""
    codes = select(country.c.alpha3).where(in_values(connection, country.c.id, countries))
    home = record.c.fields["country"].as_string()
    named = in_values(connection, home, connection.scalars(codes))
    statement = select(record.c.id).where(record.c.noun == "organizations", named)
    return set(connection.scalars(statement))


def refuse_if_undo_needs(connection: Connection, load_id: int, entity_ids: set[int]) -> None:
    """Refuse if undoing other loads needs entities that undoing this one has deleted.

    Raises:
        UndoRefusedError: it does.
    """
    loads = sorted(loads_needing(connection, entity_ids, but=load_id))
    if loads:
        several = agree(len(loads), "load", "loads")
        reason = f"it contains what is needed to undo {several} {enumerated(loads)}"
        raise UndoRefusedError(load_id, reason, loads)
