"""Compares clusters and deals with what follows from the decisions."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import (
    cluster_member,
    cluster_pointer,
    cluster_record,
    deal_member,
    decision,
    entity,
)
from bricoop.ingest.clusters.derive import homes_elsewhere
from bricoop.ingest.clusters.judgements import judgements
from bricoop.ingest.clusters.plan import Plan, plan_of


def unlike_decisions(connection: Connection) -> Iterator[str]:
    """Yield the keys of entities that are joined or parted otherwise than decisions say."""
    is_decided = connection.scalar(select(decision.c.id).limit(1)) is not None
    plan = plan_of(connection, judgements(connection)) if is_decided else Plan()
    homes = {*plan.targets, *plan.targets.values(), *plan.homes.values()}
    for column in (
        cluster_member.c.entity_id, cluster_record.c.own_entity_id, cluster_pointer.c.own_entity_id,
    ):  # fmt: skip
        homes |= set(connection.scalars(select(column).distinct()))
    elsewhere = homes_elsewhere(connection, plan, homes)
    for table, number in ((entity, entity.c.id), (cluster_member, cluster_member.c.entity_id)):
        keys = select(table.c.key).where(in_values(connection, number, elsewhere))
        yield from connection.scalars(keys.order_by(table.c.key))
    deals = dict(connection.execute(select(deal_member.c.record_id, deal_member.c.deal_id)).all())
    unlike = {number for number, _ in deals.items() ^ plan.deals.items()}
    yield from (f"finance record {number}" for number in sorted(unlike))
