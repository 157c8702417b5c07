"""Opening of the database for a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bricoop.cli.group import say
from bricoop.errors import BricoopError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bricoop.api.snapshot import Snapshot
    from bricoop.query.question import Question

#: The value of `--db` before the command, if given; the option after the command wins.
_databases: list[str] = []
#: The value of `--engine`, if given.
_engines: list[str] = []


def remember_database(database: str | None, engine: str | None = None) -> None:
    """Store the values of `--db` and `--engine` before the command."""
    _databases[:] = [database] if database else []
    _engines[:] = [engine] if engine else []


@contextmanager
def opened(database: str | None, wait: float | None = None) -> Iterator["Engine"]:
    """Yield the engine of a knowledge base, which is created on first use.

    Args:
        database: the value of `--db`, if given.
        wait: the value of `--wait`, in seconds, if given.

    Raises:
        DatabaseError: it is unreachable, or of another version.
    """
    from bricoop.api.opening import make_ready
    from bricoop.db.address import shown

    with engine_for(database, wait) as engine:
        rows = make_ready(engine)
        if rows is not None:
            say(f"Created a new knowledge base with {rows} seed rows: {shown(engine.url)}")
        with _reporting_damage(engine):
            yield engine


@contextmanager
def _reporting_damage(engine: "Engine") -> Iterator[None]:
    """On an unexpected exception, check whether the database is damaged and report that.

    Invalid values that other programs wrote may raise anywhere; `db check` finds them.

    Raises:
        DatabaseError: the database is damaged.
    """
    try:
        yield
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        if isinstance(error, BricoopError | UnicodeEncodeError):
            raise
        from bricoop.ingest.check.damage_report import refuse_damaged

        refuse_damaged(engine, error)
        raise


@contextmanager
def engine_for(database: str | None, wait: float | None = None) -> Iterator["Engine"]:
    """Yield the engine of the database named by the command line or the environment.

    Args are those of `opened`.
    """
    from bricoop.api.opening import engine_of
    from bricoop.db.waiting import announce_waits

    named = database or (_databases[0] if _databases else None)
    engine = engine_of(named, wait, _engines[0] if _engines else None)
    announce_waits(engine, say)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def reading_from(
    database: str | None, question: "Question | None" = None, *, unmerged: bool = False
) -> Iterator["Snapshot"]:
    """Yield a snapshot of the knowledge base; without decisions if a question asks for that.

    Args:
        database: the value of `--db`.
        question: the question that is asked, if it is one on rows.
        unmerged: whether decisions are left out, where no question on rows says so.
    """
    from bricoop.api.taking_snapshots import snapshot_for, unmerged_snapshot

    # Not `KnowledgeBase.snapshot`, which translates messages for scripts.
    with opened(database) as engine:
        state = unmerged_snapshot(engine) if unmerged else snapshot_for(engine, question)
        with state as snapshot:
            yield snapshot
