"""The units of an entity that decisions refer to: rows of sources, or names of organizations."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, cluster_member, cluster_record, entity, record
from bricoop.domain.nouns import FINANCE
from bricoop.domain.references import Reference, organization_reference
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.clusters.homes import (
    HOME,
    HomeRecord,
    homes_of,
    housemates,
    organization_names,
    ranks_of,
    records_of,
)


@dataclass(frozen=True)
class Unit:
    """What a decision can join with others, or part from them.

    Of a project it is a row of a source: its description and its money. Where no source describes
    the project, it is all its money. Of an organization it is what loads take for one.

    Attributes:
        ref: the reference that stands for it.
        refs: all references that mean it.
        home: the entity that it is about without decisions.
        name: its name, as its source states it.
        records: its records, the best first; none for an organization.
    """

    ref: Reference
    refs: frozenset[Reference]
    home: int
    name: str
    records: tuple[HomeRecord, ...] = ()

    @property
    def money(self) -> tuple[HomeRecord, ...]:
        """Its records of finance."""
        return tuple(each for each in self.records if each.ref.noun == FINANCE.name)


def units_of(connection: Connection, entity_id: int, kind: EntityKind) -> list[Unit]:
    """Return the units of a project or an organization, the one that is canonical first."""
    if kind is EntityKind.ORGANIZATION:
        return _units_of_organization(connection, entity_id)
    own = (
        select(HOME)
        .select_from(record)
        .outerjoin(cluster_record, cluster_record.c.record_id == record.c.id)
        .where(record.c.entity_id == entity_id)
        .distinct()
    )
    homes = set(connection.scalars(own))
    records = [each for each in records_of(connection, homes) if each.entity_id == entity_id]
    names = _names_in_records(connection, [each.id for each in records])
    return [_unit(group, names) for group in _grouped(records)]


def _grouped(records: Sequence[HomeRecord]) -> list[list[HomeRecord]]:
    """Return the records of each unit: its description, if there is one, then its money."""
    groups: dict[tuple[int, Any], list[HomeRecord]] = {}
    by_source: defaultdict[tuple[int, str], list[list[HomeRecord]]] = defaultdict(list)
    by_home: defaultdict[int, list[list[HomeRecord]]] = defaultdict(list)
    described = [each for each in records if each.describes]
    for each in sorted(described, key=lambda each: each.rank):
        group = groups.setdefault((each.home, each.row), [each])
        by_source[each.home, each.ref.source].append(group)
        by_home[each.home].append(group)
    for each in sorted(records, key=lambda each: each.rank):
        if each.describes:
            continue
        # Money of a row that describes nothing follows the only project of its source.
        own = groups.get((each.home, each.about or each.row))
        if own is None and len(by_source[each.home, each.ref.source]) == 1:
            (own,) = by_source[each.home, each.ref.source]
        if own is None:
            own = by_home[each.home][0] if by_home[each.home] else None
        if own is None:
            own = groups.setdefault((each.home, None), [])
        own.append(each)
    return sorted(groups.values(), key=lambda group: group[0].rank)


def _unit(group: Sequence[HomeRecord], names: Mapping[int, str]) -> Unit:
    best = group[0]
    refs = frozenset(each.ref for each in group)
    return Unit(best.ref, refs, best.home, names.get(best.id, ""), tuple(group))


def _names_in_records(connection: Connection, record_ids: Collection[int]) -> dict[int, str]:
    """Return the first name that each record gives the entity that it is about."""
    statement = (
        select(alias.c.record_id, alias.c.name)
        .join(record, record.c.id == alias.c.record_id)
        .where(alias.c.entity_id == record.c.entity_id)
        .where(in_values(connection, alias.c.record_id, record_ids))
        .order_by(alias.c.record_id, alias.c.position.desc())
    )
    return dict(connection.execute(statement).all())


def _units_of_organization(connection: Connection, entity_id: int) -> list[Unit]:
    homes = housemates(connection, {entity_id})
    named = select(alias.c.normalised).where(alias.c.entity_id == entity_id).distinct()
    names: defaultdict[int, set[str]] = defaultdict(set)
    for name, home, _ in organization_names(connection, list(connection.scalars(named))):
        if home in homes:
            names[home].add(name)
    titles = _titles(connection, homes)
    # Names of several organizations refer to none of them.
    refs = homes_of(connection, {Reference("", "", name) for own in names.values() for name in own})
    ranks = ranks_of(connection, homes)
    units = []
    for home in sorted(homes, key=ranks.__getitem__):
        own_refs = frozenset(ref for ref, its_home in refs.items() if its_home == home)
        if own_refs:
            title = titles.get(home, "")
            ref = organization_reference(title)
            units.append(Unit(ref if ref in own_refs else min(own_refs), own_refs, home, title))
    return units


def _titles(connection: Connection, homes: Collection[int]) -> dict[int, str]:
    titles: dict[int, str] = {}
    for table, number in ((entity, entity.c.id), (cluster_member, cluster_member.c.entity_id)):
        own = select(number, table.c.name).where(in_values(connection, number, homes))
        titles |= dict(connection.execute(own).all())
    return titles
