"""Status of a database: version, size and row counts."""

from sqlalchemy import Connection, func, select, text

from bricoop.db.address import file_of, is_lake, lake_folder, shown
from bricoop.db.copy_database import table_counts
from bricoop.db.schema import knowledge_base
from bricoop.db.state import HEAD, version_of


def status_of(connection: Connection) -> list[tuple[str, str | int]]:
    """Return labels and values: address, versions, size and row counts of a database or lake."""
    return [
        ("database", shown(connection.engine.url)),
        *_server(connection),
        ("schema", f"{_version(connection)} (this bricoop: {HEAD})"),
        ("knowledge base version", connection.scalar(select(knowledge_base.c.version)) or 0),
        ("rules for kinds", _kind_rules(connection)),
        ("size in bytes", _size(connection)),
        *((f"rows of {name}", count) for name, count in table_counts(connection).items()),
    ]


def _server(connection: Connection) -> list[tuple[str, str]]:
    """Return the version of a server, and whether it is a replica; nothing for a file."""
    if connection.dialect.name != "postgresql":
        return []
    version = str(connection.scalar(text("SHOW server_version"))).partition(" ")[0]
    is_replica = connection.scalar(select(func.pg_is_in_recovery()))
    role = ", a replica that only reads" if is_replica else ""
    return [("server", f"PostgreSQL {version}{role}")]


def _version(connection: Connection) -> str | None:
    """Return the revision of the schema; a lake of another one cannot be opened."""
    return HEAD if is_lake(connection.engine.url) else version_of(connection)


def _kind_rules(connection: Connection) -> str:
    """Return whose rules the kinds of projects follow, and the beginning of their digest."""
    columns = (knowledge_base.c.kinds_digest, knowledge_base.c.kinds_table)
    row = connection.execute(select(*columns)).first()
    if row is None or row.kinds_digest is None:
        return "none yet"
    owner = "bricoop's own" if row.kinds_table is None else "a table of the user"
    return f"{owner} ({row.kinds_digest[:12]})"


def _size(connection: Connection) -> int:
    if is_lake(connection.engine.url):
        files = lake_folder(connection.engine.url).rglob("*.parquet")
        return sum(path.stat().st_size for path in files)
    path = file_of(connection.engine.url)
    if path is not None:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        return int(pages) * int(connection.execute(text("PRAGMA page_size")).scalar_one())
    return int(
        connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one()
    )
