"""Which two sources are compared, for which question and by which rule."""

from dataclasses import dataclass

from bricoop.totals.classify import Counting
from bricoop.totals.why.paired_rows import Side


@dataclass(frozen=True)
class Comparison:
    """Two sources whose totals are compared, and how these are counted.

    Attributes:
        left_source: the key of the source to begin with.
        right_source: the key of the source to end with.
        counting: the question, on these two sources, and the rule.
    """

    left_source: str
    right_source: str
    counting: Counting

    @property
    def sides(self) -> dict[str, Side]:
        """The side of each source by its key, the left one first."""
        return {self.left_source: Side.LEFT, self.right_source: Side.RIGHT}

    def key_of(self, side: Side) -> str:
        """Return the key of a source."""
        return self.left_source if side is Side.LEFT else self.right_source
