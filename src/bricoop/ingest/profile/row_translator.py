"""A row of a published layout becomes prepared native records, by the rules of a profile."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from bricoop.domain.cell_choice import Choice
from bricoop.domain.header import Header
from bricoop.domain.problem import Level, Origin, Problem
from bricoop.ingest.layouts.clean import BadValueError, Value, refuse_too_many
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.profile.cells import Cells, columns_of
from bricoop.ingest.profile.field_origins import id_prefix
from bricoop.ingest.profile.field_readers import Reads
from bricoop.ingest.profile.model import RecordRule
from bricoop.ingest.profile.templates import Refers
from bricoop.ingest.profile.unpivot import Unpivoted
from bricoop.ingest.transform.validate import PreparedRow, RowValidator

_LONGEST_ID = 200
#: So many different groups of cells of parallel lists are remembered as done.
_REMEMBERED = 20_000


class Kept(NamedTuple):
    """The columns that the records of one noun keep, and where they stand in the file."""

    header: Header
    positions: Sequence[int]

    def reading(self, origins: Mapping[str, tuple[Choice, ...]]) -> "Kept":
        """Return the same columns with how fields are read from them."""
        return self._replace(header=replace(self.header, origins=origins))


class Absent(NamedTuple):
    """That a row has no record of a kind.

    Attributes:
        fields: the fields that the record needs and the row lacks.
    """

    fields: tuple[str, ...]


class Translator:
    """Makes one kind of record of the rows of one file.

    Attributes:
        rule: what the record is made of.
        makes_lists: whether a row becomes a record for each place in parallel lists.
        row_notes: what is doubtful in the rows prepared so far.
    """

    def __init__(
        self,
        rule: RecordRule,
        origin: Origin,
        columns: Sequence[str],
        kept: Kept,
        reads: Reads,
        *,
        whole: bool,
        unpivoted: Unpivoted | None = None,
    ) -> None:
        """Put the rules together.

        Args:
            rule: what the record is made of.
            origin: where the rows come from, for problems and locators.
            columns: the columns of the file, by the names that the rules use.
            kept: the columns that records of the noun keep.
            reads: how fields are read from the file's cells.
            whole: whether the record keeps the whole row, and not only the cells it is made of.
            unpivoted: the columns of the file that become rows, if the record is made of them.
        """
        self.rule = rule
        self._unpivoted = unpivoted
        self._origin = origin
        self._columns = columns
        self._doubts = reads.doubts
        positions = {name: position for position, name in enumerate(columns)}
        layout = layout_of(rule.noun)
        cleaners = {column.name: column.clean for column in layout.columns}
        self._reads = [
            (
                one.name,
                reads.needs(one),
                reads.of(one, cleaners[one.name], _refers(layout, one.name)),
            )
            for one in rule.fields
        ]
        #: The fields whose templates make keys.
        self._keys = [
            (one.name, reads.of(one, cleaners[one.name], refers))
            for one in rule.fields
            if reads.makes_keys(one, refers := _refers(layout, one.name))
        ]
        self._derived = reads.derived_keys
        self._numbered = any("{#}" in one for rule in rule.fields for one in rule.templates)
        self._ids = [positions[name] for name in rule.id]
        self.makes_lists = bool(rule.each)
        self._each = [positions[name] for name in rule.each]
        self._used = sorted({positions[name] for name in used_by(rule) if name in positions})
        self._whole = whole and len(kept.positions) == len(columns)
        # What the file's cells have at their end says nothing: so do the cells of other records.
        self._keeps = [one if whole or one in self._used else -1 for one in kept.positions]
        self._prefix = id_prefix(rule)
        self._lists: Callable[[Cells], Any] = itemgetter(*self._used) if self._used else tuple
        self._done: set[Any] = set()
        self._made: set[str] = set()
        self._alike: Counter[str] = Counter()
        own = kept.header.of_records(self._prefix)
        self._finisher = RowValidator(layout, origin, own, published=True)
        self.row_notes = self._finisher.row_notes

    def identified(self, cells: Cells) -> list[tuple[str, Cells]]:
        """Return the records that a row may become: each one's id, and its cells.

        Rows that are alike are told apart by their order, so each must be asked once, in order.
        """
        if self._unpivoted:
            return [(self._external_id(one), one) for one in self._unpivoted.cells_of(cells)]
        if not self._each:
            return [(self._external_id(cells), cells)]
        if not self.has_list(cells) or self._lists(cells) in self._done:
            return []
        found: dict[str, Cells] = {}
        for one in self._places_of(cells):
            found.setdefault(self._external_id(one), one)
        return list(found.items())

    def has_list(self, cells: Cells) -> bool:
        """Return whether a row holds the lists that become records."""
        return bool(cells[self._each[0]])

    def check(self, cells: Cells) -> tuple[str, str, BadValueError] | None:
        """Return the list of a row that has too many places or no ids, with its column and why."""
        has_ids = self.rule.ordinal or bool({*self._each} & {*self._ids})
        for position in self._each:
            cell = cells[position]
            try:
                refuse_too_many(cell.count(self.rule.separator) + 1)
                if not has_ids:
                    self._refuse_one_id(cell)
            except BadValueError as error:
                return self._columns[position], cell, error
        return None

    def _refuse_one_id(self, cell: str) -> None:
        values = {value for part in cell.split(self.rule.separator) if (value := part.strip())}
        if len(values) > 1:
            rule = "has several values, whose records would have the same id"
            raise BadValueError(rule, "Add its column to `id` of the record in the profile.")

    def id_cell(self, cells: Cells) -> tuple[str, str]:
        """Return the first column that a record is told by, and its cell in a row."""
        position = self._ids[0]
        return self._columns[position], cells[position]

    def has_made(self, external_id: str) -> bool:
        """Return whether an earlier part of a list made this record already."""
        return external_id in self._made

    def raw(self, cells: Cells) -> Sequence[str]:
        """Return the cells that a record keeps; the file's have an empty one at their end."""
        return cells[:-1] if self._whole else [cells[position] for position in self._keeps]

    def raw_json(self, cells: Cells) -> str:
        """Return the cells that a record keeps, as they stand in the database."""
        return orjson.dumps(self.raw(cells)).decode()

    def prepare(
        self, line: int, cells: Cells, external_id: str
    ) -> PreparedRow | list[Problem] | Absent:
        """Return a record, or that the row has none, or everything that is wrong with it."""
        fields: dict[str, Value] = {}
        problems: list[Problem] = []
        wrong: set[str] = set()
        raw = self.raw(cells)
        number = self._numbered_as(line, external_id)
        for name, needed, read in self._reads:
            # Most cells of most files are empty: they are passed over before they are read.
            if (needed >= 0 and not cells[needed]) or name in fields:
                continue
            try:
                value = read(cells, number)
            except BadValueError as error:
                problems.append(self._finisher.wrong(line, raw, name, error.rule, error.hint))
                wrong.add(name)
                continue
            if value is not None and value != []:
                fields[name] = value
            if self._doubts:
                self._note(line, raw, name)
        # What is wrong in other fields of a record that the row does not have is not wrong.
        lacks = [one for one in self.rule.needs if one not in fields and one not in wrong]
        if lacks:
            return Absent(tuple(lacks))
        finished = self._finisher.finish(line, fields, raw, problems, external_id)
        return finished if self._unpivoted is None else self._placed(finished, line, cells)

    def note_keys(self, line: int, cells: Cells, external_id: str) -> list[Problem]:
        """Note the keys of a record that is in the database already; return what is wrong."""
        if not self._keys:
            return []
        number, raw = self._numbered_as(line, external_id), self.raw(cells)
        problems: list[Problem] = []
        for name, read in self._keys:
            try:
                read(cells, number)
            except BadValueError as error:
                problems.append(self._finisher.wrong(line, raw, name, error.rule, error.hint))
            self._doubts.clear()
        return problems

    def _numbered_as(self, line: int, external_id: str) -> str:
        """Return a short digest of a record's id, if templates need one; its keys are noted."""
        self._derived.line, self._derived.external_id = line, external_id
        return _short_digest(external_id) if self._numbered else ""

    def _placed(
        self, finished: PreparedRow | list[Problem], line: int, cells: Cells
    ) -> PreparedRow | list[Problem]:
        """Return a record, or what is wrong with it, with the address of its cell in the file."""
        made = self._unpivoted
        if made is None:
            return finished
        title, origin = cells[made.name], self._origin
        if isinstance(finished, PreparedRow):
            if finished.locator != origin.locator(line):
                return finished
            return finished._replace(locator=f"{finished.locator}, column {title}")
        own = {self._columns[made.name], self._columns[made.value]}
        return [
            origin.problem(line, title, one.value, one.rule, one.hint) if one.column in own else one
            for one in finished
        ]

    def _note(self, line: int, raw: Sequence[str], name: str) -> None:
        for rule, hint in self._doubts:
            problem = self._finisher.wrong(line, raw, name, rule, hint)
            self.row_notes.append(replace(problem, level=Level.NOTE.value))
        self._doubts.clear()

    def accept(self, cells: Cells, external_ids: Sequence[str]) -> None:
        """Note that a row's records are taken: those of a list are not made again."""
        if self._each:
            self._made.update(external_ids)
            if len(self._done) < _REMEMBERED:
                self._done.add(self._lists(cells))

    def _places_of(self, cells: Cells) -> Iterator[Cells]:
        lists = {position: cells[position].split(self.rule.separator) for position in self._each}
        for place in range(max(map(len, lists.values()))):
            one = list(cells)
            for position, parts in lists.items():
                one[position] = parts[place] if place < len(parts) else ""
            yield one

    def _external_id(self, cells: Cells) -> str:
        parts = [" ".join(cells[position].split()) for position in self._ids]
        made = self._prefix + "|".join(parts)
        if len(made) > _LONGEST_ID:
            # What stands before it tells whose record it is, also of a long id.
            made = self._prefix[:_LONGEST_ID] + hashlib.sha256(made.encode()).hexdigest()
        if self.rule.ordinal:
            self._alike[made] += 1
            if self._alike[made] > 1:
                return f"{made}|{self._alike[made]}"
        return made


def _refers(layout: Layout, name: str) -> Refers:
    if not layout.describes_entity and name == layout.subject:
        return Refers.SUBJECT
    return Refers.ENTITY if name in layout.organization_columns else Refers.NOT


def used_by(rule: RecordRule) -> Iterator[str]:
    """Yield every column that a record is made of or depends on."""
    yield from rule.id
    for one in rule.fields:
        yield from columns_of(one)


def kept(
    rules: Sequence[RecordRule],
    columns: Sequence[str],
    printed: Sequence[str],
    origin: Origin,
    *,
    whole: bool,
    made: Collection[str] = (),
    spread: Collection[str] = (),
) -> Kept:
    """Return the columns that the records of one noun keep, but not what is read from them.

    Args:
        rules: the rules of that noun's records.
        columns: the columns of the file, by the names that the rules use.
        printed: the same as the file prints them.
        origin: where the rows come from.
        whole: whether they keep every column, and not only those they are made of.
        made: columns that the file does not have, and that only those keep that use them.
        spread: columns whose cells become records of their own: each of these keeps its own cell.
    """
    used = {name for rule in rules for name in used_by(rule)}
    passed_over = {*made, *spread} if used & set(made) else set(made)
    positions = [
        position
        for position, name in enumerate(columns)
        if name in used or (whole and name not in passed_over)
    ]
    shown = tuple(printed[position] for position in positions)
    return Kept(Header(shown, letters=origin.letters(shown)), positions)


def _short_digest(external_id: str) -> str:
    return hashlib.sha256(external_id.encode()).hexdigest()[:10]
