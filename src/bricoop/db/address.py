"""Parses paths and URLs of databases, and hides their passwords in messages.

An address that cannot be parsed is never shown in messages: any part of it may be a password.
"""

import re
from pathlib import Path
from urllib.parse import quote, quote_plus

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bricoop.domain.passwords import HIDDEN, has_credentials, has_settings
from bricoop.errors import DatabaseError
from bricoop.settings import default_database

#: The beginning of the address of a lake; the path of its folder follows.
LAKE = "lake:"
#: The driver of lakes.
_LAKE_DRIVER = "lake+duckdb"
#: SQLite's name for a database in memory.
_MEMORY = ":memory:"
_SERVERS = {"postgresql", "postgres"}
#: Names of other databases that messages may repeat; any other word may be part of a password.
_OTHERS = {
    "cockroachdb", "duckdb", "file", "http", "https", "mariadb", "mongodb", "mssql", "mysql",
    "oracle", "redis", "snowflake",
}  # fmt: skip
_SCHEME = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9+.-]+):(?P<slashes>/*)")
_HOST = re.compile(r"[\w.,%-]*|\[[0-9A-Fa-f:.%]+\]|[0-9A-Fa-f:.]+", re.ASCII)
_USER = re.compile(r"[^\s:/@?#]*")
_DATABASE = re.compile(r"[^\s:/@?#]*")
#: Client settings of libpq that may follow `?`. Other words are not repeated in messages.
_SETTINGS = {
    "application_name", "channel_binding", "client_encoding", "connect_timeout", "dbname",
    "fallback_application_name", "gssencmode", "host", "hostaddr", "keepalives",
    "keepalives_count", "keepalives_idle", "keepalives_interval", "krbsrvname",
    "load_balance_hosts", "options", "passfile", "password", "port", "require_auth", "service",
    "sslcert", "sslcrl", "sslkey", "sslmode", "sslpassword", "sslrootcert", "sslsni",
    "target_session_attrs", "tcp_user_timeout", "user",
}  # fmt: skip
_SHOWN_SETTINGS = {"dbname", "host", "hostaddr", "port", "user"}
#: Settings of which messages show these values; any other value may be part of a password.
_SHOWN_VALUES = {
    "load_balance_hosts": {"disable", "random"},
    "sslmode": {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"},
    "target_session_attrs": {
        "any", "read-write", "read-only", "primary", "standby", "prefer-standby",
    },
}  # fmt: skip
#: Several hosts with ports before the name of the database, which psql reads.
_HOSTS = re.compile(r"[\w.+-]+://([^/?@]*@)?(?=[^/?]*:)[\w.:-]+(,[\w.:-]+)+([/?]|$)", re.ASCII)
#: Secrets shorter than this occur within words by chance, and are hidden as whole words only.
_SHORT = 4
_HINT = (
    "Write postgresql://user@host/name, with %40, %3A and %2F for @, : and / in a password; or the "
    "path of an SQLite file."
)


def parse_address(database: str) -> URL:
    """Return the SQLAlchemy URL for a path or URL; for an empty string, the per-user database.

    Args:
        database: a path to an SQLite file, `sqlite:///…`, `postgresql://…` or an empty string.

    Raises:
        DatabaseError: the text looks like the address of a server and cannot be parsed, or names
            an unsupported database, or one in memory.
    """
    if not database:
        return _sqlite(default_database())
    if database == _MEMORY:
        raise _unkept()
    if "\0" in database or not _is_utf8(database):
        raise _unreadable()
    if database.startswith(LAKE):
        return _lake(database)
    scheme = _SCHEME.match(database)
    if scheme is not None and scheme["slashes"].startswith("//"):
        return _from_url(database)
    if _is_path(database, scheme["name"] if scheme else ""):
        return _sqlite(Path(database).expanduser())
    raise _unreadable()


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_path(text: str, scheme: str) -> bool:
    """Return whether a text is a path rather than the address of a server."""
    looks_like_server = (
        has_credentials(text)
        or has_settings(text)
        or "://" in text
        or scheme.partition("+")[0].lower() in _SERVERS | {"sqlite"}
    )
    try:
        # A file may have a name that looks like an address.
        return not looks_like_server or Path(text).is_file()
    except OSError:
        return False


def _from_url(text: str) -> URL:
    if _HOSTS.match(text):
        message = "The address of the database has several hosts with ports before its name."
        hint = (
            "Write postgresql://user@/name?host=a:5432&host=b:5432&target_session_attrs=read-write."
        )
        raise DatabaseError(message, hint)
    try:
        url = make_url(text)
        backend = url.get_backend_name().lower()
    except (ArgumentError, ValueError) as error:
        raise _unreadable() from error
    if backend in _SERVERS:
        return _server(url)
    if backend == "sqlite":
        if url.host or url.username or url.port:
            raise _unreadable()
        if not url.database or url.database == _MEMORY:
            raise _unkept()
        if not _is_path(url.database, ""):
            raise _unreadable()
        return _sqlite(Path(url.database))
    kind = f"{backend} databases" if backend in _OTHERS else "databases of that kind"
    message = f"bricoop cannot use {kind}."
    raise DatabaseError(message, "Use an SQLite file or a PostgreSQL URL.")


def _server(url: URL) -> URL:
    """Validate the URL of a PostgreSQL server, so that only its password part can hold a password.

    An `@`, `:` or `/` in a password that is not percent-encoded would move a part of the password
    into the name of the user, host or database, which messages show.
    """
    readable = (
        _USER.fullmatch(url.username or "")
        and _HOST.fullmatch(url.host or "")
        and _DATABASE.fullmatch(url.database or "")
    )
    if not readable:
        raise _unreadable()
    if not _SETTINGS.issuperset(url.query):
        message = "The address of the database has a setting that PostgreSQL does not know."
        raise DatabaseError(message, f"Known are {', '.join(sorted(_SETTINGS))}.")
    return url.set(drivername="postgresql+psycopg")


def _unreadable() -> DatabaseError:
    return DatabaseError("The address of the database cannot be read.", _HINT)


def _unkept() -> DatabaseError:
    message = "A database in memory would be lost when the program ends."
    return DatabaseError(message, "Use the path of a file.")


def _sqlite(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _lake(address: str) -> URL:
    folder = address.removeprefix(LAKE)
    if not folder or folder.startswith("//"):
        message = "The address of the lake cannot be read."
        raise DatabaseError(message, "Write lake: and the path of a folder, such as lake:exports.")
    return URL.create(_LAKE_DRIVER, database=str(Path(folder).expanduser()))


def is_lake(url: URL) -> bool:
    """Return whether an address is that of a lake, which only reads."""
    return url.get_backend_name() == "lake"


def lake_folder(url: URL) -> Path:
    """Return the folder of a lake."""
    return Path(url.database or "")


def shown(url: URL) -> str:
    """Format an address for messages: a path, or a URL without password and private settings."""
    if is_lake(url):
        return f"{LAKE}{url.database}"
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    public = {name: value for name, value in url.query.items() if _is_public(name, value)}
    plain = url.set(drivername="postgresql", query=public)
    address, mark, settings = plain.render_as_string(hide_password=True).partition("?")
    # Colons, as in several hosts with ports, need not be encoded in settings.
    return f"{address}{mark}{settings.replace('%3A', ':')}"


def _is_public(name: str, value: str | tuple[str, ...]) -> bool:
    """Return whether messages may show a setting; an unknown value may be part of a password."""
    return name in _SHOWN_SETTINGS or value in _SHOWN_VALUES.get(name, set())


def secrets_of(url: URL) -> list[str]:
    """Return the texts that no message may show: password and private settings, also encoded."""
    values = [url.password]
    for name, value in url.query.items():
        if not _is_public(name, value):
            values += [value] if isinstance(value, str) else value
    plain = [str(value) for value in values if value]
    forms = (
        form for secret in plain for form in (secret, quote(secret, safe=""), quote_plus(secret))
    )
    return sorted(dict.fromkeys(forms), key=len, reverse=True)


def hide_secrets(url: URL, text: str) -> str:
    """Replace the secrets of a URL in a message of a driver."""
    for secret in secrets_of(url):
        if len(secret) < _SHORT:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
        else:
            text = text.replace(secret, HIDDEN)
    return text


def file_of(url: URL) -> Path | None:
    """Return the path of an SQLite database, or None for a server."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database)
