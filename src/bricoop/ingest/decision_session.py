"""Appends decisions to a load one by one, and takes the last ones back, while a person reviews.

The load is as if one file with all of these decisions had been loaded.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, Row, delete, select, update

from bricoop.db.checksums import ContentSum, set_load_checksum
from bricoop.db.ids import Ids
from bricoop.db.schema import decision, load
from bricoop.domain.nouns import DECISIONS as NOUN
from bricoop.domain.problem import Origin, Problem
from bricoop.errors import UsageError
from bricoop.ingest.clusters.derive import update_clusters
from bricoop.ingest.layouts.decisions import DECISIONS
from bricoop.ingest.load.context import LoadContext
from bricoop.ingest.load.decision_writer import DecisionWriter
from bricoop.ingest.readers.table import SourceRow
from bricoop.ingest.transform.prepare import Preparer

#: The line of a row that is in no file.
_NO_LINE = 1


class DecisionRefusedError(UsageError):
    """A decision contradicts others, or cannot be read; nothing was written."""

    def __init__(self, problem: Problem) -> None:
        """Build the message from the problem of the row."""
        if problem.rule.startswith("would "):
            super().__init__(f"This {problem.rule}.", problem.hint)
        else:
            super().__init__(problem.sentence())


def append_decision(connection: Connection, load_id: int, cells: Mapping[str, str]) -> None:
    """Add a decision to a load of decisions, and derive the clusters that it concerns.

    Args:
        connection: an open transaction that holds the writers' lock; if an error is raised, it must
            be rolled back.
        load_id: the load.
        cells: the texts of the decision by column, as in cells of load files.

    Raises:
        DecisionRefusedError: it contradicts others, or a text is wrong.
        UsageError: the load was undone.
    """
    opened = _open_load(connection, load_id)
    numbers = Ids(connection)
    origin = Origin(opened.file_name)
    # No decision names a country, and reading all names would take a tenth of the time.
    work = LoadContext.on(connection, numbers, opened.source_id, load_id, origin, with_names=False)
    preparer = Preparer(DECISIONS, work.origin, list(cells), work.known_places)
    row = preparer.prepare(SourceRow(_NO_LINE, list(cells.values())))
    if isinstance(row, list):
        raise DecisionRefusedError(row[0])
    writer = DecisionWriter(work, DECISIONS, preparer.header)
    problems = [*writer.write([row], {}), *writer.derive()[0]]
    if problems:
        raise DecisionRefusedError(problems[0])
    _count(connection, load_id)


def remove_decision(connection: Connection, load_id: int, external_id: str) -> None:
    """Take a decision of a load back, and derive the clusters that it concerned.

    Args:
        connection: an open transaction that holds the writers' lock.
        load_id: the load; it must have other decisions.
        external_id: the id of the decision.

    Raises:
        UsageError: the load was undone.
    """
    opened = _open_load(connection, load_id)
    own = (decision.c.source_id == opened.source_id) & (decision.c.external_id == external_id)
    refs = connection.execute(select(decision.c.left_ref, decision.c.right_ref).where(own)).one()
    connection.execute(delete(decision).where(own))
    update_clusters(connection, refs)
    _count(connection, load_id)


def _open_load(connection: Connection, load_id: int) -> Row[int, str]:
    own = select(load.c.source_id, load.c.file_name).where(
        load.c.id == load_id, load.c.noun == NOUN.name, load.c.undone_at.is_(None)
    )
    opened = connection.execute(own).first()
    if opened is None:
        message = f"Load {load_id}, into which this session writes, was undone meanwhile."
        raise UsageError(message, "Begin a new session.")
    return opened


def _count(connection: Connection, load_id: int) -> None:
    """Count the decisions of a load again, and store its checksum."""
    contents = ContentSum()
    columns = (decision.c.external_id, decision.c.locator, decision.c.digest)
    rows = connection.execute(select(*columns).where(decision.c.load_id == load_id)).all()
    for external_id, locator, digest in rows:
        contents.add(NOUN.name, external_id, locator, None, digest)
    unchanged = load.c.rows_unchanged
    connection.execute(
        update(load)
        .where(load.c.id == load_id)
        .values(rows_new=len(rows), rows_read=len(rows) + unchanged, finished_at=datetime.now(UTC))
    )
    set_load_checksum(connection, load_id, contents)
