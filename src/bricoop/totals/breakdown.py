"""Breakdowns of totals by year, financier, instrument, link, country or project."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Subquery, func, select

from bricoop.db.schema import (
    country,
    entity,
    entity_country,
    entity_link,
    finance,
    link,
    source,
)
from bricoop.errors import UsageError
from bricoop.query.plans.finance import financier_of
from bricoop.totals.classify import Counting, marked
from bricoop.totals.sums import Sum, sums_of

Joined = tuple[FromClause, ColumnElement[Any]]


@dataclass(frozen=True)
class Share:
    """The part of a total that belongs to one group.

    Attributes:
        source: key of the source; None if several sources are added together.
        name: the group, such as a year or the name of a financier; None if none is recorded.
        rows: the number of rows that count.
        amount: their sum without rolled-over amounts.
    """

    source: str | None
    name: str | None
    rows: int
    amount: Decimal


def breakdown(connection: Connection, counting: Counting, by: str) -> tuple[Share, ...]:
    """Break a total down into groups, sorted by source and name, with None last.

    A row may have several links or countries, and counts in full for each of them, so these shares
    do not add up to the total. Other shares do.

    Args:
        connection: an open connection.
        counting: the question and the rule.
        by: `year`, `financier`, `instrument`, `link`, `country` or `project`, which is its key.

    Raises:
        UsageError: there is no breakdown of that name.
    """
    if by not in _BY:
        raise UsageError(f"Money cannot be broken down by {by!r}.", f"Possible: {', '.join(_BY)}.")
    rows = marked(connection, counting)
    tables, group = _BY[by](rows)
    group_sums: dict[tuple[int | None, str | None], Sum] = defaultdict(Sum)
    sums = sums_of(connection, rows, (rows.c.source_id, group), tables, rows.c.step.is_(None))
    for (source_id, name), subtotal in sums:
        group_sums[None if counting.add_sources else source_id, name].add(subtotal)
    keys = {row.id: row.key for row in connection.execute(select(source.c.id, source.c.key))}
    shares = (
        Share(None if number is None else keys[number], name, group_sum.rows, group_sum.once)
        for (number, name), group_sum in group_sums.items()
    )
    return tuple(
        sorted(shares, key=lambda share: (share.source or "", share.name is None, share.name or ""))
    )


def _year(rows: Subquery) -> Joined:
    tables = rows.join(finance, finance.c.record_id == rows.c.identity)
    return tables, func.substr(finance.c.date, 1, 4)


def _financier(rows: Subquery) -> Joined:
    # An outer join: rows without a financier are a share too, or shares would not add up.
    tables = rows.join(finance, finance.c.record_id == rows.c.identity).join(
        entity, entity.c.id == finance.c.financier_id, isouter=True
    )
    return tables, financier_of(entity)


def _instrument(rows: Subquery) -> Joined:
    return rows.join(finance, finance.c.record_id == rows.c.identity), finance.c.instrument


def _link(rows: Subquery) -> Joined:
    # Several records may give a project the same link: without DISTINCT, its money would be added
    # once for each of them.
    pairs = select(entity_link.c.entity_id, entity_link.c.link_id).distinct().subquery("pairs")
    tables = rows.join(pairs, pairs.c.entity_id == rows.c.entity, isouter=True).join(
        link, link.c.id == pairs.c.link_id, isouter=True
    )
    return tables, link.c.code


def _project(rows: Subquery) -> Joined:
    return rows.join(entity, entity.c.id == rows.c.entity), entity.c.key


def _country(rows: Subquery) -> Joined:
    pairs = (
        select(entity_country.c.entity_id, entity_country.c.country_id).distinct().subquery("pairs")
    )
    tables = rows.join(pairs, pairs.c.entity_id == rows.c.entity, isouter=True).join(
        country, country.c.id == pairs.c.country_id, isouter=True
    )
    return tables, country.c.alpha3


_BY: dict[str, Callable[[Subquery], Joined]] = {
    "year": _year,
    "financier": _financier,
    "instrument": _instrument,
    "link": _link,
    "country": _country,
    "project": _project,
}
