"""Lets the best source speak for each project that several sources cover."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, case, func, select

from bricoop.db.claims import rank
from bricoop.db.schema import cluster_record, source


def ranks_of_sources(connection: Connection, first: tuple[str, ...]) -> dict[int, int]:
    """Return the rank of each source by its id: those in `first` in their order, then by rank."""
    return {number: rank_ for rank_, number in enumerate(_ranked(connection, first))}


def rank_of(ranks: Mapping[int, int], source_id: ColumnElement[int]) -> ColumnElement[int]:
    """Return the expression of the rank of a source; the lowest speaks best."""
    return case(dict(ranks), value=source_id)


def has_moved_records(connection: Connection) -> bool:
    """Return whether decisions moved records to other projects than loads had joined them with."""
    return connection.scalar(select(cluster_record.c.record_id).limit(1)) is not None


def of_best(
    each: Subquery, speaks: ColumnElement[int], *, silenced: int, elsewhere: int
) -> Select[Any]:
    """Also leave out rows of projects for which a better source has rows that count.

    Projects are those that loads made of equal names and keys, and not those that decisions joined:
    deals of these that nobody paired are other money, and add up. What a decision parted from a
    project is one of its own, so both `home` and `entity` tell projects apart.

    Args:
        each: the marked rows, with the project `home` that each is about without decisions.
        speaks: the rank of the source of `each`.
        silenced: the step of the rows that are left out.
        elsewhere: the step of rows whose deals a better source states.
    """
    # Only rows that count so far let a source speak: one whose rows all fell to earlier steps
    # must not silence others. A deal that counts elsewhere does count. The window function reads
    # the marked rows once; SQLite computes a step wherever it is written.
    counts = func.coalesce(each.c.step, elsewhere) == elsewhere
    projects = [each.c.home, each.c.entity] if "home" in each.c else [each.c.entity]
    best = func.min(case((counts, speaks))).over(partition_by=projects)
    ranked = select(each, speaks.label("speaks"), best.label("best")).subquery("ranked")
    inner = {"step", "speaks", "best", "home"}
    columns = [column for column in ranked.c if column.name not in inner]
    step = case(
        (ranked.c.step.is_not(None), ranked.c.step), (ranked.c.speaks > ranked.c.best, silenced)
    )
    return select(*columns, step.label("step"))


def _ranked(connection: Connection, first: tuple[str, ...]) -> Iterator[int]:
    named = {key: position for position, key in enumerate(first)}
    rows = connection.execute(
        select(source.c.id, source.c.key, source.c.tier, source.c.published)
    ).all()
    yield from (
        row.id
        for row in sorted(
            rows,
            key=lambda row: (named.get(row.key, len(named)), rank(row.tier, row.published, row.id)),
        )
    )
