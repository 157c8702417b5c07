"""Records of a newer edition that give their entities other names than before."""

from collections.abc import Collection, Container, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection, select

from bricoop.db.schema import alias
from bricoop.db.seam import among
from bricoop.domain.names import normalise
from bricoop.domain.problem import Level, Problem
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.facts.derive import aliases
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.names.former import FormerName, FormerNames
from bricoop.ingest.prepared.finish import Prepared
from bricoop.ingest.writing.subjects import Subjects

#: What has no code of its own is known by its names alone.
_NAMED = {
    EntityKind.ORGANIZATION, EntityKind.PROJECT, EntityKind.AGREEMENT, EntityKind.POLICY,
}  # fmt: skip


class Changed(NamedTuple):
    """A row of a record that says something else than before."""

    row: Prepared
    record_id: int
    entity_id: int | None


class Lookup(NamedTuple):
    """The names that changed records gave before, and those of them that entities lose.

    Attributes:
        given: pairs of an entity's id and a normalised name.
        lost: the names that no record gives the entity any more.
    """

    given: set[tuple[int, str]]
    lost: set[FormerName]


def look_up_names(
    connection: Connection, layout: Layout, changed: Collection[Changed], joined: Container[int]
) -> Lookup:
    """Look up the names that changed records gave so far, while these are still there.

    Args:
        connection: an open transaction.
        layout: what the records are.
        changed: all changed records of some rows.
        joined: records that came to an entity by its name, and so do not keep it.
    """
    kind = layout.kind
    if not layout.describes_entity or kind is None or kind not in _NAMED or not changed:
        return Lookup(set(), set())
    names = select(alias.c.entity_id, alias.c.normalised, alias.c.record_id)
    records = {one.record_id for one in changed}
    own = connection.execute(names.where(among(connection, alias.c.record_id, records)))
    given = {(row.entity_id, row.normalised) for row in own}
    words = {name for _, name in given}
    every = connection.execute(names.where(among(connection, alias.c.normalised, words)))
    kept = {
        (row.entity_id, row.normalised)
        for row in every
        if row.record_id not in records and row.record_id not in joined
    }
    for row, _, entity_id in changed:
        if entity_id is not None:
            kept |= {(entity_id, name) for _, name, _, _ in aliases(layout, row.fields)}
    return Lookup(given, {FormerName(kind, *one) for one in given - kept})


class Renamed:
    """What an edition that exchanges names says of each of its records.

    An edition that gives the name of a record to another one speaks of two things: the record stays
    with its entity, and the other one, which is new, must not be taken for that by its former name.
    """

    def __init__(self, layout: Layout, subjects: Subjects, former: FormerNames) -> None:
        """Begin with no changed record; `former` has the names that the load knows to be lost."""
        self._layout = layout
        self._subjects = subjects
        self._former = former
        self._applies = layout.describes_entity and layout.kind in _NAMED
        self._given: set[tuple[int, str]] = set()

    def look_up(self, connection: Connection, changed: Sequence[Changed]) -> set[FormerName]:
        """Return the names that the changed records of a batch make entities lose."""
        self._given, lost = look_up_names(connection, self._layout, changed, self._former.joined)
        return lost

    def note_on_new(self, row: Prepared) -> Problem | None:
        """Return the note on a new record with a name that another one of the source gives up."""
        kind = self._layout.kind
        if not self._applies or kind is None or "key" in row.fields:
            return None
        if not self._former.include_any(kind, normalise(row.fields[self._layout.subject])):
            return None
        rule = f"was the name of another {kind} of this source, which this file names differently"
        hint = f"This row is loaded as a new {kind}."
        return self._note(row, rule, hint)

    def note_on_changed(self, row: Prepared, entity_id: int) -> Problem | None:
        """Return the note on a record whose new name is another entity's; None where it is not."""
        if not self._applies:
            return None
        name = row.fields[self._layout.subject]
        if (entity_id, normalise(name)) in self._given:
            return None
        others = self._subjects.others_named(name, entity_id)
        if not others:
            return None
        rule = f"is a new name of this {self._layout.kind} and also that of {'; '.join(others)}"
        return self._note(row, rule, "They stay apart; cells that name them need a key.")

    def _note(self, row: Prepared, rule: str, hint: str) -> Problem:
        problem = self._subjects.problem(row, self._layout.subject, rule, hint)
        return replace(problem, level=Level.NOTE.value)
