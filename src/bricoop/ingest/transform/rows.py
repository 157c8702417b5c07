"""The interface that turns rows into records, and its implementation for native layouts."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from bricoop.domain.header import Header
from bricoop.domain.problem import Problem
from bricoop.ingest.readers.table import SourceRow
from bricoop.ingest.transform.prepare import Preparer
from bricoop.ingest.transform.validate import PreparedRow


class Same(NamedTuple):
    """A record written by an earlier load with the same reading rules.

    Attributes:
        record_id: its id.
        raw: the cells from which it was made, as JSON.
    """

    record_id: int
    raw: str


class Outcome(NamedTuple):
    """The result of preparing a row.

    Attributes:
        line: the line of the row.
        records: its records, for each index of a noun.
        same: the ids of its unchanged records, for each index of a noun.
        problems: its problems; a row with problems produces no records.
        nothing: the reason why a row without problems produces no record, such as `no name`.
        skipped: the rule of the profile that leaves the row out.
    """

    line: int
    records: Sequence[Sequence[PreparedRow]]
    same: Sequence[Sequence[int]] = ()
    problems: Sequence[Problem] = ()
    nothing: str = ""
    skipped: str = ""


#: Callback: the records with some ids that may be unchanged, for the noun at an index.
SaidBefore = Callable[[int, Sequence[str]], dict[str, Same]]


class Rows(Protocol):
    """Prepares the rows of a file."""

    @property
    def headers(self) -> Mapping[str, Header]:
        """The header of the records of each noun."""

    def prepare(self, rows: Sequence[SourceRow], left_out: Container[int]) -> Iterator[Outcome]:
        """Yield the outcome of each row, except those on lines that are left out."""

    @property
    def records_of_a_row(self) -> int:
        """The maximum number of records of one noun from a row."""

    def finish(self) -> list[Problem]:
        """Return the problems of the file as a whole, after all rows were prepared."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on what was left out so far, one sentence each."""

    def take_row_notes(self) -> list[Problem]:
        """Return and forget the notes on the rows prepared since the last call."""


class NativeRows:
    """Rows of a native layout, each of which is one record."""

    def __init__(self, noun: str, preparer: Preparer) -> None:
        """Use a preparer for the rows of a noun."""
        self._preparer = preparer
        self.headers = {noun: preparer.header}

    def prepare(self, rows: Sequence[SourceRow], left_out: Container[int]) -> Iterator[Outcome]:
        """Yield the outcome of each row: its record or its problems."""
        for row in rows:
            if row.line in left_out:
                continue
            prepared = self._preparer.prepare(row)
            if isinstance(prepared, PreparedRow):
                yield Outcome(row.line, ((prepared,),))
            else:
                yield Outcome(row.line, (), problems=prepared)

    @property
    def records_of_a_row(self) -> int:
        """One."""
        return 1

    def finish(self) -> list[Problem]:
        """Return nothing: there are no checks of a native file as a whole."""
        return []

    @property
    def notes(self) -> tuple[str, ...]:
        """A note on ignored columns, which `bricoop query` adds to its output."""
        return self._preparer.notes

    def take_row_notes(self) -> list[Problem]:
        """Return and forget the notes on the rows prepared since the last call."""
        return self._preparer.row_notes.take()
