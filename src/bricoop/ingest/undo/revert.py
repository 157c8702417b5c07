"""Revert a load on which no later load depends: give back what its log holds.

Each step is one statement for a table, however many records the load changed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, select, union, update

from bricoop.db.checksums import set_load_checksum
from bricoop.db.claims import claims_name
from bricoop.db.dialect import in_values
from bricoop.db.schema import FACTS, load, load_header, record, record_version
from bricoop.db.search.index import refresh
from bricoop.domain.english import counted
from bricoop.domain.nouns import DESCRIBING
from bricoop.errors import DatabaseError
from bricoop.ingest.editions.choose_values import choose_values
from bricoop.ingest.editions.delete_facts import delete_facts, delete_orphans, entities_of_facts
from bricoop.ingest.editions.mention_names import blank_undescribed, name_by_mention
from bricoop.ingest.editions.undo_log import (
    clear_log,
    delete_lent_names,
    logged_rows,
    replacements,
    restore_entities,
    restore_facts,
    restore_standing,
)
from bricoop.ingest.facts.project_kinds import derive_kinds, kinds_of
from bricoop.ingest.load.record_changes import CONTENT
from bricoop.ingest.resolve.known_places import KnownPlaces
from bricoop.ingest.undo.needed_entities import (
    refuse_if_references_are_needed,
    refuse_if_undo_needs,
)


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


def revert(connection: Connection, load_id: int) -> UndoResult:
    """Revert a load on which no later load depends.

    Raises:
        UsageError: other loads need entities that would be deleted.
        DatabaseError: the log of the load is incomplete.
    """
    refuse_if_references_are_needed(connection, load_id)
    return _Revert(connection, load_id).run()


class _Revert:
    def __init__(self, connection: Connection, load_id: int) -> None:
        """Look up the records and entities of the load; nothing is changed yet."""
        self._connection = connection
        self._load_id = load_id
        own = record.c.load_id == load_id
        versions = select(record_version.c.record_id).join(
            record, record.c.id == record_version.c.record_id
        )
        self._restored = self._ids(versions.where(own))
        written = self._ids(select(record.c.id).where(own))
        self._removed = written - self._restored
        #: Records that the load marked as gone.
        self._marked = self._ids(select(record.c.id).where(record.c.gone_in == load_id))
        #: The entities concerned.
        self._entities = entities_of_facts(connection, written)
        self._entities |= self._ids(select(record.c.entity_id).where(own)) - {None}

    def run(self) -> UndoResult:
        connection, load_id = self._connection, self._load_id
        effects = logged_rows(connection, load_id)
        delete_facts(connection, self._removed | self._restored)
        self._restore_contents()
        self._remove()
        self._entities |= delete_lent_names(connection, effects)
        # Before the entities whose keys they have are restored: keys are unique.
        replaced = delete_orphans(connection, replacements(connection, effects))
        self._entities |= restore_entities(connection, effects)
        self._entities |= restore_standing(connection, effects)
        changed = self._restored | self._marked
        given_back = restore_facts(connection, effects, self._loads_of(changed))
        self._refuse_incomplete_log(changed - given_back)
        derive_kinds(connection, changed, kinds_of(connection))
        self._entities |= entities_of_facts(connection, given_back & self._marked)
        self._restore_subjects(given_back)
        gone = delete_orphans(connection, self._entities - replaced) | replaced
        refuse_if_undo_needs(connection, load_id, gone)
        clear_log(connection, load_id)
        self._describe(self._entities - gone, changed)
        connection.execute(
            update(load).where(load.c.id == load_id).values(undone_at=datetime.now(UTC))
        )
        set_load_checksum(connection, load_id)
        return UndoResult(load_id, len(self._removed), len(changed), len(gone))

    def _ids(self, statement: Any) -> set[int]:
        return set(self._connection.scalars(statement))

    def _loads_of(self, record_ids: Collection[int]) -> dict[int, int]:
        """Return for each record id the load that wrote its current content."""
        statement = select(record.c.id, record.c.load_id)
        chosen = in_values(self._connection, record.c.id, record_ids)
        return dict(self._connection.execute(statement.where(chosen)).all())

    def _restore_contents(self) -> None:
        """Replace the content of changed records with their last versions, and delete these."""
        connection, version = self._connection, record_version.c
        own = in_values(connection, version.record_id, self._restored)
        last = self._ids(select(func.max(version.id)).where(own).group_by(version.record_id))
        is_last = in_values(connection, version.id, last)
        connection.execute(
            update(record)
            .where(record.c.id == version.record_id, is_last)
            .values({name: version[name] for name in CONTENT})
        )
        connection.execute(delete(record_version).where(is_last))

    def _remove(self) -> None:
        connection, load_id = self._connection, self._load_id
        connection.execute(delete(record_version).where(record_version.c.load_id == load_id))
        connection.execute(delete(record).where(in_values(connection, record.c.id, self._removed)))
        connection.execute(delete(load_header).where(load_header.c.load_id == load_id))

    def _restore_subjects(self, record_ids: Collection[int]) -> None:
        """Set the entity of records of non-describing nouns to that of their restored facts."""
        connection = self._connection
        moved = union(
            *(
                select(table.c.record_id.label("the_id"), table.c.entity_id.label("the_entity"))
                .join(record, record.c.id == table.c.record_id)
                .where(in_values(connection, table.c.record_id, record_ids))
                .where(table.c.position >= 0, record.c.entity_id != table.c.entity_id)
                .where(record.c.noun.not_in(DESCRIBING))
                for table in FACTS
            )
        )
        rows = [dict(row) for row in connection.execute(moved).mappings()]
        if rows:
            subject: BindParameter[int] = bindparam("the_entity")
            own = record.c.id == bindparam("the_id")
            statement = update(record).where(own).values(entity_id=subject, standing=subject)
            connection.execute(statement, rows)

    def _refuse_incomplete_log(self, without_facts: Collection[int]) -> None:
        """Refuse if rows that the load changed are missing from its log."""
        chosen = in_values(self._connection, record.c.id, without_facts)
        still_gone = select(record.c.id).where(record.c.gone_in == self._load_id)
        lacking = select(record.c.id, record.c.noun, record.c.fields).where(
            chosen, record.c.gone_in.is_(None)
        )
        lost = self._ids(still_gone) | {
            row.id for row in self._connection.execute(lacking) if claims_name(row.noun, row.fields)
        }
        if lost:
            message = (
                f"The database is damaged: what {counted(len(lost), 'records')} said before load"
                f" {self._load_id} is not there to be restored."
            )
            raise DatabaseError(message, "Nothing was changed. Restore a backup.")

    def _describe(self, entity_ids: set[int], changed: Collection[int]) -> None:
        """Choose the values of entities, and update all search documents concerned."""
        connection = self._connection
        name_by_mention(connection, entity_ids)
        blank_undescribed(connection, entity_ids)
        choose_values(connection, entity_ids, KnownPlaces(connection))
        own = in_values(connection, record.c.id, changed)
        about = self._ids(select(record.c.entity_id).where(own)) - {None}
        about |= entities_of_facts(connection, changed) | entity_ids
        refresh(connection, sorted(about))
