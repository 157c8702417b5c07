"""Reads the fields of many rows column by column, so that each distinct text is read only once.

Columns of published files repeat few values: a cache answers for most cells of a column without a
step of Python for each. Only correct values are read this way. If anything is wrong or doubtful in
a batch, its rows are read one by one, which finds the cell.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress
from typing import Any

from bricoop.ingest.layouts.clean import BadValueError
from bricoop.ingest.layouts.layout import Fields
from bricoop.ingest.profile.cells import Cells, Read
from bricoop.ingest.profile.field_readers import FieldReaders
from bricoop.ingest.profile.keys import DerivedKeys


class RowSelection:
    """Rows of a batch, or some of them, by row and by column."""

    def __init__(
        self,
        rows: Callable[[], Iterable[tuple[int, str, Cells]]],
        column: Callable[[int], Sequence[str]],
        keys: DerivedKeys,
    ) -> None:
        """Select rows.

        Args:
            rows: returns the line, the id of the record and the cells of each row.
            column: returns the cells of a column.
            keys: makes the digests of ids for templates.
        """
        self._rows = rows
        self._keys = keys
        self.column = column

    def where(self, selector: Sequence[Any]) -> "RowSelection":
        """Return the rows for which a selector, with a value for each of them, is true."""
        rows, column = self._rows, self.column
        return RowSelection(
            lambda: compress(rows(), selector),
            lambda position: list(compress(column(position), selector)),
            self._keys,
        )

    def each(self) -> Iterator[tuple[Cells, str]]:
        """Yield the cells of each row, and the digest of its id if templates use one."""
        for line, external_id, cells in self._rows():
            yield cells, self._keys.begin(line, external_id)


def read_fields(
    readers: Iterable[tuple[str, int, Read]],
    rows: Sequence[tuple[int, str, Cells]],
    columns: Sequence[Sequence[str]],
    shared: FieldReaders,
) -> list[Fields] | None:
    """Return the fields of each row, or None if a value is wrong or doubtful.

    Args:
        readers: for each field its name, the position of the only cell that it needs or -1, and its
            reader; if a field has several, the first value counts.
        rows: the line, the id of the record and the cells of each row.
        columns: the cells by column.
        shared: the doubts and caches of the readers. What was added to the caches is removed again
            if the result is None, as only a text that is read for the first time raises its doubt.
    """
    doubts, cached, keys = shared.doubts, shared.cached, shared.derived_keys
    cached.clear()
    fields: list[Fields] = [{} for _ in rows]
    selection = RowSelection(lambda: rows, columns.__getitem__, keys)
    names: set[str] = set()
    try:
        for name, needed, read in readers:
            filled: Sequence[object] = columns[needed] if needed >= 0 else [True] * len(rows)
            if name in names:
                filled = [
                    cell and name not in row for cell, row in zip(filled, fields, strict=True)
                ]
            names.add(name)
            if any(filled):
                values = read.column(selection.where(filled))
                for row, value in zip(compress(fields, filled), values, strict=True):
                    if value is not None and value != []:
                        row[name] = value
    except BadValueError:
        pass
    else:
        if not doubts:
            return fields
    doubts.clear()
    for cache, key in cached:
        cache.pop(key, None)
    return None
