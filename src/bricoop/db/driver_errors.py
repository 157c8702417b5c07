"""Translates errors of drivers into messages for users."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bricoop.db.address import file_of, hide_secrets, is_lake, shown
from bricoop.db.lake_errors import lake_error
from bricoop.db.types import DamagedValueError
from bricoop.db.unwritable_files import obstacle
from bricoop.errors import DatabaseError, TransactionConflictError


@contextmanager
def translate_db_errors(engine: Engine) -> Iterator[None]:
    """Translate errors of drivers into `DatabaseError`.

    An interrupt may break the connection, so that the rollback fails too; `KeyboardInterrupt` is
    raised then.

    Raises:
        TransactionConflictError: PostgreSQL rolled the transaction back because of another one.
        DatabaseError: the database cannot be reached, read or written.
    """
    try:
        yield
    except DBAPIError as error:
        if interrupted_before(error):
            raise KeyboardInterrupt from error
        state = getattr(error.orig, "sqlstate", None)
        raise explained(engine.url, str(error.orig), state) from error
    except sqlite3.Error as error:
        # Settings of a connection are made on the driver directly, without SQLAlchemy.
        raise explained(engine.url, str(error)) from error
    except JSONDecodeError as error:
        message = (
            f"The database {shown(engine.url)} is damaged: JSON in a row of it cannot be read."
        )
        raise DatabaseError(message, "Run `bricoop db check`.") from error
    except DamagedValueError as error:
        message = f"The database {shown(engine.url)} is damaged: {error}."
        raise DatabaseError(message, "Run `bricoop db check`.") from error
    except SQLAlchemyError as error:
        message = f"The database {shown(engine.url)} cannot be used ({type(error).__name__})."
        raise DatabaseError(message) from error


def forbids_temporary_tables(error: DBAPIError) -> bool:
    """Return whether PostgreSQL refused to create a temporary table.

    A replica does, sessions that only read, and users without the privilege.
    """
    return getattr(error.orig, "sqlstate", "") in {_READ_ONLY, _UNPRIVILEGED}


def interrupted_before(error: BaseException) -> bool:
    """Return whether an error was raised while an interrupt was being handled."""
    before: BaseException | None = error
    while before is not None and not isinstance(before, KeyboardInterrupt):
        before = before.__context__
    return before is not None


#: What PostgreSQL reports if it rolls a transaction back because of another one: a serialization
#: failure, which on a replica is a row that the primary has changed, and a deadlock.
_CONFLICTS = {"40001", "40P01"}
_READ_ONLY, _UNPRIVILEGED = "25006", "42501"
#: Translations of SQLSTATE: our sentence, and a hint.
_STATES = {
    _READ_ONLY: (
        "The server of the database {address} only reads: {reason}.",
        "Use the address of the primary server.",
    ),
    _UNPRIVILEGED: (
        "The database {address} does not allow this user to do that: {reason}.",
        "Use a user with the privilege, or have it granted; see docs/teams.md.",
    ),
    "55P03": (
        "The database {address} is locked by another process: {reason}.",
        "Try again later, or wait longer with --wait SECONDS.",
    ),
    "57014": (
        "The server of the database {address} stopped the query: {reason}.",
        "Narrow the question, or raise statement_timeout for this user.",
    ),
}
#: Translations of driver messages: a fragment of the message, our sentence, and a hint.
_REASONS = (
    (
        "not a database",
        "The file {address} is not an SQLite database.",
        "Use another file with --db.",
    ),
    ("malformed", "The database {address} is damaged: {reason}.", "Restore a backup."),
    ("could not decode", "The database {address} is damaged: {reason}.", "Run `bricoop db check`."),
    (
        "locked",
        "The database {address} is locked by another process that writes.",
        "Try again later.",
    ),
    (
        "disk is full",
        "The disk is full, so the database {address} or its temporary files cannot be written.",
        "Free some space, or name a folder for temporary files with SQLITE_TMPDIR.",
    ),
    (
        "disk i/o error",
        "The disk under the database {address} cannot be used: SQLite reported {reason}.",
        "Check its free space: SQLite keeps files beside the database even to read it.",
    ),
    (
        "readonly",
        "The database {address} cannot be written.",
        "Check the permissions of the file and its folder.",
    ),
    ("unable to open", "The database {address} cannot be opened{cause}.", "Check the path."),
    (
        "fatal:  database",
        "The database {address} cannot be reached: {reason}.",
        "Create it first, for example with createdb.",
    ),
    (
        "authentication failed",
        "The database {address} cannot be reached: {reason}.",
        "Check the user and the password.",
    ),
    *(
        (fragment, "The database {address} cannot be reached: {reason}.", hint)
        for fragment, hint in (
            ("no password supplied", "Write the password into the address, or into ~/.pgpass."),
            ("fatal:  role", "Name a user that may log in, or create one with createuser."),
            ("pg_hba.conf", "Allow this user and host in the pg_hba.conf of the server."),
            ("resolve host", "Check the host in the address."),
            ("fatal:", ""),
        )
    ),
    (
        "connection",
        "The database {address} cannot be reached: {reason}.",
        "Check that the server is running.",
    ),
    ("", "The database {address} reported an error: {reason}.", ""),
)


def explained(url: URL, reason: str, sqlstate: str | None = None) -> DatabaseError:
    """Return the error for users that translates a message of a driver.

    Args:
        url: the address of the database.
        reason: the message of the driver.
        sqlstate: the error code of PostgreSQL, if there is one.
    """
    reason = reason.strip().splitlines()[0].rstrip(".")
    reason = hide_secrets(url, reason)
    if sqlstate in _CONFLICTS:
        return _conflict(url, reason)
    if is_lake(url) and (error := lake_error(url, reason)):
        return error
    path = file_of(url)
    cause = obstacle(path) if path else ""
    sentence, hint = _STATES.get(sqlstate or "") or next(
        (sentence, hint) for fragment, sentence, hint in _REASONS if fragment in reason.lower()
    )
    message = sentence.format(address=shown(url), reason=reason, cause=cause)
    return DatabaseError(message, hint)


def _conflict(url: URL, reason: str) -> TransactionConflictError:
    message = f"The database {shown(url)} ended the transaction because of another one: {reason}."
    return TransactionConflictError(message, "Run the command again.")
