"""Reads what a reviewer is shown of two organizations: what sources say they are and do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from bricoop.db.schema import (
    alias,
    cluster_member,
    country,
    entity,
    entity_country,
    finance,
    load,
    participation,
    project,
    record,
    source,
)
from bricoop.domain.english import counted, dollars_in_short
from bricoop.domain.tokenizer import words_of
from bricoop.domain.vocabularies import EntityKind, label
from bricoop.identity.organizations.compared_organization import ComparedOrganization
from bricoop.identity.organizations.match_rows import stated_countries
from bricoop.identity.organizations.proposals import OrganizationProposal
from bricoop.identity.review.pair_view import (
    COUNTRY,
    PairRow,
    PairView,
    Section,
    are_apart,
    first_values,
    joined,
    pair_row,
    single,
)
from bricoop.identity.review.pairs import ReviewPair

#: Projects, names and sources among the details; more are counted.
_MOST = 200


@dataclass(frozen=True)
class _Side:
    """One side of a pair.

    Attributes:
        compared: what was compared of it.
        names: its names as records give them, each with where it is stated.
        roles: its roles in projects, each with the number of projects.
        projects: the names of projects in which it takes part, the first of them.
        number: the number of these projects.
        countries: where these projects lie, most of them first.
        rows: the number of rows of finance that it gives.
        dollars: their sum.
    """

    compared: ComparedOrganization
    names: tuple[Row[Any], ...]
    roles: tuple[str, ...]
    projects: tuple[str, ...]
    number: int
    countries: tuple[str, ...]
    rows: int
    dollars: float


def dollars_given(connection: Connection) -> dict[str, float]:
    """Return the dollars that organizations give, by their keys."""
    statement = (
        select(entity.c.key, func.sum(finance.c.amount_usd))
        .join(finance, finance.c.financier_id == entity.c.id)
        .group_by(entity.c.key)
    )
    return {key: float(dollars or 0) for key, dollars in connection.execute(statement)}


class OrganizationViews:
    """Reads what is shown of pairs of organizations."""

    def __init__(self, connection: Connection) -> None:
        """Read the names of countries."""
        names = select(country.c.alpha2, entity.c.name).join(entity, entity.c.id == country.c.id)
        self._countries: dict[str, str] = dict(connection.execute(names).all())

    def of(self, connection: Connection, pair: ReviewPair[OrganizationProposal]) -> PairView:
        """Return what is shown of a pair."""
        proposal = pair.proposal
        organizations = (proposal.left_organization, proposal.right_organization)
        titles = (pair.left_key, pair.right_key)
        names = (organizations[0].name, organizations[1].name)
        numbers = [_entity_id(connection, organization.key) for organization in organizations]
        missing = [name for name, number in zip(names, numbers, strict=True) if number is None]
        if missing:
            return PairView(titles, names, (), missing_records=" and ".join(missing))
        both = tuple(
            _side(connection, organization, number)
            for organization, number in zip(organizations, numbers, strict=True)
            if number is not None
        )
        words, other_words = (set(words_of(organization.name)) for organization in organizations)
        return PairView(
            titles=titles,
            names=names,
            rows=tuple(row for row in self._rows(both) if not row.is_empty),
            sections=tuple(section for section in _sections(both) if section.rows),
            shared_words=frozenset(words & other_words),
        )

    def _rows(self, both: tuple[_Side, ...]) -> Iterator[PairRow]:
        names = [_other_names(side) for side in both]
        yield pair_row("also", map(first_values, names))
        countries = [stated_countries(side.compared) for side in both]
        named = ([self._countries.get(code, code) for code in codes] for codes in countries)
        yield pair_row(COUNTRY, map(joined, named), differs=are_apart(*countries))
        kinds = [single(side.compared.kind or None) for side in both]
        yield pair_row("kind", kinds, differs=are_apart(*kinds), coded=True)
        yield pair_row("sources", [joined(side.compared.sources) for side in both])
        yield pair_row("roles", [joined(side.roles) for side in both])
        yield pair_row("gives", [single(_given(side)) for side in both])
        yield pair_row("where", [joined(first_values(side.countries)) for side in both])
        projects = [first_values(side.projects, side.number) for side in both]
        yield pair_row("projects", projects, is_long=True)


def _other_names(side: _Side) -> tuple[str, ...]:
    names = (name.text for name in side.compared.names)
    return tuple(dict.fromkeys(name for name in names if name != side.compared.name))


def _given(side: _Side) -> str | None:
    if not side.rows:
        return None
    rows = counted(side.rows, "finance")
    return f"{dollars_in_short(side.dollars)} in {rows}" if side.dollars else rows


def _sections(both: tuple[_Side, ...]) -> Iterator[Section]:
    names = [tuple(f"{row.name} ({row.key})" for row in side.names) for side in both]
    yield Section("Names", (pair_row("names", names),))
    yield Section(
        "What it does",
        (
            pair_row("roles", [side.roles for side in both]),
            pair_row("countries", [side.countries for side in both]),
            pair_row("projects", [side.projects for side in both]),
        ),
    )
    locators = [
        tuple(f"{row.name}: {row.key}, {row.file_name}, {row.locator or '-'}" for row in side.names)
        for side in both
    ]
    urls = [tuple(dict.fromkeys(row.url for row in side.names if row.url)) for side in both]
    yield Section(
        "Where it is stated",
        (pair_row("names", locators, is_long=True), pair_row("source", urls, is_long=True)),
    )


def _side(connection: Connection, compared: ComparedOrganization, number: int) -> _Side:
    money = connection.execute(
        select(func.count(), func.sum(finance.c.amount_usd)).where(finance.c.financier_id == number)
    ).one()
    projects = connection.execute(_projects(number).limit(_MOST)).scalars().all()
    return _Side(
        compared,
        tuple(connection.execute(_names(number).limit(_MOST))),
        _counts(connection, _roles(number)),
        tuple(projects),
        connection.scalar(select(func.count()).select_from(_projects(number).subquery())) or 0,
        _counts(connection, _countries(number)),
        money[0],
        float(money[1] or 0),
    )


def _entity_id(connection: Connection, key: str) -> int | None:
    """Return the id of an organization, or None if no record names it any more.

    Decisions since it was compared may have joined it with another one.
    """
    own = connection.scalar(select(entity.c.id).where(entity.c.key == key))
    member = select(cluster_member.c.canonical_id).where(cluster_member.c.key == key)
    return own if own is not None else connection.scalar(member)


def _names(number: int) -> Select[*tuple[Any, ...]]:
    """Select the names of an organization, each once for every source."""
    first = (
        select(func.min(alias.c.record_id).label("record_id"), alias.c.name)
        .join(record, record.c.id == alias.c.record_id)
        .where(alias.c.entity_id == number)
        .group_by(alias.c.name, record.c.source_id)
        .subquery()
    )
    return (
        select(first.c.name, source.c.key, source.c.url, load.c.file_name, record.c.locator)
        .join(record, record.c.id == first.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .join(load, load.c.id == record.c.load_id)
        .order_by(first.c.name, source.c.key)
    )


def _takes_part(number: int) -> ColumnElement[bool]:
    return participation.c.organization_id == number


def _roles(number: int) -> Select[str, int]:
    times = func.count(participation.c.entity_id.distinct())
    role = participation.c.role
    own = select(role, times).where(_takes_part(number))
    return own.group_by(role).order_by(times.desc(), role)


def _projects(number: int) -> Select[Any]:
    name = func.coalesce(project.c.short_name, entity.c.name).label("name")
    return (
        select(name)
        .join(participation, participation.c.entity_id == entity.c.id)
        .outerjoin(project, project.c.id == entity.c.id)
        .where(_takes_part(number), entity.c.kind == EntityKind.PROJECT.value)
        .group_by(entity.c.id, name)
        .order_by(name, entity.c.id)
    )


def _countries(number: int) -> Select[str, int]:
    times = func.count(participation.c.entity_id.distinct())
    return (
        select(entity.c.name, times)
        .join(entity_country, entity_country.c.country_id == entity.c.id)
        .join(participation, participation.c.entity_id == entity_country.c.entity_id)
        .where(_takes_part(number))
        .group_by(entity.c.name)
        .order_by(times.desc(), entity.c.name)
    )


def _counts(connection: Connection, statement: Select[str, int]) -> tuple[str, ...]:
    return tuple(f"{label(name)} {times:,}" for name, times in connection.execute(statement))
