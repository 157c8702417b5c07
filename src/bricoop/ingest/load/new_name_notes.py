"""Notes on names that created new entities although known ones may be meant."""

from collections.abc import Iterator
from dataclasses import replace

from bricoop.domain.joined_names import both_names, is_surely_list, parts_of
from bricoop.domain.names import undotted
from bricoop.domain.problem import Level, Problem
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.facts.derive import further_names, listed, organizations_named
from bricoop.ingest.layouts.layout import Column, Layout
from bricoop.ingest.layouts.lists import Joint, ListOf
from bricoop.ingest.layouts.registry import LAYOUT_OF_KIND
from bricoop.ingest.load.entity_resolver import EntityResolver
from bricoop.ingest.load.former_names import FormerNames
from bricoop.ingest.resolve.name_bearers import NameBearers
from bricoop.ingest.resolve.resolver import Resolver
from bricoop.ingest.transform.validate import PreparedRow

_ORGANIZATION, _KEY = EntityKind.ORGANIZATION, "key"
_SEPARATE = "If several are meant, give the field a separator in the profile."


class NewNameNotes:
    """Collects the new names of a batch and checks all of them with few queries.

    Attributes:
        bearers: the entities that share further names; the caller clears them if names are lost.
    """

    def __init__(self, resolver: Resolver, former: FormerNames, *, published: bool) -> None:
        """Start empty.

        Args:
            resolver: looks up known names.
            former: looks up names that entities no longer have.
            published: whether the file was published by others and so has many new names: then
                notes are limited to names that consist of known ones.
        """
        self._resolver = resolver
        self._former = former
        self.bearers = NameBearers(resolver)
        self._published = published
        self._new_names: list[tuple[PreparedRow, EntityKind, str]] = []
        #: New names that entities had before.
        self._former_names: list[tuple[PreparedRow, EntityKind, str]] = []
        #: Rows that may give further names to the entity they describe, with its id.
        self._further_names: list[tuple[PreparedRow, int]] = []

    def add(
        self, row: PreparedRow, kind: EntityKind, name: str, *, described: bool = False
    ) -> None:
        """Add a new entity that a row names or, if `described`, describes."""
        if self._former.of(kind, name):
            # A row with a key of its own says that it is another entity.
            if not (described and _KEY in row.fields):
                self._former_names.append((row, kind, name))
        elif not self._published or (kind is _ORGANIZATION and not described):
            self._new_names.append((row, kind, name))

    def describe(self, row: PreparedRow, entity_id: int) -> None:
        """Add a row that describes an entity, and may give it the name of another one."""
        if not self._published:
            self._further_names.append((row, entity_id))

    def notes(self, layout: Layout, subjects: EntityResolver) -> Iterator[Problem]:
        """Yield a note on each doubtful name added so far, and clear the lists.

        Args:
            layout: the layout of the rows.
            subjects: locates cells for the notes.
        """
        yield from self._renamed(layout, subjects)
        yield from self._new(layout, subjects)
        yield from self._shared(layout, subjects)

    def _shared(self, layout: Layout, subjects: EntityResolver) -> Iterator[Problem]:
        """Yield a note on each further name that another entity of the same kind has."""
        named, self._further_names = self._further_names, []
        named_rows = [(row, own, further_names(layout, row.fields)) for row, own in named]
        further = {name for _, _, names in named_rows for name in names}
        if not further or layout.kind is None:
            return
        self.bearers.learn(further, layout.kind)
        for row, own, names in named_rows:
            for name in names:
                if others := self.bearers.others(name, layout.kind, own):
                    rule = f"is also a name of another {layout.kind.value}: {'; '.join(others)}"
                    hint = f"If both are the same, give the key {others[0]} in this row."
                    problem = subjects.problem(row, _column_of(layout, row, name), rule, hint)
                    yield replace(problem, value=name, level=Level.NOTE.value)

    def _renamed(self, layout: Layout, subjects: EntityResolver) -> Iterator[Problem]:
        """Yield a note on each new entity with a name that another one had before."""
        new_names, self._former_names = self._former_names, []
        for row, kind, name in new_names:
            former = self._former.of(kind, name)
            if former is not None:
                rule = (
                    f"was the name of {former.key} until load {former.until}, "
                    f"and is a new {kind.value} now"
                )
                hint = (
                    f"If {former.key} is meant, write this key instead, or give it the name in the "
                    f"column former_names of {LAYOUT_OF_KIND[kind].noun}."
                )
                problem = subjects.problem(row, _column_naming(layout, row, name), rule, hint)
                yield replace(problem, value=name, level=Level.NOTE.value)

    def _new(self, layout: Layout, subjects: EntityResolver) -> Iterator[Problem]:
        """Yield a note on each new entity that may be the same as a known one."""
        new_names, self._new_names = self._new_names, []
        parts_by_name = {
            name: parts_of(name) for _, kind, name in new_names if kind is _ORGANIZATION
        }
        other = {
            spelling for name in parts_by_name for spelling in (undotted(name), *both_names(name))
        }
        asked_names = {part for several in parts_by_name.values() for part in several} | (
            other - parts_by_name.keys()
        )
        known = self._resolver.known(asked_names, _ORGANIZATION) if asked_names else set()
        for row, kind, name in new_names:
            if kind is _ORGANIZATION:
                note = self._doubtful_organization(layout, row, name, parts_by_name[name], known)
            else:
                note = None
            if note is None and not self._published:
                note = self._misspelt(name, kind)
            if note is not None:
                problem = subjects.problem(row, _column_naming(layout, row, name), *note)
                yield replace(problem, value=name, level=Level.NOTE.value)

    def _doubtful_organization(
        self,
        layout: Layout,
        row: PreparedRow,
        name: str,
        name_parts: tuple[str, ...],
        known: set[str],
    ) -> tuple[str, str] | None:
        """Return rule and hint of a note on a new organization, or None if nothing is doubtful."""
        there = [name_part for name_part in name_parts if name_part in known]
        if len(name_parts) > 1 and (
            len(there) == len(name_parts)
            or (not self._published and (there or is_surely_list(name)))
        ):
            holds = f", and contains the name of {there[0]}" if there else ""
            own = layout.column(_column_naming(layout, row, name))
            hint = _SEPARATE if self._published else _several(own, name_parts)
            return f"is a new organization{holds}", hint
        if undotted(name) != name and undotted(name) in known:
            return "is a new organization", f"Did you mean: {undotted(name)}?"
        both = [spelling for spelling in both_names(name) if spelling in known]
        if len(both) > 1 or (both and not self._published):
            return "is a new organization", f"Did you mean: {both[0]}?"
        return None

    def _misspelt(self, name: str, kind: EntityKind) -> tuple[str, str] | None:
        """Return rule and hint of a note on a name that resembles known ones."""
        near = self._resolver.misspelt(name, kind)
        return (f"is a new {kind.value}", f"Did you mean: {'; '.join(near)}?") if near else None


def _several(column: Column | None, names: tuple[str, ...]) -> str:
    """Return the hint how to write several names in a column."""
    if column is not None and isinstance(column.clean, ListOf | Joint):
        return f"If several are meant, write: {'; '.join(names)}."
    return "If several are meant, write a row for each."


def _column_of(layout: Layout, row: PreparedRow, name: str) -> str:
    """Return the column in which a row gives a further name."""
    columns = (column for column, _, _ in layout.name_columns if column in row.fields)
    return next(column for column in columns if name in listed(row.fields[column]))


def _column_naming(layout: Layout, row: PreparedRow, name: str) -> str:
    """Return the first column in which a row names an organization, or else its subject."""
    named = organizations_named(layout, row.fields)
    return next((column for column, other in named if other == name), layout.subject)
