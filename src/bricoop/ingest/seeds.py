"""Set up an empty database: create the schema and load the seed files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from bricoop.db.engine import reading, set_journal, writing
from bricoop.db.ids import acquire_write_lock
from bricoop.db.migrate import upgrade
from bricoop.db.schema import knowledge_base
from bricoop.db.state import State, state_of
from bricoop.domain.documents import toml_data
from bricoop.domain.project_kinds.rule_table import shipped_table
from bricoop.errors import BricoopError, DatabaseError
from bricoop.ingest.pipeline import RowsRejectedError, load_into
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec
from bricoop.settings import resource_folder


def set_up(engine: Engine) -> int | None:
    """Set up an empty database with schema and seeds, in one transaction.

    Several processes may try at the same time: one does it, the others wait.

    Returns:
        The number of rows in the seeds, or None if the database was set up already.
    """
    set_journal(engine)
    try:
        with writing(engine) as connection:
            if state_of(connection) is not State.EMPTY:
                return None
            upgrade(connection)
            return sum(result.counts.read for result in seed(connection))
    except DatabaseError:
        # PostgreSQL lets two processes begin, and fails when the second creates its first table.
        if _is_ready(engine):
            return None
        raise


def seed(connection: Connection) -> list[LoadResult]:
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
    folder = resource_folder("seeds")
    manifest = toml_data(folder / "seeds.toml", "The list of the seeds")
    return [
        _load(connection, folder, entry, file_entry)
        for entry in manifest["sources"]
        for file_entry in entry["loads"]
    ]


def _load(
    connection: Connection, folder: Path, entry: dict[str, Any], file_entry: dict[str, str]
) -> LoadResult:
    described = {name: value for name, value in entry.items() if name != "loads"}
    request = LoadRequest(
        file_entry["noun"], str(folder / file_entry["file"]), SourceSpec(**described)
    )
    result = load_into(connection, request)
    if result.problem_count:
        first = result.problems[0]
        where = (
            f"{file_entry['file']}, line {first.line}, {first.column}: {first.value!r} {first.rule}"
        )
        raise BricoopError(f"The seeds are broken: {where}. {first.hint}") from RowsRejectedError(
            result
        )
    return result


def _is_ready(engine: Engine) -> bool:
    with reading(engine) as connection:
        return state_of(connection) is State.READY
