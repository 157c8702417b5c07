"""What is damaged in a knowledge base, in words, for whoever failed to read or write it."""

from sqlalchemy import Engine

from bricoop.db.address import shown
from bricoop.db.engine import reading
from bricoop.errors import DatabaseError
from bricoop.ingest.rebuild import check_all


def refuse_damaged(engine: Engine, cause: Exception | None = None) -> None:
    """Return if a knowledge base passes all checks.

    Args:
        engine: the knowledge base.
        cause: what happened that made somebody ask.

    Raises:
        DatabaseError: it fails one; the sentence says which, and where.
    """
    with reading(engine) as connection:
        broken = next((check for check in check_all(connection) if check.found), None)
    if broken is not None:
        where = f"it fails the check that {broken.name}{broken.shown_examples}"
        message = f"The database {shown(engine.url)} is damaged: {where}."
        raise DatabaseError(message, "Run `bricoop db check`.") from cause
