"""What a database is to this bricoop: empty, ready, older, newer or somebody else's."""

from enum import Enum, auto

from sqlalchemy import Connection, column, inspect, select, table, text

#: The table in which migrations note how far a database has come.
VERSION_TABLE = "bricoop_version"
#: The newest migration; a test holds it against the files in `migrations/versions`.
HEAD = "0021"

#: What extensions such as PostGIS keep beside a user's tables.
_OF_EXTENSIONS = text(
    "SELECT relname FROM pg_class JOIN pg_depend ON pg_depend.objid = pg_class.oid "
    "WHERE pg_depend.deptype = 'e' AND pg_depend.classid = 'pg_class'::regclass"
)

_version = table(VERSION_TABLE, column("version_num"))


class State(Enum):
    """How a database stands to this version of bricoop."""

    EMPTY = auto()
    READY = auto()
    OLDER = auto()
    NEWER = auto()
    FOREIGN = auto()
    DAMAGED = auto()


def state_of(connection: Connection) -> State:
    """Return how the database stands to this version, reading as little as possible."""
    version = version_of(connection)
    if version == HEAD:
        return State.READY
    if version is None:
        names = _names(connection)
        if not names - {VERSION_TABLE}:
            return State.EMPTY
        return State.DAMAGED if VERSION_TABLE in names else State.FOREIGN
    return State.OLDER if version < HEAD else State.NEWER


def version_of(connection: Connection) -> str | None:
    """Return the migration that a database has come to, or None if it does not say one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    versions = connection.execute(select(_version.c.version_num)).scalars().all()
    return str(versions[0]) if len(versions) == 1 else None


def _names(connection: Connection) -> set[str]:
    """Return the tables and views of a database, but those of PostgreSQL's extensions."""
    seen = inspect(connection)
    names = {*seen.get_table_names(), *seen.get_view_names()}
    if connection.dialect.name == "postgresql":
        names |= set(seen.get_materialized_view_names())
        names -= set(connection.scalars(_OF_EXTENSIONS))
    return names
