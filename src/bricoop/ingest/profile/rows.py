"""Rows of a published layout: each becomes a record of every noun that its profile names."""

import json
from collections import Counter
from collections.abc import Collection, Container, Iterator, Sequence
from shlex import quote
from typing import NamedTuple

from bricoop.domain.document_faults import key_path, shown
from bricoop.domain.grammar import agree
from bricoop.domain.names import normalise
from bricoop.domain.problem import Origin, Problem
from bricoop.domain.suggestions import nearest
from bricoop.errors import DataRejectedError, UsageError
from bricoop.ingest.layouts.clean import BadValueError, Joint, ListOf, Places
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.profile.cells import Cells
from bricoop.ingest.profile.controls import Tally
from bricoop.ingest.profile.field_origins import origins_of
from bricoop.ingest.profile.field_readers import Reads
from bricoop.ingest.profile.model import Profile, RecordRule, Styles
from bricoop.ingest.profile.required_columns import columns_made_by_unpivot, needed_by
from bricoop.ingest.profile.row_translator import (
    Absent,
    KeptColumns,
    Translator,
    kept_columns_of,
    used_by,
)
from bricoop.ingest.profile.skip_rules import skips_of
from bricoop.ingest.profile.unpivot import unpivoted
from bricoop.ingest.readers.delimiters import delimiter_of
from bricoop.ingest.readers.table import SourceRow
from bricoop.ingest.transform.misplaced_values import misfit
from bricoop.ingest.transform.rows import Outcome, SaidBefore, Same
from bricoop.ingest.transform.validate import PreparedRow

#: So many of the words that are left out are named, and of the columns that a file lacks.
_SHOWN, _LACKING = 5, 10


class _Staged(NamedTuple):
    """A row whose records have their ids.

    Attributes:
        line: where it stands.
        cells: its cells under the file's header, and an empty one.
        records: for each noun the ids and the cells of the records that it may become.
        problems: what is wrong with the row as a whole.
    """

    line: int
    cells: Cells
    records: Sequence[Sequence[tuple[str, Cells]]]
    problems: Sequence[Problem]


class ProfileRows:
    """Rows of a published layout: each becomes a record of every noun that the profile names."""

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
        """Match the header with the profile; what is promised of whole files, no part need keep.

        Raises:
            DataRejectedError: columns are missing, or there twice.
            UsageError: a constant of the profile is no value of its field.
        """
        _refuse_constants(profile, places)
        self._origin = origin
        printed = [" ".join(cell.split()) for cell in header]
        columns = profile.named(printed)
        width = len(columns)
        #: The columns without a name, of which a cell said something, with the first such cell.
        self._nameless: dict[int, str] = {
            position: "" for position, name in enumerate(columns) if not name
        }
        rule, self._unpivoted = profile.unpivot, None
        if rule:
            used = {name for record in profile.records for name in used_by(record)}
            self._unpivoted = unpivoted(rule, printed, used, styles.empty, origin.file)
            columns, printed = ([*names, rule.name, rule.value] for names in (columns, printed))
        _refuse_misfits(columns, profile, origin.file, header)
        self._printed = printed
        self._width = width
        #: Behind the cells of the file: those that are made of its columns, and one that is empty.
        self._added_cells = [""] * (len(columns) - width + 1)
        self._reads = reads = Reads(columns, styles, places, origin, set(_key_templates(profile)))
        spread = {columns[at] for at, _ in self._unpivoted.columns} if self._unpivoted else set()
        self._tally = Tally(profile, styles, origin, columns, spread)
        keeping = _kept(profile, columns, printed, origin, styles, spread)
        self.headers = {noun: kept_columns.header for noun, kept_columns in keeping.items()}
        created = columns_made_by_unpivot(profile)
        self._translators = [
            Translator(
                record,
                origin,
                columns,
                keeping[record.noun],
                reads,
                whole=number == 0,
                unpivoted=self._unpivoted if created & set(used_by(record)) else None,
            )
            for number, record in enumerate(profile.records)
        ]
        self._list_translators = [
            index for index, translator in enumerate(self._translators) if translator.makes_lists
        ]
        self._skips = skips_of(profile, columns)
        self._before: SaidBefore | None = None
        self._is_part = is_part

    def compare_with(self, before: SaidBefore) -> None:
        """Look for records that earlier loads wrote from the same cells by the same rules."""
        self._before = before

    def prepare(self, rows: Sequence[SourceRow], left_out: Container[int]) -> Iterator[Outcome]:
        """Yield each row's records, or all that is wrong with it."""
        data: list[SourceRow] = []
        for row in rows:
            reason = self._skips(row.cells)
            if reason:
                yield Outcome(row.line, (), skipped=reason)
            else:
                data.append(row)
        # A row that is left out counts, and has its ids, so that others have theirs.
        every = [self._staged(row) for row in data]
        staged = [staged_row for staged_row in every if staged_row.line not in left_out]
        before = self._earlier_versions(staged)
        for staged_row in staged:
            yield self._outcome(staged_row, before)

    @property
    def records_of_a_row(self) -> int:
        """How many records of one noun a row may become."""
        return len(self._unpivoted.columns) if self._unpivoted else 1

    def finish(self) -> list[Problem]:
        """Return which control totals do not hold."""
        return self._tally.problems(is_part=self._is_part)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was accepted: unknown words, names that may be several, columns without a name."""
        return (*self._doubtful_words(), *self._nameless_columns())

    def _doubtful_words(self) -> Iterator[str]:
        yield from (
            f"{column}: the profile does not know {_some(words)}, which "
            f"{agree(len(words), 'is', 'are')} left out of {field.replace('_', ' ')}."
            for (column, field), words in self._reads.dropped.items()
            if words
        )
        yield from (
            f"Taken as one name each, as no separator is declared: {column} {_some(cells)}."
            for column, cells in self._reads.undivided.items()
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
        """Return what was doubtful in the rows prepared since this was last asked."""
        # A row that becomes several records has one note on what it names.
        return list(
            dict.fromkeys(
                note for translator in self._translators for note in translator.row_notes.take()
            )
        )

    def _staged(self, row: SourceRow) -> _Staged:
        if problem := misfit(self._origin, row, self._width, "Leave it out with [[skip]]."):
            self._tally.count_misfit()
            return _Staged(row.line, (), (), [problem])
        cells = [*row.cells[: self._width], *self._added_cells]
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

    def _outcome(self, staged: _Staged, before: Sequence[dict[str, Same]]) -> Outcome:
        records: list[list[PreparedRow]] = []
        same: list[list[int]] = []
        absent: list[str] = []
        problems = list(staged.problems)
        ids: list[tuple[str, str]] = []
        for translator, named, known in zip(
            self._translators, staged.records, before, strict=False
        ):
            prepared: list[PreparedRow] = []
            alike: list[int] = []
            for external_id, cells in named:
                if translator.makes_lists and translator.has_accepted(external_id):
                    continue
                # A second row with the same id is none that is the same: it is refused later.
                earlier = known.pop(external_id, None)
                if earlier is not None and earlier.raw == translator.raw_json(cells):
                    ids.append((translator.rule.noun, external_id))
                    alike.append(earlier.record_id)
                    problems.extend(translator.note_keys(staged.line, cells, external_id))
                    continue
                outcome = translator.prepare(staged.line, cells, external_id)
                if isinstance(outcome, PreparedRow):
                    ids.append((translator.rule.noun, external_id))
                    prepared.append(outcome)
                elif isinstance(outcome, Absent):
                    absent.append(f"no {' and no '.join(outcome.fields)}")
                else:
                    problems.extend(outcome)
            records.append(prepared)
            same.append(alike)
        problems.extend(self._duplicate_ids(staged, ids))
        problems.extend(self._nul_characters(staged, records))
        if problems:
            # A cell that several records are made of is wrong once.
            return Outcome(staged.line, (), problems=list(dict.fromkeys(problems)))
        for index in self._list_translators:
            if staged.records[index]:
                self._translators[index].accept(
                    staged.cells, [name for name, _ in staged.records[index]]
                )
        return Outcome(
            staged.line,
            records,
            same if self._before else (),
            nothing="" if any(records) or any(same) else self._reason(staged, absent),
        )

    def _reason(self, staged: _Staged, absent: Sequence[str]) -> str:
        """Return why a row becomes nothing."""
        if absent:
            return absent[0]
        if self._unpivoted:
            return f"no {self._printed[self._unpivoted.value]}"
        lists = [self._translators[index] for index in self._list_translators]
        if any(translator.has_list(staged.cells) for translator in lists):
            return "earlier rows made its records"
        return f"no {lists[0].rule.each[0]}" if lists else ""

    def _duplicate_ids(self, staged: _Staged, ids: Sequence[tuple[str, str]]) -> Iterator[Problem]:
        """Yield that two records of a noun would have one id, so that one of them would be lost."""
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
        self, staged: _Staged, records: Sequence[Sequence[PreparedRow]]
    ) -> Iterator[Problem]:
        # The first record keeps the whole row, so its JSON tells sooner than the cells would.
        if records and any(b"\\u0000" in record.raw_json for record in records[0]):
            for name, cell in zip(self._printed, staged.cells, strict=False):
                if "\0" in cell:
                    rule = "has a NUL character"
                    yield self._origin.problem(staged.line, name, cell, rule, "Remove it.")


def _refuse_constants(profile: Profile, places: Places) -> None:
    """Refuse constants that every row would be refused for, once and by their key."""
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
    """Yield the templates of which a profile makes keys of entities."""
    for record in profile.records:
        for rule in record.fields:
            if rule.name == "key":
                yield from rule.templates


def _kept(
    profile: Profile,
    columns: Sequence[str],
    printed: Sequence[str],
    origin: Origin,
    styles: Styles,
    spread: Collection[str],
) -> dict[str, KeptColumns]:
    by_noun: dict[str, list[RecordRule]] = {}
    for rule in profile.records:
        by_noun.setdefault(rule.noun, []).append(rule)
    first = profile.records[0].noun
    names = dict(zip(columns, printed, strict=True))
    keeping = {
        noun: kept_columns_of(
            rules, columns, printed, origin,
            whole=noun == first, created=columns_made_by_unpivot(profile), spread=spread,
        )
        for noun, rules in by_noun.items()
    }  # fmt: skip
    return {
        noun: kept_columns.reading(origins_of(by_noun[noun], names, styles))
        for noun, kept_columns in keeping.items()
    }


def _some(words: Collection[str]) -> str:
    shown = ", ".join(repr(word) for word in list(words)[:_SHOWN])
    more = len(words) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _refuse_misfits(
    columns: Sequence[str], profile: Profile, file: str, header: Sequence[str]
) -> None:
    if not any(columns):
        raise DataRejectedError(f"{file} is empty: it has no header.")
    twice = sorted({shown(name) for name in columns if name and columns.count(name) > 1})
    if twice:
        message = f"{file} has columns twice: {', '.join(twice)}."
        hint = (
            "Rename one of them; or name the row of the header with --header-row, if it is another."
        )
        if (profile.form.header_row or 1) > 1:
            hint = f"{hint} If the row above tells them apart, write header_rows = 2 under [file]."
        raise DataRejectedError(message, hint)
    missing = [shown(name) for name in needed_by(profile) if name not in columns]
    if missing:
        more = len(missing) - _LACKING
        listed = ", ".join(missing[:_LACKING] if more > 1 else missing)
        rest = f" and {more:,} more" if more > 1 else ""
        message = (
            f"{file} lacks columns that the layout {shown(profile.name)} needs: {listed}{rest}."
        )
        raise DataRejectedError(message, _advice(missing, columns, profile, header))


def _advice(
    missing: Sequence[str], columns: Sequence[str], profile: Profile, header: Sequence[str]
) -> str:
    """Return what to do about a file that lacks columns of a layout."""
    from bricoop.ingest.profile.propose.shipped import (  # noqa: PLC0415 (only a refusal needs it)
        shipped_layout,
    )

    if len(header) == 1 and (mark := delimiter_of(header[0], None)) != ",":
        return f"Its header is one cell: is delimiter = {json.dumps(mark)} missing under [file]?"
    if known := shipped_layout(header):
        return f"The profile {known} reads this layout: --profile {known}."
    named = quote(profile.path or profile.name)
    shows = f"`bricoop profiles show {named}` lists what it needs."
    others = {normalise(name): name for name in columns if name and name not in needed_by(profile)}
    near = dict.fromkeys(
        close for name in missing[:_LACKING] for close in nearest(name, others)[:1]
    )
    return f"Did you mean: {'; '.join(map(shown, near))}? {shows}" if near else shows
