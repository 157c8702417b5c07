"""Read and prepare the rows of a file in batches, sorted by noun."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from bricoop.domain.problem import Problem
from bricoop.ingest.readers.table import SourceRow, Table
from bricoop.ingest.transform.rows import Rows
from bricoop.ingest.transform.validate import PreparedRow

#: The number of cells in a batch: wide rows come in smaller batches.
_CELLS = 48_000
_FEWEST, _MOST = 250, 4000
#: The maximum number of records in a batch, where a row becomes many.
_RECORDS = 8000


class Batch(NamedTuple):
    """The prepared records and problems of a batch of rows.

    Attributes:
        records: the records, in a list for each index of a noun.
        problems: the problems of refused rows.
        left_out: the rows left out because an earlier reading refused them.
        share_read: the share of the file that has been read, or None if it is not known.
        same: unchanged records: index of the noun, line, and record ids.
        nothing: line and reason of each row that produced no record.
        skipped: line and rule of each row that a rule left out.
        row_notes: notes on doubtful values in rows that are loaded.
    """

    records: Sequence[list[PreparedRow]]
    problems: Sequence[Problem]
    left_out: Sequence[SourceRow]
    share_read: float | None
    same: Sequence[tuple[int, int, Sequence[int]]] = ()
    nothing: Sequence[tuple[int, str]] = ()
    skipped: Sequence[tuple[int, str]] = ()
    row_notes: Sequence[Problem] = ()


class End(NamedTuple):
    """Results that are available once a whole file has been read.

    Attributes:
        problems: problems of the file as a whole.
        notes: notes on the file, one sentence each.
        sha256: the digest of the file.
    """

    problems: Sequence[Problem]
    notes: tuple[str, ...]
    sha256: str


class BatchReader:
    """Reads a file and prepares its rows, batch by batch."""

    def __init__(self, file: Table, rows: Rows, left_out: Mapping[int, str]) -> None:
        """Start without reading.

        Args:
            file: the file.
            rows: prepares the rows.
            left_out: the rows to leave out, with their problems, by line.
        """
        self._file = file
        self._rows = rows
        self._left_out = left_out

    def batches(self) -> Iterator[Batch]:
        """Yield the batches in the order of the file.

        Raises:
            FileUnreadableError: a row cannot be read; the message says where and why.
        """
        size = batch_size(len(self._file.header))
        size = max(1, min(size, _RECORDS // self._rows.records_of_a_row))
        rows = self._file.rows()
        while read := list(islice(rows, size)):
            batch = self._batch(read)
            # Free the cells before the next batch is read, to save memory.
            read.clear()
            yield batch
            del batch

    def end(self) -> End:
        """Return the results for the whole file; all batches must have been consumed."""
        problems = self._rows.finish()
        return End(problems, (*self._file.notes, *self._rows.notes), self._file.sha256)

    def _batch(self, read: Sequence[SourceRow]) -> Batch:
        left_out = self._left_out
        problems = [
            problem for problem in self._file.take_row_problems() if problem.line not in left_out
        ]
        refused = left_out.keys() | {problem.line for problem in problems} if problems else left_out
        # The cells of a refused row are unreliable, so rules of a profile do not apply to it.
        outcomes = self._rows.prepare(read, refused)
        problems.extend(outcomes.problems)
        rejects = [row for row in read if row.line in left_out] if left_out else []
        row_notes = [*self._file.take_row_notes(), *self._rows.take_row_notes()]
        row_notes.sort(key=lambda note: note.line)
        share = self._file.share_read
        return Batch(
            outcomes.records, problems, rejects, share, outcomes.same,
            nothing=outcomes.nothing, skipped=outcomes.skipped, row_notes=row_notes,
        )  # fmt: skip


def batch_size(columns: int) -> int:
    """Return the number of rows in a batch, given the number of columns."""
    return max(_FEWEST, min(_MOST, _CELLS // max(1, columns)))
