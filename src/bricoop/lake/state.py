"""The state of a knowledge base that a lake is of: its sources, loads and what joined them."""

from typing import Any

from sqlalchemy import Connection, func, select

from bricoop.db.aggregates import exact_sum
from bricoop.db.checksums import ContentSum, checksum_of
from bricoop.db.schema import (
    cluster_member,
    cluster_pointer,
    cluster_record,
    finance,
    knowledge_base,
    load,
    record,
    source,
)
from bricoop.db.state import HEAD
from bricoop.domain.amounts import plain
from bricoop.lake.manifest import VERSION, LakeLoad, LakeSource
from bricoop.lake.schema import lake_tables


def sources_of(connection: Connection) -> list[LakeSource]:
    """Return the sources of a knowledge base, with the state of each."""
    numbers = select(record.c.source_id, func.count()).group_by(record.c.source_id)
    counts: dict[int, int] = dict(connection.execute(numbers).all())
    sums, states = _sums(connection), _states(connection)
    loads: dict[int, list[int]] = {}
    for row in connection.execute(
        select(load.c.id, load.c.source_id).where(load.c.undone_at.is_(None)).order_by(load.c.id)
    ):
        loads.setdefault(row.source_id, []).append(row.id)
    rows = connection.execute(
        select(source.c.id, source.c.key, source.c.title, source.c.licence).order_by(source.c.key)
    )
    return [
        LakeSource(
            row.key,
            row.title,
            row.licence,
            counts.get(row.id, 0),
            *sums.get(row.id, (0, None, None)),
            tuple(loads.get(row.id, ())),
            states[row.id],
        )
        for row in rows
    ]


def loads_of(connection: Connection) -> list[LakeLoad]:
    """Return the loads of a knowledge base that were not undone."""
    rows = connection.execute(
        select(
            load.c.id, source.c.key, load.c.noun, load.c.file_name, load.c.file_sha256,
            load.c.finished_at,
        )
        .join(source, source.c.id == load.c.source_id)
        .where(load.c.undone_at.is_(None))
        .order_by(load.c.id)
    )  # fmt: skip
    return [LakeLoad(*row[:5], row.finished_at.isoformat()) for row in rows]


def _sums(connection: Connection) -> dict[int, tuple[int, str | None, str | None]]:
    """Return the number of amounts of each source, and their sums in US dollars."""
    nominal, read_nominal = exact_sum(connection, finance.c.amount_usd)
    constant, read_constant = exact_sum(connection, finance.c.amount_usd_constant)
    statement = (
        select(record.c.source_id, func.count(), *nominal, *constant)
        .select_from(finance)
        .join(record, record.c.id == finance.c.record_id)
        .group_by(record.c.source_id)
    )
    middle = 2 + len(nominal)
    return {
        row[0]: (row[1], _text(read_nominal(row[2:middle])), _text(read_constant(row[middle:])))
        for row in connection.execute(statement)
    }


def _text(amount: Any) -> str | None:
    return None if amount is None else plain(amount)


def _states(connection: Connection) -> dict[int, str]:
    """Return for each source a digest of what its rows in a lake follow from.

    They are derived from its own loads and the table of kinds, and then joined by clusters, which
    give its records to other entities. An undo may change rows of any source.
    """
    columns = [
        (table.name, str(table.arrow_schema())) for table in lake_tables() if table.by_source
    ]
    undone = list(connection.scalars(select(load.c.id).where(load.c.undone_at.is_not(None))))
    kinds = connection.scalar(select(knowledge_base.c.kinds_digest))
    common = [VERSION, HEAD, columns, sorted(undone), kinds]
    loads: dict[int, ContentSum] = {}
    for row in connection.execute(select(load.c.source_id, load.c.id, load.c.checksum)):
        loads.setdefault(row.source_id, ContentSum()).add(row.id, row.checksum)
    joined = _cluster_sums(connection)
    return {
        number: checksum_of([common, str(loads.get(number, "")), str(joined.get(number, ""))])
        for number in connection.scalars(select(source.c.id))
    }


def _cluster_sums(connection: Connection) -> dict[int, ContentSum]:
    """Return the digests of the rows of each source that clusters changed."""
    pointer = cluster_pointer.c
    statements: tuple[Any, ...] = (
        select(record.c.source_id, cluster_record.c.record_id, record.c.entity_id).join(
            record, record.c.id == cluster_record.c.record_id
        ),
        select(
            record.c.source_id, pointer.fact, pointer.record_id, pointer.position,
            pointer.own_entity_id, cluster_member.c.canonical_id,
        )
        .join(record, record.c.id == pointer.record_id)
        .outerjoin(cluster_member, cluster_member.c.entity_id == pointer.own_entity_id),
    )  # fmt: skip
    sums: dict[int, ContentSum] = {}
    for statement in statements:
        for owner, *values in connection.execute(statement.execution_options(yield_per=5000)):
            sums.setdefault(owner, ContentSum()).add(*values)
    return sums
