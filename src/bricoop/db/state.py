"""What a database is to this bricoop: empty, ready, older, newer or somebody else's."""

from enum import Enum, auto

from sqlalchemy import Connection, column, inspect, select, table

#: The table in which migrations note how far a database has come.
VERSION_TABLE = "bricoop_version"
#: The newest migration; a test holds it against the files in `migrations/versions`.
HEAD = "0010"

_version = table(VERSION_TABLE, column("version_num"))


class State(Enum):
    """How a database stands to this version of bricoop."""

    EMPTY = auto()
    READY = auto()
    OLDER = auto()
    NEWER = auto()
    FOREIGN = auto()


def state_of(connection: Connection) -> State:
    """Return how the database stands to this version, reading as little as possible."""
    version = version_of(connection)
    if version == HEAD:
        return State.READY
    if version is None:
        return State.FOREIGN if _is_taken(connection) else State.EMPTY
    return State.OLDER if version < HEAD else State.NEWER


def version_of(connection: Connection) -> str | None:
    """Return the migration that a database has come to, or None if it never saw one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version = connection.execute(select(_version.c.version_num)).scalar_one_or_none()
    return None if version is None else str(version)


def _is_taken(connection: Connection) -> bool:
    from bricoop.db.schema import metadata  # noqa: PLC0415 (only an unknown database needs it)

    return not set(inspect(connection).get_table_names()).isdisjoint(metadata.tables)
