"""Track records of a newer edition that give their entities other names than before."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias
from bricoop.domain.names import normalise
from bricoop.domain.nouns import NAMED_KINDS
from bricoop.domain.problem import Level, Problem
from bricoop.ingest.facts.derive import aliases
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.load.entity_resolver import EntityResolver
from bricoop.ingest.resolve.exchanged_names import EntityName, ExchangedNames
from bricoop.ingest.transform.validate import PreparedRow


class Changed(NamedTuple):
    """A row that changes an existing record."""

    row: PreparedRow
    record_id: int
    entity_id: int | None


class RenamedRecords:
    """Finds names that changed records no longer give, and yields notes on exchanged names."""

    def __init__(self, layout: Layout, subjects: EntityResolver, exchanged: ExchangedNames) -> None:
        """Start without changed records; lost names will be reported to `exchanged`."""
        self._layout = layout
        self._subjects = subjects
        self._exchanged = exchanged
        self._applies = layout.describes_entity and layout.kind in NAMED_KINDS
        self._previous_names: dict[int, set[tuple[int, str]]] = {}
        self._kept_names: set[tuple[int, str]] = set()

    def look_up(self, connection: Connection, changed: Sequence[Changed]) -> None:
        """Look up the names that the changed records of a batch gave, before they are deleted."""
        self._previous_names, layout = {}, self._layout
        if not self._applies or not changed:
            return
        names = select(alias.c.record_id, alias.c.entity_id, alias.c.normalised)
        records = {record_id for _, record_id, _ in changed}
        own = connection.execute(names.where(in_values(connection, alias.c.record_id, records)))
        for record_id, entity_id, name in own:
            self._previous_names.setdefault(record_id, set()).add((entity_id, name))
        words = {
            name for names_of_record in self._previous_names.values() for _, name in names_of_record
        }
        last = self._exchanged.last_record
        # Names by mention, which have negative positions, do not describe the entity.
        same = in_values(connection, alias.c.normalised, words) & (alias.c.position >= 0)
        every = connection.execute(names.where(same))
        self._kept_names = {
            (entity_id, name)
            for record_id, entity_id, name in every
            # New records do not count: they may have been matched by this very name.
            if record_id not in records and record_id <= last
        }
        for row, _, number in changed:
            if number is not None:
                self._kept_names |= {
                    (number, name) for _, name, _, _ in aliases(layout, row.fields)
                }

    def lose(self, record_id: int) -> None:
        """Report the names that an entity loses, after its changed record was written."""
        lost = self._previous_names.get(record_id, set()) - self._kept_names
        kind = self._layout.kind
        if kind is not None:
            self._exchanged.lose(EntityName(kind, *name) for name in lost)

    def note_on_new(self, row: PreparedRow) -> Problem | None:
        """Return a note if a new record has a name that a changed record of the source lost."""
        kind = self._layout.kind
        if not self._applies or kind is None or "key" in row.fields:
            return None
        if not self._exchanged.claim(kind, row.fields[self._layout.subject]):
            return None
        rule = f"was the name of another {kind} of this source, which has another name in this file"
        return self._note(row, rule, f"This row is a new {kind}.")

    def note_on_changed(self, row: PreparedRow, record_id: int, entity_id: int) -> Problem | None:
        """Return a note if the new name of a record belongs to another entity as well."""
        if not self._applies:
            return None
        name = row.fields[self._layout.subject]
        if (entity_id, normalise(name)) in self._previous_names.get(record_id, set()):
            return None
        others = self._subjects.others_named(name, entity_id)
        if not others:
            return None
        kind = self._layout.kind
        rule = f"is the new name of this {kind}, and also a name of {'; '.join(others)}"
        return self._note(row, rule, "They are kept as two; refer to them by key.")

    def _note(self, row: PreparedRow, rule: str, hint: str) -> Problem:
        problem = self._subjects.problem(row, self._layout.subject, rule, hint)
        return replace(problem, level=Level.NOTE.value)
