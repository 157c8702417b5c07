"""Counters of a load: what happened to its rows, and which entities it created."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, auto

from bricoop.domain.vocabularies import EntityKind

#: How many names of created entities are kept for each kind.
_MOST_NAMES = 3


class Became(IntEnum):
    """What a load did with the record of a row; an integer, as those are counted much faster."""

    NEW = auto()
    BACK = auto()
    CHANGED = auto()
    UNCHANGED = auto()


def rows_became(by_noun: Sequence[dict[int, Became]]) -> dict[int, Became]:
    """Return what became of each row of a file, and empty the given dictionaries.

    A row counts as its record of the first noun does, which keeps the whole row and so changes when
    any cell does. For rows without one, the other records decide.

    Args:
        by_noun: what was done with the records of each noun, by line; the first noun first.
    """
    rows: dict[int, Became] = {}
    for records in reversed(by_noun):
        rows |= records
        records.clear()
    return rows


@dataclass
class Counts:
    """How many rows of a load were new, changed and so on; `read` is the sum of all but `gone`.

    Attributes:
        new: rows whose record is new, or back after an edition without it.
        back: of the new rows, those whose record is back.
        changed: rows whose record has another content than before.
        unchanged: rows whose record has the same content as before.
        rejected: rows that were refused.
        nothing: rows without an error that produced no record.
        skipped: rows that a rule of the profile left out.
        gone: records of the first noun that are not in a complete file; they are not rows of it.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    gone: int = 0
    nothing: int = 0
    skipped: int = 0
    back: int = 0

    @property
    def read(self) -> int:
        """How many rows were read."""
        return self.written + self.rejected + self.nothing + self.skipped

    @property
    def written(self) -> int:
        """How many rows produced a record."""
        return self.new + self.changed + self.unchanged


@dataclass
class Created:
    """The entities that were created because a cell names them.

    Attributes:
        counts: how many there are of each kind.
        names: the first names of each kind.
    """

    counts: Counter[EntityKind] = field(default_factory=Counter)
    names: dict[EntityKind, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: EntityKind, name: str) -> None:
        """Count an entity."""
        self.counts[kind] += 1
        if len(self.names[kind]) < _MOST_NAMES:
            self.names[kind].append(name)

    def __add__(self, other: "Created") -> "Created":
        """Return the sum of both."""
        total = Created(self.counts + other.counts)
        for created in (self, other):
            for kind, names in created.names.items():
                total.names[kind] = [*total.names[kind], *names][:_MOST_NAMES]
        return total
