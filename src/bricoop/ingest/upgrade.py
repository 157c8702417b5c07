"""Upgrade a database: its schema, its seeds, and what rules of this version derive."""

from pathlib import Path

from sqlalchemy import Connection, Engine

from bricoop.db.address import shown
from bricoop.db.engine import migrating
from bricoop.db.ids import acquire_write_lock, wait_for_write_lock
from bricoop.db.migrate import upgrade
from bricoop.db.ownership import unfit
from bricoop.db.retries import retried
from bricoop.db.state import HEAD, State, state_of, version_of
from bricoop.db.vacuum import analyze_sqlite
from bricoop.domain.english import agree, counted
from bricoop.errors import DatabaseError
from bricoop.ingest.editions.kind_rules import update_kinds
from bricoop.ingest.seeds import load_new_seeds


def upgrade_database(engine: Engine, seeds: Path | None = None) -> str:
    """Upgrade a database to this version; return a message on the result.

    Seed files that are new in this version are loaded.

    Args:
        engine: the database.
        seeds: the folder of the seeds, if not that of this version.

    Raises:
        DatabaseError: the database is empty, damaged, newer, or of another program.
    """
    return retried(engine, lambda: _upgrade_in_transaction(engine, seeds))


def _upgrade_in_transaction(engine: Engine, seeds: Path | None) -> str:
    with migrating(engine) as connection:
        state = state_of(connection)
        if state is State.EMPTY:
            message = f"The database {shown(engine.url)} is empty; it was not changed."
            raise DatabaseError(message, "The first query or load will set it up.")
        if state not in {State.READY, State.OLDER}:
            raise unfit(state, engine.url)
        before = version_of(connection)
        upgrade(connection)
        derived = _load_seeds(connection, seeds) + _derive_again(connection)
        analyze_sqlite(connection)
    if state is State.READY:
        return f"The database {shown(engine.url)} is up to date ({HEAD}).{derived}"
    return f"The database {shown(engine.url)} was upgraded from {before} to {HEAD}.{derived}"


def _load_seeds(connection: Connection, folder: Path | None) -> str:
    wait_for_write_lock(connection)
    new = load_new_seeds(connection, folder)
    text = f" {counted(new.rows, 'rows')} of new seeds were loaded." if new.rows else ""
    return text + "".join(f" Left out {reason}" for reason in new.refused)


def _derive_again(connection: Connection) -> str:
    wait_for_write_lock(connection)
    projects = update_kinds(connection)
    if projects is None:
        return ""
    acquire_write_lock(connection)
    have = agree(projects, "has", "have")
    return f" {counted(projects, 'projects')} {have} a kind, stated or by rule."
