"""Which rows of a load's own source describe projects, by their ids."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import record
from bricoop.domain.names import normalise
from bricoop.domain.nouns import PROJECTS
from bricoop.ingest.facts.buffer import Buffer
from bricoop.ingest.transform.validate import PreparedRow


class DescribedProjects:
    """Looks up the ids of the rows of one source that describe projects."""

    def __init__(self, connection: Connection, source_id: int, buffer: Buffer) -> None:
        """Look in the database, and among the records in `buffer` that are not there yet."""
        self._connection = connection
        self._source_id = source_id
        self._buffer = buffer
        self._flushes = -1
        self._ids: defaultdict[int, set[str]] = defaultdict(set)

    def forget(self) -> None:
        """Clear the cache at the beginning of a batch."""
        self._flushes = -1

    def ids_of(self, entity_id: int, of_batch: Callable[[], Iterable[int]]) -> set[str]:
        """Return the ids that the source states of the rows that describe a project.

        Ids that were derived from names are left out.

        Args:
            entity_id: the project.
            of_batch: returns all projects that rows of the batch may mean, which are looked up
                together.
        """
        if self._flushes != self._buffer.flushes:
            self._look_up(of_batch())
        return self._ids[entity_id] | self._buffer.ids_about(entity_id)

    def _look_up(self, entity_ids: Iterable[int]) -> None:
        self._flushes = self._buffer.flushes
        self._ids.clear()
        columns = (record.c.entity_id, record.c.external_id, record.c.fields["name"].as_string())
        statement = select(*columns).where(
            in_values(self._connection, record.c.entity_id, entity_ids),
            record.c.source_id == self._source_id,
            record.c.noun == PROJECTS.name,
        )
        for entity_id, external_id, name in self._connection.execute(statement):
            if not is_derived(external_id, name):
                self._ids[entity_id].add(external_id)


def has_stated_id(row: PreparedRow) -> bool:
    """Return whether the id of a row of projects was stated, and not derived from its name."""
    return not is_derived(row.external_id, row.fields["name"])


def is_derived(external_id: str, name: str) -> bool:
    """Return whether the id of a project is its name, as for rows without an id."""
    return normalise(external_id) == normalise(name)
