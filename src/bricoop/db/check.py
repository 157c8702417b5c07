"""Whether a knowledge base is whole: the file, the references, and a source behind everything."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, func, select

from bricoop.db.engine import is_sound
from bricoop.db.schema import (
    FACTS,
    agreement_party,
    alias,
    entity,
    entity_country,
    entity_link,
    entity_region,
    finance,
    finding,
    load,
    metadata,
    organization,
    participation,
    record,
    source,
)
from bricoop.db.search.compare import mistaken
from bricoop.domain.vocabularies import EntityKind


@dataclass(frozen=True)
class Check:
    """One thing that must hold.

    Attributes:
        name: what must hold.
        found: how many rows break it.
        remedy: what mends it, where that is not to restore a backup.
    """

    name: str
    found: int
    remedy: str = ""


def check(connection: Connection) -> list[Check]:
    """Return what was checked, and how often each thing is broken."""
    return [
        Check("the file is sound", 0 if is_sound(connection) else 1),
        Check("every reference leads somewhere", _dangling(connection)),
        Check("every entity is spoken of by a record or a fact", _orphans(connection)),
        Check("every entity has a name to be found by", _nameless(connection)),
        Check("every entity stands in the table of its kind", _kindless(connection)),
        Check("every record has a source and a load", _unsourced(connection)),
        Check(
            "search knows every entity as it is",
            mistaken(connection),
            "`bricoop db index` makes the search index anew.",
        ),
        Check("the counts of every load add up to its records", _miscounted(connection)),
    ]


def _count(connection: Connection, statement: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(statement.subquery())).scalar_one()


def _dangling(connection: Connection) -> int:
    found = 0
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            target = key.column.table.alias("target")
            mine: Column[Any] = key.parent
            statement: Select[Any] = (
                select(mine)
                .outerjoin(target, target.c[key.column.name] == mine)
                .where(mine.is_not(None), target.c[key.column.name].is_(None))
            )
            found += _count(connection, statement)
    return found


def _orphans(connection: Connection) -> int:
    spoken_of: list[Column[Any]] = [
        record.c.entity_id,
        entity_country.c.country_id,
        entity_region.c.region_id,
        entity_link.c.link_id,
        participation.c.organization_id,
        agreement_party.c.party_id,
        finance.c.financier_id,
        finding.c.link_id,
        organization.c.country_id,
    ]
    statement: Select[Any] = select(entity.c.id)
    for column in spoken_of:
        statement = statement.where(
            ~select(column).where(column == entity.c.id).correlate(entity).exists()
        )
    return _count(connection, statement)


def _nameless(connection: Connection) -> int:
    named = select(alias.c.entity_id).where(alias.c.entity_id == entity.c.id)
    return _count(connection, select(entity.c.id).where(~named.exists()))


def _kindless(connection: Connection) -> int:
    found = 0
    for kind in EntityKind:
        table = metadata.tables.get(kind.value)
        if table is not None:
            there = select(table.c.id).where(table.c.id == entity.c.id).correlate(entity)
            lacking = select(entity.c.id).where(entity.c.kind == kind.value, ~there.exists())
            found += _count(connection, lacking)
    return found


def _unsourced(connection: Connection) -> int:
    lost = (
        select(record.c.id)
        .outerjoin(source, source.c.id == record.c.source_id)
        .outerjoin(load, load.c.id == record.c.load_id)
        .where(source.c.id.is_(None) | load.c.id.is_(None) | load.c.undone_at.is_not(None))
    )
    facts = sum(
        _count(
            connection,
            select(table.c.record_id)
            .outerjoin(record, record.c.id == table.c.record_id)
            .where(record.c.id.is_(None)),
        )
        for table in FACTS
    )
    return _count(connection, lost) + facts


def _miscounted(connection: Connection) -> int:
    # A row may become records of several nouns; the load counts those of its own.
    written = (
        select(record.c.load_id, func.count().label("records"))
        .join(load, load.c.id == record.c.load_id)
        .where(record.c.noun == load.c.noun)
        .group_by(record.c.load_id)
        .subquery()
    )
    statement = (
        select(load.c.id)
        .join(written, written.c.load_id == load.c.id)
        .where(written.c.records > load.c.rows_new + load.c.rows_changed)
    )
    return _count(connection, statement)
