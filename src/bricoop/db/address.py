"""Where a database is: what a user names, what a driver needs, and what may be shown."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bricoop.errors import DatabaseError
from bricoop.settings import default_database

#: SQLite's name of a database that is no file.
_MEMORY = ":memory:"


def parse_address(database: str) -> URL:
    """Return the SQLAlchemy URL for a path, a URL, or nothing (the per-user database).

    Args:
        database: a path to an SQLite file, `sqlite:///…`, `postgresql://…` or an empty string.

    Raises:
        DatabaseError: the text is a URL of a database that bricoop does not speak, or that would
            be gone when the program ends.
    """
    if not database:
        return _sqlite(default_database())
    if database == _MEMORY:
        raise _unkept()
    if "://" not in database:
        return _sqlite(Path(database).expanduser())
    try:
        url = make_url(database)
    except (ArgumentError, ValueError) as error:
        message = "The database URL cannot be read."
        raise DatabaseError(message, "Write postgresql://user@host/name, or a path.") from error
    backend = url.drivername.partition("+")[0]
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        if not url.database or url.database == _MEMORY:
            raise _unkept()
        return _sqlite(Path(url.database))
    message = f"bricoop does not speak {backend!r} here."
    raise DatabaseError(message, "Use an SQLite file or a PostgreSQL URL.")


def _unkept() -> DatabaseError:
    message = "A database in memory would be lost when the program ends."
    return DatabaseError(message, "Name a file, or sqlite:///path.")


def _sqlite(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def shown(url: URL) -> str:
    """Return the address as it may be printed: a path, or a URL without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    public = {name: value for name, value in url.query.items() if "pass" not in name.lower()}
    plain = url.set(drivername="postgresql", query=public)
    return plain.render_as_string(hide_password=True)


def secrets_of(url: URL) -> list[str]:
    """Return the passwords that a URL carries, which no message may repeat."""
    given = [url.password, *(url.query[name] for name in url.query if "pass" in name.lower())]
    return [str(one) for one in given if one]


def file_of(url: URL) -> Path | None:
    """Return the file of an SQLite database, or None for a server."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database)
