"""What an export writes: tables, each with its schema and a reader of its rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

#: Given the key of a source, or None for a table that is not split, yields record batches.
Batches = Callable[[str | None], Iterator[Any]]


@dataclass(frozen=True)
class Content:
    """A table to write.

    Attributes:
        name: its name, and that of its folder.
        schema: the Arrow schema of its rows.
        by_source: whether each source has files of its own.
        batches: reads its rows.
    """

    name: str
    schema: Any
    by_source: bool
    batches: Batches
