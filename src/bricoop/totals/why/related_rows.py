"""Rows of finance that decisions make one deal, or whole and part: what each decision relates."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import deal_member, finance, record, source
from bricoop.domain.batches import in_batches
from bricoop.ingest.clusters.homes import parsed
from bricoop.ingest.clusters.judgements import DecisionRow, Judgement
from bricoop.totals.decided_wholes import by_side, decided_wholes

_BATCH = 1000
#: A row of a source: the key of the source, and the row's id there.
SourceRow = tuple[str, str]


class MoneyRecord(NamedTuple):
    """A record of finance.

    Attributes:
        id: its id.
        source: the key of its source.
        external_id: its id within the source.
        entity_id: its project.
        deal: the first record of its deal; its own without one.
    """

    id: int
    source: str
    external_id: str
    entity_id: int
    deal: int


class Relation(NamedTuple):
    """A decision that relates rows of finance of deals that are whole and part, or phases.

    Attributes:
        decision: the decision.
        part_rows: the rows of the part.
        whole_rows: the rows of the whole.
    """

    decision: DecisionRow
    part_rows: tuple[MoneyRecord, ...]
    whole_rows: tuple[MoneyRecord, ...]


def deals(connection: Connection) -> dict[int, list[MoneyRecord]]:
    """Return the records of each deal that decisions made of several, by the first of them."""
    by_deal: defaultdict[int, list[MoneyRecord]] = defaultdict(list)
    joined = _money().where(deal_member.c.deal_id.is_not(None))
    for money in map(_record, connection.execute(joined)):
        by_deal[money.deal].append(money)
    return by_deal


def relations(connection: Connection) -> list[Relation]:
    """Return the relations of whole, part and phase that hold among rows of finance."""
    decided = list(decided_wholes(connection))
    projects = {side.entity_id for _, pair in decided for side in pair}
    rows: list[MoneyRecord] = []
    for batch in in_batches(sorted(projects), _BATCH):
        of_projects = _money().where(in_values(connection, finance.c.entity_id, batch))
        rows += map(_record, connection.execute(of_projects))
    rows_of = by_side(rows)
    related = (
        Relation(decision, tuple(rows_of(pair.portion)), tuple(rows_of(pair.whole)))
        for decision, pair in decided
    )
    return [relation for relation in related if relation.part_rows and relation.whole_rows]


def _money() -> Select[*tuple[Any, ...]]:
    """Select the columns of records of finance, with their projects and deals."""
    return (
        select(
            record.c.id,
            source.c.key,
            record.c.external_id,
            finance.c.entity_id,
            func.coalesce(deal_member.c.deal_id, record.c.id),
        )
        .join(finance, finance.c.record_id == record.c.id)
        .join(source, source.c.id == record.c.source_id)
        .outerjoin(deal_member, deal_member.c.record_id == record.c.id)
        .order_by(record.c.id)
    )


def _record(row: Row[*tuple[Any, ...]]) -> MoneyRecord:
    return MoneyRecord(*row)


def pairs_of(
    judged: Iterable[Judgement],
) -> Iterator[tuple[DecisionRow, tuple[SourceRow, SourceRow]]]:
    """Yield the pairs of rows of sources that judgements are about, each with its decision."""
    deciding = [row.deciding for row in judged]
    references = parsed(ref for decision in deciding for ref in decision.pair)
    for decision in deciding:
        first, second = (references.get(ref) for ref in decision.pair)
        if first and second and first.source and second.source:
            yield decision, ((first.source, first.id), (second.source, second.id))
