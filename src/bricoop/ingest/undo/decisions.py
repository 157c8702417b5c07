"""Undo a load of decisions: take them away, and derive the clusters without them."""

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, update

from bricoop.db.checksums import set_load_checksum
from bricoop.db.schema import decision, load, load_header
from bricoop.domain.nouns import DECISIONS
from bricoop.ingest.clusters.derive import update_clusters
from bricoop.ingest.undo.revert import UndoResult


def is_of_decisions(connection: Connection, load_id: int) -> bool:
    """Return whether a load wrote decisions, and no records."""
    noun = connection.scalar(select(load.c.noun).where(load.c.id == load_id))
    return noun == DECISIONS.name


def undo_decisions(connection: Connection, load_id: int) -> UndoResult:
    """Undo a load of decisions.

    Earlier decisions that they replaced hold again. No other load depends on decisions.
    """
    own = decision.c.load_id == load_id
    rows = connection.execute(select(decision.c.left_ref, decision.c.right_ref).where(own)).all()
    connection.execute(delete(decision).where(own))
    connection.execute(delete(load_header).where(load_header.c.load_id == load_id))
    connection.execute(update(load).where(load.c.id == load_id).values(undone_at=datetime.now(UTC)))
    set_load_checksum(connection, load_id)
    update_clusters(connection, {ref for row in rows for ref in row})
    return UndoResult(load_id, len(rows), 0, 0)
