"""Status of a database (version, size and row counts), and its upgrade."""

from sqlalchemy import Connection, Engine, func, select, text

from bricoop.db.address import file_of, shown
from bricoop.db.copy_database import table_counts
from bricoop.db.engine import migrating, reading
from bricoop.db.migrate import upgrade
from bricoop.db.ownership import unfit
from bricoop.db.schema import knowledge_base
from bricoop.db.state import HEAD, State, state_of, version_of
from bricoop.errors import DatabaseError


def status_of(engine: Engine) -> list[tuple[str, str | int]]:
    """Return labels and values: address, versions, size and row counts of a database."""
    with reading(engine) as connection:
        return [
            ("database", shown(engine.url)),
            ("schema", f"{version_of(connection)} (this bricoop: {HEAD})"),
            ("knowledge base version", connection.scalar(select(knowledge_base.c.version)) or 0),
            ("size in bytes", _size(engine, connection)),
            *((f"rows of {name}", count) for name, count in table_counts(connection).items()),
        ]


def upgrade_database(engine: Engine) -> str:
    """Upgrade a database to this version; return a message on the result.

    Raises:
        DatabaseError: the database is empty, damaged, newer, or of another program.
    """
    with migrating(engine) as connection:
        state = state_of(connection)
        if state is State.READY:
            return f"The database {shown(engine.url)} is up to date ({HEAD})."
        if state is State.EMPTY:
            message = f"The database {shown(engine.url)} is empty; it was not changed."
            raise DatabaseError(message, "The first query or load will set it up.")
        if state is not State.OLDER:
            raise unfit(state, engine.url)
        before = version_of(connection)
        upgrade(connection)
    return f"The database {shown(engine.url)} was upgraded from {before} to {HEAD}."


def _size(engine: Engine, connection: Connection) -> int:
    path = file_of(engine.url)
    if path is not None:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        return int(pages) * int(connection.execute(text("PRAGMA page_size")).scalar_one())
    return int(
        connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one()
    )
