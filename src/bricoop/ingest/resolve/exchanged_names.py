"""Track names that a newer edition moves from one of its records to another."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from bricoop.domain.names import normalise


class EntityName(NamedTuple):
    """A normalised name of an entity, with the entity's kind."""

    kind: str
    entity_id: int
    name: str


class ExchangedNames:
    """The names that a load moves from one entity to another, in any order of rows.

    A name is exchanged if a changed record loses it and a new record has it: these are two
    different things. The changed record stays with its entity, the new record creates another one,
    and in every row of the file the name means the new one. The load notices this only when it has
    read both rows; if earlier rows have used the name by then, the load has to start over, with
    the exchange known in advance.

    Attributes:
        late: exchanged names that earlier rows had resolved to the old entity.
        last_entity: the highest id of an entity before the load, if names are watched.
        last_record: the highest id of a record before the load, if names are watched.
    """

    def __init__(self) -> None:
        """Start without names."""
        self.late: set[EntityName] = set()
        self.last_record = 0
        self._expected: set[tuple[int, str]] = set()
        self.last_entity = 0
        #: For each kind and name, the entities that lose it.
        self._lost: dict[tuple[str, str], set[int]] = defaultdict(set)
        #: Hashes of entity id and name, to save memory in large editions; a collision only costs
        #: an unnecessary second reading of the file.
        self._used: set[int] = set()
        self._claimed: set[int] = set()

    def expect(self, names: Iterable[EntityName]) -> None:
        """Register names known to be exchanged from an earlier reading."""
        for name in names:
            self._expected.add((name.entity_id, name.name))
            self._lost[name.kind, name.name].add(name.entity_id)

    def watch(self, last_entity: int, last_record: int) -> None:
        """Start recording the use of names of entities that existed before the load.

        Args:
            last_entity: the highest id of an entity before the load.
            last_record: the highest id of a record before the load.
        """
        self.last_entity = last_entity
        self.last_record = last_record

    @property
    def is_watching(self) -> bool:
        """Whether names may be exchanged: the source has records of an earlier load."""
        return self.last_record > 0

    @property
    def are_expected(self) -> bool:
        """Whether any names are known in advance to be exchanged."""
        return bool(self._expected)

    def is_expected(self, entity_id: int, name: str) -> bool:
        """Return whether an entity is known in advance to lose a normalised name."""
        return bool(self._expected) and (entity_id, name) in self._expected

    def use(self, entity_id: int, name: str) -> None:
        """Record that a cell was resolved to an entity by a name."""
        if entity_id <= self.last_entity:
            self._used.add(hash((entity_id, normalise(name))))

    def join(self, entity_id: int, name: str) -> None:
        """Record that a new record was matched to an entity by its name."""
        if entity_id <= self.last_entity:
            self._claimed.add(hash((entity_id, normalise(name))))

    def lose(self, names: Iterable[EntityName]) -> None:
        """Record the names that entities lose because a record changed."""
        for name in names:
            self._lost[name.kind, name.name].add(name.entity_id)
            if hash((name.entity_id, name.name)) in self._claimed:
                self._exchange(name)

    def claim(self, kind: str, name: str) -> bool:
        """Return whether an entity of this kind loses the name that a new record has."""
        if not self._lost:
            return False
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
