"""The first entities that have a name, for notes on names that several entities share."""

from collections import Counter
from collections.abc import Iterable

from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.resolve.resolver import Candidate, Resolver

#: How many entities are remembered for a name, and for how many rows they are returned.
_MOST = 4
#: How many names are remembered; beyond that, memory matters more than time.
_MOST_NAMES = 50_000


class NameBearers:
    """Remembers a few entities for each name that rows of a load give.

    The database is asked once for each name. Asking for it in every batch would read all entities
    that have it by then: time that grows with the square of the file, if many rows share a name.
    """

    def __init__(self, resolver: Resolver) -> None:
        """Start without names."""
        self._resolver = resolver
        self._by_name: dict[tuple[EntityKind, str], dict[int, str]] = {}
        #: How often `others` had a result, for each name.
        self._noted: Counter[str] = Counter()

    def learn(self, names: Iterable[str], kind: EntityKind) -> None:
        """Look up names after the rows of a batch were written.

        Args:
            names: names that rows of the batch give their entities.
            kind: the kind of these entities.
        """
        if len(self._by_name) > _MOST_NAMES:
            self._by_name.clear()
        spellings = {normalise(name): name for name in names}
        unknown = [name for name in spellings if (kind, name) not in self._by_name]
        self._resolver.learn_names(unknown)
        for normalised, name in spellings.items():
            bearers = self._by_name.setdefault((kind, normalised), {})
            if len(bearers) < _MOST:
                self._add(bearers, self._resolver.candidates(name, kind))

    @staticmethod
    def _add(bearers: dict[int, str], candidates: Iterable[Candidate]) -> None:
        for candidate in candidates:
            if len(bearers) == _MOST:
                return
            bearers[candidate.id] = candidate.key

    def others(self, name: str, kind: EntityKind, own: int) -> list[str]:
        """Return the keys of other entities with a name that was learned; of many the first few.

        After some rows with the same name the result is empty: a file in which thousands of rows
        share a name does not need thousands of notes.

        Args:
            name: the name.
            kind: the kind of the entities.
            own: the id of the entity that is left out.
        """
        normalised = normalise(name)
        keys = self._by_name[kind, normalised]
        if len(keys) < 1 + (own in keys) or self._noted[normalised] == _MOST:
            return []
        self._noted[normalised] += 1
        return sorted(key for entity_id, key in keys.items() if entity_id != own)[: _MOST - 1]

    def forget(self) -> None:
        """Forget all names, as changed rows may have lost some."""
        self._by_name.clear()
