"""Records of a newer edition that give their entities other names than before."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from bricoop.db.schema import alias
from bricoop.db.seam import among
from bricoop.domain.names import normalise
from bricoop.domain.problem import Level, Problem
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.facts.derive import aliases
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.prepared.finish import Prepared
from bricoop.ingest.writing.subjects import Subjects

#: What has no code of its own is known by its names alone.
_NAMED = {
    EntityKind.ORGANIZATION, EntityKind.PROJECT, EntityKind.AGREEMENT, EntityKind.POLICY,
}  # fmt: skip


class Renamed:
    """The names that the changed records of a batch gave before, and those they give no more.

    An edition that gives the name of a record to another one speaks of two things: the record stays
    with its entity, and the other one, which is new, must not be taken for that by its former name.
    """

    def __init__(self, layout: Layout, subjects: Subjects) -> None:
        """Begin with no changed record."""
        self._layout = layout
        self._subjects = subjects
        self._applies = layout.describes_entity and layout.kind in _NAMED
        self._before: set[tuple[int, str]] = set()
        self._former: set[tuple[int, str]] = set()

    def learn(
        self, connection: Connection, changed: Sequence[tuple[Prepared, int, int | None]]
    ) -> None:
        """Look up the names that changed records gave so far, while these are still there.

        Args:
            connection: an open transaction.
            changed: the rows of changed records, with the record and its entity.
        """
        self._before, self._former = set(), set()
        if not self._applies or not changed:
            return
        names = select(alias.c.entity_id, alias.c.normalised, alias.c.record_id)
        records = {record_id for _, record_id, _ in changed}
        own = connection.execute(names.where(among(connection, alias.c.record_id, records)))
        self._before = {(row.entity_id, row.normalised) for row in own}
        words = {name for _, name in self._before}
        every = connection.execute(names.where(among(connection, alias.c.normalised, words)))
        kept = {(row.entity_id, row.normalised) for row in every if row.record_id not in records}
        for row, _, entity_id in changed:
            if entity_id is not None:
                kept |= {(entity_id, name) for _, name, _, _ in aliases(self._layout, row.fields)}
        self._former = self._before - kept

    def is_former(self, row: Prepared, entity_id: int) -> bool:
        """Return whether a new record and an entity share a name that the entity no longer has."""
        return (
            self._applies
            and "key" not in row.fields
            and (entity_id, normalise(row.fields[self._layout.subject])) in self._former
        )

    def note_on_new(self, row: Prepared) -> Problem:
        """Return the note on a new record with a name that another one of the source gave up."""
        kind = self._layout.kind
        rule = f"was the name of another {kind} of this source, which this file names differently"
        hint = f"This row is loaded as a new {kind}."
        return self._note(row, rule, hint)

    def note_on_changed(self, row: Prepared, entity_id: int) -> Problem | None:
        """Return the note on a record whose new name is another entity's; None where it is not."""
        if not self._applies:
            return None
        name = row.fields[self._layout.subject]
        if (entity_id, normalise(name)) in self._before:
            return None
        others = self._subjects.others_named(name, entity_id)
        if not others:
            return None
        rule = f"is a new name of this {self._layout.kind} and also that of {'; '.join(others)}"
        return self._note(row, rule, "They stay apart; cells that name them need a key.")

    def _note(self, row: Prepared, rule: str, hint: str) -> Problem:
        problem = self._subjects.problem(row, self._layout.subject, rule, hint)
        return replace(problem, level=Level.NOTE.value)
