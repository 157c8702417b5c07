"""Names that entities lose in a load, as a changed record of an edition gives them others."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from bricoop.db.schema import alias
from bricoop.db.seam import among
from bricoop.domain.names import normalise


class FormerName(NamedTuple):
    """A name that an entity of a kind loses, normalised."""

    kind: str
    entity_id: int
    name: str


class FormerNames:
    """The names that entities lose in one load, so that its rows do not mean these entities.

    An edition that calls another thing by the name that a record had so far speaks of two things.
    A load learns of former names when it comes to the changed record, and rows before that may
    have used them already: then it must begin again, with these names expected from its first row.

    Attributes:
        late: former names that were used before the load learned of them.
        joined: new records about an entity that was found by its name: that they give it this name
            as well says nothing.
    """

    def __init__(self) -> None:
        """Begin with no former names."""
        self.late: set[FormerName] = set()
        self.joined: set[int] = set()
        self._expected: set[FormerName] = set()
        self._in_batch: set[FormerName] = set()
        self._names: set[tuple[str, str]] = set()
        self._last_entity = 0
        #: Hashes, as a large edition uses many names; a false hit costs a second reading.
        self._used: set[int] = set()

    def expect(self, names: Iterable[FormerName]) -> None:
        """Learn ahead of the names that entities will lose."""
        self._expected |= set(names)
        self._names |= {(one.kind, one.name) for one in self._expected}

    def watch(self, last_entity: int) -> None:
        """Remember from now on which names of entities up to an id are used."""
        self._last_entity = last_entity

    def use(self, kind: str, entity_id: int, name: str) -> None:
        """Remember that a row means an entity by a name."""
        if entity_id <= self._last_entity:
            self._used.add(hash(FormerName(kind, entity_id, normalise(name))))

    def join(self, record_id: int, entity_id: int) -> None:
        """Remember that a new record is about an entity that was found by its name."""
        if entity_id <= self._last_entity:
            self.joined.add(record_id)

    def add(self, names: Iterable[FormerName]) -> None:
        """Learn of the names that the changed records of a batch give no more."""
        for name in names:
            if name not in self._expected and hash(name) in self._used:
                self.late.add(name)
            self._in_batch.add(name)
            self._names.add((name.kind, name.name))

    def end_batch(self) -> None:
        """Forget the names of a batch: the database no longer has them."""
        if self._in_batch:
            self._expected -= self._in_batch
            self._in_batch.clear()
            self._names = {(one.kind, one.name) for one in self._expected}

    def include(self, kind: str, entity_id: int, name: str) -> bool:
        """Return whether an entity loses a normalised name."""
        former = FormerName(kind, entity_id, name)
        return former in self._expected or former in self._in_batch

    def include_any(self, kind: str, name: str) -> bool:
        """Return whether any entity of a kind loses a normalised name."""
        return (kind, name) in self._names

    def lost_too_late(self, connection: Connection) -> set[FormerName]:
        """Return the late names that their entities have not got back from later rows."""
        if not self.late:
            return set()
        names = select(alias.c.record_id, alias.c.entity_id, alias.c.normalised).where(
            among(connection, alias.c.entity_id, {one.entity_id for one in self.late})
        )
        kept = {
            (entity_id, name)
            for record_id, entity_id, name in connection.execute(names)
            if record_id not in self.joined
        }
        return {one for one in self.late if (one.entity_id, one.name) not in kept}
