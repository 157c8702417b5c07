"""Write the search documents of a load: new entities as they come, all others at its end."""

from bricoop.db.search.index import GrowingIndex
from bricoop.ingest.load.context import LoadContext


class SearchDocuments:
    """Updates the search index with the entities of a load."""

    def __init__(self, work: LoadContext) -> None:
        """Start with nothing written; the write lock must be held."""
        self._work = work
        self._index = GrowingIndex(work.connection)

    def write(self) -> None:
        """Write the documents of the entities that were new in the last batch."""
        parts_by_entity, names = self._work.pending.take()
        if parts_by_entity:
            self._index.look_up(parts_by_entity, names)
            self._index.add(parts_by_entity)

    def finish(self) -> None:
        """Write the remaining documents, and rebuild those of changed entities."""
        self.write()
        self._index.finish(sorted(self._work.touched))
