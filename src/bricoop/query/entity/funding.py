"""The sources that name an organization as a funder."""

from sqlalchemy import Connection, func, select, union

from bricoop.db.schema import entity, finance, participation, record, source
from bricoop.domain.vocabularies import EntityKind, ParticipationRole


def funding_sources(connection: Connection, organization_id: int) -> list[tuple[str, int]]:
    """Return the keys of the sources that name an organization as a funder, most projects first.

    Each key comes with the number of projects. Sources that describe the same projects without
    naming the organization are left out.
    """
    funds = select(participation.c.entity_id, participation.c.record_id).where(
        participation.c.organization_id == organization_id,
        participation.c.role == ParticipationRole.FUNDING.value,
    )
    gives = select(finance.c.entity_id, finance.c.record_id).where(
        finance.c.financier_id == organization_id
    )
    named = union(funds, gives).subquery("named")
    number = func.count(named.c.entity_id.distinct())
    rows = connection.execute(
        select(source.c.key, number)
        .select_from(named)
        .join(entity, entity.c.id == named.c.entity_id)
        .join(record, record.c.id == named.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(entity.c.kind == EntityKind.PROJECT.value)
        .group_by(source.c.key)
        .order_by(number.desc(), source.c.key)
    )
    return [(row[0], row[1]) for row in rows]
