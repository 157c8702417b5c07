"""What follows from records, compared with what would follow now: facts, and values shown."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, islice, product
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Row,
    Text,
    cast,
    or_,
    select,
    type_coerce,
)

from bricoop.db.schema import (
    FACTS,
    alias,
    entity,
    link,
    load_effect,
    metadata,
    record,
)
from bricoop.db.seam import among
from bricoop.db.types import MICRO, Dollars, Exact, Stored
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.altered import paged
from bricoop.ingest.editions.naming import BLANK
from bricoop.ingest.editions.settle import chosen, claims_said, subtype_values
from bricoop.ingest.facts.derive import (
    COLUMNS,
    HEAD,
    Deriver,
    FactRows,
    Meanings,
    empty_rows,
    organizations_named,
)
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import LAYOUTS
from bricoop.ingest.names.places import KnownPlaces

#: So many records or entities are read at once.
_PART = 1000
#: Which columns of facts are organizations that a record names.
_NAMED = {"participation": "organization_id", "agreement_party": "party_id",
          "finance": "financier_id"}  # fmt: skip
#: So many ways to read the names of one record are tried.
_READINGS = 64
#: Stands for an organization that nothing has the name of.
_NOBODY = 0


class Wrong(NamedTuple):
    """A record whose facts are not those that follow from it.

    Attributes:
        record: the record.
        derived: the facts that follow, by table; None where they cannot be told.
    """

    record: Row[Any]
    derived: FactRows | None

    def __str__(self) -> str:
        """Return which record it is."""
        row = self.record
        return f"{row.noun} {row.external_id!r} of load {row.load_id}"


class Derivation:
    """Derives facts again with what names mean now, and compares them with what is there."""

    def __init__(self, connection: Connection) -> None:
        """Look up what names had meant; nothing is derived yet."""
        self._connection = connection
        self._places = KnownPlaces(connection)
        self._links = dict(connection.execute(select(link.c.code, link.c.id)).all())
        #: Organizations by names that they have lost since, as records that named them say.
        self._former: dict[str, set[int]] = defaultdict(set)
        kept = select(load_effect.c.row).where(load_effect.c.table_name == alias.name)
        for row in connection.scalars(kept):
            if "normalised" in row:
                self._former[row["normalised"]].add(row["entity_id"])

    def wrong(self) -> Iterator[Wrong]:
        """Yield the records whose facts are not what follows from them."""
        columns = (record.c.id, record.c.load_id, record.c.external_id, record.c.noun,
                   record.c.entity_id, record.c.source_id,
                   cast(record.c.fields, Text).label("fields"))  # fmt: skip
        living = record.c.gone_in.is_(None)
        for layout in LAYOUTS:
            own = select(*columns).where(record.c.noun == layout.noun, living)
            for rows in paged(self._connection, own, record.c.id):
                yield from self._compared(layout, rows)

    def _compared(self, layout: Layout, rows: Sequence[Row[Any]]) -> Iterator[Wrong]:
        stored = self._stored([row.id for row in rows])
        said = {row.id: fields for row in rows if (fields := _fields(row)) is not None}
        names = {
            name for fields in said.values() for _, name in organizations_named(layout, fields)
        }
        known = self._organizations(names)
        for row in rows:
            facts = stored.get(row.id, {})
            if row.id not in said:
                yield Wrong(row, None)
                continue
            readings = self._readings(layout, row, said[row.id], known, facts)
            made = next(readings)
            every = chain((made,), readings)
            dialect = self._connection.dialect
            if not any(one is not None and _typed(one, dialect) == facts for one in every):
                is_known = made is not None and not any(_NOBODY in one for one in _ids(made))
                yield Wrong(row, made if is_known else None)

    def _stored(self, record_ids: Sequence[int]) -> dict[int, dict[str, list[tuple[Any, ...]]]]:
        found: dict[int, dict[str, list[tuple[Any, ...]]]] = defaultdict(dict)
        for table in FACTS:
            columns = [_as_stored(table.c[name]) for name in (*HEAD, *COLUMNS[table.name])]
            chosen = among(self._connection, table.c.record_id, record_ids)
            # Names by mention have negative places: they follow from no single record.
            rows = select(*columns).where(chosen, table.c.position >= 0)
            for row in self._connection.execute(rows.order_by(table.c.record_id, table.c.position)):
                found[row[0]].setdefault(table.name, []).append(tuple(row))
        return found

    def _organizations(self, names: set[str]) -> dict[str, list[tuple[int, int | None]]]:
        """Return for each name the organizations that have or had it, and by whose word."""
        normalised = {name: normalise(name) for name in names}
        wanted = set(normalised.values())
        found: dict[str, list[tuple[int, int | None]]] = defaultdict(list)
        is_one = entity.c.kind == EntityKind.ORGANIZATION.value
        aliases = (
            select(alias.c.normalised, alias.c.entity_id, alias.c.record_id)
            .join(entity, entity.c.id == alias.c.entity_id)
            .where(is_one, among(self._connection, alias.c.normalised, wanted))
        )
        for text, number, record_id in self._connection.execute(aliases):
            found[text].append((number, record_id))
        own = select(entity.c.id, entity.c.key, entity.c.normalised).where(
            is_one,
            or_(
                among(self._connection, entity.c.normalised, wanted),
                among(self._connection, entity.c.key, names),
            ),
        )
        keys: dict[str, int] = {}
        for row in self._connection.execute(own):
            keys[row.key] = row.id
            found[row.normalised].append((row.id, None))
        for text in wanted & self._former.keys():
            found[text] += [(number, None) for number in sorted(self._former[text])]
        return {
            name: [*found[text], *([(keys[name], None)] if name in keys else [])]
            for name, text in normalised.items()
        }

    def _readings(
        self,
        layout: Layout,
        row: Row[Any],
        fields: dict[str, Any],
        known: Mapping[str, list[tuple[int, int | None]]],
        stored: Mapping[str, list[tuple[Any, ...]]],
    ) -> Iterator[FactRows | None]:
        """Yield the facts that follow from a record, for what its names may have meant.

        A name may have been another organization's when the record was loaded: each that has it,
        or had it, and to which the record points is possible.
        """
        linked = set(_ids(stored, flat=True))
        possible: dict[str, list[int]] = {}
        for _, name in organizations_named(layout, fields):
            candidates = known.get(name, [])
            pointed = [number for number, _ in candidates if number in linked]
            named = [number for number, by in candidates if by == row.id]
            others = sorted(number for number, _ in candidates)
            possible[name] = list(dict.fromkeys(pointed)) or [*named, *others, _NOBODY][:1]
        for meant in islice(product(*possible.values()), _READINGS):
            organization = dict(zip(possible, meant, strict=True))
            yield self._derived(layout, row, fields, organization)

    def _derived(
        self, layout: Layout, row: Row[Any], fields: Mapping[str, Any], named: Mapping[str, int]
    ) -> FactRows | None:
        meanings = Meanings(
            lambda name, _: named.get(name, _NOBODY),
            self._places.id_of,
            self._places.is_country,
            self._links,
        )
        made = empty_rows()
        try:
            Deriver(layout, meanings, made).derive(row.id, row.entity_id, dict(fields))
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
            # Fields that were altered may mean nothing at all.
            return None
        return made


def _as_stored(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column whose numbers may be none, for whoever compares them."""
    return type_coerce(column, Stored()) if type(column.type) is Exact else column


def _fields(row: Row[Any]) -> dict[str, Any] | None:
    try:
        fields = orjson.loads(row.fields)
    except orjson.JSONDecodeError:
        return None
    return fields if isinstance(fields, dict) else None


def _ids(rows: Mapping[str, Sequence[tuple[Any, ...]]], *, flat: bool = False) -> list[Any]:
    """Return the organizations in facts, of each fact or all together."""
    found = []
    for table, column in _NAMED.items():
        place = len(HEAD) + COLUMNS[table].index(column)
        found += [row[place] if flat else (row[place],) for row in rows.get(table, ())]
    return found


def _typed(made: FactRows, dialect: Dialect) -> dict[str, list[tuple[Any, ...]]]:
    """Return derived facts as the database gives them back."""
    found = {}
    for table, rows in made.items():
        if rows:
            types = [metadata.tables[table].c[name].type for name in (*HEAD, *COLUMNS[table])]
            numbers = [
                (place, one) for place, one in enumerate(types) if isinstance(one, Dollars | Exact)
            ]
            found[table] = [_with_numbers(row, numbers, dialect) for row in rows]
    return found


def _with_numbers(
    row: tuple[Any, ...], numbers: Sequence[tuple[int, Dollars | Exact]], dialect: Dialect
) -> tuple[Any, ...]:
    """Return a row with its decimals as they are read to be compared."""
    if not numbers:
        return row
    values = list(row)
    for place, one in numbers:
        value = values[place]
        if isinstance(value, Decimal):
            exact = isinstance(one, Exact)
            values[place] = (
                one.process_bind_param(value, dialect) if exact else value.quantize(MICRO)
            )
    return tuple(values)


class Misshown(NamedTuple):
    """An entity that shows something else than its records say.

    Attributes:
        id: the entity.
        key: its key.
    """

    id: int
    key: str


def misshown(connection: Connection) -> Iterator[Misshown]:
    """Yield the entities that show other values than the rule chooses among their records."""
    places = KnownPlaces(connection)
    kinds = {
        layout.kind: (layout, metadata.tables.get(str(layout.kind)))
        for layout in LAYOUTS
        if layout.describes_entity
    }
    for rows in paged(connection, select(entity), entity.c.id):
        ids = [row.id for row in rows]
        said = claims_said(connection, ids)
        named = _names_of(connection, ids)
        stored = {
            kind: _by_id(connection, table, ids)
            for kind, (_, table) in kinds.items()
            if table is not None
        }
        for row in rows:
            layout = kinds.get(EntityKind(row.kind), (None, None))[0]
            claims = said.get(layout.noun, {}).get(row.id) if layout else None
            own = stored.get(EntityKind(row.kind), {}).get(row.id)
            if not _is_as_said(row, layout, claims, own, places, named.get(row.id, set())):
                yield Misshown(row.id, row.key)


def _is_as_said(
    row: Row[Any],
    layout: Layout | None,
    claims: Sequence[dict[str, Any]] | None,
    own: Mapping[str, Any] | None,
    places: KnownPlaces,
    names: set[str],
) -> bool:
    if row.normalised != normalise(row.name):
        return False
    if layout is None or not claims:
        is_blank = row.kind not in BLANK or all(
            value is None for name, value in (own or {}).items() if name != "id"
        )
        return is_blank and (row.name in names or not names)
    shown = chosen(claims)
    if "name" in shown and (row.name, row.description) != (shown["name"], shown.get("description")):
        return False
    wanted = subtype_values(layout, shown, places)
    return own is None or all(own[name] == value for name, value in wanted.items())


def _names_of(connection: Connection, ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    own = select(alias.c.entity_id, alias.c.name).where(among(connection, alias.c.entity_id, ids))
    for number, name in connection.execute(own):
        found[number].add(name)
    return found


def _by_id(connection: Connection, table: Any, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    chosen_rows = select(table).where(among(connection, table.c.id, ids))
    return {row["id"]: dict(row) for row in connection.execute(chosen_rows).mappings()}
