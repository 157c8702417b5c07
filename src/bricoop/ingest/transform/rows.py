"""What rows become: a record in a native layout, or several by the rules of a profile."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from bricoop.domain.header import Header
from bricoop.domain.problem import Problem
from bricoop.ingest.readers.table import SourceRow
from bricoop.ingest.transform.prepare import Preparer
from bricoop.ingest.transform.validate import PreparedRow


class Same(NamedTuple):
    """A record that an earlier load wrote by the same rules.

    Attributes:
        record_id: its number.
        raw: the cells that it was made of, as JSON.
    """

    record_id: int
    raw: str


class Outcome(NamedTuple):
    """What a row becomes.

    Attributes:
        line: where it stands.
        records: its records, by the place of their noun.
        same: the numbers of the records that say the same already, by the place of their noun.
        problems: all that is wrong with it; then it becomes nothing.
        nothing: why it becomes no record although nothing is wrong with it, such as `no name`.
        skipped: by which rule of the profile it is left out.
    """

    line: int
    records: Sequence[Sequence[PreparedRow]]
    same: Sequence[Sequence[int]] = ()
    problems: Sequence[Problem] = ()
    nothing: str = ""
    skipped: str = ""


#: Returns, for the noun at a place, those of some records that may be the same as before.
SaidBefore = Callable[[int, Sequence[str]], dict[str, Same]]


class Rows(Protocol):
    """Prepares the rows of one file."""

    @property
    def headers(self) -> Mapping[str, Header]:
        """What the records of each noun keep of the file's columns."""

    def prepare(self, rows: Sequence[SourceRow], left_out: Container[int]) -> Iterator[Outcome]:
        """Yield what each of some rows becomes, but for those on lines that are left out."""

    @property
    def records_of_a_row(self) -> int:
        """How many records of one noun a row may become."""

    def finish(self) -> list[Problem]:
        """Return what is wrong with the file as a whole, once all its rows have been prepared."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out so far, each in a sentence."""

    def take_row_notes(self) -> list[Problem]:
        """Return what was doubtful in the rows prepared since this was last asked."""


class NativeRows:
    """Rows of a native layout: each is one record."""

    def __init__(self, noun: str, preparer: Preparer) -> None:
        """Prepare rows by a preparer."""
        self._preparer = preparer
        self.headers = {noun: preparer.header}

    def prepare(self, rows: Sequence[SourceRow], left_out: Container[int]) -> Iterator[Outcome]:
        """Yield each row's record, or all that is wrong with it."""
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
        """Return nothing: a native file promises nothing as a whole."""
        return []

    @property
    def notes(self) -> tuple[str, ...]:
        """Which columns of an exported answer were left out."""
        return self._preparer.notes

    def take_row_notes(self) -> list[Problem]:
        """Return what was doubtful in the rows prepared since this was last asked."""
        return self._preparer.row_notes.take()
