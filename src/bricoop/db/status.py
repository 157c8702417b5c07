"""Status of a database: version, size and row counts."""

from sqlalchemy import Connection, Engine, func, select, text

from bricoop.db.address import file_of, shown
from bricoop.db.copy_database import table_counts
from bricoop.db.engine import reading
from bricoop.db.schema import knowledge_base
from bricoop.db.state import HEAD, version_of


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


def _size(engine: Engine, connection: Connection) -> int:
    path = file_of(engine.url)
    if path is not None:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        return int(pages) * int(connection.execute(text("PRAGMA page_size")).scalar_one())
    return int(
        connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one()
    )
