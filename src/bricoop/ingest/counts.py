"""What became of the rows of a load."""

from dataclasses import dataclass


@dataclass
class Counts:
    """What became of the rows of a load; read is always the sum of the first four.

    Attributes:
        gone: how many records of the source the file did not hold; they are none of its rows.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    gone: int = 0

    @property
    def read(self) -> int:
        """How many rows were read."""
        return self.new + self.changed + self.unchanged + self.rejected
