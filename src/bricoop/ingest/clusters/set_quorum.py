"""How many reviewers must agree before a decision joins: stored, and read again."""

from sqlalchemy import Engine, update

from bricoop.db.engine import reading, writing
from bricoop.db.ids import acquire_write_lock
from bricoop.db.retries import retried
from bricoop.db.schema import knowledge_base
from bricoop.ingest.clusters.derive import derive_clusters, suspend_clusters
from bricoop.ingest.clusters.judgements import quorum


def set_quorum(engine: Engine, reviewers: int) -> None:
    """Store how many reviewers must agree, and derive all clusters again.

    Args:
        engine: the knowledge base.
        reviewers: how many; with 1 every decision joins, unless it is contested.
    """
    stored = reviewers if reviewers > 1 else None

    def attempt() -> None:
        with writing(engine) as connection:
            acquire_write_lock(connection)
            connection.execute(update(knowledge_base).values(quorum=stored))
            derive_clusters(connection, suspend_clusters(connection))

    retried(engine, attempt)


def stored_quorum(engine: Engine) -> int:
    """Return how many reviewers must agree."""
    with reading(engine) as connection:
        return quorum(connection)
