"""Load the seed files: into an empty database, and new ones into one of an older version."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from bricoop.db.engine import reading, set_journal, writing
from bricoop.db.ids import acquire_write_lock
from bricoop.db.migrate import upgrade
from bricoop.db.retries import retried
from bricoop.db.schema import knowledge_base, load, source
from bricoop.db.state import State, state_of
from bricoop.domain.documents import toml_data
from bricoop.domain.project_kinds.rule_table import shipped_table
from bricoop.errors import BricoopError, DatabaseError
from bricoop.ingest.pipeline import RowsRejectedError, load_into
from bricoop.ingest.readers.streams import digest_of
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec
from bricoop.settings import resource_folder


@dataclass(frozen=True)
class NewSeeds:
    """The seed files that an upgrade found new.

    Attributes:
        rows: how many rows were loaded.
        refused: for each file that could not be loaded, the reason in a sentence.
    """

    rows: int = 0
    refused: tuple[str, ...] = ()


def set_up(engine: Engine, folder: Path | None = None) -> int | None:
    """Set up an empty database with schema and seeds, in one transaction.

    Several processes may try at the same time: one does it, the others wait.

    Args:
        engine: the database.
        folder: the folder of the seeds, if not that of this version.

    Returns:
        The number of rows in the seeds, or None if the database was set up already.
    """
    set_journal(engine)
    return retried(engine, lambda: _set_up_in_transaction(engine, folder))


def _set_up_in_transaction(engine: Engine, folder: Path | None) -> int | None:
    try:
        with writing(engine) as connection:
            if state_of(connection) is not State.EMPTY:
                return None
            upgrade(connection)
            return sum(result.counts.read for result in seed(connection, folder))
    except DatabaseError:
        # PostgreSQL lets two processes begin, and fails when the second creates its first table.
        if _is_ready(engine):
            return None
        raise


def seed(connection: Connection, folder: Path | None = None) -> list[LoadResult]:
    """Load the seeds into a database whose schema was just created."""
    connection.execute(
        knowledge_base.insert().values(
            id=1,
            version=0,
            created_at=datetime.now(UTC),
            kinds_digest=shipped_table().digest,
        )
    )
    acquire_write_lock(connection)
    return [_load(connection, request) for request in _requests(folder)]


def load_new_seeds(connection: Connection, folder: Path | None = None) -> NewSeeds:
    """Load the seed files that no load has read, not even one that was undone.

    A file that contradicts what users loaded is left out, so that the upgrade succeeds.

    Args:
        connection: an open transaction that holds the writers' lock.
        folder: the folder of the seeds, if not that of this version.
    """
    if connection.scalar(select(knowledge_base.c.version)) is None:
        return NewSeeds()
    columns = (source.c.key, load.c.noun, load.c.file_sha256)
    loads = select(*columns).join(source, source.c.id == load.c.source_id)
    loaded = set(map(tuple, connection.execute(loads)))
    rows, refused = 0, []
    for request in _requests(folder):
        if (request.source.key, request.noun, digest_of(request.path)) in loaded:
            continue
        savepoint = connection.begin_nested()
        try:
            rows += _load(connection, request).counts.read
        except BricoopError as error:
            savepoint.rollback()
            refused.append(f"{Path(request.path).name} of {request.source.key}: {error.message}")
        else:
            savepoint.commit()
    return NewSeeds(rows, tuple(refused))


def _requests(folder: Path | None) -> Iterator[LoadRequest]:
    """Yield the loads of all seed files, in order."""
    seeds = folder or resource_folder("seeds")
    for entry in toml_data(seeds / "seeds.toml", "The list of the seeds")["sources"]:
        described = {name: value for name, value in entry.items() if name != "loads"}
        for file_entry in entry["loads"]:
            path = str(seeds / file_entry["file"])
            yield LoadRequest(file_entry["noun"], path, SourceSpec(**described))


def _load(connection: Connection, request: LoadRequest) -> LoadResult:
    result = load_into(connection, request)
    if result.problem_count:
        first = result.problems[0]
        file = f"{request.source.key}/{Path(request.path).name}"
        where = f"{file}, line {first.line}, {first.column}: {first.value!r} {first.rule}"
        raise BricoopError(f"The seeds are broken: {where}. {first.hint}") from RowsRejectedError(
            result
        )
    return result


def _is_ready(engine: Engine) -> bool:
    with reading(engine) as connection:
        return state_of(connection) is State.READY
