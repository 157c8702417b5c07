"""The interface that turns rows into records, and its implementation for native layouts."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass
class Outcomes:
    """The results of preparing a batch of rows.

    Attributes:
        records: the records of the rows, in a list for each index of a noun.
        problems: the problems of refused rows, which produce no records.
        same: unchanged records: index of the noun, line, and record ids.
        nothing: line and reason of each row without problems that produced no record.
        skipped: line and rule of each row that a rule of the profile left out.
    """

    records: Sequence[list[PreparedRow]]
    problems: list[Problem] = field(default_factory=list)
    same: list[tuple[int, int, Sequence[int]]] = field(default_factory=list)
    nothing: list[tuple[int, str]] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)


#: Callback: the records with some ids that may be unchanged, for the noun at an index.
SaidBefore = Callable[[int, Sequence[str]], dict[str, Same]]


class Rows(Protocol):
    """Prepares the rows of a file."""

    @property
    def headers(self) -> Mapping[str, Header]:
        """The header of the records of each noun."""

    def prepare(self, rows: Sequence[SourceRow], left_out: Container[int]) -> Outcomes:
        """Return the outcomes of the rows, except those on lines that are left out."""

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

    def prepare(self, rows: Sequence[SourceRow], left_out: Container[int]) -> Outcomes:
        """Return the outcomes of the rows: their records or their problems."""
        outcomes = Outcomes([[]])
        (records,) = outcomes.records
        prepare = self._preparer.prepare
        for row in rows:
            if row.line in left_out:
                continue
            prepared = prepare(row)
            if isinstance(prepared, PreparedRow):
                records.append(prepared)
            else:
                outcomes.problems.extend(prepared)
        return outcomes

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
