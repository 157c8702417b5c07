"""Converts the rows of a published file to records of every noun that its profile names."""

from collections import Counter
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from typing import NamedTuple

from bricoop.domain.document_faults import key_path, shown
from bricoop.domain.english import agree
from bricoop.domain.problem import Origin, Problem
from bricoop.errors import UsageError
from bricoop.ingest.layouts.clean import BadValueError, Places
from bricoop.ingest.layouts.lists import Joint, ListOf
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.profile.cells import Cells
from bricoop.ingest.profile.controls import Tally
from bricoop.ingest.profile.earlier_rows import EarlierRows
from bricoop.ingest.profile.field_readers import FieldReaders
from bricoop.ingest.profile.file_columns import file_columns, kept_columns
from bricoop.ingest.profile.model import Profile, Styles
from bricoop.ingest.profile.row_records import RowRecords
from bricoop.ingest.profile.row_translator import Absent, Translator
from bricoop.ingest.profile.skip_rules import skips_of
from bricoop.ingest.readers.table import SourceRow
from bricoop.ingest.transform.misplaced_values import misfit
from bricoop.ingest.transform.rows import Outcomes, SaidBefore, Same
from bricoop.ingest.transform.validate import PreparedRow

#: The largest number of dropped words that a message lists.
_MOST_LISTED = 5


class _Staged(NamedTuple):
    """A row with the ids of its records.

    Attributes:
        line: the line of the row.
        cells: its cells, followed by an empty one.
        records: for each rule of a record, the ids and the cells of the records it may become.
        problems: problems of the row as a whole.
    """

    line: int
    cells: Cells
    records: Sequence[Sequence[tuple[str, Cells]]]
    problems: Sequence[Problem]


class ProfileRows:
    """Converts the rows of one published file to native records, by the rules of a profile."""

    def __init__(
        self,
        profile: Profile,
        styles: Styles,
        origin: Origin,
        header: Sequence[str],
        places: Places,
        *,
        is_part: bool = False,
    ) -> None:
        """Match the header with the profile.

        Args:
            profile: the profile.
            styles: the styles of the profile, or of the chosen variant.
            origin: the file.
            header: the headings of the file.
            places: resolves names of countries and regions.
            is_part: whether the file is part of a larger one, so that most control totals are
                not checked.

        Raises:
            DataRejectedError: columns are missing or duplicated.
            UsageError: a constant of the profile is not a valid value of its field.
        """
        _refuse_constants(profile, places)
        self._origin = origin
        self._columns = columns = file_columns(profile, styles, origin, header)
        #: By position of a column without a heading, a description of its first cell with a value.
        self._nameless = {position: "" for position, name in enumerate(columns.names) if not name}
        #: Appended to each row: the virtual columns of `[unpivot]`, and an empty cell.
        self._added_cells = [""] * (len(columns.names) - columns.width + 1)
        self._readers = FieldReaders(columns, styles, places, set(_key_templates(profile)))
        self._tally = Tally(profile, styles, columns)
        columns_by_noun = kept_columns(profile, styles, columns)
        self.headers = {noun: of_noun.header for noun, of_noun in columns_by_noun.items()}
        self._translators = [
            Translator(
                record, columns, columns_by_noun[record.noun], self._readers, whole=number == 0
            )
            for number, record in enumerate(profile.records)
        ]
        self._list_translators = [
            index for index, translator in enumerate(self._translators) if translator.makes_lists
        ]
        self._skips = skips_of(profile, columns.positions)
        self._before: SaidBefore | None = None
        self._is_part = is_part

    def compare_with(self, before: SaidBefore) -> None:
        """Set the function that finds stored records: unchanged ones are not converted again."""
        self._before = before

    def follow(self, earlier: Sequence[EarlierRows]) -> None:
        """Read rows as those after the rows of earlier files; `earlier` has one item for a rule."""
        for translator, rows in zip(self._translators, earlier, strict=True):
            translator.follow(rows)

    def append_to_earlier(self, *, numbers_rows: bool) -> None:
        """Add the rows of this file to those of earlier files, once they are loaded.

        Args:
            numbers_rows: whether equal rows of later files are others, as in one dataset.
        """
        for translator in self._translators:
            translator.append_to_earlier(numbers_rows=numbers_rows)

    def prepare(self, rows: Sequence[SourceRow], left_out: Container[int]) -> Outcomes:
        """Return the outcomes of the rows, but those left out: their records, or all problems."""
        outcomes = Outcomes([[] for _ in self._translators])
        data: list[SourceRow] = []
        for row in rows:
            reason = self._skips(row.cells)
            if not reason:
                data.append(row)
            elif row.line not in left_out:
                outcomes.skipped.append((row.line, reason))
        # Rows that are left out are staged as well: control totals count them, and numbered ids of
        # later rows depend on them.
        every = [self._staged(row) for row in data]
        staged = [staged_row for staged_row in every if staged_row.line not in left_out]
        before = self._earlier_versions(staged)
        by_column = self._by_column(staged)
        for index, staged_row in enumerate(staged):
            self._convert(index, staged_row, before, by_column, outcomes)
        return outcomes

    @property
    def records_of_a_row(self) -> int:
        """The largest number of records of one noun that a row may become."""
        return len(self._columns.unpivoted.columns) if self._columns.unpivoted else 1

    def finish(self) -> list[Problem]:
        """Return a problem for each control total that does not match."""
        return self._tally.problems(is_part=self._is_part)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on the data: dropped words, possibly joined names, columns without a heading."""
        return (*self._doubtful_words(), *self._nameless_columns())

    def _doubtful_words(self) -> Iterator[str]:
        yield from (
            f"{column}: the profile does not know {_listed(words)}, which "
            f"{agree(len(words), 'is', 'are')} left out of {field.replace('_', ' ')}."
            for (column, field), words in self._readers.dropped.items()
            if words
        )
        yield from (
            f"Taken as one name each, as no separator is declared: {column} {_listed(cells)}."
            for column, cells in self._readers.undivided.items()
            if cells
        )

    def _nameless_columns(self) -> Iterator[str]:
        return (
            f"Column {position + 1} has no name: its cells, such as {first}, "
            "are kept in the records, but no field can be read from them."
            for position, first in self._nameless.items()
            if first
        )

    def take_row_notes(self) -> list[Problem]:
        """Return the warnings about rows since the last call, and forget them."""
        # Several records of a row may have the same warning: it is returned once.
        return list(
            dict.fromkeys(
                note for translator in self._translators for note in translator.row_notes.take()
            )
        )

    def _staged(self, row: SourceRow) -> _Staged:
        if problem := misfit(self._origin, row, self._columns.width, "Leave it out with [[skip]]."):
            self._tally.count_misfit()
            return _Staged(row.line, (), (), [problem])
        cells = [*row.cells[: self._columns.width], *self._added_cells]
        self._tally.count(row.line, cells)
        for position, first in self._nameless.items():
            if not first and (cell := cells[position].strip()):
                self._nameless[position] = f"{shown(cell)!r} on {self._origin.place(row.line)}"
        for index in self._list_translators:
            if excess := self._translators[index].check(cells):
                column, cell, error = excess
                problem = self._origin.problem(row.line, column, cell, error.rule, error.hint)
                return _Staged(row.line, (), (), [problem])
        records = [translator.identified(cells) for translator in self._translators]
        return _Staged(row.line, cells, records, ())

    def _earlier_versions(self, staged: Sequence[_Staged]) -> Sequence[dict[str, Same]]:
        if self._before is None:
            return [{} for _ in self._translators]
        return [
            self._before(index, [name for staged_row in staged if staged_row.records
                                 for name, _ in staged_row.records[index]])
            for index in range(len(self._translators))
        ]  # fmt: skip

    def _by_column(self, staged: Sequence[_Staged]) -> Mapping[int, Sequence[PreparedRow | Absent]]:
        """Return the records of the rules that were read by column; other rules read row by row.

        If an earlier load used the same rules, most rows are unchanged and need not be read. If a
        value is wrong or doubtful, the rules read all rows one by one: of two rows that get the
        same key, the later one is refused.
        """
        if not staged or self._before is not None or any(row.problems for row in staged):
            return {}
        columns = list(zip(*(row.cells for row in staged), strict=True))
        keys = self._readers.derived_keys
        keys_before = len(keys)
        by_column: dict[int, Sequence[PreparedRow | Absent]] = {}
        for index, translator in enumerate(self._translators):
            if translator.makes_many:
                continue
            rows = [(row.line, row.records[index][0][0], row.cells) for row in staged]
            records = translator.prepare_many(rows, columns)
            if records is None:
                keys.forget_after(keys_before)
                # Reading the rows one by one notes their doubtful values once more.
                self.take_row_notes()
                return {}
            by_column[index] = records
        return by_column

    def _convert(
        self,
        number: int,
        staged: _Staged,
        before: Sequence[dict[str, Same]],
        by_column: Mapping[int, Sequence[PreparedRow | Absent]],
        outcomes: Outcomes,
    ) -> None:
        """Add the records or the problems of a row to the outcomes.

        Args:
            number: the number of the row among those that were staged.
            staged: the row.
            before: for each rule the stored records, by id.
            by_column: for each rule that was read by column its records, by number of the row.
            outcomes: the outcomes of the batch.
        """
        row = RowRecords(staged.problems)
        # A row with problems of its own has no records to convert.
        for index, identified in enumerate(staged.records):
            if not identified:
                continue
            if index in by_column:
                own_id = (self._translators[index].rule.noun, identified[0][0])
                row.add(index, own_id, by_column[index][number])
            else:
                self._convert_each(index, staged.line, identified, before[index], row)
        problems = [
            *row.problems,
            *self._duplicate_ids(staged, row.ids),
            *self._nul_characters(staged, row.records),
        ]
        if problems:
            # Several records of a row may report the same cell: it is reported once.
            outcomes.problems.extend(dict.fromkeys(problems))
            return
        for index in self._list_translators:
            if identified := staged.records[index]:
                self._translators[index].accept(staged.cells, [name for name, _ in identified])
        for index, record in row.records:
            outcomes.records[index].append(record)
        outcomes.same.extend((index, staged.line, ids) for index, ids in row.same.items())
        if not row.records and not row.same:
            reason = self._reason(staged, row.absent)
            if reason:
                outcomes.nothing.append((staged.line, reason))

    def _convert_each(
        self,
        index: int,
        line: int,
        identified: Sequence[tuple[str, Cells]],
        stored: dict[str, Same],
        row: RowRecords,
    ) -> None:
        """Convert the records of one rule; those that are stored unchanged are not converted.

        Args:
            index: the number of the rule.
            line: the line of the row.
            identified: the ids and cells of its records.
            stored: the stored records, by id.
            row: receives the records and their problems.
        """
        translator = self._translators[index]
        for external_id, cells in identified:
            if translator.makes_lists and translator.has_accepted(external_id):
                continue
            # Removed on first use: a second row with the same id is a duplicate, refused later.
            earlier = stored.pop(external_id, None)
            if earlier is not None and earlier.raw == translator.raw_json(cells):
                row.ids.append((translator.rule.noun, external_id))
                row.same.setdefault(index, []).append(earlier.record_id)
                row.problems.extend(translator.note_keys(line, cells, external_id))
            else:
                own_id = (translator.rule.noun, external_id)
                row.add(index, own_id, translator.prepare(line, cells, external_id))

    def _reason(self, staged: _Staged, absent: Sequence[str]) -> str:
        """Return why a row becomes no record."""
        if absent:
            return absent[0]
        if self._columns.unpivoted:
            return f"no {self._columns.printed[self._columns.unpivoted.value]}"
        lists = [self._translators[index] for index in self._list_translators]
        if any(translator.has_list(staged.cells) for translator in lists):
            return "earlier rows made its records"
        return f"no {lists[0].rule.each[0]}" if lists else ""

    def _duplicate_ids(self, staged: _Staged, ids: Sequence[tuple[str, str]]) -> Iterator[Problem]:
        """Yield a problem for each id that several records of a row share: one would be lost."""
        if len(set(ids)) == len(ids):
            return
        for (noun, external_id), times in Counter(ids).items():
            if times > 1:
                first = next(
                    translator for translator in self._translators if translator.rule.noun == noun
                )
                column, cell = first.id_cell(staged.cells)
                rule = f"would become {times} records of {noun} with the same id, {external_id!r}"
                hint = "Give each of these records of the profile its own `label`."
                yield self._origin.problem(staged.line, column, cell, rule, hint)

    def _nul_characters(
        self, staged: _Staged, records: Sequence[tuple[int, PreparedRow]]
    ) -> Iterator[Problem]:
        # PostgreSQL cannot store NUL in text. The first record stores the whole row as JSON, and
        # searching that is faster than searching every cell.
        if any(b"\\u0000" in record.raw_json for index, record in records if not index):
            for name, cell in zip(self._columns.printed, staged.cells, strict=False):
                if "\0" in cell:
                    rule = "has a NUL character"
                    yield self._origin.problem(staged.line, name, cell, rule, "Remove it.")


def _refuse_constants(profile: Profile, places: Places) -> None:
    """Refuse invalid constants once, with their key, instead of in every row."""
    for number, record in enumerate(profile.records):
        cleaners = {column.name: column.clean for column in layout_of(record.noun).columns}
        for rule in record.fields:
            clean = cleaners[rule.name]
            constants = [("add", value) for value in rule.add]
            constants += [] if rule.constant is None else [("constant", rule.constant)]
            for key, value in constants:
                try:
                    if key == "add" and isinstance(clean, ListOf | Joint):
                        clean.each([value], places)
                    else:
                        clean(value, places)
                except BadValueError as error:
                    at = key_path(("records", number, "fields", rule.name, key))
                    message = f"The profile {shown(profile.name)}: {at} is {shown(value)!r}, "
                    raise UsageError(f"{message}which {error.rule}.", error.hint) from error


def _key_templates(profile: Profile) -> Iterator[str]:
    """Yield the templates that a profile uses for keys of entities."""
    for record in profile.records:
        for rule in record.fields:
            if rule.name == "key":
                yield from rule.templates


def _listed(words: Collection[str]) -> str:
    first_words = ", ".join(repr(word) for word in list(words)[:_MOST_LISTED])
    more = len(words) - _MOST_LISTED
    return f"{first_words} and {more} more" if more > 0 else first_words
