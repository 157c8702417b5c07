"""The summary of the loads of several files: a table of the files, and what they did together."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TextIO

from bricoop.domain.cells import Cell
from bricoop.domain.english import agree, counted
from bricoop.domain.names import printable
from bricoop.ingest.counts import Counts, Created
from bricoop.ingest.request import LoadResult
from bricoop.render.loading import SHOWN, write_changes, write_nothing, write_row_notes
from bricoop.render.table import Heading, write_table

if TYPE_CHECKING:
    from bricoop.domain.problem import Problem

_HEADINGS = (
    Heading("Load", number=True, grouped_from=None, sparse=True),
    Heading("File"),
    Heading("Rows read", number=True),
    Heading("New", number=True),
    Heading("Changed", number=True),
    Heading("Unchanged", number=True),
    Heading("Rejected", number=True),
    Heading("Left out", number=True, sparse=True),
    Heading("No record", number=True, sparse=True),
    Heading("Withdrawn", number=True, sparse=True),
)
_FIRST_COUNT = 2
#: So many different notes on files are written.
_MOST_NOTES = 50


class LoadsSummary:
    """Adds up the results of loads, of which it keeps a row and the first notes each.

    Attributes:
        loads: the numbers of the loads that were written.
    """

    def __init__(self) -> None:
        """Begin with no load."""
        self.loads: list[int] = []
        self._rows: list[tuple[Cell, ...]] = []
        self._records: Counter[str] = Counter()
        self._fields: dict[str, Counter[str]] = defaultdict(Counter)
        self._gone: Counter[str] = Counter()
        self._created = Created()
        self._nothing: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._counts = Counts()
        self._notes: dict[str, tuple[str, int]] = {}
        self._row_notes: list[Problem] = []
        self._row_note_count = 0

    def add(self, result: LoadResult) -> None:
        """Add the result of a file that was loaded."""
        self._add_row(result)
        self._counts.new += result.counts.new
        self._counts.changed += result.counts.changed
        self.loads += [result.load_id] if result.load_id is not None else []
        self._records.update(result.records)
        for noun, fields in result.changed_fields.items():
            self._fields[noun].update(fields)
        self._gone.update(result.gone)
        self._created += result.created
        self._nothing.update(result.nothing)
        self._skipped.update(result.skipped)
        for note in result.notes:
            first, number = self._notes.get(note, (result.file, 0))
            self._notes[note] = first, number + 1
        in_order = sorted(result.row_notes, key=lambda note: note.line)
        self._row_notes += in_order[: max(0, SHOWN - len(self._row_notes))]
        self._row_note_count += result.row_note_count

    def add_refused(self, result: LoadResult) -> None:
        """Add the row of a file that was refused."""
        self._add_row(result)

    def write(self, out: TextIO) -> None:
        """Write the notes, the table, and what the loads did together."""
        self._write_notes(out)
        if not self._rows:
            return
        if len(self._rows) > 1:
            write_table(_HEADINGS, [*self._rows, self._total()], out)
        else:
            write_table(_HEADINGS, self._rows, out)
        whole = self._whole()
        records = [counted(number, noun) for noun, number in whole.records.items() if number]
        if records:
            out.write(f"Records read from these rows: {', '.join(records)}.\n")
        write_nothing(whole, out)
        write_changes(whole, out)
        if self.loads and (whole.changed_fields or whole.has_changes):
            out.write("To see what a load changed: bricoop diff LOAD\n")
            out.write("To undo a load: bricoop undo LOAD\n")

    def _add_row(self, result: LoadResult) -> None:
        counts = result.counts
        self._rows.append((
            result.load_id, printable(result.file), counts.read, counts.new, counts.changed,
            counts.unchanged, counts.rejected, counts.skipped or None, counts.nothing or None,
            sum(result.gone.values()) or None,
        ))  # fmt: skip

    def _total(self) -> tuple[Cell, ...]:
        sums = [
            sum(int(str(row[index] or 0)) for row in self._rows) or (0 if always else None)
            for index, always in enumerate(
                (not heading.sparse for heading in _HEADINGS[_FIRST_COUNT:]), start=_FIRST_COUNT
            )
        ]
        return None, counted(len(self._rows), "files"), *sums

    def _whole(self) -> LoadResult:
        """Return the sum of all results; of the counts of rows, only those new and changed."""
        return LoadResult(
            load_id=self.loads[0] if self.loads else None, noun="", file="", source="",
            counts=self._counts, created=self._created, records=dict(self._records),
            changed_fields={noun: dict(fields) for noun, fields in self._fields.items()},
            gone=dict(self._gone), problems=[], problem_count=0, nothing=dict(self._nothing),
            skipped=dict(self._skipped),
        )  # fmt: skip

    def _write_notes(self, out: TextIO) -> None:
        """Write each note on files once, with the first file that has it."""
        for number, (note, (file, files)) in enumerate(self._notes.items()):
            if number == _MOST_NOTES:
                out.write(f"… and {len(self._notes) - number:,} more notes on files.\n")
                break
            more = f" and {files - 1:,} more {agree(files - 1, 'file', 'files')}"
            more = more if files > 1 else ""
            out.write(f"Note: {printable(file)}{more}: {printable(note)}\n")
        write_row_notes(self._row_notes, self._row_note_count, out)
