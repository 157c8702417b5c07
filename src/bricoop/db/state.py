"""Determines the state of a database: empty, ready, older, newer, foreign or damaged."""

from enum import Enum, auto

from sqlalchemy import Connection, column, inspect, select, table, text

#: The table in which Alembic stores the revision of the schema.
VERSION_TABLE = "bricoop_version"
#: The newest revision; a test compares it with the files in `migrations/versions`.
HEAD = "0030"

#: Selects the tables of extensions such as PostGIS.
_OF_EXTENSIONS = text(
    "SELECT relname FROM pg_class JOIN pg_depend ON pg_depend.objid = pg_class.oid "
    "WHERE pg_depend.deptype = 'e' AND pg_depend.classid = 'pg_class'::regclass"
)

_version = table(VERSION_TABLE, column("version_num"))


class State(Enum):
    """The state of a database in relation to this version of bricoop."""

    EMPTY = auto()
    READY = auto()
    OLDER = auto()
    NEWER = auto()
    FOREIGN = auto()
    DAMAGED = auto()


def state_of(connection: Connection) -> State:
    """Return the state of a database, with as few queries as possible."""
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
    """Return the revision of a database's schema, or None without one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    versions = connection.execute(select(_version.c.version_num)).scalars().all()
    return str(versions[0]) if len(versions) == 1 else None


def _names(connection: Connection) -> set[str]:
    """Return the tables and views of a database, except those of PostgreSQL's extensions."""
    inspector = inspect(connection)
    names = {*inspector.get_table_names(), *inspector.get_view_names()}
    if connection.dialect.name == "postgresql":
        names |= set(inspector.get_materialized_view_names())
        names -= set(connection.scalars(_OF_EXTENSIONS))
    return names
