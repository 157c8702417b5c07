"""Resolve names to entities by exact match with any of their names, and choose new keys."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, select

from bricoop.db.deferred import Deferred
from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, entity, entity_country
from bricoop.domain.names import is_slug, normalise, slug
from bricoop.domain.suggestions import Suggestions, alike
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.resolve.exchanged_names import ExchangedNames
from bricoop.ingest.resolve.name_filter import NameFilter
from bricoop.lookup.closest import ClosestNames

_COLUMNS = (entity.c.id, entity.c.kind, entity.c.key)
#: Looked up once, as attribute access on an enumeration is slow.
_ORGANIZATION = EntityKind.ORGANIZATION
#: How many names of organizations are cached; beyond that, memory matters more than time.
_MOST_REMEMBERED = 100_000
#: How many unknown keys of a load get a hint, and among how many known keys it is searched.
_MOST_KEY_HINTS, _MOST_KEYS_COMPARED = 20, 20_000
#: How many unknown names of a load get a hint; a screen shows 20 problems.
_MOST_NAME_HINTS = 25
#: The numbers of keys that are looked up for a whole batch, once a name of it needs one.
_NUMBERS = range(2, 6)
#: How many new names of a load are compared with known ones, if these are few.
_MOST_NAMES_COMPARED = 200


class Candidate(NamedTuple):
    """A known entity that a name may mean."""

    id: int
    kind: str
    key: str


class Resolver:
    """Resolves the names of a batch to entities, and chooses keys of new entities.

    Attributes:
        exchanged: names that this load moves to another entity; if expected, they do not match.
    """

    def __init__(self, connection: Connection, name_filter: NameFilter, deferred: Deferred) -> None:
        """Start with empty caches; `name_filter` saves queries for names that do not exist."""
        self.exchanged = ExchangedNames()
        self._connection = connection
        self._name_filter = name_filter
        self._deferred = deferred
        self._by_name: dict[str, dict[int, Candidate]] = defaultdict(dict)
        self._by_key: dict[str, Candidate] = {}
        self._organizations: dict[str, list[Candidate]] = {}
        #: The cached spellings of organizations' names, by normalised name.
        self._spelt: dict[str, list[str]] = defaultdict(list)
        self._taken: set[str] = set()
        #: Keys that were looked up; those not in `_taken` are free.
        self._free: set[str] = set()
        self._asked: set[tuple[str, EntityKind | None]] = set()
        #: Keys that names of the batch may get, with and without a number, and whether they exist.
        self._known_keys: dict[str, bool] = {}
        #: For each slug of names that many entities share, the last number that a key of it has.
        self._last_numbers: dict[str, int] = {}
        self._hinted = 0
        self._misspelt = 0
        self._nearby: dict[EntityKind, ClosestNames] = {}
        nearby = ClosestNames(connection)
        self._suggestions = Suggestions(lambda name: "; ".join(nearby.to(name)), _MOST_NAME_HINTS)

    def learn(
        self,
        names: Iterable[str],
        kind: EntityKind | None,
        organizations: Iterable[str],
        keys: Iterable[str],
    ) -> None:
        """Look up all names and keys of a batch that are not cached yet.

        Args:
            names: names of the subjects of rows without a key.
            kind: the kind of the subjects; None if it may be any.
            organizations: names of organizations in cells.
            keys: keys given in rows.
        """
        self._known_keys = {}
        known = self._organizations
        unknown_names: set[tuple[str, EntityKind | None]] = {(name, kind) for name in names}
        if kind is _ORGANIZATION:
            unknown_names = {pair for pair in unknown_names if pair[0] not in known}
        unknown_names |= {(name, _ORGANIZATION) for name in organizations if name not in known}
        unknown_names -= self._asked
        self._asked |= unknown_names
        # A name may also be a key if it has the form of a slug.
        asked_keys = {
            *keys,
            *(name for name, _ in unknown_names if is_slug(name)),
        } - self._by_key.keys()
        self._learn_keys(asked_keys)
        unknown = [pair for pair in unknown_names if not self._has_key(*pair)]
        if unknown:
            self.learn_names({normalise(name) for name, _ in unknown})
            # New entities need keys, which must be free.
            new = {slug_of(name) for name, kind in unknown if not self.candidates(name, kind)}
            self._learn_keys(new - self._by_key.keys())
            self._free |= new

    def forget(self) -> None:
        """Clear the caches at the beginning of a batch, except that of organizations.

        Files name the same organizations again and again, and the write lock prevents changes by
        others.
        """
        if len(self._organizations) > _MOST_REMEMBERED:
            self._organizations.clear()
            self._spelt.clear()
        self._by_name.clear()
        self._by_key.clear()
        self._taken.clear()
        self._free.clear()
        self._asked.clear()

    def _is_remembered(self, name: str, kind: EntityKind | None) -> bool:
        return kind is _ORGANIZATION and name in self._organizations

    def _has_key(self, name: str, kind: EntityKind | None) -> bool:
        """Return whether a name is the key of an entity, and not a name that it loses."""
        candidate = self._by_key.get(name)
        if candidate is None or (kind is not None and candidate.kind != kind):
            return False
        return not self.exchanged.is_expected(candidate.id, normalise(name))

    def _learn_keys(self, keys: Collection[str]) -> None:
        possible = list(self._name_filter.possible_keys(keys))
        if not possible:
            return
        statement = select(*_COLUMNS).where(in_values(self._connection, entity.c.key, possible))
        for row in self._connection.execute(statement):
            self._by_key[row.key] = Candidate(row.id, row.kind, row.key)
            self._taken.add(row.key)

    def learn_names(self, normalised: Iterable[str]) -> None:
        """Look up normalised names for `candidates`, until the next batch."""
        possible = list(self._name_filter.possible_names(normalised))
        if not possible:
            return
        self._deferred.asked()
        statement = (
            select(alias.c.normalised, *_COLUMNS)
            .join(entity, entity.c.id == alias.c.entity_id)
            .where(in_values(self._connection, alias.c.normalised, possible))
        )
        exchanged = self.exchanged
        for row in self._connection.execute(statement):
            if not exchanged.is_expected(row.id, row.normalised):
                self._by_name[row.normalised][row.id] = Candidate(row.id, row.kind, row.key)

    def candidates(self, name: str, kind: EntityKind | None) -> list[Candidate]:
        """Return the entities of a kind with a name, or the one that has it as its key."""
        if self._has_key(name, kind):
            return [self._by_key[name]]
        if self._is_remembered(name, kind):
            return self._organizations[name]
        known = self._by_name.get(normalise(name))
        if not known:
            return []
        return [candidate for candidate in known.values() if kind is None or candidate.kind == kind]

    def organizations(self, name: str) -> list[Candidate]:
        """Return the organizations with a name, and cache them."""
        candidates = self._organizations.get(name)
        if candidates is None:
            candidates = self.candidates(name, _ORGANIZATION)
            if candidates:
                self._organizations[name] = candidates
                self._spelt[normalise(name)].append(name)
        return candidates

    def forget_organizations(self) -> None:
        """Clear all caches, including organizations, as some may have been deleted."""
        self.forget()
        self._organizations.clear()
        self._spelt.clear()
        self._last_numbers.clear()

    def with_key(self, key: str) -> Candidate | None:
        """Return the entity with a key, among those looked up for the batch."""
        return self._by_key.get(key)

    def remember(self, candidate: Candidate, names: Iterable[str]) -> None:
        """Add an entity and its names to the caches of the batch."""
        self._by_key[candidate.key] = candidate
        exchanged = self.exchanged if self.exchanged.are_expected else None
        for name in names:
            normalised = normalise(name)
            if exchanged and exchanged.is_expected(candidate.id, normalised):
                continue
            known = self._by_name[normalised]
            if normalised in self._spelt:
                # Organizations cached in earlier batches keep the name, which is ambiguous now.
                for spelling in self._spelt.pop(normalised):
                    known |= {other.id: other for other in self._organizations.pop(spelling)}
            known[candidate.id] = candidate

    def new_key(self, name: str) -> str:
        """Return an unused key: the slug of the name, with a number if it is taken."""
        base = slug_of(name)
        # Trying all numbers again for each name would take time that grows with the square of the
        # file, if its long names differ only at the end, which slugs lack.
        number = self._last_numbers.get(base, 1)
        key = base if number == 1 else f"{base}-{number}"
        while key in self._taken or (key not in self._free and self._exists(key)):
            number += 1
            key = f"{base}-{number}"
        self._taken.add(key)
        if number > 1:
            self._last_numbers[base] = number
        return key

    def take_key(self, key: str) -> None:
        """Mark a key as taken."""
        self._taken.add(key)

    def countries_of(self, entity_ids: Iterable[int]) -> dict[int, set[int]]:
        """Return the ids of the countries of each entity that has any."""
        countries: dict[int, set[int]] = defaultdict(set)
        columns = (entity_country.c.entity_id, entity_country.c.country_id)
        condition = in_values(self._connection, entity_country.c.entity_id, entity_ids)
        for entity_id, country_id in self._connection.execute(select(*columns).where(condition)):
            countries[entity_id].add(country_id)
        return countries

    def known(self, names: Iterable[str], kind: EntityKind) -> set[str]:
        """Return the names that belong to existing entities of a kind."""
        names_asked = list(names)
        self.learn_names({normalise(name) for name in names_asked})
        return {name for name in names_asked if self.candidates(name, kind)}

    def misspelt(self, name: str, kind: EntityKind) -> list[str]:
        """Return known names of a kind of which a new name may be a misspelling.

        Only the first new names of a load are compared, fewer if there are many known names.
        """
        nearby = self._nearby.get(kind)
        if nearby is None:
            nearby = self._nearby[kind] = ClosestNames(self._connection, [kind])
        if self._misspelt >= (_MOST_NAMES_COMPARED if nearby.are_few else _MOST_NAME_HINTS):
            return []
        self._misspelt += 1
        self._deferred.asked()
        own = normalise(name)
        return [near for near in nearby.misspelt(name) if normalise(near) != own]

    def closest(self, name: str) -> str:
        """Return the known names nearest to one that was not found, for a hint.

        Returns:
            The names, separated by semicolons; empty if none is close, and from the 26th unknown
            name of a load on.
        """
        return self._suggestions.of(name)

    def closest_keys(self, key: str, kind: EntityKind) -> list[str]:
        """Return the known keys nearest to an unknown one, for a hint.

        Only the first few unknown keys of a load get hints, so that a file with a thousand wrong
        keys is refused as fast as it would be loaded.
        """
        if self._hinted >= _MOST_KEY_HINTS:
            return []
        self._hinted += 1
        self._deferred.asked()
        # Ordered, as of equally near keys the first ones are suggested.
        statement = select(entity.c.key).where(entity.c.kind == kind).order_by(entity.c.id)
        keys = self._connection.scalars(statement.limit(_MOST_KEYS_COMPARED)).all()
        return alike(key, keys, limit=3, cutoff=70)

    def _exists(self, key: str) -> bool:
        if not list(self._name_filter.possible_keys([key])):
            return False
        if not self._known_keys:
            # Where one name of a batch needs a number, others do.
            bases = {slug_of(name) for name, _ in self._asked}
            numbered = [f"{base}-{number}" for base in bases for number in _NUMBERS]
            self._known_keys = self._existing([*bases, *numbered])
        if key not in self._known_keys:
            self._known_keys |= self._existing([key])
        return self._known_keys[key]

    def _existing(self, keys: Collection[str]) -> dict[str, bool]:
        """Return for each key whether an entity has it."""
        own = in_values(self._connection, entity.c.key, keys)
        existing = self._connection.scalars(select(entity.c.key).where(own))
        return dict.fromkeys(keys, False) | dict.fromkeys(existing, True)


@lru_cache(maxsize=4096)
def slug_of(name: str) -> str:
    """Return the slug of a name, with a fast path for short ASCII names."""
    if not name.isascii():
        return slug(name)
    text = normalise(name).replace(" ", "-")
    if len(text) <= 80 and text.replace("-", "").isalnum():  # noqa: PLR2004 (slug's own limit)
        return text
    return slug(name)
