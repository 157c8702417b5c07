"""Revert a load on which no later load depends, restoring what it had changed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, delete, select, update

from bricoop.db.checksums import set_load_checksum
from bricoop.db.dialect import in_values
from bricoop.db.ids import Ids
from bricoop.db.schema import (
    FACTS,
    country,
    entity,
    load,
    load_header,
    record,
    record_version,
)
from bricoop.db.search.index import refresh
from bricoop.domain.grammar import counted
from bricoop.domain.header import Header
from bricoop.domain.nouns import REFERENCE_KINDS, REFERENCE_NOUNS
from bricoop.domain.problem import Problem
from bricoop.errors import DatabaseError, UsageError
from bricoop.ingest.editions.choose_values import choose_values
from bricoop.ingest.editions.delete_facts import (
    delete_facts,
    delete_orphans,
    entities_of_facts,
    records_mentioning,
)
from bricoop.ingest.editions.mention_names import blank_undescribed, name_by_mention
from bricoop.ingest.editions.undo_log import (
    clear_log,
    delete_lent_names,
    entities_needed,
    logged_rows,
    restore_entities,
    restore_facts,
    restore_standing,
)
from bricoop.ingest.facts.buffer import Buffer
from bricoop.ingest.facts.derive import Deriver
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.load.context import LoadContext
from bricoop.ingest.load.entity_resolver import EntityResolver
from bricoop.ingest.load.record_changes import CONTENT
from bricoop.ingest.resolve.known_places import KnownPlaces
from bricoop.ingest.transform.validate import PreparedRow


@dataclass(frozen=True)
class UndoResult:
    """The result of undoing a load.

    Attributes:
        load_id: the load.
        removed: the number of records that were deleted.
        restored: the number of records whose former content or standing was restored.
        dropped: the number of entities that were deleted, as nothing refers to them any more.
        again: the later loads that depended on it and were replayed without it.
    """

    load_id: int
    removed: int
    restored: int
    dropped: int
    again: tuple[int, ...] = ()


class TakeBack:
    """Reverts a load on which no later load depends.

    Attributes:
        touched: the records that the load wrote.
    """

    def __init__(self, connection: Connection, load_id: int) -> None:
        """Look up the records and entities of the load; nothing is changed yet."""
        self._connection = connection
        self._load_id = load_id
        self.touched = self._ids(select(record.c.id).where(record.c.load_id == load_id))
        self._restored = self.touched & self._ids(
            select(record_version.c.record_id).where(
                in_values(connection, record_version.c.record_id, self.touched)
            )
        )
        self._removed = self.touched - self._restored
        #: Records that the load marked as gone.
        self._marked = self._ids(select(record.c.id).where(record.c.gone_in == load_id))
        #: Entities that restored records were about before they were moved back.
        self._left: set[int] = set()
        self._entities = entities_of_facts(connection, self.touched) | self._ids(
            select(record.c.entity_id)
            .where(in_values(connection, record.c.id, self.touched))
            .where(record.c.entity_id.is_not(None))
        )

    def run(self) -> UndoResult:
        """Revert the load.

        Raises:
            UsageError: other loads need entities that would be deleted.
            DatabaseError: the log of the load is incomplete.
        """
        self.refuse_if_references_are_needed()
        effects = logged_rows(self._connection, self._load_id)
        delete_facts(self._connection, self.touched)
        said_in = self._restore() | self._said_in(self._marked)
        self._remove()
        self._entities |= delete_lent_names(self._connection, effects)
        self._entities |= restore_entities(self._connection, effects)
        self._entities |= restore_standing(self._connection, effects)
        self._refuse_incomplete_log()
        given_back = restore_facts(self._connection, effects, said_in)
        self._entities |= entities_of_facts(self._connection, given_back & self._marked)
        self._restore_subjects(given_back)
        self._derive_again(self._restored - given_back - self._still_gone())
        gone = delete_orphans(self._connection, self._left | self._entities)
        self._refuse_if_undo_needs(gone)
        clear_log(self._connection, self._load_id)
        self._describe_again(self._entities - gone)
        self._index(self._restored | self._marked)
        self._connection.execute(
            update(load).where(load.c.id == self._load_id).values(undone_at=datetime.now(UTC))
        )
        set_load_checksum(self._connection, self._load_id)
        restored = len(self._restored | self._marked)
        return UndoResult(self._load_id, len(self._removed), restored, len(gone))

    def _said_in(self, record_ids: set[int]) -> dict[int, int]:
        """Return for each record id the load that wrote its current content."""
        statement = select(record.c.id, record.c.load_id)
        chosen = in_values(self._connection, record.c.id, record_ids)
        return dict(self._connection.execute(statement.where(chosen)).all())

    def _still_gone(self) -> set[int]:
        """Return the records that other loads marked as gone, which have no facts."""
        return self._ids(select(record.c.id).where(record.c.gone_in.is_not(None))) - self._marked

    def _restore_subjects(self, record_ids: set[int]) -> None:
        """Set the entity of records of non-describing nouns to that of their restored facts."""
        for table in FACTS:
            rows = self._connection.execute(
                select(table.c.record_id, table.c.entity_id, record.c.noun)
                .join(record, record.c.id == table.c.record_id)
                .where(in_values(self._connection, table.c.record_id, record_ids))
                .where(table.c.position >= 0, record.c.entity_id != table.c.entity_id)
            ).all()
            for row in rows:
                if not layout_of(row.noun).describes_entity:
                    self._connection.execute(
                        update(record)
                        .where(record.c.id == row.record_id)
                        .values(entity_id=row.entity_id, standing=row.entity_id)
                    )

    def _refuse_incomplete_log(self) -> None:
        """Refuse if rows that the load changed are missing from its log."""
        lost = self._ids(select(record.c.id).where(record.c.gone_in == self._load_id))
        if lost:
            message = (
                f"The database is damaged: what {counted(len(lost), 'records')} said before load"
                f" {self._load_id} is not there to be restored."
            )
            raise DatabaseError(message, "Nothing was changed. Restore a backup.")

    def _refuse_if_undo_needs(self, gone: set[int]) -> None:
        needed = entities_needed(self._connection, but=self._load_id)
        loads = sorted({needed[entity_id] for entity_id in gone if entity_id in needed})
        if loads:
            names = ", ".join(map(str, loads))
            message = f"Load {self._load_id} contains what is needed to undo other loads: {names}."
            raise UsageError(message, "Undo those first.")

    def _ids(self, statement: Any) -> set[int]:
        return set(self._connection.scalars(statement))

    def refuse_if_references_are_needed(self) -> None:
        """Refuse if other loads need countries, regions or links that would be deleted.

        Raises:
            UsageError: they do.
        """
        connection = self._connection
        references = self._ids(
            select(entity.c.id).where(
                in_values(connection, entity.c.id, self._entities),
                entity.c.kind.in_([kind.value for kind in REFERENCE_KINDS]),
            )
        )
        described_here = self._ids(
            select(record.c.entity_id).where(
                in_values(connection, record.c.id, self._removed),
                record.c.noun.in_(REFERENCE_NOUNS),
            )
        )
        about = (
            select(record.c.id, record.c.load_id, record.c.noun, record.c.entity_id)
            .where(in_values(connection, record.c.entity_id, references & described_here))
            .where(record.c.load_id != self._load_id)
        )
        others = connection.execute(about).all()
        described_elsewhere = {row.entity_id for row in others if row.noun in REFERENCE_NOUNS}
        pulled = (references & described_here) - described_elsewhere
        resting = {row.load_id for row in others if row.entity_id in pulled}
        naming = records_mentioning(connection, pulled) | self._at_home_in(pulled)
        naming -= self.touched
        resting |= self._ids(
            select(record.c.load_id).where(in_values(connection, record.c.id, naming))
        )
        if resting:
            loads = ", ".join(str(resting_load) for resting_load in sorted(resting))
            message = (
                f"Load {self._load_id} describes countries, regions or links that other loads name:"
                f" {loads}."
            )
            raise UsageError(message, "Undo those first.")

    def _at_home_in(self, countries: set[int]) -> set[int]:
        """Return the records that give one of the countries as the home of an organization."""
        codes = set(
            self._connection.scalars(
                select(country.c.alpha3).where(in_values(self._connection, country.c.id, countries))
            )
        )
        if not codes:
            return set()
        organizations = select(record.c.id, record.c.fields).where(record.c.noun == "organizations")
        return {
            row.id
            for row in self._connection.execute(organizations)
            if row.fields.get("country") in codes
        }

    def _restore(self) -> dict[int, int]:
        said_in: dict[int, int] = {}
        for record_id in sorted(self._restored):
            last = self._connection.execute(
                select(record_version)
                .where(record_version.c.record_id == record_id)
                .order_by(record_version.c.id.desc())
                .limit(1)
            ).one()
            content = {name: getattr(last, name) for name in CONTENT}
            self._connection.execute(update(record).where(record.c.id == record_id).values(content))
            self._connection.execute(delete(record_version).where(record_version.c.id == last.id))
            said_in[record_id] = last.load_id
        return said_in

    def _remove(self) -> None:
        of_this_load = record_version.c.load_id == self._load_id
        self._connection.execute(delete(record_version).where(of_this_load))
        gone = in_values(self._connection, record.c.id, self._removed)
        self._connection.execute(delete(record).where(gone))
        self._connection.execute(delete(load_header).where(load_header.c.load_id == self._load_id))

    def _derive_again(self, record_ids: Iterable[int]) -> None:
        by_noun: dict[str, list[Row[Any]]] = defaultdict(list)
        chosen = in_values(self._connection, record.c.id, record_ids)
        rows = self._connection.execute(select(record).where(chosen).order_by(record.c.id)).all()
        for row in rows:
            by_noun[row.noun].append(row)
        work = LoadContext.on(self._connection, Ids(self._connection))
        for noun, records in by_noun.items():
            work.resolver.forget_organizations()
            self._derive_noun(work, layout_of(noun), records)

    def _derive_noun(self, work: LoadContext, layout: Layout, records: list[Row[Any]]) -> None:
        buffer = Buffer(work.connection, work.pending, work.name_filter)
        subjects = EntityResolver(work, layout, Header(()), buffer)
        subjects.learn([row.fields for row in records])
        deriver = Deriver(layout, subjects.meanings, buffer.facts)
        for row in records:
            deriver.derive(row.id, self._entity_of(row, subjects, buffer), row.fields)
        buffer.flush()

    def _entity_of(self, row: Row[Any], subjects: EntityResolver, buffer: Buffer) -> int:
        is_told = row.id not in self._restored or layout_of(row.noun).describes_entity
        if row.entity_id is not None and is_told:
            return int(row.entity_id)
        # Before the load changed it, the record may have been about another entity.
        prepared = PreparedRow(
            0,
            row.external_id,
            row.locator,
            row.stated_name,
            row.fields,
            b"",
            orjson.dumps(row.raw),
            row.digest,
        )
        entity_or_problem = subjects.find(prepared)
        if isinstance(entity_or_problem, Problem) or (
            entity_or_problem is None and layout_of(row.noun).kind is None
        ):
            message = f"Load {self._load_id} changed what {row.external_id!r} is about, and what "
            raise UsageError(f"{message}that was is no longer known.", "Undo newer loads first.")
        entity_id = entity_or_problem or subjects.create(prepared, row.id)
        buffer.flush()
        self._left |= {row.entity_id} - {None}
        self._connection.execute(
            update(record)
            .where(record.c.id == row.id)
            .values(entity_id=entity_id, gone_in=None, standing=entity_id)
        )
        return entity_id

    def _index(self, record_ids: set[int]) -> None:
        """Update the search documents of all entities concerned."""
        about = self._ids(
            select(record.c.entity_id)
            .where(in_values(self._connection, record.c.id, record_ids))
            .where(record.c.entity_id.is_not(None))
        )
        about |= entities_of_facts(self._connection, record_ids) | self._entities | self._left
        refresh(self._connection, sorted(about))

    def _describe_again(self, entity_ids: set[int]) -> None:
        name_by_mention(self._connection, entity_ids)
        blank_undescribed(self._connection, entity_ids)
        choose_values(self._connection, entity_ids, KnownPlaces(self._connection))
