"""What a load did, and what was wrong with its rows."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from bricoop.domain.names import printable
from bricoop.domain.problem import PROBLEM_FIELDS, Problem
from bricoop.errors import UsageError
from bricoop.ingest.request import LoadResult
from bricoop.render.values import counted, for_spreadsheet

SHOWN = 20
FIELDS_SHOWN = 8


def write_result(result: LoadResult, out: TextIO) -> None:
    """Write the counts, and which entities are new because a cell names them."""
    counts = result.counts
    what = f"Load {result.load_id}" if result.load_id else "Nothing was written. It would be so"
    write_notes(result, out)
    out.write(
        f"{what}: {counted(counts.read, result.noun)} read from {printable(result.file)}: "
        f"{counts.new} new, {counts.changed} changed, {counts.unchanged} unchanged, "
        f"{counts.rejected} rejected.\n"
    )
    for noun, fields in result.changed_fields.items():
        said = ", ".join(f"{printable(name)} {records}" for name, records in _most(fields))
        more = len(fields) - len(_most(fields))
        out.write(f"Changed in {noun}: {said}{f' and {more} more fields' if more else ''}.\n")
    for noun, number in result.gone.items():
        out.write(f"Gone, as the file does not hold them: {counted(number, noun)}.\n")
    for kind, number in result.created.counts.items():
        names = "; ".join(map(_short, result.created.names[kind]))
        rest = "; …" if number > len(result.created.names[kind]) else ""
        named = f"New because a cell names {'it' if number == 1 else 'them'}: "
        out.write(f"{named}{counted(number, f'{kind.value}s')} ({printable(names)}{rest}).\n")
    if result.load_id:
        if result.changed_fields or result.gone:
            out.write(f"See what differs with: bricoop diff {result.load_id}\n")
        out.write(f"Take it back with: bricoop undo {result.load_id}\n")


def write_yield(result: LoadResult, out: TextIO) -> None:
    """Write what a file would yield."""
    out.write(f"{result.counts.read} rows of {printable(result.file)} would become:\n")
    out.writelines(f"{number:>9,} {noun}\n" for noun, number in result.records.items())
    for kind, number in result.created.counts.items():
        plural = kind.value if number == 1 else f"{kind.value}s"
        out.write(f"{number:>9,} {plural} that are new because a cell names them\n")


def write_notes(result: LoadResult, out: TextIO) -> None:
    """Write what was accepted in the file and should be looked at, a line each."""
    out.writelines(f"{printable(result.file)}: {printable(note)}\n" for note in result.notes)
    out.writelines(f"Note: {problem_line(note)}\n" for note in result.row_notes[:SHOWN])
    if result.row_note_count > SHOWN:
        more = result.row_note_count - SHOWN
        out.write(f"… and {more:,} more notes. --problems FILE writes all of them.\n")


def write_problems(problems: Sequence[Problem], count: int, out: TextIO) -> None:
    """Write the first problems, a line each, and how many more there are."""
    out.writelines(problem_line(problem) + "\n" for problem in problems[:SHOWN])
    if count > SHOWN:
        more = count - SHOWN
        out.write(f"… and {more} more. --problems FILE writes all of them.\n")


def problem_line(problem: Problem) -> str:
    """Return a problem in one line: file, line or sheet and cell, column, value, rule, hint."""
    where = f"{problem.file}, line {problem.line}" if problem.line else problem.file
    if problem.sheet and problem.line:
        place = f"cell {problem.cell}" if problem.cell else f"row {problem.line}"
        where = f"{problem.file}, sheet {problem.sheet}, {place}"
    column = f", {problem.column}" if problem.column else ""
    value = f": {_short(problem.value)!r}" if problem.value else ":"
    hint = f" {problem.hint}" if problem.hint else ""
    return printable(f"{where}{column}{value} {problem.rule}.{hint}")


class ProblemFile:
    """A CSV file of all problems and notes, written as they are found; made for the first one."""

    def __init__(self, path: Path) -> None:
        """Remember where to write."""
        self._path = path
        self._stream: TextIO | None = None

    def add(self, problem: Problem) -> None:
        """Write one problem or note."""
        if self._stream is None:
            try:
                self._stream = self._path.open("w", encoding="utf-8", newline="")
            except OSError as error:
                message = f"The file {self._path} cannot be written: {error.strerror}."
                raise UsageError(message) from error
            csv.writer(self._stream, lineterminator="\n").writerow(PROBLEM_FIELDS)
        cells = [for_spreadsheet(value) for value in problem.to_dict().values()]
        csv.writer(self._stream, lineterminator="\n").writerow(cells)

    def close(self) -> None:
        """Close the file, if it was opened."""
        if self._stream is not None:
            self._stream.close()


def _most(fields: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the fields in which most records changed, the first ones first."""
    return sorted(fields.items(), key=lambda one: -one[1])[:FIELDS_SHOWN]


def _short(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:57]}…"  # noqa: PLR2004 (fits a line)
