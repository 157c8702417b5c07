"""Resolve the entity that a row is about: a known one, a new one, or a problem."""

from collections import defaultdict
from dataclasses import replace
from functools import lru_cache

import orjson
from sqlalchemy import select

from bricoop.db.schema import link
from bricoop.domain.english import with_article
from bricoop.domain.generic_names import is_generic
from bricoop.domain.header import Header
from bricoop.domain.names import is_slug, slug
from bricoop.domain.problem import Problem
from bricoop.domain.project_kinds.short_names import short_name
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.counts import Created
from bricoop.ingest.editions.choose_values import subtype_values
from bricoop.ingest.facts.buffer import Buffer
from bricoop.ingest.facts.derive import Meanings, further_names, organizations_named
from bricoop.ingest.layouts.layout import Fields, Layout
from bricoop.ingest.layouts.lists import LIST_SEPARATOR
from bricoop.ingest.load.context import LoadContext
from bricoop.ingest.load.described_projects import DescribedProjects, has_stated_id
from bricoop.ingest.resolve.resolver import Candidate, slug_of
from bricoop.ingest.transform.validate import PreparedRow

#: Looked up once, as attribute access on an enumeration is slow.
_COUNTRY, _LINK, _ORGANIZATION, _PROJECT = (
    EntityKind.COUNTRY, EntityKind.LINK, EntityKind.ORGANIZATION, EntityKind.PROJECT,
)  # fmt: skip


class EntityResolver:
    """Finds or creates the entities that rows are about, and those that their cells name.

    Attributes:
        places: the countries and regions.
        links: the entity id of each of the five links, by code.
        meanings: resolves the names in records; unknown organizations are created.
        created: counts of the entities that were created because a cell names them.
        made: kind and name of the entities created since the caller last cleared the list.
        namesakes: how many rows have the name of a project that other rows of the source describe.
    """

    def __init__(self, work: LoadContext, layout: Layout, header: Header, buffer: Buffer) -> None:
        """Read the links from the database; the write lock must be held."""
        connection = work.connection
        self.places = work.known_places
        self._header = header
        self.links: dict[str, int] = dict(connection.execute(select(link.c.code, link.c.id)).all())
        self._layout = layout
        self._origin = work.origin
        self._buffer = buffer
        self._described = DescribedProjects(connection, work.source_id, buffer)
        self._numbers = work.numbers
        self._resolver = work.resolver
        self.created = Created()
        self.made: list[tuple[EntityKind, str]] = []
        self.namesakes = work.namesakes
        self._ambiguous: set[str] = set()
        #: The names of the subjects of the batch, and the countries of the entities with them: as
        #: of which flush of the buffer, and with how many of the facts added to it since.
        self._subject_names: list[str] = []
        self._countries: dict[int, set[int]] = defaultdict(set)
        self._flushes, self._buffered = -1, 0
        self.meanings = Meanings(
            organization=self._organization,
            place_id=self.places.id_of,
            is_country=self.places.is_country,
            links=self.links,
            kinds=work.kinds,
        )

    def learn(self, rows: list[Fields]) -> None:
        """Look up all names and keys of a batch with few queries."""
        subject, layout = self._layout.subject, self._layout
        named = {name for fields in rows for _, name in organizations_named(layout, fields)}
        self._subject_names = [
            fields[subject] for fields in rows if subject in fields and "key" not in fields
        ]
        self._flushes = -1
        self._described.forget()
        self._resolver.learn(
            self._subject_names,
            layout.kind,
            named,
            [fields["key"] for fields in rows if "key" in fields],
        )
        self._ambiguous = {name for name in named if len(self._resolver.organizations(name)) > 1}

    def forget_organizations(self) -> None:
        """Clear the cache of organizations, as some of them may have been deleted."""
        self._resolver.forget_organizations()

    def find(self, row: PreparedRow) -> int | Problem | None:
        """Return the id of the entity that a row is about, None if it is new, or a problem."""
        fields, layout = row.fields, self._layout
        name = fields.get(layout.subject)
        if name is None:
            return self.links[fields["link"]]
        if layout.kind is _COUNTRY:
            return self._find_country(row, name)
        if layout.kind is _LINK and fields["code"] in self.links:
            return self.links[fields["code"]]
        if layout.kind is None and (code := self.places.find(name)):
            return self.places.id_of(code)
        if "key" in fields:
            return self._find_key(row, fields["key"])
        return self._find_name(row, name)

    def others_named(self, name: str, entity_id: int) -> list[str]:
        """Return the keys of other entities of this layout's kind that have the same name."""
        candidates = self._resolver.candidates(name, self._layout.kind)
        return sorted(candidate.key for candidate in candidates if candidate.id != entity_id)

    def create(self, row: PreparedRow, record_id: int) -> int:
        """Create the entity that a row is about and return its id."""
        layout, fields = self._layout, row.fields
        if layout.kind is None:
            message = f"a row of {layout.noun} cannot make an entity"
            raise TypeError(message)
        name, kind = fields[layout.subject], layout.kind
        if not layout.describes_entity:
            return self._create_by_name(kind, name, record_id)
        names = [name, *further_names(layout, fields)]
        entity_id = self._new(kind, names, fields.get("key"), fields.get("description"))
        values = subtype_values(layout, fields, self.places)
        if kind is _PROJECT:
            kinds = self.meanings.kinds.of(fields)
            values["kind"] = kinds[0][0] if kinds else None
            values["short_name"] = short_name(name)
        self._buffer.describe(entity_id, kind, values)
        if kind is _COUNTRY:
            self.places.add_country(
                entity_id, fields["alpha2"], fields["alpha3"], fields.get("numeric")
            )
        elif kind is _LINK:
            self.links[fields["code"]] = entity_id
        return entity_id

    def remember_names(self, row: PreparedRow, entity_id: int) -> None:
        """Register the further names of a row's entity for the rest of the batch."""
        kind = self._layout.kind
        further = further_names(self._layout, row.fields)
        if not further or kind is None:
            return
        known = self._resolver.candidates(row.fields[self._layout.subject], kind)
        key = next(
            (candidate.key for candidate in known if candidate.id == entity_id),
            row.fields.get("key"),
        )
        if key is not None:
            self._resolver.remember(Candidate(entity_id, kind.value, key), further)

    def ambiguous_organizations(self, row: PreparedRow) -> list[Problem]:
        """Return a problem for each cell that names an organization ambiguously."""
        if not self._ambiguous:
            return []
        return [
            self._several(row, column, name, self._resolver.organizations(name))
            for column, name in organizations_named(self._layout, row.fields)
            if name in self._ambiguous
        ]

    def problem(self, row: PreparedRow, column: str, rule: str, hint: str = "") -> Problem:
        """Return a problem located at a cell of a row."""
        raw = _cells(row.raw_json)
        read_from = self._header.column_of(raw, column, row.external_id)
        cell = self._header.said(raw).get(read_from, "")
        return self._origin.problem(row.line, read_from, cell, rule, hint)

    def _find_country(self, row: PreparedRow, name: str) -> int | Problem | None:
        fields = row.fields
        code = self.places.find(name) or self.places.find(fields.get("alpha3", name))
        for column in ("alpha2", "alpha3", "numeric"):
            if self.places.owner(fields.get(column)) not in {None, code}:
                return self.problem(row, column, "is the code of another country")
        if code is not None:
            return self.places.id_of(code)
        if "alpha2" in fields and "alpha3" in fields:
            return None
        near = self._resolver.closest(name)
        hint = f"Did you mean: {near}?" if near else "A new one needs alpha2 and alpha3."
        return self.problem(row, "name", "is not a known country", hint)

    def _find_key(self, row: PreparedRow, key: str) -> int | Problem | None:
        known = self._resolver.with_key(key)
        if known is None:
            if is_slug(key) or key == slug(key):
                return None
            return self.problem(
                row, "key", "does not have the form of a key", f"Write {slug(key)!r}."
            )
        if known.kind != self._layout.kind:
            rule = f"is the key of something else: {with_article(known.kind)}"
            return self.problem(row, "key", rule, "Choose another key.")
        return known.id

    def _find_name(self, row: PreparedRow, name: str) -> int | Problem | None:
        layout = self._layout
        candidates = (
            self._resolver.organizations(name)
            if layout.kind is _ORGANIZATION
            else self._resolver.candidates(name, layout.kind)
        )
        if layout.kind is _PROJECT and layout.describes_entity and candidates:
            candidates = self._not_elsewhere(row.fields, candidates)
            candidates = self._not_other_rows(row, candidates)
        if len(candidates) > 1:
            return self._several(row, layout.subject, name, candidates)
        if candidates:
            return candidates[0].id
        if not layout.describes_entity and (known := self._with_key_like(name)):
            return known.id
        if layout.may_create:
            return self._refused_reference(row, name)
        near = self._resolver.closest(name)
        hint = f"Did you mean: {near}?" if near else "Load it first, under its own noun."
        return self.problem(row, layout.subject, "is not known", hint)

    def _with_key_like(self, name: str) -> Candidate | None:
        """Return the entity whose key equals the name except for case: `M-P1` means `m-p1`."""
        key = slug_of(name)
        # A slug that drops characters of the name may be the key of something else.
        if key != name.casefold():
            return None
        known = self._resolver.with_key(key)
        return known if known and self._layout.kind in {known.kind, None} else None

    def _refused_reference(self, row: PreparedRow, name: str) -> Problem | None:
        """Return a problem if a row must not create the unknown entity that it is about.

        Rows of finance, locations and statistics create the projects that they name, but not those
        to which they refer by key: a mistyped key would create a second project.
        """
        layout = self._layout
        if layout.describes_entity or layout.kind is None:
            return None
        kind = layout.kind.value
        if is_slug(name) and not name.isalpha():
            near = "; ".join(self._resolver.closest_keys(name, layout.kind))
            hint = f"Did you mean: {near}?" if near else f"Load the {kind}s first."
            rule = f"is not the key of a {kind}"
            return self._problem_of(row, layout.subject, name, rule, hint)
        if LIST_SEPARATOR in name:
            rule = f"names several; a row is about one {kind}"
            return self.problem(row, layout.subject, rule, "Write a row for each.")
        return None

    def _not_elsewhere(self, fields: Fields, candidates: list[Candidate]) -> list[Candidate]:
        """Return the projects that share a country with the row, or have none recorded."""
        codes = fields.get("countries", ())
        here = {self.places.id_of(code) for code in codes if self.places.is_country(code)}
        if not here:
            return candidates
        return [
            candidate
            for candidate in candidates
            if not (theirs := self._countries_of(candidate.id)) or theirs & here
        ]

    def _not_other_rows(self, row: PreparedRow, candidates: list[Candidate]) -> list[Candidate]:
        """Return the projects that no other row of the source describes.

        A source that gives two rows different ids means two projects, although their names are
        equal. A generic name means a project of its own in each source.
        """
        if is_generic(row.fields[self._layout.subject]):
            return []
        if not has_stated_id(row):
            return candidates
        others = [
            candidate
            for candidate in candidates
            if self._described.ids_of(candidate.id, self._of_batch) - {row.external_id}
        ]
        if others and len(others) == len(candidates):
            self.namesakes[others[0].id] += 1
        return [candidate for candidate in candidates if candidate not in others]

    def _of_batch(self) -> set[int]:
        """Return the entities with names of rows of the batch."""
        kind = self._layout.kind
        return {
            candidate.id
            for name in self._subject_names
            for candidate in self._resolver.candidates(name, kind)
        }

    def _countries_of(self, entity_id: int) -> set[int]:
        """Return the countries of an entity that has the name of a row of the batch."""
        if self._flushes != self._buffer.flushes:
            # Only now, as the facts of the records that the batch changes were deleted meanwhile.
            self._countries = self._resolver.countries_of(self._of_batch())
            self._flushes, self._buffered = self._buffer.flushes, 0
        new = self._buffer.facts["entity_country"][self._buffered :]
        for _, _, owner, country_id, *_ in new:
            self._countries[owner].add(country_id)
        self._buffered += len(new)
        return self._countries[entity_id]

    def _several(
        self, row: PreparedRow, column: str, name: str, candidates: list[Candidate]
    ) -> Problem:
        keys = "; ".join(sorted(candidate.key for candidate in candidates))
        return self._problem_of(row, column, name, f"is ambiguous: {keys}", "Give the key.")

    def _problem_of(
        self, row: PreparedRow, column: str, name: str, rule: str, hint: str
    ) -> Problem:
        """Return a problem about a name, which a profile may have derived from its cell."""
        problem = self.problem(row, column, rule, hint)
        if problem.value.strip() == name:
            return problem
        return replace(problem, rule=f"means {name!r}, which {rule}")

    def _organization(self, name: str, record_id: int) -> int:
        candidates = self._resolver.organizations(name)
        if candidates:
            self._resolver.exchanged.use(candidates[0].id, name)
            return candidates[0].id
        entity_id = self._create_by_name(_ORGANIZATION, name, record_id)
        # Fills the cache, so that the next batch needs no query.
        self._resolver.organizations(name)
        return entity_id

    def _create_by_name(self, kind: EntityKind, name: str, record_id: int) -> int:
        entity_id = self._new(kind, [name], None, None)
        self._buffer.mention(record_id, entity_id, kind, name)
        self.created.add(kind, name)
        self.made.append((kind, name))
        return entity_id

    def _new(self, kind: EntityKind, names: list[str], key: str | None, about: str | None) -> int:
        entity_id = self._numbers.next("entity")
        new_key = key or self._resolver.new_key(names[0])
        self._resolver.take_key(new_key)
        code = kind.value
        self._resolver.remember(Candidate(entity_id, code, new_key), names)
        self._buffer.add_entity(entity_id, code, new_key, names[0], about)
        return entity_id


@lru_cache(maxsize=1)
def _cells(raw_json: bytes) -> tuple[str, ...]:
    """Return the cells of a row; cached, as a row may have many problems."""
    return tuple(orjson.loads(raw_json))
