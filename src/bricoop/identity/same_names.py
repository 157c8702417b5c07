"""Lists the projects that loads made one because their names are equal.

These joins are not stored as decisions: they follow from the records. They are listed as if a rule
had decided on them, since a person can overrule them in the same way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, cluster_record, record
from bricoop.domain.batches import in_batches
from bricoop.domain.nouns import PROJECTS
from bricoop.domain.references import Reference
from bricoop.ingest.clusters.homes import HOME, HomeRecord, records_of

#: The reviewer of these joins.
SAME_NAME = "rule:same-name@1"
_BATCH = 1000


class NameJoin(NamedTuple):
    """Rows of two sources that are one project as their names are equal.

    Attributes:
        row: the row that comes before the other one.
        other: the other row.
        holds: whether they are one project now, and no decision has parted them.
    """

    row: Reference
    other: Reference
    holds: bool


def name_joins(connection: Connection, homes: Collection[int] | None = None) -> Iterator[NameJoin]:
    """Yield the joins by equal names: each row with the best one of another source.

    Args:
        connection: an open connection.
        homes: only joins in these entities as they are without decisions; None for all.
    """
    chosen = _homes_of_several(connection) if homes is None else homes
    for batch in in_batches(sorted(chosen), _BATCH):
        rows: defaultdict[int, list[HomeRecord]] = defaultdict(list)
        for home_record in records_of(connection, batch, (PROJECTS.name,)):
            rows[home_record.home].append(home_record)
        several = {
            home: own for home, own in rows.items() if len({row.ref.source for row in own}) > 1
        }
        names = _names(connection, [row.id for own in several.values() for row in own])
        for own in several.values():
            yield from _joins(own, names)


def _joins(rows: list[HomeRecord], names: dict[int, set[str]]) -> Iterator[NameJoin]:
    for position, row in enumerate(rows):
        for other in rows[:position]:
            if other.ref.source != row.ref.source and names[other.id] & names[row.id]:
                yield NameJoin(other.ref, row.ref, other.entity_id == row.entity_id)
                break


def _homes_of_several(connection: Connection) -> list[int]:
    """Return the entities that several sources describe without decisions."""
    statement = (
        select(HOME)
        .select_from(record)
        .outerjoin(cluster_record, cluster_record.c.record_id == record.c.id)
        .where(record.c.noun == PROJECTS.name, record.c.gone_in.is_(None))
        .group_by(HOME)
        .having(func.count(record.c.source_id.distinct()) > 1)
    )
    return list(connection.scalars(statement))


def _names(connection: Connection, record_ids: Collection[int]) -> defaultdict[int, set[str]]:
    names: defaultdict[int, set[str]] = defaultdict(set)
    statement = (
        select(alias.c.record_id, alias.c.normalised)
        .join(record, record.c.id == alias.c.record_id)
        .where(alias.c.entity_id == record.c.entity_id)
        .where(in_values(connection, alias.c.record_id, record_ids))
    )
    for record_id, name in connection.execute(statement):
        names[record_id].add(name)
    return names
