"""Where prepared batches come from: rows are read, prepared and sorted by noun, by this process."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

from bricoop.domain.problem import Problem
from bricoop.ingest.readers.table import SourceRow, Table
from bricoop.ingest.transform.rows import Rows
from bricoop.ingest.transform.validate import PreparedRow

#: So many cells of rows are prepared before they are written: wide rows come in smaller batches.
_CELLS = 48_000
_FEWEST, _MOST = 250, 4000
#: So many records at most, where a row becomes many.
_RECORDS = 8000


class Batch(NamedTuple):
    """What some rows of a file became.

    Attributes:
        records: their records, by the place of their noun.
        problems: all that is wrong with rows, which became nothing.
        left_out: the rows that were to be left out.
        share_read: which share of the file has been read, where that can be told.
        same: records that say the same already: the place of their noun, the line, their numbers.
        words: the words of long texts among the records' fields, as far as they were made.
        nothing: the line of each row that became no record, and why.
        skipped: the line of each row that a rule left out, and which.
        row_notes: what is doubtful in cells and rows, which are loaded all the same.
    """

    records: Sequence[list[PreparedRow]]
    problems: Sequence[Problem]
    left_out: Sequence[SourceRow]
    share_read: float | None
    same: Sequence[tuple[int, int, Sequence[int]]] = ()
    words: Mapping[str, str] = {}
    nothing: Sequence[tuple[int, str]] = ()
    skipped: Sequence[tuple[int, str]] = ()
    row_notes: Sequence[Problem] = ()


class End(NamedTuple):
    """What is known once all rows of a file have been read.

    Attributes:
        problems: what is wrong with the file as a whole.
        notes: what was accepted, each in a sentence.
        sha256: the digest of the file.
    """

    problems: Sequence[Problem]
    notes: tuple[str, ...]
    sha256: str


class BatchSource(Protocol):
    """Gives the batches of one file, once."""

    def batches(self) -> Iterator[Batch]:
        """Yield the batches in the order of the file.

        Raises:
            FileUnreadableError: a row cannot be read; the sentence says where and why.
        """

    def end(self) -> End:
        """Return what is known once all batches have been taken."""

    def close(self) -> None:
        """Let go of everything but the file; nothing more can be taken."""


class InProcessSource:
    """Prepares batches when they are asked for."""

    def __init__(self, file: Table, rows: Rows, nouns: int, left_out: Mapping[int, str]) -> None:
        """Read nothing yet.

        Args:
            file: the file.
            rows: what its rows become.
            nouns: how many nouns the records have.
            left_out: the lines of rows that are to be left out.
        """
        self._file = file
        self._rows = rows
        self._nouns = range(nouns)
        self._left_out = left_out

    def batches(self) -> Iterator[Batch]:
        """Yield the batches in the order of the file.

        Raises:
            FileUnreadableError: a row cannot be read; the sentence says where and why.
        """
        size = batch_size(len(self._file.header))
        size = max(1, min(size, _RECORDS // self._rows.records_of_a_row))
        rows = self._file.rows()
        while read := list(islice(rows, size)):
            batch = self._batch(read)
            # Cells are many: those of two batches are never kept at once.
            read.clear()
            yield batch
            del batch

    def end(self) -> End:
        """Return what is known once all batches have been taken."""
        problems = self._rows.finish()
        return End(problems, (*self._file.notes, *self._rows.notes), self._file.sha256)

    def close(self) -> None:
        """Do nothing: the file is its opener's."""

    def _batch(self, read: Sequence[SourceRow]) -> Batch:
        records_by_noun: list[list[PreparedRow]] = [[] for _ in self._nouns]
        left_out = self._left_out
        problems = [
            problem for problem in self._file.take_row_problems() if problem.line not in left_out
        ]
        refused = left_out.keys() | {problem.line for problem in problems} if problems else left_out
        same: list[tuple[int, int, Sequence[int]]] = []
        nothing: list[tuple[int, str]] = []
        skipped: list[tuple[int, str]] = []
        for outcome in self._rows.prepare(read, refused):
            if outcome.line in refused:
                # Its cells cannot be relied on: no rule of a profile may pass it over.
                continue
            if outcome.skipped:
                skipped.append((outcome.line, outcome.skipped))
            if outcome.nothing:
                nothing.append((outcome.line, outcome.nothing))
            problems.extend(outcome.problems)
            for index, records in enumerate(outcome.records):
                records_by_noun[index].extend(records)
            for index, ids in enumerate(outcome.same):
                if ids:
                    same.append((index, outcome.line, ids))
        rejects = [row for row in read if row.line in left_out] if left_out else []
        row_notes = [*self._file.take_row_notes(), *self._rows.take_row_notes()]
        row_notes.sort(key=lambda note: note.line)
        share = self._file.share_read
        return Batch(
            records_by_noun, problems, rejects, share, same,
            nothing=nothing, skipped=skipped, row_notes=row_notes,
        )  # fmt: skip


def batch_size(columns: int) -> int:
    """Return how many rows of so many columns are prepared before they are written."""
    return max(_FEWEST, min(_MOST, _CELLS // max(1, columns)))
