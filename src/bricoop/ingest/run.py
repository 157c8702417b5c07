"""Run one load: read and prepare rows in batches, and write them noun by noun."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Connection

from bricoop.db.dialect import analyze_tables
from bricoop.db.ids import Ids
from bricoop.domain.nouns import DECISIONS
from bricoop.domain.problem import Problem
from bricoop.errors import DataRejectedError, FileUnreadableError, UsageError
from bricoop.ingest.counts import Became, Counts, Created, rows_became
from bricoop.ingest.editions.kind_rules import update_kinds
from bricoop.ingest.layouts.clean import Places
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.load.context import LoadContext
from bricoop.ingest.load.decision_writer import DecisionWriter
from bricoop.ingest.load.former_names import FormerNames
from bricoop.ingest.load.missing_records import mark_missing, refuse_undone
from bricoop.ingest.load.new_name_notes import NewNameNotes
from bricoop.ingest.load.restated_records import notes_on_restated
from bricoop.ingest.load.same_file import SameFile, outcome_of, same_file
from bricoop.ingest.load.search_documents import SearchDocuments
from bricoop.ingest.load.writer import Known, Writer
from bricoop.ingest.load_log import close_load, loads_by, open_load, rules_digest
from bricoop.ingest.problem_log import ProblemLog
from bricoop.ingest.profile.model import Profile, Styles
from bricoop.ingest.profile.rows import ProfileRows
from bricoop.ingest.readers.streams import size_of
from bricoop.ingest.readers.table import SourceRow, Table
from bricoop.ingest.rejects import Rejects
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.resolve.exchanged_names import EntityName
from bricoop.ingest.sources import has_records, source_for
from bricoop.ingest.transform.batches import Batch, BatchReader
from bricoop.ingest.transform.prepare import HeaderRejectedError, Preparer, likely_header
from bricoop.ingest.transform.rows import NativeRows, Rows
from bricoop.ingest.transform.validate import PreparedRow

#: From this size in bytes on, the names in the database are read into memory.
_LARGE = 1024 * 1024
#: From this size in bytes on, plus this much for each existing entity, a load is faster if the
#: indexes of names are dropped and created at the end.
_OUTGROWS, _OF_ENTITY = 32 * 1024 * 1024, 256
_NO_ROWS = "There are no rows below the header, so there was nothing to load."


class Run:
    """A load into an open transaction whose write lock is held."""

    def __init__(
        self,
        connection: Connection,
        request: LoadRequest,
        file: Table,
        rejects: Rejects,
        exchanged: Collection[EntityName] = (),
    ) -> None:
        """Register the load; of the file only the header has been read.

        Args:
            connection: the open transaction.
            request: the file to load, and how.
            file: the open file.
            rejects: the rows to leave out.
            exchanged: exchanged names, known from an earlier reading of the file.
        """
        self._request = request
        self._file = file
        self._rejects = rejects
        update_kinds(connection, request.kinds)
        numbers = Ids(connection)
        source_id = source_for(connection, request.source, numbers)
        context = LoadContext.on(connection, numbers, source_id, numbers.next("load"), file.origin)
        edition = request.edition
        lines = context.seen if edition is None else edition.begin_file()
        self._work = replace(context, rejected=file.rejected, seen=lines, edition=edition)
        self._nouns = request.nouns
        self._rules: str | None = None
        self._rows = self._create_rows()
        open_load(self._work, request, file.name, self._rules, self._rows.headers)
        former_names = FormerNames(connection, self._work.load_id)
        new_names = NewNameNotes(
            self._work.resolver, former_names, published=request.profile is not None
        )
        self._decisions: DecisionWriter | None = None
        self._writers = [self._writer(noun, new_names) for noun in self._nouns]
        self._same = same_file(self._work, request, self._rules)
        if self._same is None:
            self._prepare_names(exchanged)
        self._order = sorted(range(len(self._nouns)), key=self._comes_late)
        # Deriving clusters updates the search index itself.
        has_documents = not request.dry_run and self._decisions is None
        self._documents = SearchDocuments(self._work) if has_documents else None
        self._rejected: set[int] = set()
        self._became: Counter[Became] = Counter()
        self._nothing: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._complaints = ProblemLog(
            request.sink, by_line=request.rejects is not None, again=bool(rejects.lines)
        )

    def _writer(self, noun: str, new_names: NewNameNotes) -> Writer | DecisionWriter:
        layout, header = layout_of(noun), self._rows.headers[noun]
        if noun != DECISIONS.name:
            return Writer(self._work, layout, header, new_names)
        if self._request.complete:
            message = "Decisions are only ever added; no file of them is a complete edition."
            raise UsageError(message, "Leave out --complete.")
        self._decisions = DecisionWriter(self._work, layout, header)
        return self._decisions

    @property
    def load_id(self) -> int:
        """The id of the load, whether it will be committed or not."""
        return self._work.load_id

    def _prepare_names(self, expected: Collection[EntityName]) -> None:
        """Prepare looking up names; watch for exchanged ones, which only newer editions have."""
        work = self._work
        if has_records(work.connection, self._request.source.key, self._nouns):
            work.resolver.exchanged.expect(expected)
            work.resolver.exchanged.watch(work.numbers.last("entity"), work.numbers.last("record"))
        if size_of(self._request.path) >= _LARGE:
            work.name_filter.start(work.connection, work.source_id, self._nouns)
            if self._outgrows_database(work.numbers.last("entity")):
                work.deferred.begin(work.connection)

    def exchanged_late(self) -> set[EntityName]:
        """Return exchanged names that rows had used before the exchange was noticed."""
        return self._work.resolver.exchanged.late

    def run(self) -> LoadResult:
        """Load the whole file; the caller commits or rolls back."""
        if self._same is not None:
            return self._repeat(self._same)
        reader = BatchReader(self._file, self._rows, self._rejects.lines)
        self._load_batches(reader)
        end = reader.end()
        for problem in end.problems:
            self._complaints.add(problem)
        decided = self._derive_clusters()
        if not self._complaints.count:
            self._work.deferred.end()
        gone = self._mark_gone() if self._request.complete else {}
        if self._documents and not self._complaints.count:
            self._documents.finish()
        counts = self._counts(gone.get(self._nouns[0], 0))
        restated = self._restated()
        notes = (*end.notes, *restated, *decided) if counts.read else (*end.notes, _NO_ROWS)
        result = self._result(counts, gone, notes)
        wrote = any(writer.counts.new or writer.counts.changed for writer in self._writers)
        has_value_notes = wrote and bool(self._rows.notes or restated)
        outcome = outcome_of(self._work, self._request, result, has_value_notes=has_value_notes)
        close_load(self._work, result.counts, end.sha256, outcome)
        return result

    def _derive_clusters(self) -> tuple[str, ...]:
        """Derive the clusters that follow from new decisions; return notes on them."""
        if self._decisions is None or self._complaints.count:
            return ()
        problems, notes = self._decisions.derive()
        lines = {problem.line for problem in problems}
        self._became[Became.NEW] -= len(lines)
        self._refuse(problems)
        return notes

    def _restated(self) -> tuple[str, ...]:
        """Return notes on new records that the source already has under other ids."""
        if self._complaints.count or not any(writer.counts.new for writer in self._writers):
            return ()
        published = self._request.profile is not None
        return tuple(notes_on_restated(self._work, self._nouns, published=published))

    def _repeat(self, same: SameFile) -> LoadResult:
        """Return what an earlier load of the same file reported, with all rows unchanged."""
        outcome = same.outcome
        for noun, number in outcome.records.items():
            self._writers[self._nouns.index(noun)].counts.unchanged = number
        self._became[Became.UNCHANGED] = same.rows
        self._nothing.update(outcome.nothing)
        self._skipped.update(outcome.skipped)
        counts = self._counts()
        self._request.progress(counts.read, 1.0)
        close_load(self._work, counts, same.sha256, same.stored)
        note = f"It is the same file as in load {same.load_id}: no row was read again."
        return self._result(counts, {}, (*outcome.notes, note))

    def _comes_late(self, index: int) -> bool:
        """Return whether the records at an index are about entities described by later ones."""
        layout = layout_of(self._nouns[index])
        later = map(layout_of, self._nouns[index + 1 :])
        return not layout.describes_entity and any(
            later_layout.describes_entity and layout.kind in {later_layout.kind, None}
            for later_layout in later
        )

    def _outgrows_database(self, entities: int) -> bool:
        """Return whether this is the first file of a source and much larger than the database."""
        size = size_of(self._request.path)
        is_first = self._work.name_filter.empty_nouns >= set(self._nouns)
        return is_first and size >= _OUTGROWS + entities * _OF_ENTITY

    def _load_batches(self, reader: BatchReader) -> None:
        for number, batch in enumerate(reader.batches(), start=1):
            self._refuse(batch.problems)
            for note in batch.row_notes:
                self._complaints.add_note(note)
            for index, line, ids in batch.same:
                self._writers[index].leave(ids, line)
            self._leave_out(batch.left_out)
            if (number - 1).bit_count() == 1:
                # Update planner statistics each time the number of rows has doubled.
                analyze_tables(self._work.connection)
            self._write(batch)
            self._count(batch)
            for records in batch.records:
                records.clear()
            self._file.rejected.clear()
            self._request.progress(self._counts().read, batch.share_read)
        for writer in self._writers:
            writer.settle()

    def _result(self, counts: Counts, gone: dict[str, int], notes: tuple[str, ...]) -> LoadResult:
        created = sum((writer.created for writer in self._writers), Created())
        records: Counter[str] = Counter()
        fields: dict[str, Counter[str]] = defaultdict(Counter)
        for noun, writer in zip(self._nouns, self._writers, strict=True):
            written = writer.counts
            records[noun] += written.new + written.changed + written.unchanged
            fields[noun] += writer.changes
        complaints = self._complaints
        return LoadResult(
            load_id=None if self._request.dry_run or complaints.count else self._work.load_id,
            noun=self._nouns[0],
            file=self._file.name,
            source=self._request.source.key,
            counts=counts,
            created=created,
            records=dict(records),
            changed_fields={noun: dict(changes) for noun, changes in fields.items() if changes},
            gone=gone,
            problems=complaints.first,
            problem_count=complaints.count,
            notes=notes,
            nothing=dict(self._nothing),
            skipped=dict(self._skipped),
            row_notes=complaints.notes,
            row_note_count=complaints.note_count,
        )

    def refused(self) -> dict[int, str] | None:
        """Return the problems of each refused row, by line.

        None if the file as a whole is wrong.
        """
        return None if self._complaints.file_is_wrong else self._complaints.of_rows()

    def _create_rows(self) -> Rows:
        file, known_places = self._file, self._work.known_places
        profile = self._request.profile
        if profile is None:
            return NativeRows(self._nouns[0], self._preparer(known_places))
        styles = styles_of(profile, self._request.variant)
        rows = ProfileRows(
            profile, styles, file.origin, file.header, known_places, is_part=file.is_part
        )
        if self._request.edition is not None:
            self._request.edition.follow(rows, len(profile.records))
        self._rules = rules_digest(profile, styles, file.header)
        alike = loads_by(self._work.connection, self._rules)
        if alike:
            rows.compare_with(lambda index, ids: self._writers[index].said_before(ids, alike))
        return rows

    def _preparer(self, known_places: Places) -> Preparer:
        file, layout = self._file, layout_of(self._nouns[0])
        try:
            return Preparer(layout, file.origin, file.header, known_places, self._request.filling)
        except HeaderRejectedError as error:
            with suppress(FileUnreadableError):
                line = likely_header(layout, file.rows())
                if line is not None:
                    address = file.origin.place(line).capitalize()
                    hint = f"{address} looks like the header: --header-row {line}."
                    raise HeaderRejectedError(error.message, hint) from error
            raise

    def _leave_out(self, rows: Sequence[SourceRow]) -> None:
        for row in rows:
            self._rejected.add(row.line)
            # Rows that were left out before belong to the file of that load.
            load_id = self._file.rejected.load_of(row.line) or self.load_id
            self._rejects.write(self._file.header, row, None if self._request.dry_run else load_id)

    def _mark_gone(self) -> dict[str, int]:
        counts = self._counts()
        # If rows were refused, the load fails for that reason anyway.
        edition = self._request.edition
        is_empty = edition is None or not edition.has_records
        if is_empty and not counts.written and not counts.rejected:
            name = self._file.name
            reason = (
                f"{name} has no rows" if not counts.read else f"No row of {name} produced a record"
            )
            message = f"{reason}: --complete would remove everything."
            raise DataRejectedError(message, "Leave out --complete to load it.")
        if edition is not None:
            refuse_undone(self._work.connection, edition)
        return mark_missing(self._work, dict.fromkeys(self._nouns))

    def _write(self, batch: Batch) -> None:
        self._work.resolver.forget()
        known = self._looked_up(batch.records)
        for number in self._order:
            writer, records = self._writers[number], batch.records[number]
            # A problem in one record of a row rejects the whole row.
            refused = self._rejected
            good = [row for row in records if row.line not in refused] if refused else records
            records_known = known[number] if number in known else writer.look_up(good)
            self._refuse(writer.write(good, records_known))
            for note in writer.row_notes.take():
                self._complaints.add_note(note)
        if self._complaints.count:
            # The transaction will be rolled back, so no search documents are needed.
            self._documents = None
        if self._documents:
            self._documents.write()
        else:
            self._work.pending.take()

    def _looked_up(self, batch: Sequence[Sequence[PreparedRow]]) -> dict[int, Known]:
        """Return the existing records for each noun, at the first index with that noun."""
        return {
            number: self._writers[number].look_up(batch[number])
            for number, noun in enumerate(self._nouns)
            if self._nouns.index(noun) == number
        }

    def _counts(self, gone: int = 0) -> Counts:
        became = self._became
        return Counts(
            became[Became.NEW] + became[Became.BACK],
            became[Became.CHANGED],
            became[Became.UNCHANGED],
            len(self._rejected),
            gone,
            nothing=self._nothing.total(),
            skipped=self._skipped.total(),
            back=became[Became.BACK],
        )

    def _count(self, batch: Batch) -> None:
        """Count the rows of a batch after it was written."""
        outcomes = rows_became([writer.became for writer in self._writers])
        for line in outcomes.keys() & self._rejected:
            del outcomes[line]
        self._became.update(outcomes.values())
        self._report(batch.nothing, self._nothing, "produced no record")
        self._report(batch.skipped, self._skipped, "was left out by a rule")

    def _report(self, rows: Sequence[tuple[int, str]], counts: Counter[str], verdict: str) -> None:
        """Count rows without records by reason, and report each to the sink."""
        for line, reason in rows:
            counts[reason] += 1
            # If rows were left out, the file is being read again, and these were reported before.
            if not self._rejects.lines:
                rule = f"{verdict}: {reason}"
                self._request.sink(self._file.origin.problem(line, "", "", rule))

    def _refuse(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self._rejected.add(problem.line)
            self._complaints.add(problem)


def styles_of(profile: Profile, variant: str) -> Styles:
    """Return the number and date styles of a profile, or of one of its variants.

    Raises:
        UsageError: the profile has variants but none is named, or the named one does not exist.
    """
    if not profile.variants and not variant:
        return profile.styles
    if variant in profile.variants:
        return profile.variants[variant]
    if not profile.variants:
        message = f"The profile {profile.name} has no variants; leave --variant out."
        raise UsageError(message)
    names = ", ".join(profile.variants)
    message = f"Files of {profile.name} come in more than one number style."
    if variant:
        message = f"The profile {profile.name} has no variant {variant!r}."
    raise UsageError(message, f"Name it with --variant: {names}.")
