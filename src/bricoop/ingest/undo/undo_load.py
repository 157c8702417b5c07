"""Undo a load: make the knowledge base what it would be if the load had never happened."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection, Engine, func, select

from bricoop.db.dialect import in_values
from bricoop.db.engine import commit_uninterrupted, writing
from bricoop.db.ids import acquire_write_lock
from bricoop.db.retries import retried
from bricoop.db.schema import entity, load, record
from bricoop.errors import UnknownLoadError, UsageError
from bricoop.ingest.clusters.derive import derive_clusters, suspend_clusters
from bricoop.ingest.editions.kind_rules import update_kinds
from bricoop.ingest.undo.decisions import is_of_decisions, undo_decisions
from bricoop.ingest.undo.dependent_loads import dependents_of
from bricoop.ingest.undo.needed_entities import refuse_if_references_are_needed
from bricoop.ingest.undo.refusal import UndoRefusedError
from bricoop.ingest.undo.replay import capture, replay
from bricoop.ingest.undo.revert import UndoResult, revert

#: Dependent loads are held in memory while they are replayed, with about 4 KB for each record.
#: Above this number of records, the user has to undo them first.
MOST_RECORDS = 200_000


def undo_load(
    engine: Engine, load_id: int, written: Callable[[int], object] = lambda _: None
) -> UndoResult:
    """Undo a load completely, as if it had never happened.

    Later loads that depend on it are reverted first, and replayed from their records afterwards.
    Rows that were refused when they were loaded stay out.

    Args:
        engine: the knowledge base.
        load_id: the load.
        written: called with the load id right after the commit.

    Raises:
        NotFoundError: there is no such load.
        UsageError: it was undone before, or a later load cannot be replayed without it; nothing
            was changed.
    """
    return retried(engine, lambda: _undo_in_transaction(engine, load_id, written))


def _undo_in_transaction(
    engine: Engine, load_id: int, written: Callable[[int], object]
) -> UndoResult:
    with writing(engine) as connection:
        acquire_write_lock(connection)
        _check(connection, load_id)
        update_kinds(connection)
        if is_of_decisions(connection, load_id):
            result = undo_decisions(connection, load_id)
        else:
            suspended = suspend_clusters(connection)
            result = _undo(connection, load_id)
            derive_clusters(connection, suspended)
        commit_uninterrupted(connection, partial(written, load_id))
    return result


def _undo(connection: Connection, load_id: int) -> UndoResult:
    refuse_if_references_are_needed(connection, load_id)
    later = dependents_of(connection, load_id)
    if not later:
        return revert(connection, load_id)
    _refuse_large(connection, load_id, later)
    before = connection.scalar(select(func.count()).select_from(entity)) or 0
    replays = []
    for dependent in reversed(later):
        replays.append(capture(connection, dependent, load_id))
        revert(connection, dependent)
    result = revert(connection, load_id)
    for captured in reversed(replays):
        replay(connection, captured, load_id)
    after = connection.scalar(select(func.count()).select_from(entity)) or 0
    return replace(result, dropped=max(0, before - after), again=tuple(later))


def _check(connection: Connection, load_id: int) -> None:
    load_row = connection.execute(select(load).where(load.c.id == load_id)).first()
    if load_row is None:
        known = connection.scalars(select(load.c.id).where(load.c.undone_at.is_(None)))
        raise UnknownLoadError(load_id, list(known)[-5:])
    if load_row.undone_at is not None:
        raise UsageError(f"Load {load_id} was already undone, at {load_row.undone_at:%F %T}.")


def _refuse_large(connection: Connection, load_id: int, later: Sequence[int]) -> None:
    own = in_values(connection, record.c.load_id, later)
    records = connection.scalar(select(func.count()).select_from(record).where(own)) or 0
    if records > MOST_RECORDS:
        reason = (
            f"{records:,} records of later loads depend on it, more than can be read again "
            f"({MOST_RECORDS:,})"
        )
        raise UndoRefusedError(load_id, reason, later)
