"""The documents of one load: those of new entities as they come, all others at its end."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bricoop.db.search.index import GrowingIndex
from bricoop.ingest.load.context import LoadContext

if TYPE_CHECKING:
    from bricoop.db.search.parts import Parts


class SearchDocuments:
    """Lets search find what a load says."""

    def __init__(self, work: LoadContext) -> None:
        """Begin with nothing written; the writer's lock must be held."""
        self._work = work
        self._index = GrowingIndex(work.bulk)
        self._parts: Mapping[int, Parts] = {}
        self._words: Mapping[str, str] = {}
        self._next_words: Mapping[str, str] = {}
        if work.name_filter.is_active:
            # Else many batches would ask for a few of them, and wait for what is being inserted.
            self._index.learn(work.places.ids)

    def look_up(self, words: Mapping[str, str]) -> None:
        """Look up what the new entities of the batch before mention.

        It is the time for it when the next batch has been looked up: then all is in.

        Args:
            words: the words of long texts of the next batch.
        """
        self._parts, named = self._work.pending.take()
        self._index.look_up(self._parts, named)
        self._words, self._next_words = self._next_words, words

    def write(self) -> None:
        """Write the documents of what was looked up; they go in while the next rows come."""
        if self._parts:
            self._index.add(self._parts, self._words)
        self._parts = {}

    def finish(self) -> None:
        """Write what is left, and make anew what is no longer as it was."""
        self.look_up({})
        self.write()
        self._index.finish(sorted(self._work.touched))
