"""Raise an error that names the damage of a knowledge base that could not be read or written."""

from sqlalchemy import Engine

from bricoop.db.address import is_lake, shown
from bricoop.db.engine import reading
from bricoop.errors import DatabaseError
from bricoop.ingest.check.rebuild import check_all


def refuse_damaged(engine: Engine, cause: Exception | None = None) -> None:
    """Run all checks of a knowledge base; raise an error if one fails.

    The files of a lake are checked by `bricoop db check` only.

    Args:
        engine: the knowledge base.
        cause: the exception that led to this check, if any.

    Raises:
        DatabaseError: a check fails; the message says which, with examples.
    """
    if is_lake(engine.url):
        return
    with reading(engine) as connection:
        broken = next((check for check in check_all(connection) if check.violations), None)
    if broken is not None:
        where = f"it fails the check that {broken.name}{broken.shown_examples}"
        message = f"The database {shown(engine.url)} is damaged: {where}."
        raise DatabaseError(message, "Run `bricoop db check`.") from cause
