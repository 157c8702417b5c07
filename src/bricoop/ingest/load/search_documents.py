"""Write the search documents of a load: new entities as they come, all others at its end."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bricoop.db.search.index import GrowingIndex
from bricoop.ingest.load.context import LoadContext

if TYPE_CHECKING:
    from bricoop.db.search.parts import Parts


class SearchDocuments:
    """Updates the search index with the entities of a load."""

    def __init__(self, work: LoadContext) -> None:
        """Start with nothing written; the write lock must be held."""
        self._work = work
        self._index = GrowingIndex(work.bulk)
        self._parts: Mapping[int, Parts] = {}
        self._words: Mapping[str, str] = {}
        self._next_words: Mapping[str, str] = {}
        if work.name_filter.is_active:
            # Otherwise many batches would query a few of them, and each query waits for inserts.
            self._index.learn(work.known_places.ids)

    def look_up(self, words: Mapping[str, str]) -> None:
        """Look up the entities to which the new entities of the previous batch refer.

        Call it after the lookups of the next batch: then no insert is pending any more.

        Args:
            words: the tokenized long texts of the next batch, by text.
        """
        self._parts, named = self._work.pending.take()
        self._index.look_up(self._parts, named)
        self._words, self._next_words = self._next_words, words

    def write(self) -> None:
        """Write the documents that were looked up, while the next rows are being prepared."""
        if self._parts:
            self._index.add(self._parts, self._words)
        self._parts = {}

    def finish(self) -> None:
        """Write the remaining documents, and rebuild those of changed entities."""
        self.look_up({})
        self.write()
        self._index.finish(sorted(self._work.touched))
