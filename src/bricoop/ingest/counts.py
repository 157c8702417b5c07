"""What became of the rows of a load."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import Enum, auto

from bricoop.domain.vocabularies import EntityKind

#: So many names of what was made are kept.
_MOST_NAMES = 3


class Became(Enum):
    """What became of a row's record."""

    NEW = auto()
    BACK = auto()
    CHANGED = auto()
    UNCHANGED = auto()


@dataclass
class Counts:
    """What became of the rows of a load; read is always the sum of all but `gone`.

    Attributes:
        new: rows whose record is new, or back after an edition without it.
        back: of the new rows, those whose record is back.
        changed: rows whose record says something else than before.
        unchanged: rows that say what was said before.
        rejected: rows that were refused.
        nothing: rows that became no record although nothing is wrong with them.
        skipped: rows that a rule of the profile left out.
        gone: how many records of the first thing that a row is the file did not hold; they are
            none of its rows.
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
        """How many rows have a record now."""
        return self.new + self.changed + self.unchanged


@dataclass
class Created:
    """The entities that were made because a cell names them.

    Attributes:
        counts: how many there are of each kind.
        names: the first names of each kind.
    """

    counts: Counter[EntityKind] = field(default_factory=Counter)
    names: dict[EntityKind, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: EntityKind, name: str) -> None:
        """Count one."""
        self.counts[kind] += 1
        if len(self.names[kind]) < _MOST_NAMES:
            self.names[kind].append(name)

    def __add__(self, other: "Created") -> "Created":
        """Return both together."""
        total = Created(self.counts + other.counts)
        for created in (self, other):
            for kind, names in created.names.items():
                total.names[kind] = [*total.names[kind], *names][:_MOST_NAMES]
        return total
