"""Names become entities: known ones by any of their exact names, or new ones. Nothing fuzzy."""

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
#: Looked up once: the members of an enumeration are slow to reach.
_ORGANIZATION = EntityKind.ORGANIZATION
#: How many names of organizations are remembered; beyond it memory matters more than time.
_MOST_REMEMBERED = 100_000
#: So many unknown keys get a hint, found among so many known ones.
_MOST_KEY_HINTS, _MOST_KEYS_COMPARED = 20, 20_000
#: For so many unknown names of a load the closest known ones are looked for: a screen shows 20.
_MOST_NAME_HINTS = 25
#: So many new names of a load are compared with few known ones.
_MOST_NAMES_COMPARED = 200


class Candidate(NamedTuple):
    """A known entity that a name may mean."""

    id: int
    kind: str
    key: str


class Resolver:
    """Finds the entities that the names of one batch mean, and makes the new ones' keys.

    Attributes:
        exchanged: names that this load gives to another entity; those expected find none.
    """

    def __init__(self, connection: Connection, name_filter: NameFilter, deferred: Deferred) -> None:
        """Begin with nothing known but what the database knows: some of what is heard."""
        self.exchanged = ExchangedNames()
        self._connection = connection
        self._name_filter = name_filter
        self._deferred = deferred
        self._by_name: dict[str, dict[int, Candidate]] = defaultdict(dict)
        self._by_key: dict[str, Candidate] = {}
        self._organizations: dict[str, list[Candidate]] = {}
        #: The spellings of those names, by what they are normalised.
        self._spelt: dict[str, list[str]] = defaultdict(list)
        self._taken: set[str] = set()
        #: Keys that were looked up: those of them that are not taken are free.
        self._free: set[str] = set()
        self._asked: set[tuple[str, EntityKind | None]] = set()
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
        """Look up those names and keys of a batch at once that are not known yet.

        Args:
            names: what rows are about, where they give no key.
            kind: of what kind that is.
            organizations: what cells name.
            keys: what rows give as keys.
        """
        known = self._organizations
        unknown_names: set[tuple[str, EntityKind | None]] = {(name, kind) for name in names}
        if kind is _ORGANIZATION:
            unknown_names = {pair for pair in unknown_names if pair[0] not in known}
        unknown_names |= {(name, _ORGANIZATION) for name in organizations if name not in known}
        unknown_names -= self._asked
        self._asked |= unknown_names
        # A name that is a key is its own slug.
        asked_keys = {
            *keys,
            *(name for name, _ in unknown_names if is_slug(name)),
        } - self._by_key.keys()
        self._learn_keys(asked_keys)
        unknown = [pair for pair in unknown_names if not self._has_key(*pair)]
        if unknown:
            self._learn_names({normalise(name) for name, _ in unknown})
            # Those that are new need keys, which must be free.
            new = {slug_of(name) for name, kind in unknown if not self.candidates(name, kind)}
            self._learn_keys(new - self._by_key.keys())
            self._free |= new

    def forget(self) -> None:
        """Begin a batch: what was known before is forgotten.

        Names of organizations stay known: a file names the same ones again and again, and nobody
        else writes while a load does.
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
        """Return whether a name is the key of an entity, which does not lose it as a name."""
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

    def _learn_names(self, normalised: Iterable[str]) -> None:
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
        """Return the entities of a kind that a name means, or that have it as their key."""
        if self._has_key(name, kind):
            return [self._by_key[name]]
        if self._is_remembered(name, kind):
            return self._organizations[name]
        known = self._by_name.get(normalise(name))
        if not known:
            return []
        return [candidate for candidate in known.values() if kind is None or candidate.kind == kind]

    def organizations(self, name: str) -> list[Candidate]:
        """Return the organizations that a name means; what is one is remembered."""
        candidates = self._organizations.get(name)
        if candidates is None:
            candidates = self.candidates(name, _ORGANIZATION)
            if candidates:
                self._organizations[name] = candidates
                self._spelt[normalise(name)].append(name)
        return candidates

    def forget_organizations(self) -> None:
        """Look everything up anew, organizations too: some that were known may be gone."""
        self.forget()
        self._organizations.clear()
        self._spelt.clear()

    def with_key(self, key: str) -> Candidate | None:
        """Return the entity with a key, among those of the batch."""
        return self._by_key.get(key)

    def remember(self, candidate: Candidate, names: Iterable[str]) -> None:
        """Make an entity known to the rest of the batch under its names."""
        self._by_key[candidate.key] = candidate
        for name in names:
            normalised = normalise(name)
            if self.exchanged.is_expected(candidate.id, normalised):
                continue
            known = self._by_name[normalised]
            # What was remembered was not asked for in this batch; now the name means that as well.
            for spelling in self._spelt.pop(normalised, ()):
                known |= {
                    candidate_of_spelling.id: candidate_of_spelling
                    for candidate_of_spelling in self._organizations.pop(spelling)
                }
            known[candidate.id] = candidate

    def new_key(self, name: str) -> str:
        """Return a key that no entity has: the name's slug, with a number where it is taken."""
        base = slug_of(name)
        key, number = base, 1
        while key in self._taken or (key not in self._free and self._exists(key)):
            number += 1
            key = f"{base}-{number}"
        self._taken.add(key)
        return key

    def take_key(self, key: str) -> None:
        """Note that a key is taken."""
        self._taken.add(key)

    def countries_of(self, entity_ids: Iterable[int]) -> dict[int, set[int]]:
        """Return the countries of each entity, where any are recorded."""
        countries: dict[int, set[int]] = defaultdict(set)
        columns = (entity_country.c.entity_id, entity_country.c.country_id)
        condition = in_values(self._connection, entity_country.c.entity_id, entity_ids)
        for entity_id, country_id in self._connection.execute(select(*columns).where(condition)):
            countries[entity_id].add(country_id)
        return countries

    def known(self, names: Iterable[str], kind: EntityKind) -> set[str]:
        """Return those of some names that an entity of a kind has."""
        names_asked = list(names)
        self._learn_names({normalise(name) for name in names_asked})
        return {name for name in names_asked if self.candidates(name, kind)}

    def misspelt(self, name: str, kind: EntityKind) -> list[str]:
        """Return the known names of a kind of which a new one may be a slip.

        Only the first new names of a load are compared: few where there are many known ones.
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
            The names, separated by semicolons; nothing where none is near, and nothing for the
            26th unknown name of a load and later ones.
        """
        return self._suggestions.of(name)

    def closest_keys(self, key: str, kind: EntityKind) -> list[str]:
        """Return the known keys nearest to one that is not known, for a hint.

        Only the first few questions are answered: a file with a thousand wrong keys is refused as
        fast as it is loaded.
        """
        if self._hinted >= _MOST_KEY_HINTS:
            return []
        self._hinted += 1
        self._deferred.asked()
        statement = select(entity.c.key).where(entity.c.kind == kind).limit(_MOST_KEYS_COMPARED)
        keys = self._connection.scalars(statement).all()
        return alike(key, keys, limit=3, cutoff=70)

    def _exists(self, key: str) -> bool:
        if not list(self._name_filter.possible_keys([key])):
            return False
        statement = select(entity.c.id).where(entity.c.key == key)
        return self._connection.execute(statement).first() is not None


@lru_cache(maxsize=4096)
def slug_of(name: str) -> str:
    """Return the slug of a name; plain ASCII, the usual case, takes the short way."""
    if not name.isascii():
        return slug(name)
    text = normalise(name).replace(" ", "-")
    if len(text) <= 80 and text.replace("-", "").isalnum():  # noqa: PLR2004 (slug's own limit)
        return text
    return slug(name)
