"""Prepare rows of a native layout: match the header, clean cells, validate rows."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, islice
from types import MappingProxyType

from bricoop.domain.cell_choice import Choice
from bricoop.domain.english import countable
from bricoop.domain.header import Header
from bricoop.domain.problem import Origin, Problem
from bricoop.domain.synonyms import column_near
from bricoop.errors import DataRejectedError
from bricoop.ingest.layouts.answers import AnswerColumns, commands_of
from bricoop.ingest.layouts.clean import (
    BadValueError,
    Cleaner,
    Places,
    Value,
    dollars,
    is_plain,
    short,
    text,
)
from bricoop.ingest.layouts.layout import Column, Fields, Layout
from bricoop.ingest.readers.delimiters import delimiter_in
from bricoop.ingest.readers.table import SourceRow, header_name
from bricoop.ingest.transform.misplaced_values import misfit
from bricoop.ingest.transform.validate import PreparedRow, RowValidator

#: How many rows are searched for a header that is not in the first row.
_MOST_ROWS_ABOVE = 50
#: How many distinct cells of a column are cached with their values.
_MOST_REMEMBERED = 10_000


class _Values(dict[str, Value]):
    """Cache of the cleaned values of a column's cells.

    Attributes:
        as_it_stands: whether plain texts need no cleaning.
    """

    def __init__(self, clean: Cleaner, known_places: Places) -> None:
        super().__init__()
        self._clean = clean
        self._places = known_places
        self.as_it_stands = clean in {text, short}
        # Kinds, countries, dates and lists repeat; names and free text do not. Amounts are not
        # cached, as cleaning them may add a note for each cell.
        self._most = 0 if clean in {text, short, dollars} else _MOST_REMEMBERED

    def __missing__(self, cell: str) -> Value:
        if "\0" in cell:
            rule = "has a NUL character"
            raise BadValueError(rule, "Remove it.")
        value = self._clean(cell, self._places)
        if len(self) < self._most:
            self[cell] = value
        return value


class HeaderRejectedError(DataRejectedError):
    """The columns of a file do not match its layout; the header may be in another row."""


def _headless(_: str, __: Places) -> Value:
    rule = "has no header above it"
    raise BadValueError(rule)


class Preparer:
    """Matches the header of a file with a layout and prepares its rows.

    Attributes:
        header: the columns, with the field that each holds.
        row_notes: notes on doubtful values in the rows prepared so far.
    """

    def __init__(
        self,
        layout: Layout,
        origin: Origin,
        header: Sequence[str],
        known_places: Places,
        filling: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Match the header with the layout.

        Args:
            layout: the layout.
            origin: the file, for messages.
            header: its first row.
            known_places: the countries and regions.
            filling: the values of empty cells by column, which the header need not have.

        Raises:
            DataRejectedError: columns are missing, unknown or duplicate.
        """
        self._layout = layout
        self._filling = filling
        self._origin = origin
        self._file = origin.file
        self._places = known_places
        self._doubts = known_places.doubts
        self._header = [cell.strip() for cell in header]
        self._columns = self._match()
        self._example = self._example_row()
        origins = {name: (Choice((header,)),) for header, name, _ in self._columns if name}
        self.header = Header(tuple(self._header), origins, origin.letters(self._header))
        self._finisher = RowValidator(layout, origin, self.header)
        self.row_notes = self._finisher.row_notes

    def prepare(self, row: SourceRow) -> PreparedRow | list[Problem]:
        """Return the prepared row, or its problems."""
        if refused := self._refused(row):
            return [refused]
        cells = self._cells_of(row)
        problems: list[Problem] = []
        fields: Fields = {}
        # Most cells of most files are empty: `compress` skips them at the speed of C.
        filled_cells = compress(zip(self._columns, cells, strict=True), cells)
        for (header, name, values), cell in filled_cells:
            stripped = cell.strip()
            if not stripped:
                continue
            if values.as_it_stands and is_plain(stripped):
                fields[name] = stripped
                continue
            try:
                fields[name] = values[stripped]
            except BadValueError as error:
                problem = self._origin.problem(row.line, header, cell, error.rule, error.hint)
                problems.append(problem)
                self._doubts.clear()
            if self._doubts:
                for rule, hint, value in self._doubts:
                    note = self._origin.note(row.line, header, value or cell, rule, hint)
                    self.row_notes.append(note)
                self._doubts.clear()
        for name, value in self._filling.items():
            fields.setdefault(name, value)
        return self._finisher.finish(row.line, fields, cells, problems)

    @property
    def notes(self) -> tuple[str, ...]:
        """A note on ignored columns, which `bricoop query` and others add to their output."""
        left_out = ", ".join(self._answers.left_out)
        commands = commands_of(self._layout.noun)
        verb = "add to their" if " and " in commands else "adds to its"
        sentence = f"Ignored these columns, which {commands} {verb} answers"
        return (f"{sentence}: {left_out}.",) if left_out else ()

    def _match(self) -> list[tuple[str, str, _Values]]:
        by_name = {column.name: column for column in self._layout.columns}
        named = [header_name(cell) for cell in self._header]
        self._answers = AnswerColumns(self._layout.noun, named, by_name)
        names = self._answers.names
        self._refuse_misfits(names, by_name)
        return [
            (header, name, _Values(by_name[name].clean if name else _headless, self._places))
            for header, name in zip(self._header, names, strict=True)
        ]

    def _refuse_misfits(self, names: list[str], by_name: dict[str, Column]) -> None:
        noun = self._layout.noun
        hint = f"`bricoop template {noun}` prints the layout."
        if not any(names):
            raise DataRejectedError(f"{self._file} is empty: it has no header.", hint)
        if len(names) == 1 and names[0] not in by_name and (word := delimiter_in(self._header[0])):
            message = f"{self._file} has one column; its header seems to be separated by {word}s."
            hint = f"Read it with --delimiter {word}, or remove the quotes around whole lines."
            raise HeaderRejectedError(message, hint)
        rows = countable(noun)
        faults = []
        present = {*names, *self._filling}
        needed = [column.name for column in self._layout.columns if column.required]
        if missing := [name for name in needed if name not in present]:
            faults.append(f"lacks the columns that {rows} need: {', '.join(missing)}")
        printed = dict(zip(names, self._header, strict=True))
        if unknown := [name for name in printed if name and name not in by_name]:
            suggestions = _closest({name: printed[name] for name in unknown}, by_name)
            faults.append(f"has columns that {rows} do not have: {suggestions}")
        if faults:
            raise HeaderRejectedError(f"{self._file} {', and '.join(faults)}.", hint)
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            message = f"{self._file} has several columns of the same name: {', '.join(twice)}."
            raise DataRejectedError(message, "Rename or delete all but one.")

    def _example_row(self) -> list[str] | None:
        """Return the template's example row in the order of the file's columns, or None."""
        examples = {column.name: column.example for column in self._layout.columns}
        row = [examples.get(name, "") for _, name, _ in self._columns]
        return row if any("example" in cell.lower() for cell in row) else None

    def _is_example(self, row: SourceRow) -> Problem:
        rule = f"the row is the example of `bricoop template {self._layout.noun}`"
        return self._origin.problem(row.line, "", "", rule, "Delete it: it is invented.")

    def _refused(self, row: SourceRow) -> Problem | None:
        """Return a problem if a row does not fit the header, or is the template's example."""
        if row.cells == self._example:
            return self._is_example(row)
        width = len(self._columns)
        if len(row.cells) == width:
            return None
        return misfit(self._origin, row, width, "Leave it out of the file.")

    def _cells_of(self, row: SourceRow) -> Sequence[str]:
        """Return the cells of a row, cut to the width of the header."""
        cells, width = row.cells, len(self._columns)
        if len(cells) != width:
            cells = cells[:width]
        return self._answers.cells(cells) if self._answers else cells


def _closest(unknown: Mapping[str, str], known: dict[str, Column]) -> str:
    """Return unknown headers as printed, each with a similar known column."""
    headers = []
    for name, header in unknown.items():
        near = column_near(name, known)
        headers.append(f"{header} (did you mean {near}?)" if near else header)
    return ", ".join(headers)


def likely_header(layout: Layout, rows: Iterator[SourceRow]) -> int | None:
    """Return the line of the first row that may be the header of a layout, or None."""
    known = {column.name for column in layout.columns}
    needed = {column.name for column in layout.columns if column.required}
    for row in islice(rows, _MOST_ROWS_ABOVE):
        named = {header_name(cell) for cell in row.cells if cell.strip()}
        if needed <= named <= known:
            return row.line
    return None
