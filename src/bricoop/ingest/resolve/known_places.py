"""Resolve names of countries and regions, by the database first, then by CLDR."""

from sqlalchemy import Connection, select

from bricoop.db.schema import alias, country, entity
from bricoop.domain.country_names import alpha2_of, namesake
from bricoop.domain.joined_names import listed_places
from bricoop.domain.names import normalise, undotted
from bricoop.domain.suggestions import Suggestions, alike
from bricoop.domain.summary_rows import is_footer, is_total
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.layouts.clean import BadValueError, Doubt

#: The suffix that aid statistics append to the names of regions.
_REGIONAL = " regional"
#: For how many unknown names of a load the closest known ones are searched.
_MOST_HINTS = 200
#: Cells that mean several countries without naming any.
_WORDS_FOR_SEVERAL = {
    "regional", "region", "multi country", "multiple countries", "several countries", "various",
    "various countries", "multiple", "several",
}  # fmt: skip
_UNKNOWN_HINT = (
    "If the row is a total or a footer, leave it out: of the file, or with [[skip]] in a profile; "
    "a region must be loaded first, with `bricoop load regions`."
)


class KnownPlaces:
    """The countries and regions of a knowledge base, with all their names.

    Attributes:
        doubts: doubts about names passed to `code` that may mean another country as well.
    """

    def __init__(self, connection: Connection, *, with_names: bool = True) -> None:
        """Read all countries and regions.

        Args:
            connection: an open connection.
            with_names: whether names are read as well; without them, only codes are known.
        """
        self.doubts: list[Doubt] = []
        self._ids: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._shown: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._alpha3: set[str] = set()
        self._alpha3_by_id: dict[int, str] = {}
        self._suggestions = Suggestions(self._near, _MOST_HINTS)
        columns = (country.c.id, country.c.alpha2, country.c.alpha3, country.c.numeric)
        for row in connection.execute(select(*columns)):
            self.add_country(row.id, row.alpha2, row.alpha3, row.numeric)
        if with_names:
            self._read_names(connection)

    def add_country(
        self, entity_id: int, alpha2: str, alpha3: str, numeric: str | None = None
    ) -> None:
        """Add a country."""
        self._ids[alpha3] = entity_id
        self._codes |= {alpha2: alpha3, alpha3: alpha3, numeric or alpha2: alpha3}
        self._alpha3.add(alpha3)
        self._alpha3_by_id[entity_id] = alpha3

    @property
    def ids(self) -> set[int]:
        """The entity ids of all countries and regions."""
        return set(self._ids.values())

    def owner(self, code: str | None) -> str | None:
        """Return the alpha-3 code of the country that has an alpha-2, alpha-3 or numeric code."""
        return self._codes.get(code or "")

    def id_of(self, code: str) -> int:
        """Return the entity id for a country's alpha-3 code or a region's name."""
        return self._ids[code]

    def code_of(self, entity_id: int) -> str | None:
        """Return the alpha-3 code for a country's entity id; None for a region."""
        return self._alpha3_by_id.get(entity_id)

    def is_country(self, code: str) -> bool:
        """Return whether a result of `code` is a country, not a region."""
        return code in self._alpha3

    def code(self, name: str) -> str:
        """Return the alpha-3 code of a country, or the name of a known region.

        Raises:
            BadValueError: the name is unknown; the hint has the closest ones.
        """
        code = self.find(name)
        if code is not None:
            if other := namesake(name):
                rule = f"is taken for {self.name(code)} ({code})"
                self.doubts.append(Doubt(rule, f"{other}.", name))
            return code
        rule = "is not a known country or region"
        is_summary = is_total(name) or is_footer(name)
        hint = "" if is_summary else self._suggestions.of(name)
        raise BadValueError(rule, hint or _UNKNOWN_HINT)

    def name(self, code: str) -> str:
        """Return the display name for a result of `code`."""
        return self._shown.get(code, code)

    def find(self, name: str) -> str | None:
        """Return the same as `code`, but None if the name is unknown, or names several places."""
        codes = {self._single(listed) for listed in listed_places(name)} - {None}
        return None if len(codes) > 1 else self._single(name)

    def _single(self, name: str) -> str | None:
        """Return the code for the name of one country or region."""
        # The same exact steps as `lookup.find_entity`, so that names mean the same in queries.
        code = self._exactly(name)
        if code is None and (letters := undotted(name)) != name:
            code = self._exactly(letters)
        return code or self._codes.get(alpha2_of(name) or "") or self._region(name)

    def _region(self, name: str) -> str | None:
        """Return the region for a name such as `Southeast Asia, regional`."""
        words = normalise(name).removesuffix(_REGIONAL)
        code = self._names.get(words) if words != normalise(name) else None
        return None if code is None or self.is_country(code) else code

    def _near(self, name: str) -> str:
        if normalise(name) in _WORDS_FOR_SEVERAL:
            return (
                "It does not say which. Write the countries or the region, or leave the cell empty."
            )
        near = alike(normalise(name), self._names.keys(), limit=12, cutoff=75)
        suggestions = dict.fromkeys(self._shown[self._names[word]] for word in near)
        return f"Did you mean: {'; '.join(list(suggestions)[:3])}?" if near else ""

    def _exactly(self, name: str) -> str | None:
        return (
            self._keys.get(name.lower())
            or self._codes.get(name.upper())
            or self._names.get(normalise(name))
        )

    def _read_names(self, connection: Connection) -> None:
        columns = (entity.c.id, entity.c.kind, entity.c.key, entity.c.name, alias.c.normalised)
        rows = connection.execute(
            select(*columns, country.c.alpha3)
            .join(alias, alias.c.entity_id == entity.c.id)
            .outerjoin(country, country.c.id == entity.c.id)
            .where(entity.c.kind.in_([EntityKind.COUNTRY, EntityKind.REGION]))
            # Countries first, so that they take precedence over regions of the same name.
            .order_by(entity.c.kind, alias.c.record_id, alias.c.position)
        )
        is_country = EntityKind.COUNTRY.value
        for number, kind, key, name, normalised, alpha3 in rows.all():
            code = alpha3 if kind == is_country else name
            self._ids.setdefault(code, number)
            self._shown.setdefault(code, name)
            self._keys.setdefault(key, code)
            self._names.setdefault(normalised, code)
