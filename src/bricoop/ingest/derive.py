"""What a record says becomes facts: a pure function of its fields and of what its names mean."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bricoop.domain.dates import Period
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import AliasKind, Basis, EntityKind, Link, Qualifier
from bricoop.ingest.layout import (
    Acts,
    Fields,
    Layout,
    Linked,
    Names,
    OwnFact,
    Party,
    Placed,
    Takes,
)

#: Plain text: the driver takes longer over a member of an enumeration.
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
}  # fmt: skip

#: New rows of each table of facts: record, position within the record, entity, and the columns.
FactRows = dict[str, list[tuple[Any, ...]]]
Fact = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Meanings:
    """What the names in a record's fields mean.

    Attributes:
        organization: the organization that a name means.
        place: the country or region of a code or name.
        is_country: whether that is a country.
        links: the entity of each of the five links.
    """

    organization: Callable[[str], int]
    place: Callable[[str], int]
    is_country: Callable[[str], bool]
    links: dict[str, int]


def organizations_named(layout: Layout, fields: Fields) -> list[tuple[str, str]]:
    """Return the column and the name of every organization that a record's fields name."""
    named: list[tuple[str, str]] = []
    for column in layout.organization_columns:
        if column in fields:
            value = fields[column]
            named.extend((column, one) for one in ([value] if isinstance(value, str) else value))
    return named


def derive(
    rows: FactRows,
    layout: Layout,
    record_id: int,
    entity_id: int,
    fields: Fields,
    meanings: Meanings,
) -> None:
    """Append the facts that follow from one record to `rows`, by table."""
    for position, (table, values) in enumerate(_facts(layout, fields, meanings)):
        rows[table].append((record_id, position, entity_id, *values))


def _facts(layout: Layout, fields: Fields, meanings: Meanings) -> Iterator[Fact]:
    if layout.own:
        yield _own(layout.own, fields, meanings)
        return
    yield from _aliases(layout, fields)
    for rule in layout.facts:
        if rule.column in fields and not isinstance(rule, Names):
            yield from _by_rule(rule, fields, meanings)


def _by_rule(
    rule: Placed | Linked | Takes | Party | Acts, fields: Fields, meanings: Meanings
) -> Iterator[Fact]:
    values = fields[rule.column]
    if isinstance(rule, Placed):
        yield from _placed(rule, fields, meanings)
    elif isinstance(rule, Linked):
        basis = fields.get(rule.basis, _STATED)
        yield from (("entity_link", (meanings.links[code], basis)) for code in values)
    elif isinstance(rule, Acts):
        yield from (("organization_role", (role,)) for role in values)
    else:
        for one in dict.fromkeys(meanings.organization(name) for name in values):
            if isinstance(rule, Takes):
                yield "participation", (one, rule.role.value)
            else:
                yield "agreement_party", (one,)


def empty_rows() -> FactRows:
    """Return a collector for `derive`."""
    return defaultdict(list)


def _aliases(layout: Layout, fields: Fields) -> Iterator[Fact]:
    seen = set()
    for name, kind, language in _names(layout, fields):
        normalised = normalise(name)
        if normalised not in seen:
            seen.add(normalised)
            yield "alias", (name, normalised, kind, language)


def _names(layout: Layout, fields: Fields) -> Iterator[tuple[str, str, str | None]]:
    if layout.kind is not EntityKind.COUNTRY or "alpha3" in fields:
        yield fields["name"], _NAME, None
    for rule in layout.name_rules:
        for name in _values(fields, rule.column):
            yield name, rule.kind.value, rule.language


def further_names(layout: Layout, fields: Fields) -> Iterator[str]:
    """Yield the names that a record gives its entity beside the right one."""
    for rule in layout.name_rules:
        yield from _values(fields, rule.column)


def _values(fields: Fields, column: str) -> list[str]:
    value = fields.get(column, [])
    return [value] if isinstance(value, str) else value


def _placed(rule: Placed, fields: Fields, meanings: Meanings) -> Iterator[Fact]:
    basis = fields.get(rule.basis, _STATED)
    for code in fields[rule.column]:
        table = "entity_country" if meanings.is_country(code) else "entity_region"
        yield table, (meanings.place(code), rule.role.value, basis)


def _own(own: OwnFact, fields: Fields, meanings: Meanings) -> Fact:
    made: dict[str, Any] = {column: fields.get(name) for name, column in own.values.items()}
    for name, column in own.organizations.items():
        made[column] = meanings.organization(fields[name]) if fields.get(name) else None
    for name, column in own.links.items():
        made[column] = meanings.links[Link(fields[name])] if fields.get(name) else None
    for column in ("value", "amount", "amount_usd", "amount_usd_constant"):
        if made.get(column) is not None:
            made[column] = Decimal(made[column])
    _complete(own.table, made)
    return own.table, tuple(made.get(column) for column in COLUMNS[own.table])


def _complete(table: str, made: dict[str, Any]) -> None:
    if table == "observation":
        made["qualifier"] = made["qualifier"] or Qualifier.EXACTLY
        span = Period.parse(made["period"]) if made["period"] else Period(None, None)
        made["period_start"], made["period_end"] = span.start, span.end
    elif table == "location":
        made["latitude"], made["longitude"] = float(made["latitude"]), float(made["longitude"])
    elif table == "alias":
        made["normalised"] = normalise(made["name"])
