"""Compare stored facts with those that their records give when derived anew."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
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

from bricoop.db.dialect import in_values
from bricoop.db.schema import (
    FACTS,
    alias,
    entity,
    link,
    load_effect,
    metadata,
    record,
)
from bricoop.db.types import MICRO, Dollars, Exact, Stored
from bricoop.domain.cell_references import MARK, restored
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.check.altered_records import paged
from bricoop.ingest.check.possible_meanings import Search
from bricoop.ingest.clusters.homes import organization_names, own_pointers
from bricoop.ingest.facts.derive import (
    COLUMNS,
    HEAD,
    Deriver,
    FactRows,
    Meanings,
    empty_rows,
    organizations_named,
)
from bricoop.ingest.facts.project_kinds import kinds_of
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import LAYOUTS
from bricoop.ingest.resolve.known_places import KnownPlaces

#: The column, in each table of facts, that points to an organization named by the record.
_NAMED = {"participation": "organization_id", "agreement_party": "party_id",
          "finance": "financier_id"}  # fmt: skip
#: How many of a record's organizations may differ from every reading of its ambiguous names.
_MOST_ALTERED = 1
#: Stands in for the id of an organization whose name is unknown.
_UNKNOWN = 0


class WrongRecord(NamedTuple):
    """A record whose stored facts differ from the derived ones.

    Attributes:
        record: the record.
        derived: the correct facts, by table; None where they cannot be determined.
    """

    record: Row[Any]
    derived: FactRows | None

    def __str__(self) -> str:
        """Return noun, id and load of the record, for messages."""
        row = self.record
        return f"{row.noun} {row.external_id!r} of load {row.load_id}"


class Derivation:
    """Derives facts anew with the current meanings of names, and compares them with stored ones."""

    def __init__(self, connection: Connection) -> None:
        """Look up places, links and former names; nothing is derived yet."""
        self._connection = connection
        self._places = KnownPlaces(connection)
        self._links = dict(connection.execute(select(link.c.code, link.c.id)).all())
        self._kinds = kinds_of(connection)
        #: Organizations by former names: a record that used one keeps pointing to its organization.
        self._former: dict[str, set[int]] = defaultdict(set)
        taken_rows = select(load_effect.c.row).where(load_effect.c.table_name == alias.name)
        for row in connection.scalars(taken_rows):
            if "normalised" in row:
                self._former[row["normalised"]].add(row["entity_id"])

    def wrong(self) -> Iterator[WrongRecord]:
        """Yield the records whose stored facts differ from the derived ones."""
        # Fields as text: the driver would fail on altered ones that are not JSON, and name no
        # record.
        columns = (record.c.id, record.c.load_id, record.c.external_id, record.c.noun,
                   record.c.entity_id, record.c.source_id,
                   cast(record.c.fields, Text).label("fields"),
                   cast(record.c.raw, Text).label("raw"))  # fmt: skip
        living = record.c.gone_in.is_(None)
        for layout in LAYOUTS:
            own = select(*columns).where(record.c.noun == layout.noun, living)
            for rows in paged(self._connection, own, record.c.id):
                yield from self._compared(layout, rows)

    def _compared(self, layout: Layout, rows: Sequence[Row[Any]]) -> Iterator[WrongRecord]:
        stored = self._stored([row.id for row in rows])
        fields_by_record = {row.id: fields for row in rows if (fields := _fields(row)) is not None}
        names = {
            name
            for fields in fields_by_record.values()
            for _, name in organizations_named(layout, fields)
        }
        organizations = self._organizations(names)
        for row in rows:
            facts = stored.get(row.id, {})
            if row.id not in fields_by_record:
                yield WrongRecord(row, None)
            elif (
                wrong := self._wrong(layout, row, fields_by_record[row.id], organizations, facts)
            ) is not None:
                yield wrong

    def _wrong(
        self,
        layout: Layout,
        row: Row[Any],
        fields: dict[str, Any],
        organizations_by_name: Mapping[str, list[tuple[int, int | None]]],
        stored: Mapping[str, list[tuple[Any, ...]]],
    ) -> WrongRecord | None:
        """Return the record if its facts match no possible meaning of the names in it.

        A name may have belonged to another organization when the record was loaded, so all
        organizations that have or had the name are tried.
        """
        organizations = _organizations_of(stored)
        named = organizations_named(layout, fields)
        candidates = {name: _candidates(row, organizations_by_name.get(name, []), organizations)
                      for _, name in named}  # fmt: skip
        first = {name: numbers[0] for name, numbers in candidates.items()}
        derived = self._derived(layout, row, fields, first)
        dialect = self._connection.dialect
        if derived is not None and _typed(derived, dialect) == stored:
            return None
        if derived is None or all(len(numbers) == 1 for numbers in candidates.values()):
            return WrongRecord(row, None if _UNKNOWN in first.values() else derived)
        return self._explained(
            layout, row, fields, Search(named, candidates, organizations), stored
        )

    def _explained(
        self,
        layout: Layout,
        row: Row[Any],
        fields: dict[str, Any],
        search: Search,
        stored: Mapping[str, list[tuple[Any, ...]]],
    ) -> WrongRecord | None:
        """Return the record if its facts match no reading of its ambiguous names.

        The correct facts are those of the reading closest to the stored ones. Where several
        readings are equally close and differ, the correct facts cannot be determined.
        """
        nearest: dict[tuple[int, int], list[FactRows | None]] = defaultdict(list)
        for unlike in range(_MOST_ALTERED + 1):
            readings = search.readings(unlike)
            if readings is None:
                return WrongRecord(row, None)
            for reading in readings:
                derived = self._derived(layout, row, fields, reading)
                distance = _distance(_typed(derived or {}, self._connection.dialect), stored)
                if not distance:
                    return None
                is_known = _UNKNOWN not in reading.values()
                # Prefer readings in which different names mean different organizations.
                same_distance = nearest[distance, -len(set(reading.values()))]
                same_distance.append(derived if is_known else None)
        best = nearest[min(nearest)] if nearest else [None]
        return WrongRecord(row, best[0] if all(facts == best[0] for facts in best) else None)

    def _stored(self, record_ids: Sequence[int]) -> dict[int, dict[str, list[tuple[Any, ...]]]]:
        facts_by_record: dict[int, dict[str, list[tuple[Any, ...]]]] = defaultdict(dict)
        # Compared as without decisions: names that are one now may have been two facts.
        own = own_pointers(self._connection, record_ids)
        for table in FACTS:
            columns = [_as_stored(table.c[name]) for name in (*HEAD, *COLUMNS[table.name])]
            chosen_values = in_values(self._connection, table.c.record_id, record_ids)
            # Names by mention have negative positions: they do not follow from a single record.
            rows = select(*columns).where(chosen_values, table.c.position >= 0)
            for row in self._connection.execute(rows.order_by(table.c.record_id, table.c.position)):
                fact = _with_own_organization(table.name, tuple(row), own)
                facts_by_record[row[0]].setdefault(table.name, []).append(fact)
        return facts_by_record

    def _organizations(self, names: set[str]) -> dict[str, list[tuple[int, int | None]]]:
        """Return the organizations that have or had each name, with the records that give it."""
        normalised = {name: normalise(name) for name in names}
        normalised_names = set(normalised.values())
        organizations: dict[str, list[tuple[int, int | None]]] = defaultdict(list)
        is_one = entity.c.kind == EntityKind.ORGANIZATION.value
        for text, number, record_id in organization_names(self._connection, normalised_names):
            organizations[text].append((number, record_id))
        own = select(entity.c.id, entity.c.key, entity.c.normalised).where(
            is_one,
            or_(
                in_values(self._connection, entity.c.normalised, normalised_names),
                in_values(self._connection, entity.c.key, names),
            ),
        )
        keys: dict[str, int] = {}
        for row in self._connection.execute(own):
            keys[row.key] = row.id
            organizations[row.normalised].append((row.id, None))
        for text in normalised_names & self._former.keys():
            organizations[text] += [(number, None) for number in sorted(self._former[text])]
        return {
            name: [*organizations[text], *([(keys[name], None)] if name in keys else [])]
            for name, text in normalised.items()
        }

    def _derived(
        self, layout: Layout, row: Row[Any], fields: Mapping[str, Any], named: Mapping[str, int]
    ) -> FactRows | None:
        meanings = Meanings(
            lambda name, _: named.get(name, _UNKNOWN),
            self._places.id_of,
            self._places.is_country,
            self._links,
            self._kinds,
        )
        facts = empty_rows()
        try:
            Deriver(layout, meanings, facts).derive(row.id, row.entity_id, dict(fields))
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
            # Altered fields may have any type or be missing.
            return None
        return facts


def _with_own_organization(
    table: str, fact: tuple[Any, ...], own: Mapping[tuple[str, int, int], int]
) -> tuple[Any, ...]:
    """Return a fact with the organization that it names without decisions."""
    home = own.get((table, fact[0], fact[1])) if own and table in _NAMED else None
    if home is None:
        return fact
    index = len(HEAD) + COLUMNS[table].index(_NAMED[table])
    return (*fact[:index], home, *fact[index + 1 :])


def _as_stored(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column with its stored value, as an altered one may not be a valid number."""
    return type_coerce(column, Stored()) if type(column.type) is Exact else column


def _fields(row: Row[Any]) -> dict[str, Any] | None:
    try:
        fields = orjson.loads(row.fields)
        if isinstance(fields, dict):
            return restored(fields, orjson.loads(row.raw)) if MARK in row.fields else fields
    except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
        # Altered cells may have any type or be missing.
        return None
    return None


def _organizations_of(rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> list[int]:
    """Return the organizations in the facts of a record, in the order of the facts."""
    pairs = []
    position = HEAD.index("position")
    for table, column in _NAMED.items():
        number = len(HEAD) + COLUMNS[table].index(column)
        pairs += [(row[position], row[number]) for row in rows.get(table, ())]
    return [number for _, number in sorted(pairs, key=itemgetter(0)) if number is not None]


def _candidates(
    row: Row[Any],
    organizations_by_name: Sequence[tuple[int, int | None]],
    organizations: Sequence[int],
) -> list[int]:
    """Return the organizations that a name in a record may mean, the likeliest first."""
    stored = set(organizations)
    pointed = [number for number, _ in organizations_by_name if number in stored]
    named = [number for number, by in organizations_by_name if by == row.id]
    others = sorted(number for number, _ in organizations_by_name)
    return list(dict.fromkeys((*pointed, *(named or others)))) or [_UNKNOWN]


def _distance(
    derived: Mapping[str, Sequence[tuple[Any, ...]]],
    stored: Mapping[str, Sequence[tuple[Any, ...]]],
) -> int:
    """Return the number of positions at which stored and derived facts differ."""
    index = HEAD.index("position")
    derived_facts, stored_facts = (
        Counter((table, row[index], row) for table, rows in facts.items() for row in rows)
        for facts in (derived, stored)
    )
    return len(
        {
            position
            for _, position, _ in (derived_facts - stored_facts) + (stored_facts - derived_facts)
        }
    )


def _typed(facts: FactRows, dialect: Dialect) -> dict[str, list[tuple[Any, ...]]]:
    """Return derived facts with the value types that the database returns."""
    typed = {}
    for table, rows in facts.items():
        if rows:
            types = [metadata.tables[table].c[name].type for name in (*HEAD, *COLUMNS[table])]
            numbers = [
                (index, column_type)
                for index, column_type in enumerate(types)
                if isinstance(column_type, Dollars | Exact)
            ]
            typed[table] = [_with_numbers(row, numbers, dialect) for row in rows]
    return typed


def _with_numbers(
    row: tuple[Any, ...], numbers: Sequence[tuple[int, Dollars | Exact]], dialect: Dialect
) -> tuple[Any, ...]:
    """Return a row with its decimals converted as they are stored and read back."""
    if not numbers:
        return row
    values = list(row)
    for index, column_type in numbers:
        value = values[index]
        if isinstance(value, Decimal):
            exact = isinstance(column_type, Exact)
            values[index] = (
                column_type.process_bind_param(value, dialect) if exact else value.quantize(MICRO)
            )
    return tuple(values)
