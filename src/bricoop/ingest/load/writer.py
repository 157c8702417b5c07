"""Write prepared rows as records, entities and facts, batch by batch."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence

import orjson
from sqlalchemy import ColumnElement, Row, Text, cast, select

from bricoop.db.bulk import update_rows
from bricoop.db.dialect import in_values
from bricoop.db.schema import record
from bricoop.domain.header import Header
from bricoop.domain.nouns import NAMED_KINDS
from bricoop.domain.problem import Problem, RowNotes
from bricoop.ingest.counts import Became, Counts
from bricoop.ingest.editions.choose_values import choose_values
from bricoop.ingest.editions.delete_facts import delete_orphans, entities_of_facts, replace_facts
from bricoop.ingest.editions.mention_names import name_by_mention
from bricoop.ingest.facts.buffer import Buffer
from bricoop.ingest.facts.derive import Deriver
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.load.context import LoadContext
from bricoop.ingest.load.entity_resolver import EntityResolver
from bricoop.ingest.load.key_collisions import notes_on_keys
from bricoop.ingest.load.location_notes import notes_on
from bricoop.ingest.load.new_name_notes import NewNameNotes
from bricoop.ingest.load.record_changes import changed_fields, keep_contents
from bricoop.ingest.load.renamed_records import Changed, RenamedRecords
from bricoop.ingest.load.repeated_ids import RepeatedIds
from bricoop.ingest.transform.rows import Same
from bricoop.ingest.transform.validate import PreparedRow

#: An existing record: id, external id, entity id, digest, load id, and the load in which it went.
_Known = Row[int, str, int | None, str, int, int | None]
#: For each external id of a batch, the existing record, or the negated line of a new one.
Known = dict[str, _Known | int]
#: Looked up once, as attribute access on an enumeration is slow.
_NEW, _BACK, _CHANGED, _UNCHANGED = Became
#: After this many rows the buffer is flushed, to limit its memory.
_FLUSHED_ROWS = 2000
#: How many entities may await `settle`, which reads the records of all of them.
_UNSETTLED = 2000


class Writer:
    """Writes the records of one noun of a load into an open transaction.

    Attributes:
        counts: counts of the rows so far.
        became: what was done with the rows of the current batch, by line.
        changes: in how many records each field changed.
        created: counts of the entities that were created because a cell names them.
        row_notes: notes on doubtful values in the rows written so far.
    """

    def __init__(
        self,
        work: LoadContext,
        layout: Layout,
        header: Header,
        new_names: NewNameNotes | None = None,
    ) -> None:
        """Start with nothing written; `new_names`, if given, collects names of new entities."""
        self.counts = Counts()
        self.became: dict[int, Became] = {}
        self.changes: Counter[str] = Counter()
        self._work = work
        self._connection = work.connection
        self._load_id = work.load_id
        self._seen = work.seen
        self._layout = layout
        self._header = header
        self._buffer = Buffer(work.connection, work.pending, work.name_filter)
        self._subjects = EntityResolver(work, layout, header, self._buffer)
        self._deriver = Deriver(layout, self._subjects.meanings, self._buffer.facts)
        self.created = self._subjects.created
        self._exchanged = work.resolver.exchanged
        self._repeated_ids = RepeatedIds(layout, header, self._subjects)
        self._renamed = RenamedRecords(layout, self._subjects, self._exchanged)
        self._new_names = new_names
        self._updates: list[dict[str, object]] = []
        self._unsettled: set[int] = set()
        self._released: set[int] = set()
        self.row_notes = RowNotes()
        #: The locations of a batch, each with the entity id of its project.
        self._located: list[tuple[PreparedRow, int]] | None = (
            [] if layout.noun == "locations" else None
        )
        #: New records of a batch whose keys existed already, each with its entity id.
        self._keyed: list[tuple[PreparedRow, int]] = []

    def said_before(self, ids: Sequence[str], loads: Container[int]) -> dict[str, Same]:
        """Return id and cells of the current records from some loads, by external id."""
        if not ids:
            return {}
        # Filtered in Python: with the condition, SQLite would use the index on the load and read
        # all its records.
        columns = (record.c.external_id, record.c.id, record.c.load_id, record.c.gone_in)
        statement = select(*columns, cast(record.c.raw, Text)).where(self._among(ids))
        return {
            name: Same(number, raw)
            for name, number, load_id, gone_in, raw in self._connection.execute(statement)
            if load_id in loads
            and gone_in is None
            and not (self._seen.line(number) or self._earlier_file(number))
        }

    def leave(self, record_ids: Iterable[int], line: int) -> None:
        """Count records that are unchanged, and note that the file contains them."""
        for record_id in record_ids:
            self._seen.note(record_id, line)
            self._count(line, _UNCHANGED)

    def look_up(self, batch: Sequence[PreparedRow]) -> Known:
        """Return the existing records of a batch, by external id."""
        name_filter, noun = self._work.name_filter, self._layout.noun
        external_ids = [row.external_id for row in batch]
        ids = list(name_filter.possible_ids(noun, external_ids))
        name_filter.ids(noun, external_ids)
        if not ids:
            return {}
        columns = (
            record.c.id,
            record.c.external_id,
            record.c.entity_id,
            record.c.digest,
            record.c.load_id,
            record.c.gone_in,
        )
        records = self._connection.execute(select(*columns).where(self._among(ids)))
        return {row.external_id: row for row in records}

    def write(self, batch: Sequence[PreparedRow], known: Known) -> list[Problem]:
        """Write a batch; return the problems of the rows that were refused."""
        problems: list[Problem] = []
        accepted = [
            row for row in batch if not self._has_problems(self._repeated(row, known), problems)
        ]
        fresh = [
            (row, before)
            for row, before in self._differing(accepted, known)
            if not self._has_problems(self._replacing(row, before), problems)
        ]
        self._subjects.learn([row.fields for row, _ in fresh])
        self._renamed.look_up(self._connection, _changed(fresh))
        self._keep_contents([before for _, before in fresh if before is not None])
        for number, (row, before) in enumerate(fresh, start=1):
            self._has_problems(self._write_row(row, before), problems)
            if number % _FLUSHED_ROWS == 0:
                self._buffer.flush()
        self._buffer.flush()
        self._update()
        self._note()
        if self._new_names is not None:
            self.row_notes.extend(self._new_names.notes(self._layout, self._subjects))
        if self._released or len(self._unsettled) >= _UNSETTLED:
            self.settle()
        if self._released:
            # Names given by mention are written without passing through the filter.
            self._work.name_filter.stop()
            # Before the next batch looks up names, as changed rows may have lost some.
            delete_orphans(self._connection, self._released, self._load_id)
            name_by_mention(self._connection, self._released, self._load_id)
            self._subjects.forget_organizations()
            if self._new_names is not None:
                self._new_names.bearers.forget()
            self._released.clear()
        return problems

    def _note(self) -> None:
        """Add notes on the locations and generated keys of the batch that was written."""
        if self._located:
            work = self._work
            notes = notes_on(self._located, work.resolver, work.known_places, self._subjects)
            self.row_notes.extend(notes)
            self._located.clear()
        if self._keyed:
            noun = self._layout.noun
            notes = notes_on_keys(self._keyed, self._work, noun, self._header, self._subjects)
            self.row_notes.extend(notes)
            self._keyed.clear()

    def settle(self) -> None:
        """Set the values of the entities described so far; must be called once more at the end."""
        choose_values(self._connection, self._unsettled, self._work.known_places)
        self._unsettled.clear()

    def _has_problems(self, row_problems: list[Problem], problems: list[Problem]) -> bool:
        self.counts.rejected += bool(row_problems)
        problems.extend(row_problems)
        return bool(row_problems)

    def _repeated(self, row: PreparedRow, known: Known) -> list[Problem]:
        """Note the line of a row; return a problem if an earlier row has the same id."""
        earlier = known.setdefault(row.external_id, -row.line)
        if isinstance(earlier, int):
            first = -earlier
        else:
            file = self._earlier_file(earlier.id)
            if file is not None:
                return [self._repeated_ids.in_file(row, f"a row of {file}")]
            first = self._seen.line(earlier.id) or row.line
            self._seen.note(earlier.id, first)
        if first == row.line:
            return []
        return [self._repeated_ids.in_file(row, self._work.origin.place(first))]

    def _earlier_file(self, record_id: int) -> str | None:
        """Return the name of another file of the complete edition that contains a record."""
        edition = self._work.edition
        return edition.file_of(record_id) if edition and edition.is_complete else None

    def _replacing(self, row: PreparedRow, before: _Known | None) -> list[Problem]:
        """Return a problem if a row that was left out would replace another row of its file."""
        if before is None or before.gone_in is not None:
            return []
        if self._work.edition is not None and self._work.edition.file_of(before.id) is not None:
            self._work.edition.note_overwritten(before.id)
        is_repeated = self._work.rejected.repeats(row.line, before.load_id)
        return [self._repeated_ids.of_rejected(row, before.load_id)] if is_repeated else []

    def _among(self, ids: Sequence[str]) -> ColumnElement[bool]:
        own = (record.c.source_id == self._work.source_id) & (record.c.noun == self._layout.noun)
        return own & in_values(self._connection, record.c.external_id, ids)

    def _differing(
        self, rows: Sequence[PreparedRow], known: Known
    ) -> list[tuple[PreparedRow, _Known | None]]:
        """Return the new and changed rows, each with its existing record, if any."""
        fresh: list[tuple[PreparedRow, _Known | None]] = []
        differing: dict[int, PreparedRow] = {}
        for row in rows:
            before = known[row.external_id]
            if isinstance(before, int):
                fresh.append((row, None))
            elif before.gone_in is not None or before.digest != row.digest:
                differing[before.id] = row
                fresh.append((row, before))
            else:
                self._count(row.line, _UNCHANGED)
        if not differing:
            return fresh
        changes = changed_fields(self._connection, self._layout.noun, self._header, differing)
        differing_rows: list[tuple[PreparedRow, _Known | None]] = []
        for row, known_as in fresh:
            if known_as is None or known_as.gone_in is not None or changes[known_as.id]:
                differing_rows.append((row, known_as))
            else:
                self._count(row.line, _UNCHANGED)
            if known_as is not None and known_as.gone_in is None:
                self.changes.update(changes[known_as.id])
        return differing_rows

    def _write_row(self, row: PreparedRow, before: _Known | None) -> list[Problem]:
        problems = self._subjects.ambiguous_organizations(row)
        known_entity = self._own_entity(row, before)
        if isinstance(known_entity, Problem) or problems:
            return [*problems, *([known_entity] if isinstance(known_entity, Problem) else [])]
        record_id = self._work.numbers.next("record") if before is None else int(before.id)
        if self._exchanged.is_watching:
            self._exchange_names(row, known_entity, record_id, is_new=before is None)
        entity_id = known_entity or self._subjects.create(row, record_id)
        if before is not None:
            self._work.touched.add(entity_id)
        if known_entity and self._layout.describes_entity:
            self._unsettled.add(known_entity)
            self._work.pending.leave(known_entity)
            self._subjects.remember_names(row, known_entity)
        self._work.contents.add(
            self._layout.noun, row.external_id, row.locator, row.stated_name, row.digest
        )
        if before is None:
            self._seen.note(record_id, row.line)
            self._buffer.add_record(
                (record_id, self._work.source_id, self._load_id, entity_id, self._layout.noun), row
            )
        else:
            self._updates.append(self._updated(record_id, entity_id, row))
        existing = _CHANGED if before is None or before.gone_in is None else _BACK
        self._count(row.line, _NEW if before is None else existing)
        self._deriver.derive(record_id, entity_id, row.fields)
        self._remember(row, known_entity, entity_id, is_record_new=before is None)
        return []

    def _own_entity(self, row: PreparedRow, before: _Known | None) -> int | Problem | None:
        """Return the id of the entity that a row is about, None if it is new, or a problem.

        A changed record stays with its entity even under a new name, which other entities may
        have as well.
        """
        stays = before is not None and before.entity_id and self._layout.describes_entity
        if not stays or before is None:
            return self._subjects.find(row)
        by_name = "key" not in row.fields and self._layout.kind in NAMED_KINDS
        entity_id = None if by_name else self._subjects.find(row)
        return entity_id if isinstance(entity_id, Problem) else int(before.entity_id or 0)

    def _exchange_names(
        self, row: PreparedRow, entity_id: int | None, record_id: int, *, is_new: bool
    ) -> None:
        """Track names that a row uses, removes from its entity, or gives to a new one."""
        describes = self._layout.describes_entity
        if describes and not is_new and entity_id:
            note = self._renamed.note_on_changed(row, record_id, entity_id)
            self.row_notes.extend([note] if note else [])
            self._renamed.lose(record_id)
            return
        name = row.fields.get(self._layout.subject)
        if entity_id and name is not None and "key" not in row.fields:
            if describes:
                self._exchanged.join(entity_id, name)
            else:
                self._exchanged.use(entity_id, name)
        if is_new:
            note = self._renamed.note_on_new(row)
            self.row_notes.extend([note] if note else [])

    def _remember(
        self, row: PreparedRow, existing: int | None, entity_id: int, *, is_record_new: bool
    ) -> None:
        """Collect what has to be checked for notes once the batch is written."""
        describes = self._layout.describes_entity
        if self._new_names is not None:
            for kind, name in self._subjects.made:
                self._new_names.add(row, kind, name)
            if not existing and describes and self._layout.kind is not None:
                name = row.fields[self._layout.subject]
                self._new_names.add(row, self._layout.kind, name, described=True)
            if describes:
                self._new_names.describe(row, entity_id)
        self._subjects.made.clear()
        if self._located is not None:
            self._located.append((row, entity_id))
        if is_record_new and existing and describes and "key" in row.fields:
            self._keyed.append((row, entity_id))

    def _count(self, line: int, became: Became) -> None:
        counts = self.counts
        if became is _NEW or became is _BACK:
            # A record that was gone and is back counts as new in this edition.
            counts.new += 1
        elif became is _CHANGED:
            counts.changed += 1
        else:
            counts.unchanged += 1
        # A row with several records of the noun is new or unchanged only if all of them are.
        before = self.became.setdefault(line, became)
        if before is not became:
            self.became[line] = _NEW if {before, became} == {_NEW, _BACK} else _CHANGED

    def _keep_contents(self, before: Sequence[_Known]) -> None:
        """Store the content of records that change as versions, and delete their facts.

        For the whole batch at once: before entities are created, as the names of these may be
        facts of changed records; and after names were looked up, as these records gave some.
        """
        if not before:
            return
        said_in = {record_row.id: record_row.load_id for record_row in before}
        self._released |= {
            record_row.entity_id for record_row in before if record_row.entity_id is not None
        }
        self._released |= entities_of_facts(self._connection, said_in)
        self._work.touched.update(self._released)
        keep_contents(self._connection, before, self._load_id)
        replace_facts(self._connection, said_in, self._load_id)

    def _updated(self, record_id: int, entity_id: int, row: PreparedRow) -> dict[str, object]:
        return {
            "the_id": record_id,
            "load_id": self._load_id,
            "entity_id": entity_id,
            "locator": row.locator,
            "stated_name": row.stated_name,
            "fields": orjson.loads(row.stored_json),
            "raw": row.raw,
            "digest": row.digest,
            "gone_in": None,
            "standing": entity_id,
        }

    def _update(self) -> None:
        update_rows(self._connection, record, self._updates)
        self._updates = []


def _changed(rows: Sequence[tuple[PreparedRow, _Known | None]]) -> list[Changed]:
    return [Changed(row, before.id, before.entity_id) for row, before in rows if before is not None]
