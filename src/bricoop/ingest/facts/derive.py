"""Derive facts from a record: a pure function of its fields and of the meanings of its names."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from bricoop.db.claims import claims_name
from bricoop.domain.amounts import in_dollars
from bricoop.domain.dates import Period
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import AliasKind, Basis, Link, Qualifier
from bricoop.ingest.facts.project_kinds import RecordKinds
from bricoop.ingest.layouts.layout import (
    Acts,
    Classified,
    Fields,
    Layout,
    Linked,
    OwnFact,
    Party,
    Placed,
    Takes,
)

#: Plain strings: drivers convert members of an enumeration more slowly.
_NAME, _STATED = AliasKind.NAME.value, Basis.STATED.value
#: The columns of each table of facts that derivation fills, after `HEAD`.
HEAD = ("record_id", "position", "entity_id")
COLUMNS: dict[str, tuple[str, ...]] = {
    "alias": ("name", "normalised", "kind", "language"),
    "entity_country": ("country_id", "role", "basis"),
    "entity_region": ("region_id", "role", "basis"),
    "entity_link": ("link_id", "basis"),
    "participation": ("organization_id", "role"),
    "agreement_party": ("party_id",),
    "organization_role": ("role",),
    "finance": (
        "kind", "instrument", "amount", "currency", "amount_usd", "amount_usd_constant",
        "price_year", "date", "estimated", "counted", "note", "financier_id",
    ),
    "location": ("name", "latitude", "longitude", "precision"),
    "observation": (
        "indicator", "value", "unit", "price_base", "qualifier", "period", "note",
        "period_start", "period_end",
    ),
    "finding": ("kind", "statement", "link_id"),
    "project_kind": ("kind", "basis", "rule"),
}  # fmt: skip

#: New rows of each table of facts: record, position within the record, entity, and the columns.
FactRows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Meanings:
    """Functions and tables that resolve the names in a record's fields to entity ids.

    Attributes:
        organization: returns the id of an organization, given its name and the record's id.
        place_id: returns the entity id of a country or region by its code or name.
        is_country: returns whether such a code or name is a country.
        links: the entity id of each of the five links, by code.
        kinds: returns the kinds of projects.
    """

    organization: Callable[[str, int], int]
    place_id: Callable[[str], int]
    is_country: Callable[[str], bool]
    links: dict[str, int]
    kinds: RecordKinds


class _Step(NamedTuple):
    """How one kind of fact is derived from a field of a layout.

    Attributes:
        column: the field; records without it have no such fact.
        table: the table of the facts.
        make: returns the columns of each fact after `HEAD`, given the fields and id of a record.
    """

    column: str
    table: str
    make: Callable[[Fields, int], Iterable[tuple[Any, ...]]]


def empty_rows() -> FactRows:
    """Return an empty collection of facts, by table."""
    return defaultdict(list)


class Deriver:
    """Derives the facts of the records of one layout."""

    def __init__(self, layout: Layout, meanings: Meanings, rows: FactRows) -> None:
        """Prepare the rules of the layout; facts will be appended to `rows`, by table."""
        self._layout = layout
        self._meanings = meanings
        self._rows = rows
        self._steps = tuple(self._own(layout.own) if layout.own else self._by_rules())
        self._has_kinds = Classified() in layout.facts

    def derive(self, record_id: int, entity_id: int, fields: Fields) -> None:
        """Append the facts that follow from one record."""
        position = 0
        for column, table, make in self._steps:
            if column in fields:
                rows = self._rows[table]
                for values in make(fields, record_id):
                    rows.append((record_id, position, entity_id, *values))
                    position += 1
        if self._has_kinds:
            # Numbered on their own, so that they can be derived again without the other facts.
            self._rows["project_kind"] += [
                (record_id, number, entity_id, *kind)
                for number, kind in enumerate(self._meanings.kinds.of(fields))
            ]

    def _by_rules(self) -> Iterator[_Step]:
        layout = self._layout
        yield _Step(layout.subject, "alias", lambda fields, _: aliases(layout, fields))
        for rule in layout.facts:
            if isinstance(rule, Placed):
                yield from self._placed(rule)
            elif isinstance(rule, Linked):
                yield self._linked(rule)
            elif isinstance(rule, Acts):
                yield self._acts(rule)
            elif isinstance(rule, Takes | Party):
                yield self._organizations(rule)

    def _placed(self, rule: Placed) -> Iterator[_Step]:
        column, basis, role = rule.column, rule.basis, rule.role.value
        id_of, is_country = self._meanings.place_id, self._meanings.is_country

        def countries(fields: Fields, _: int) -> list[tuple[Any, ...]]:
            rest = (role, fields.get(basis, _STATED))
            return [(id_of(code), *rest) for code in fields[column] if is_country(code)]

        def regions(fields: Fields, _: int) -> list[tuple[Any, ...]]:
            rest = (role, fields.get(basis, _STATED))
            return [(id_of(code), *rest) for code in fields[column] if not is_country(code)]

        yield _Step(column, "entity_country", countries)
        yield _Step(column, "entity_region", regions)

    def _linked(self, rule: Linked) -> _Step:
        column, basis, links = rule.column, rule.basis, self._meanings.links

        def make(fields: Fields, _: int) -> list[tuple[Any, ...]]:
            rests_on = fields.get(basis, _STATED)
            return [(links[code], rests_on) for code in fields[column]]

        return _Step(column, "entity_link", make)

    def _acts(self, rule: Acts) -> _Step:
        column = rule.column
        return _Step(
            column, "organization_role", lambda fields, _: [(role,) for role in fields[column]]
        )

    def _organizations(self, rule: Takes | Party) -> _Step:
        column, meaning = rule.column, self._meanings.organization
        table = "participation" if isinstance(rule, Takes) else "agreement_party"
        rest = (rule.role.value,) if isinstance(rule, Takes) else ()

        def make(fields: Fields, record_id: int) -> list[tuple[Any, ...]]:
            # Two names of the same organization in a cell are one participation.
            organization_ids = dict.fromkeys([meaning(name, record_id) for name in fields[column]])
            return [(organization_id, *rest) for organization_id in organization_ids]

        return _Step(column, table, make)

    def _own(self, own: OwnFact) -> Iterator[_Step]:
        meanings = self._meanings
        empty = dict.fromkeys(COLUMNS[own.table])
        values = tuple(own.values.items())
        in_order = itemgetter(*COLUMNS[own.table])

        def make(fields: Fields, record_id: int) -> list[tuple[Any, ...]]:
            fact: dict[str, Any] = empty.copy()
            for name, column in values:
                if name in fields:
                    fact[column] = fields[name]
            for name, column in own.organizations.items():
                named = fields.get(name)
                # An amount given by several organizations together is assigned to none of them.
                fact[column] = (
                    meanings.organization(named, record_id) if isinstance(named, str) else None
                )
            for name, column in own.links.items():
                fact[column] = meanings.links[Link(fields[name])] if fields.get(name) else None
            _complete(own.table, fact)
            return [in_order(fact)]

        # Each record of such a noun is exactly one fact; a required field is always there.
        yield _Step(self._layout.required[0], own.table, make)
        for name in own.organizations:
            yield self._together(name, own.role.value)

    def _together(self, column: str, role: str) -> _Step:
        """Return the step by which several organizations of a field participate in a role."""
        meaning = self._meanings.organization

        def make(fields: Fields, record_id: int) -> list[tuple[Any, ...]]:
            named = fields[column]
            if isinstance(named, str):
                return []
            return [
                (organization_id, role)
                for organization_id in dict.fromkeys(meaning(x, record_id) for x in named)
            ]

        return _Step(column, "participation", make)


def organizations_named(layout: Layout, fields: Fields) -> list[tuple[str, str]]:
    """Return column and name of every organization in a record's fields."""
    return [
        (column, name)
        for column in layout.organization_columns
        if column in fields
        for name in listed(fields[column])
    ]


def aliases(layout: Layout, fields: Fields) -> list[tuple[str, str, str, str | None]]:
    """Return the names that a record gives its entity: name, normalised, kind, language."""
    names: dict[str, tuple[str, str, str, str | None]] = {}
    name = fields["name"]
    if claims_name(layout.noun, fields):
        normalised = normalise(name)
        names[normalised] = (name, normalised, _NAME, None)
    for column, kind, language in layout.name_columns:
        if column in fields:
            for further in listed(fields[column]):
                normalised = normalise(further)
                if normalised not in names:
                    names[normalised] = (further, normalised, kind, language)
    return list(names.values())


def further_names(layout: Layout, fields: Fields) -> list[str]:
    """Return the names that a record gives its entity in addition to the main one."""
    return [
        name
        for column, _, _ in layout.name_columns
        if column in fields
        for name in listed(fields[column])
    ]


def listed(value: str | list[str]) -> list[str]:
    """Return the names in a field, which holds one name or a list."""
    return [value] if isinstance(value, str) else value


def _complete(table: str, values: dict[str, Any]) -> None:
    for column in ("value", "amount", "amount_usd", "amount_usd_constant"):
        if values.get(column) is not None:
            values[column] = Decimal(values[column])
    if table == "finance":
        if values["amount_usd"] is None:
            values["amount_usd"] = in_dollars(values["amount"], values["currency"])
    elif table == "observation":
        values["qualifier"] = values["qualifier"] or Qualifier.EXACTLY
        span = Period.parse(values["period"]) if values["period"] else Period(None, None)
        values["period_start"], values["period_end"] = span.start, span.end
    elif table == "location":
        values["latitude"], values["longitude"] = (
            float(values["latitude"]),
            float(values["longitude"]),
        )
    elif table == "alias":
        values["normalised"] = normalise(values["name"])
