"""Messages on the result of a load, and on problems of its rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from bricoop.domain.csv_writer import CsvWriter
from bricoop.domain.english import agree, countable, counted, singular
from bricoop.domain.names import printable
from bricoop.domain.problem import PROBLEM_FIELDS, Problem
from bricoop.errors import UsageError
from bricoop.ingest.counts import Counts
from bricoop.ingest.request import LoadResult
from bricoop.render.values import for_spreadsheet

SHOWN = 20
FIELDS_SHOWN = 8
#: A problem that more rows than this have is written once.
_REPEATED = 3


def write_result(result: LoadResult, out: TextIO) -> None:
    """Write the counts of a load, its changes, and how to undo it."""
    counts = result.counts
    load = f"Load {result.load_id}" if result.load_id else "Dry run, nothing was written"
    write_notes(result, out)
    # If each row became one record of the noun, count records; otherwise count rows.
    is_record = result.records.get(result.noun, 0) == counts.written and not (
        counts.skipped or counts.nothing
    )
    read = counted(counts.read, result.noun if is_record else "rows")
    out.write(
        f"{load}: {read} read from {printable(result.file)}: "
        f"{counts.new:,} new{_reappeared(counts)}, {counts.changed:,} changed, "
        f"{counts.unchanged:,} unchanged, "
        f"{counts.rejected:,} rejected{_without_record(counts)}.\n"
    )
    further = [
        counted(number, noun)
        for noun, number in result.records.items()
        if number and not (is_record and noun == result.noun)
    ]
    if further:
        label = "Also read from these rows" if is_record else "Records read from these rows"
        out.write(f"{label}: {', '.join(further)}.\n")
    write_nothing(result, out)
    write_changes(result, out)
    if result.load_id:
        if result.changed_fields or result.gone:
            out.write(f"To see what changed: bricoop diff {result.load_id}\n")
        if result.has_changes:
            out.write(f"To undo this load: bricoop undo {result.load_id}\n")


def write_changes(result: LoadResult, out: TextIO) -> None:
    """Write changed fields, withdrawn records, and entities created from names in cells."""
    for noun, fields in result.changed_fields.items():
        listed = [f"{printable(name)} ({records:,})" for name, records in _most_changed(fields)]
        more = len(fields) - len(listed)
        listed += [f"{counted(more, 'fields')} more"] if more else []
        out.write(f"Changed fields of {noun}: {', '.join(listed)}.\n")
    for noun, number in result.gone.items():
        out.write(f"No longer in the dataset: {counted(number, noun)}.\n")
    for kind, number in result.created.counts.items():
        some = result.created.names[kind]
        names = "; ".join(map(_abbreviated, some))
        more = number - len(some)
        rest = f" and {more:,} more" if more > 0 else ""
        new = counted(number, f"{kind.value}s")
        created = "Created" if result.load_id else "Would create"
        out.write(f"{created} {new} named in cells: {printable(names)}{rest}.\n")


def write_nothing(result: LoadResult, out: TextIO) -> None:
    """Write how many correct rows gave no record, and why."""
    out.writelines(
        f"{counted(number, 'rows')} left out by a rule: {printable(reason)}.\n"
        for reason, number in result.skipped.items()
    )
    out.writelines(
        f"{counted(number, 'rows')} produced no record: {printable(reason)}.\n"
        for reason, number in result.nothing.items()
    )


def _reappeared(counts: Counts) -> str:
    return f" ({counts.back:,} back from an earlier edition)" if counts.back else ""


def _without_record(counts: Counts) -> str:
    left_out = f", {counts.skipped:,} left out" if counts.skipped else ""
    return f"{left_out}, {counts.nothing:,} without a record" if counts.nothing else left_out


def write_yield(result: LoadResult, out: TextIO) -> None:
    """Write how many records and entities a file would yield."""
    rows = counted(result.counts.read, "rows")
    out.write(f"{rows} of {printable(result.file)} would become:\n")
    out.writelines(
        f"{number:>9,} {agree(number, singular(noun), countable(noun))}\n"
        for noun, number in result.records.items()
    )
    for kind, number in result.created.counts.items():
        kinds = agree(number, kind.value, f"{kind.value}s")
        out.write(f"{number:>9,} new {kinds} named in cells\n")
    write_nothing(result, out)


def write_notes(result: LoadResult, out: TextIO) -> None:
    """Write the notes on a load: those on the file, then those on rows by line."""
    out.writelines(f"Note: {printable(result.file)}: {printable(note)}\n" for note in result.notes)
    notes = sorted(result.row_notes, key=lambda note: note.line)
    write_row_notes(notes, result.row_note_count, out)


def write_row_notes(notes: Sequence[Problem], count: int, out: TextIO) -> None:
    """Write the first notes on rows, and the number of further ones.

    Args:
        notes: the first notes, in the order in which they are written.
        count: the number of all notes.
        out: the stream.
    """
    lines, more = _grouped_lines(notes, count, _without_value)
    out.writelines(f"Note: {line}\n" for line in lines)
    if more > 0:
        out.write(f"… and {more:,} more notes. --problems FILE writes all of them.\n")


def write_problems(problems: Sequence[Problem], count: int, out: TextIO) -> None:
    """Write the first problems by line, and the number of further ones.

    A problem that many rows share is written once, with the numbers of further lines.
    """
    # Problems of look-ups are found after those of cells; problems of whole files come last.
    problems = sorted(problems, key=lambda problem: (not problem.line, problem.line))
    lines, more = _grouped_lines(problems, count, _without_position)
    out.writelines(f"{line}\n" for line in lines)
    if more > 0:
        out.write(f"… and {more:,} more. Use --problems FILE to write all of them to a file.\n")


def _grouped_lines(
    problems: Sequence[Problem], count: int, likeness: Callable[[Problem], Problem]
) -> tuple[list[str], int]:
    """Return the first problems as lines, with many similar ones merged into one.

    Args:
        problems: the problems, in the order in which they are written.
        count: their total number, including those that were not kept.
        likeness: returns a key that similar problems share.

    Returns:
        The lines, and the number of problems that are in none of them.
    """
    alike: dict[Problem, list[Problem]] = {}
    for problem in problems:
        alike.setdefault(likeness(problem), []).append(problem)
    lines: list[tuple[str, int]] = []
    for problem in problems:
        same = alike[likeness(problem)]
        if not problem.line or len(same) <= _REPEATED:
            lines.append((problem_line(problem), 1))
        elif problem is same[0]:
            lines.append((problem_line(problem) + _further_lines(same[1:]), len(same)))
    shown = lines[:SHOWN]
    return [line for line, _ in shown], count - sum(covered for _, covered in shown)


def _without_position(problem: Problem) -> Problem:
    """Return a problem without its position, as a key for grouping."""
    return replace(problem, line=0, cell="")


def _without_value(note: Problem) -> Problem:
    """Return a note without position and value, as a key for grouping."""
    return replace(note, line=0, cell="", value="")


def _further_lines(others: Sequence[Problem]) -> str:
    """Return a sentence on the other lines with a problem."""
    shown = ", ".join(str(problem.line) for problem in others[:_REPEATED])
    more = len(others) - _REPEATED
    rows = "rows" if others[0].sheet else "lines"
    return f" Also in {rows} {shown}{f' and {more:,} more' if more > 0 else ''}."


def problem_line(problem: Problem) -> str:
    """Return a problem as one line, with file, position, column, value, rule and hint."""
    where = f"{problem.file}, line {problem.line}" if problem.line else problem.file
    if problem.sheet and problem.line:
        position = f"cell {problem.cell}" if problem.cell else f"row {problem.line}"
        where = f"{problem.file}, sheet {problem.sheet}, {position}"
    column = f", {problem.column}" if problem.column else ""
    value = f": {_abbreviated(problem.value)!r}" if problem.value else ":"
    hint = f" {problem.hint}" if problem.hint else ""
    return printable(f"{where}{column}{value} {problem.rule}.{hint}")


class ProblemFile:
    """A CSV file of problems and notes, which is created when the first one is added.

    If writing fails, as on a full disk, the file is removed.
    """

    def __init__(self, path: Path) -> None:
        """Keep the path; the file is not created yet."""
        self._path = path
        self._stream: TextIO | None = None
        #: File position at which the problems of the current reading begin.
        self._reading_start = 0

    def add(self, problem: Problem) -> None:
        """Write one problem or note.

        Raises:
            UsageError: the file cannot be written.
        """
        with self._refusing_failed_writes():
            if self._stream is None:
                self._stream = self._path.open("w", encoding="utf-8", newline="")
                self._writer = CsvWriter(self._stream)
                self._writer.write(PROBLEM_FIELDS)
                self._reading_start = self._stream.tell() if self._stream.seekable() else 0
            self._writer.write([for_spreadsheet(value) for value in problem.to_dict().values()])

    def begin(self, again: bool) -> None:  # noqa: FBT001 (a callback)
        """Begin to read the data file, possibly once more.

        Args:
            again: whether the last reading is repeated, so that its problems are removed; that is
                not possible in a pipe or a device.

        Raises:
            UsageError: the file cannot be written.
        """
        with self._refusing_failed_writes():
            if self._stream is None or not self._stream.seekable():
                return
            if again:
                self._stream.seek(self._reading_start)
                self._stream.truncate()
            self._reading_start = self._stream.tell()

    def close(self) -> None:
        """Close the file, if it was opened.

        Raises:
            UsageError: buffered data cannot be written.
        """
        stream, self._stream = self._stream, None
        if stream is not None:
            with self._refusing_failed_writes():
                stream.close()

    @contextmanager
    def _refusing_failed_writes(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            stream, self._stream = self._stream, None
            with suppress(OSError):
                if stream is not None:
                    stream.close()
            if self._path.is_file():
                self._path.unlink()
            message = f"The file {self._path} cannot be written: {error.strerror}."
            raise UsageError(message) from error


def _most_changed(fields: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the fields that changed in most records, with their numbers of records."""
    return sorted(fields.items(), key=lambda field: -field[1])[:FIELDS_SHOWN]


def _abbreviated(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:57]}…"  # noqa: PLR2004 (fits a line)
