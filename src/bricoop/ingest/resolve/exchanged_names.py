"""Names that an edition takes from one of its records and gives to another."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from bricoop.domain.names import normalise


class EntityName(NamedTuple):
    """A name of an entity, normalised, and what kind of entity it is."""

    kind: str
    entity_id: int
    name: str


class ExchangedNames:
    """The names that one load exchanges, in whatever order its rows come.

    A name is exchanged where a changed record gives it up and a new record has it: the edition
    speaks of two things. The changed record stays with its entity, the new one is another entity,
    and the name means that in every row. A load learns of it only when it has come to both rows,
    and earlier rows may have used the name by then: it must begin again, with the name expected.

    Attributes:
        late: exchanged names that were used as those of the first entity.
        last_record: the highest id of a record before the load.
    """

    def __init__(self) -> None:
        """Begin with no names."""
        self.late: set[EntityName] = set()
        self.last_record = 0
        self._expected: set[tuple[int, str]] = set()
        self._last_entity = 0
        #: By kind and name, the entities that lose it.
        self._lost: dict[tuple[str, str], set[int]] = defaultdict(set)
        #: Hashes of an entity's id and name, as a large edition uses many; a false hit costs a
        #: second reading of the file.
        self._used: set[int] = set()
        self._claimed: set[int] = set()

    def expect(self, names: Iterable[EntityName]) -> None:
        """Learn ahead which names will be exchanged."""
        for name in names:
            self._expected.add((name.entity_id, name.name))
            self._lost[name.kind, name.name].add(name.entity_id)

    def watch(self, last_entity: int, last_record: int) -> None:
        """Remember from now on which names of entities that are there are used.

        Args:
            last_entity: the highest id of an entity before the load.
            last_record: that of a record.
        """
        self._last_entity = last_entity
        self.last_record = last_record

    def is_expected(self, entity_id: int, name: str) -> bool:
        """Return whether it is known ahead that an entity loses a normalised name."""
        return (entity_id, name) in self._expected

    def use(self, entity_id: int, name: str) -> None:
        """Remember that a cell means an entity by a name."""
        if entity_id <= self._last_entity:
            self._used.add(hash((entity_id, normalise(name))))

    def join(self, entity_id: int, name: str) -> None:
        """Remember that a new record is about an entity that was found by its name."""
        if entity_id <= self._last_entity:
            self._claimed.add(hash((entity_id, normalise(name))))

    def lose(self, names: Iterable[EntityName]) -> None:
        """Learn which names entities lose, as a changed record was written."""
        for name in names:
            self._lost[name.kind, name.name].add(name.entity_id)
            if hash((name.entity_id, name.name)) in self._claimed:
                self._exchange(name)

    def claim(self, kind: str, name: str) -> bool:
        """Return whether a new record with a name takes it from an entity that loses it."""
        name = normalise(name)
        entities = self._lost.get((kind, name), set())
        for entity_id in entities:
            used = hash((entity_id, name))
            if used in self._used or used in self._claimed:
                self._exchange(EntityName(kind, entity_id, name))
        return bool(entities)

    def _exchange(self, name: EntityName) -> None:
        if (name.entity_id, name.name) not in self._expected:
            self.late.add(name)
