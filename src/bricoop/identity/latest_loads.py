"""Finds what the latest loads brought: projects, or organizations, that were not there before."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bricoop.db.schema import alias, decision, entity, record, record_version, source
from bricoop.domain.english import agree, counted, enumerated
from bricoop.domain.nouns import PROJECTS
from bricoop.domain.references import Reference
from bricoop.domain.vocabularies import EntityKind, SourceKind

#: More loads are not listed one by one.
_LISTED = 4
#: The load in which a record came first.
_FIRST_LOAD = func.coalesce(
    select(func.min(record_version.c.load_id))
    .where(record_version.c.record_id == record.c.id)
    .scalar_subquery(),
    record.c.load_id,
)
#: What a person states by hand, such as by `bricoop set`, makes nothing old.
_STANDING = (record.c.gone_in.is_(None), source.c.kind != SourceKind.PERSON.value)


@dataclass(frozen=True)
class Brought:
    """What the latest loads brought.

    The latest loads are the newest one and those before it, back to the last decision before them.
    So what they brought stays the same while a reviewer decides on it.

    Attributes:
        noun: what it is, in the plural.
        items: references to records of projects, or keys of organizations.
        loads: the loads.
    """

    noun: str
    items: frozenset[Hashable]
    loads: tuple[int, ...]

    @property
    def note(self) -> str:
        """What is new, as a sentence."""
        if not self.items:
            return f"No {self.noun} are new."
        ids = sorted(self.loads)
        listed = enumerated(ids) if len(ids) <= _LISTED else f"{ids[0]} to {ids[-1]}"
        came = agree(len(self.items), "is", "are")
        loads = agree(len(ids), "load", "loads")
        return f"{counted(len(self.items), self.noun)} {came} new, of {loads} {listed}."


def latest_projects(connection: Connection) -> Brought:
    """Return the records of projects that the latest loads brought, by their references."""
    statement = (
        select(source.c.key, record.c.external_id, _FIRST_LOAD)
        .join(source, source.c.id == record.c.source_id)
        .where(record.c.noun == PROJECTS.name, *_STANDING)
    )
    first_loads = {
        Reference(key, PROJECTS.name, number): load_id
        for key, number, load_id in connection.execute(statement)
    }
    return _latest(connection, "projects", first_loads.items())


def latest_organizations(connection: Connection) -> Brought:
    """Return the organizations that the latest loads named first, by their keys."""
    statement = (
        select(entity.c.key, func.min(_FIRST_LOAD))
        .select_from(alias)
        .join(entity, entity.c.id == alias.c.entity_id)
        .join(record, record.c.id == alias.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(entity.c.kind == EntityKind.ORGANIZATION.value, *_STANDING)
        .group_by(entity.c.key)
    )
    first_loads = [(key, load_id) for key, load_id in connection.execute(statement)]
    return _latest(connection, "organizations", first_loads)


def _latest(
    connection: Connection, noun: str, first_loads: Iterable[tuple[Hashable, int]]
) -> Brought:
    dated = list(first_loads)
    newest = max((load_id for _, load_id in dated), default=0)
    decided = select(func.max(decision.c.load_id)).where(decision.c.load_id < newest)
    before = connection.scalar(decided) or 0
    new = [(item, load_id) for item, load_id in dated if load_id > before]
    return Brought(
        noun,
        frozenset(item for item, _ in new),
        tuple({load_id for _, load_id in new}),
    )
