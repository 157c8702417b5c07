"""SQL conditions of filters; names are resolved to entities, and all values are bound."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, Connection, and_, exists, func, or_, select, union_all

from bricoop.db.dialect import any_of, in_values
from bricoop.db.schema import (
    alias,
    country,
    entity,
    entity_country,
    entity_link,
    entity_region,
    finance,
    participation,
    project_kind,
    record,
)
from bricoop.domain.dates import Period, last_day_text
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import EntityKind, ParticipationRole, ProjectKind
from bricoop.errors import NotFoundError, UsageError
from bricoop.lookup.entities import find_entity
from bricoop.lookup.sources import find_source
from bricoop.query.conditions.comparisons import code_of
from bricoop.query.conditions.regions import in_region, is_region, regions_named, regions_of_sources
from bricoop.query.plan import Condition
from bricoop.query.tables import Expression

Text = Column[str] | Column[str | None]


def entity_ids(connection: Connection, values: Sequence[str], *kinds: EntityKind) -> list[int]:
    """Return the ids of the entities with the given keys or names.

    Keys are resolved by one statement, because programs pass many of them; names one by one.

    Args:
        connection: an open connection.
        values: keys, codes or names.
        kinds: the kinds of entities to consider; all if empty.

    Raises:
        NotFoundError: a value matches no entity.
        AmbiguousNameError: a value matches several entities.
    """
    statement = select(entity.c.key, entity.c.id).where(in_values(connection, entity.c.key, values))
    if kinds:
        statement = statement.where(entity.c.kind.in_([kind.value for kind in kinds]))
    by_key: dict[str, int] = dict(connection.execute(statement).all())
    return [
        by_key[value] if value in by_key else find_entity(connection, value, kinds).id
        for value in values
    ]


def by_country(owner: Expression) -> Condition:
    """Return the filter for entities related to a country, or to a region that sources name."""

    def condition(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        place_ids = entity_ids(connection, values, EntityKind.COUNTRY, EntityKind.REGION)
        countries = select(entity_country.c.entity_id).where(
            entity_country.c.country_id.in_(place_ids)
        )
        regions = select(entity_region.c.entity_id).where(entity_region.c.region_id.in_(place_ids))
        # A UNION in one IN instead of an OR of two: SQLite can then start from the list.
        return owner.in_(union_all(countries, regions))

    return condition


def by_region(owner: Expression) -> Condition:
    """Return the filter for entities related to a country of a UN M49 region."""

    def condition(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        lying = select(entity_country.c.entity_id).join(
            country, country.c.id == entity_country.c.country_id
        )
        return owner.in_(lying.where(in_region(connection, values)))

    return condition


def by_place(owner: Expression) -> Condition:
    """Return the filter for entities related to a place.

    A place is a country, a region that sources name, or a UN M49 region. A name that denotes
    several of these matches entities in any of them.
    """

    def condition(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        return any_of(_at_place(connection, owner, value) for value in values)

    return condition


def by_region_or_place(owner: Expression) -> Condition:
    """Return the filter for entities related to a UN M49 region, or else to a place of the name."""

    def condition(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        return or_(
            *(
                by_region(owner)(connection, (value,))
                if regions_named(connection, value)
                else _at_place(connection, owner, value)
                for value in values
            )
        )

    return condition


def _at_place(connection: Connection, owner: Expression, value: str) -> ColumnElement[bool]:
    lies: list[ColumnElement[bool]] = []
    closest: list[str] = []
    try:
        lies.append(by_country(owner)(connection, (value,)))
    except NotFoundError as error:
        closest += error.closest
        if keys := regions_of_sources(connection, value):
            lies.append(by_country(owner)(connection, tuple(keys)))
    try:
        if not lies or is_region(connection, value):
            lies.append(by_region(owner)(connection, (value,)))
    except NotFoundError as error:
        # Countries with similar names are better suggestions than the list of all large regions.
        closest += [] if closest else error.closest
    if not lies:
        raise NotFoundError("country or region", value, closest)
    return or_(*lies)


def by_link(owner: Expression) -> Condition:
    """Return the filter for entities that belong to one of the five links."""

    def condition(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        link_ids = entity_ids(connection, values, EntityKind.LINK)
        return owner.in_(select(entity_link.c.entity_id).where(entity_link.c.link_id.in_(link_ids)))

    return condition


def by_financier(owner: Expression) -> Condition:
    """Return the filter for entities that an organization funds, by its role or by finance rows."""

    def condition(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        organization_ids = entity_ids(connection, values, EntityKind.ORGANIZATION)
        funds = select(participation.c.entity_id).where(
            participation.c.organization_id.in_(organization_ids),
            participation.c.role == ParticipationRole.FUNDING.value,
        )
        gives = select(finance.c.entity_id).where(finance.c.financier_id.in_(organization_ids))
        return owner.in_(union_all(funds, gives))

    return condition


def by_source(owner: Expression) -> Condition:
    """Return the filter for entities about which a source has a record."""

    def condition(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        source_ids = [find_source(connection, value) for value in values]
        return exists().where(record.c.entity_id == owner, record.c.source_id.in_(source_ids))

    return condition


def of_source(column: Expression) -> Condition:
    """Return the filter for rows that come from a source themselves."""

    def condition(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        return column.in_([find_source(connection, value) for value in values])

    return condition


def of_load(column: Expression) -> Condition:
    """Return the filter for rows that one of some loads wrote, by their numbers."""

    def condition(_: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        for value in values:
            if not (value.isascii() and value.isdigit() and len(value) < 10):  # noqa: PLR2004
                message = f"{value!r} is not the number of a load."
                raise UsageError(message, "See `bricoop query loads`.")
        return column.in_([int(value) for value in values])

    return condition


def by_name(owner: Expression) -> Condition:
    """Return the filter for entities with a name that contains all words of a value."""

    def condition(_: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        return any_of(
            owner.in_(
                select(alias.c.entity_id).where(
                    *(alias.c.normalised.contains(word, autoescape=True) for word in _words(value))
                )
            )
            for value in values
        )

    return condition


def holding(*columns: Text) -> Condition:
    """Return the filter for rows where one of the columns contains a value, ignoring case."""

    def condition(_: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        return any_of(
            column.icontains(value, autoescape=True) for column in columns for value in values
        )

    return condition


def about(owner: Expression, *kinds: EntityKind) -> Condition:
    """Return the filter for rows about one of the named entities."""

    def condition(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        return owner.in_(entity_ids(connection, values, *kinds))

    return condition


def coded(column: Text, vocabulary: type[StrEnum]) -> Condition:
    """Return the filter for rows with one of some codes, given by code or label."""

    def condition(_: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        return column.in_([code_of(column.name, vocabulary, value) for value in values])

    return condition


def by_project_kind(owner: Expression) -> Condition:
    """Return the filter for projects of one of some kinds, be it the main one or a further one."""

    def condition(_: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        codes = [code_of("kind", ProjectKind, value) for value in values]
        return owner.in_(select(project_kind.c.entity_id).where(project_kind.c.kind.in_(codes)))

    return condition


def by_year(*columns: Text) -> Condition:
    """Return the filter for rows with one of their dates in a year or range of years."""
    return _spans(lambda span: or_(*(_within(column, span.start, span.end) for column in columns)))


def by_period(start: Text, end: Text) -> Condition:
    """Return the filter for rows whose period, given by two columns, overlaps a range of years.

    A period with only one end counts as that date: a figure "up to March 2019" is not about 2013.
    """
    first, last = func.coalesce(start, end), func.coalesce(end, start)

    def touches(span: Period) -> ColumnElement[bool]:
        bounds: list[ColumnElement[bool]] = [first.is_not(None)]
        if span.end:
            bounds.append(first <= last_day_text(span.end))
        if span.start:
            # Dates are partial: "~" sorts after all digits, so `2018` lasts to the end of 2018.
            bounds.append(last + "~" >= span.start)
        return and_(*bounds)

    return _spans(touches)


def _spans(condition_of: Callable[[Period], ColumnElement[bool]]) -> Condition:
    def condition(_: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        return any_of(condition_of(_span(value)) for value in values)

    return condition


def _span(value: str) -> Period:
    try:
        return Period.parse(value)
    except ValueError as error:
        message = f"The year {value!r} is {error}."
        raise UsageError(message, "Write 2013, 2013..2018, 2013.. or ..2018.") from error


def _within(column: Text, start: str | None, end: str | None) -> ColumnElement[bool]:
    bounds: list[ColumnElement[bool]] = [column.is_not(None)]
    if start:
        bounds.append(column >= start)
    if end:
        bounds.append(column <= last_day_text(end))
    return and_(*bounds)


def _words(value: str) -> list[str]:
    return normalise(value).split() or [value]
