"""Converts rows of a published layout to native records of one kind, by the rules of a profile."""

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from bricoop.domain.problem import Level, Problem
from bricoop.ingest.layouts.clean import BadValueError
from bricoop.ingest.layouts.layout import Fields, Layout
from bricoop.ingest.layouts.lists import refuse_too_many
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.profile.batch_fields import read_fields
from bricoop.ingest.profile.cells import Cells, Read, used_by, whole_number
from bricoop.ingest.profile.earlier_rows import EarlierRows
from bricoop.ingest.profile.field_origins import id_prefix
from bricoop.ingest.profile.field_readers import FieldReaders
from bricoop.ingest.profile.file_columns import FileColumns, KeptColumns
from bricoop.ingest.profile.model import RecordRule
from bricoop.ingest.profile.templates import Refers
from bricoop.ingest.profile.unpivot import Unpivoted
from bricoop.ingest.transform.validate import PreparedRow, RowValidator

_LONGEST_ID = 200
#: The largest number of parallel lists that are remembered, to skip rows that repeat them.
_REMEMBERED = 20_000


class Absent(NamedTuple):
    """The result for a row that has no record of a kind.

    Attributes:
        fields: the needed fields that the row lacks.
    """

    fields: tuple[str, ...]


class Translator:
    """Converts the rows of one file to one kind of record.

    Attributes:
        rule: the rule for the record.
        makes_lists: whether a row becomes a record for each index of parallel lists.
        makes_many: whether a row may become several records or none, for whatever reason.
        row_notes: warnings about the rows converted so far.
    """

    def __init__(
        self,
        rule: RecordRule,
        columns: FileColumns,
        kept_columns: KeptColumns,
        readers: FieldReaders,
        *,
        whole: bool,
    ) -> None:
        """Prepare the readers of all fields.

        Args:
            rule: the rule for the record.
            columns: the columns of the file.
            kept_columns: the columns whose cells records of this noun store.
            readers: makes the reader of each field.
            whole: whether the record stores the whole row, instead of only the cells it uses.
        """
        self.rule = rule
        used = {*used_by(rule)}
        self._unpivoted = columns.unpivoted if columns.created & used else None
        self._origin = columns.origin
        self._columns = columns.names
        self._doubts = readers.doubts
        self._derived = readers.derived_keys
        self._shared = readers
        layout = layout_of(rule.noun)
        self._readers: list[tuple[str, int, Read]] = []
        #: The fields whose templates make keys.
        self._keys: list[tuple[str, Read]] = []
        self._build_readers(layout, readers)
        self._derived.uses_digests |= any(
            "{#}" in template for field in rule.fields for template in field.templates
        )
        positions = columns.positions
        self._ids = [positions[name] for name in rule.id]
        self._whole_ids = columns.whole_numbers.intersection(self._ids)
        self.makes_lists = bool(rule.each)
        self.makes_many = self.makes_lists or self._unpivoted is not None
        self._each = [positions[name] for name in rule.each]
        #: Whether the values of a list get ids of their own.
        self._has_ids = rule.ordinal or bool({*self._each} & {*self._ids})
        self._used = sorted(positions[name] for name in used & positions.keys())
        self._used_cells: Callable[[Cells], Any] = itemgetter(*self._used) if self._used else tuple
        # Position -1 is the empty cell at the end of every row: cells of other records are blanked.
        stored = [
            position if whole or position in self._used else -1
            for position in kept_columns.positions
        ]
        keeps_whole_row = whole and len(stored) == len(columns.names)
        self._stored_cells = itemgetter(slice(-1)) if keeps_whole_row else _cells_at(stored)
        self._prefix = id_prefix(rule)
        self._finished_lists: set[Any] = set()
        self._accepted_ids: set[str] = set()
        self._times_seen: Counter[str] = Counter()
        self._earlier = EarlierRows()
        own_header = kept_columns.header.of_records(self._prefix)
        self._validator = RowValidator(layout, columns.origin, own_header, published=True)
        self.row_notes = self._validator.row_notes

    def _build_readers(self, layout: Layout, readers: FieldReaders) -> None:
        cleaners = {column.name: column.clean for column in layout.columns}
        for field in self.rule.fields:
            refers = _refers(layout, field.name)
            read = readers.of(field, cleaners[field.name], refers)
            self._readers.append((field.name, readers.needs(field), read))
            if readers.makes_keys(field, refers):
                self._keys.append((field.name, read))

    def identified(self, cells: Cells) -> list[tuple[str, Cells]]:
        """Return the id and the cells of each record that a row may become.

        Call this exactly once for each row, in order: duplicate ids are numbered by occurrence.
        """
        if self._unpivoted:
            return [(self._external_id(row), row) for row in self._unpivoted.cells_of(cells)]
        if not self._each:
            return [(self._external_id(cells), cells)]
        if not self.has_list(cells) or self._used_cells(cells) in self._finished_lists:
            return []
        by_id: dict[str, Cells] = {}
        for row in self._cells_by_list_value(cells):
            by_id.setdefault(self._external_id(row), row)
        return list(by_id.items())

    def has_list(self, cells: Cells) -> bool:
        """Return whether the parallel lists of a row are not empty."""
        return bool(cells[self._each[0]])

    def check(self, cells: Cells) -> tuple[str, str, BadValueError] | None:
        """Return the first invalid list of a row as column, cell and error, or None.

        A list is invalid if it is too long, or if its values would all get the same id.
        """
        for position in self._each:
            cell = cells[position]
            # Most lists of most files are empty.
            if not cell:
                continue
            try:
                refuse_too_many(cell.count(self.rule.separator) + 1)
                if not self._has_ids:
                    self._refuse_one_id(cell)
            except BadValueError as error:
                return self._columns[position], cell, error
        return None

    def _refuse_one_id(self, cell: str) -> None:
        values = {value for text in cell.split(self.rule.separator) if (value := text.strip())}
        if len(values) > 1:
            rule = "has several values, whose records would have the same id"
            raise BadValueError(rule, "Add its column to `id` of the record in the profile.")

    def id_cell(self, cells: Cells) -> tuple[str, str]:
        """Return the first column of the id, and its cell in a row."""
        position = self._ids[0]
        return self._columns[position], cells[position]

    def has_accepted(self, external_id: str) -> bool:
        """Return whether a list in an earlier row already became this record."""
        return external_id in self._accepted_ids or external_id in self._earlier.listed_ids

    def raw(self, cells: Cells) -> Sequence[str]:
        """Return the cells that a record stores, without the empty cell at the end."""
        return self._stored_cells(cells)

    def raw_json(self, cells: Cells) -> str:
        """Return the cells that a record stores, as JSON text, as in the database."""
        return orjson.dumps(self.raw(cells)).decode()

    def prepare_many(
        self, rows: Sequence[tuple[int, str, Cells]], columns: Sequence[Sequence[str]]
    ) -> Sequence[PreparedRow | Absent] | None:
        """Return a record of each row, or None if the rows must be prepared one by one.

        Args:
            rows: the line, the id of the record and the cells of each row.
            columns: the cells by column.
        """
        fields = read_fields(self._readers, rows, columns, self._shared)
        if fields is None:
            return None
        absent = {number: lacks for number, row in enumerate(fields) if (lacks := self._lacks(row))}
        present = [number for number in range(len(rows)) if number not in absent]
        records = self._validator.finish_many(
            [(*rows[number][:2], fields[number], self.raw(rows[number][2])) for number in present]
        )
        if records is None or not absent:
            return records
        by_number: dict[int, PreparedRow | Absent] = dict(zip(present, records, strict=True))
        return [by_number.get(number) or absent[number] for number in range(len(rows))]

    def prepare(
        self, line: int, cells: Cells, external_id: str
    ) -> PreparedRow | list[Problem] | Absent:
        """Return a record, or all problems of the row, or `Absent` if it has no such record.

        Args:
            line: the line of the row.
            cells: its cells.
            external_id: the id of the record.
        """
        fields, problems, wrong = self._read_row(line, cells, external_id)
        # Faults in other fields do not matter if the row has no such record.
        absent = self._lacks(fields, wrong)
        if absent:
            return absent
        finished = self._validator.finish(line, fields, self.raw(cells), problems, external_id)
        if self._unpivoted is None:
            return finished
        return self._with_cell_address(finished, line, cells, self._unpivoted)

    def _lacks(self, fields: Fields, wrong: Container[str] = ()) -> Absent | None:
        """Return the fields that a record needs and a row lacks, or None if it lacks none."""
        lacks = [name for name in self.rule.needs if name not in fields and name not in wrong]
        return Absent(tuple(lacks)) if lacks else None

    def _read_row(
        self, line: int, cells: Cells, external_id: str
    ) -> tuple[Fields, list[Problem], set[str]]:
        """Return the fields of a row, its problems, and the names of fields that are wrong."""
        fields: Fields = {}
        problems: list[Problem] = []
        wrong: set[str] = set()
        number = self._derived.begin(line, external_id)
        for name, needed, read in self._readers:
            # Most cells of most files are empty: skip them without calling the reader.
            if (needed >= 0 and not cells[needed]) or name in fields:
                continue
            try:
                value = read(cells, number)
            except BadValueError as error:
                raw = self.raw(cells)
                problems.append(self._validator.wrong(line, raw, name, error.rule, error.hint))
                wrong.add(name)
                self._doubts.clear()
                continue
            if value is not None and value != []:
                fields[name] = value
            if self._doubts:
                self._note(line, self.raw(cells), name)
        return fields, problems, wrong

    def note_keys(self, line: int, cells: Cells, external_id: str) -> list[Problem]:
        """Register the keys of a record that is already stored; return key collisions."""
        if not self._keys:
            return []
        number = self._derived.begin(line, external_id)
        problems: list[Problem] = []
        for name, read in self._keys:
            try:
                read(cells, number)
            except BadValueError as error:
                raw = self.raw(cells)
                problems.append(self._validator.wrong(line, raw, name, error.rule, error.hint))
            self._doubts.clear()
        return problems

    def _with_cell_address(
        self, finished: PreparedRow | list[Problem], line: int, cells: Cells, unpivoted: Unpivoted
    ) -> PreparedRow | list[Problem]:
        """Add the heading of an unpivoted cell to the locator of a record, or to its problems."""
        title, origin = cells[unpivoted.name], self._origin
        if isinstance(finished, PreparedRow):
            if finished.locator != origin.locator(line):
                return finished
            return finished._replace(locator=f"{finished.locator}, column {title}")
        own = {self._columns[unpivoted.name], self._columns[unpivoted.value]}
        return [
            origin.problem(line, title, problem.value, problem.rule, problem.hint)
            if problem.column in own
            else problem
            for problem in finished
        ]

    def _note(self, line: int, raw: Sequence[str], name: str) -> None:
        for rule, hint, value in self._doubts:
            problem = self._validator.wrong(line, raw, name, rule, hint)
            note = replace(problem, value=value or problem.value, level=Level.NOTE.value)
            self.row_notes.append(note)
        self._doubts.clear()

    def accept(self, cells: Cells, external_ids: Sequence[str]) -> None:
        """Remember the records of a row, so that lists in later rows do not repeat them."""
        if self._each:
            self._accepted_ids.update(external_ids)
            if len(self._finished_lists) < _REMEMBERED:
                self._finished_lists.add(self._used_cells(cells))

    def follow(self, earlier: EarlierRows) -> None:
        """Read rows as those after the rows of earlier files; must be called before any is read."""
        self._earlier = earlier

    def append_to_earlier(self, *, numbers_rows: bool) -> None:
        """Add the rows of this file to those of earlier files, once they are loaded.

        Args:
            numbers_rows: whether equal rows of later files are others, as in one dataset.
        """
        self._earlier.listed_ids |= self._accepted_ids
        if numbers_rows:
            self._earlier.times_seen += self._times_seen

    def _cells_by_list_value(self, cells: Cells) -> Iterator[Cells]:
        lists = {position: cells[position].split(self.rule.separator) for position in self._each}
        for index in range(max(map(len, lists.values()))):
            row = list(cells)
            for position, values in lists.items():
                row[position] = values[index] if index < len(values) else ""
            yield row

    def _external_id(self, cells: Cells) -> str:
        values = [" ".join(cells[position].split()) for position in self._ids]
        if self._whole_ids:
            values = [
                whole_number(value) if position in self._whole_ids else value
                for position, value in zip(self._ids, values, strict=True)
            ]
        external_id = self._prefix + "|".join(values)
        if len(external_id) > _LONGEST_ID:
            # The prefix is kept readable, as it tells which rule made the record.
            external_id = (
                self._prefix[:_LONGEST_ID] + hashlib.sha256(external_id.encode()).hexdigest()
            )
        if self.rule.ordinal:
            self._times_seen[external_id] += 1
            times = self._times_seen[external_id] + self._earlier.times_seen[external_id]
            if times > 1:
                return f"{external_id}|{times}"
        return external_id


def _cells_at(positions: Sequence[int]) -> Callable[[Cells], Sequence[str]]:
    """Return a function that returns the cells of a row at some positions."""
    if len(positions) > 1:
        return itemgetter(*positions)
    return lambda cells: [cells[position] for position in positions]


def _refers(layout: Layout, name: str) -> Refers:
    if not layout.describes_entity and name == layout.subject:
        return Refers.SUBJECT
    return Refers.ENTITY if name in layout.organization_columns else Refers.NOT
