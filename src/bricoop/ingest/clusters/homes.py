"""Finds the records and organizations that references mean, and their homes.

The home of a record is the entity that it is about without any decision.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import (
    alias,
    cluster_member,
    cluster_pointer,
    cluster_record,
    entity,
    record,
    source,
)
from bricoop.domain.batches import in_batches
from bricoop.domain.nouns import DESCRIBING, FINDINGS, PROJECTS
from bricoop.domain.references import COMPARED_NOUNS, Reference, parse_reference
from bricoop.domain.vocabularies import EntityKind

_BATCH = 1000
#: The id of the record of a value or note by hand that is about one of several rows of a key.
_OWN_ROW = re.compile(r"\S+ (?P<source>[^/\s]+)/projects/(?P<id>.+?) (?:note )?\S+", re.DOTALL)
#: The home of a record: where decisions moved it, its own entity.
HOME = func.coalesce(cluster_record.c.own_entity_id, record.c.entity_id)
#: Sorts after every tier of sources.
_UNDESCRIBED = 99


class HomeRecord(NamedTuple):
    """A record, with what decides where it belongs.

    Attributes:
        id: its id.
        entity_id: the entity that it is about now.
        home: the entity that it is about without decisions.
        ref: the reference to it.
        tier: the tier of its source.
        published: when its source was published.
        has_key: whether a person chose the key of its entity.
        is_value: whether it is a value that a person set of an entity, and no row of its own.
        about: the row of a source that such a value or a note is about, where only one of several
            rows of equal names is meant.
    """

    id: int
    entity_id: int
    home: int
    ref: Reference
    tier: int
    published: str | None
    has_key: bool
    is_value: bool = False
    about: tuple[str, str] | None = None

    @property
    def row(self) -> tuple[str, str]:
        """The row of the source that it comes from: a project and its money share their id."""
        return self.ref.source, self.ref.id

    @property
    def describes(self) -> bool:
        """Whether it describes the project, and does not state its money only."""
        return self.ref.noun == PROJECTS.name and not self.is_value

    @property
    def rank(self) -> tuple[Any, ...]:
        """The sort key by which one of several is canonical; row numbers play no part in it."""
        return not self.has_key, self.tier, _oldest_first(self.published), str(self.ref)


def _oldest_first(published: str | None) -> str:
    """Return the sort key of a date of publication; the earliest comes first, an unknown last."""
    return published or "~"


def homes_of(connection: Connection, refs: Iterable[Reference]) -> dict[Reference, int]:
    """Return the home of each reference that means something here.

    A reference to an organization means nothing if several organizations have the name.
    """
    wanted = set(refs)
    homes: dict[Reference, int] = {}
    # A project and its money often have one id, and are looked up together.
    by_source: defaultdict[str, set[str]] = defaultdict(set)
    nouns: defaultdict[str, set[str]] = defaultdict(set)
    for ref in wanted:
        by_source[ref.source].add(ref.id)
        nouns[ref.source].add(ref.noun)
    for key, ids in by_source.items():
        for batch in in_batches(sorted(ids), _BATCH):
            if key:
                homes |= _homes_of_records(connection, key, nouns[key], batch)
            else:
                homes |= _homes_of_organizations(connection, batch)
    return {ref: home for ref, home in homes.items() if ref in wanted}


def _homes_of_records(
    connection: Connection, key: str, nouns: Collection[str], ids: Collection[str]
) -> dict[Reference, int]:
    statement = (
        select(record.c.noun, record.c.external_id, HOME)
        .join(source, source.c.id == record.c.source_id)
        .outerjoin(cluster_record, cluster_record.c.record_id == record.c.id)
        .where(source.c.key == key, record.c.noun.in_(nouns))
        .where(in_values(connection, record.c.external_id, ids), record.c.gone_in.is_(None))
    )
    return {
        Reference(key, noun, number): home for noun, number, home in connection.execute(statement)
    }


def _homes_of_organizations(connection: Connection, names: Collection[str]) -> dict[Reference, int]:
    named: defaultdict[str, set[int]] = defaultdict(set)
    for name, home, _ in organization_names(connection, names):
        named[name].add(home)
    return {
        Reference("", "", name): homes.pop() for name, homes in named.items() if len(homes) == 1
    }


def organization_names(connection: Connection, names: Collection[str]) -> list[Row[str, int, int]]:
    """Return who has some normalised names: name, home of the organization, and record."""
    named = own_names().where(in_values(connection, alias.c.normalised, names))
    return list(connection.execute(named))


def own_names() -> Select[str, int, int]:
    """Select normalised names of organizations, the home of each as `home`, and the record."""
    by_pointer = and_(
        cluster_pointer.c.fact == alias.name,
        cluster_pointer.c.record_id == alias.c.record_id,
        cluster_pointer.c.position == alias.c.position,
    )
    # A record about another entity gives the organization a name by mention only.
    by_record = and_(
        cluster_record.c.record_id == record.c.id, record.c.entity_id == alias.c.entity_id
    )
    own = func.coalesce(
        cluster_pointer.c.own_entity_id, cluster_record.c.own_entity_id, alias.c.entity_id
    )
    return (
        select(alias.c.normalised, own.label("home"), alias.c.record_id)
        .join(entity, entity.c.id == alias.c.entity_id)
        .join(record, record.c.id == alias.c.record_id)
        .outerjoin(cluster_pointer, by_pointer)
        .outerjoin(cluster_record, by_record)
        .where(entity.c.kind == EntityKind.ORGANIZATION.value)
    )


def own_pointers(
    connection: Connection, record_ids: Collection[int]
) -> dict[tuple[str, int, int], int]:
    """Return the organizations that facts of records name without decisions, where others now.

    Returns:
        The home of the organization by table of the fact, record and position.
    """
    pointer = cluster_pointer.c
    columns = (pointer.fact, pointer.record_id, pointer.position, pointer.own_entity_id)
    chosen = select(*columns).where(in_values(connection, pointer.record_id, record_ids))
    rows = connection.execute(chosen)
    return {(fact, number, position): own for fact, number, position, own in rows}


def housemates(connection: Connection, homes: Collection[int]) -> set[int]:
    """Return the homes that are one entity with some homes now, with these."""
    every = set(homes)
    for batch in in_batches(sorted(homes), _BATCH):
        canonical = select(cluster_member.c.canonical_id).where(
            in_values(connection, cluster_member.c.entity_id, batch)
        )
        now = set(connection.scalars(canonical)) | set(batch)
        members = select(cluster_member.c.entity_id).where(
            in_values(connection, cluster_member.c.canonical_id, now)
        )
        every |= now | set(connection.scalars(members))
    return every


def records_of(
    connection: Connection, homes: Collection[int], nouns: Collection[str] = COMPARED_NOUNS
) -> list[HomeRecord]:
    """Return the records of projects and finance whose home is one of some entities."""
    records: list[HomeRecord] = []
    columns = (
        record.c.id, record.c.entity_id, HOME.label("home"), source.c.key, record.c.noun,
        record.c.external_id, source.c.tier, source.c.published,
        record.c.fields["key"].as_string().label("named_key"),
    )  # fmt: skip
    for batch in in_batches(sorted(homes), _BATCH):
        base = (
            select(*columns)
            .join(source, source.c.id == record.c.source_id)
            .where(record.c.noun.in_(nouns))
        )
        is_moved = cluster_record.c.record_id == record.c.id
        # Two statements, so that each uses an index.
        moved = base.join(cluster_record, is_moved).where(
            in_values(connection, cluster_record.c.own_entity_id, batch)
        )
        own = base.outerjoin(cluster_record, is_moved).where(
            in_values(connection, record.c.entity_id, batch), cluster_record.c.record_id.is_(None)
        )
        for statement in (moved, own):
            records += map(_home_record, connection.execute(statement))
    return sorted(records, key=lambda home_record: (home_record.home, home_record.rank))


def _home_record(row: Row[Any]) -> HomeRecord:
    # `bricoop set` gives its records the key of the entity and an id that begins with it.
    is_value = row.named_key is not None and row.external_id.startswith(f"{row.named_key} ")
    return HomeRecord(
        row.id,
        row.entity_id,
        row.home,
        Reference(row.key, row.noun, row.external_id),
        row.tier,
        row.published,
        has_key=row.named_key is not None and not is_value,
        is_value=is_value,
        about=own_row(row.external_id) if is_value or row.noun == FINDINGS.name else None,
    )


def own_row(external_id: str) -> tuple[str, str] | None:
    """Return which row of a source a value or a note by hand is about, by the id of its record.

    >>> own_row("kuri-dam census/projects/c 1 status"), own_row("kuri-dam status")
    (('census', 'c 1'), None)
    >>> own_row("kuri-dam census/projects/c1 note 0a1b2c3d4e5f6071")
    ('census', 'c1')
    """
    match = _OWN_ROW.fullmatch(external_id)
    return (match["source"], match["id"]) if match else None


def ranks_of(connection: Connection, homes: Collection[int]) -> dict[int, tuple[Any, ...]]:
    """Return the sort key of each home by which one of several is canonical.

    First a key that a person chose, then the best tier of sources, the earliest publication, and
    the smallest key of the entity.
    """
    best: dict[int, tuple[Any, ...]] = {}
    for home_record in records_of(connection, homes, DESCRIBING):
        if home_record.is_value:
            continue
        standing = home_record.rank[:3]
        if home_record.home not in best or standing < best[home_record.home]:
            best[home_record.home] = standing
    keys = _keys_of(connection, homes)
    bare = (True, _UNDESCRIBED, _oldest_first(None))
    return {home: (*best.get(home, bare), keys.get(home, "")) for home in homes}


def _keys_of(connection: Connection, homes: Collection[int]) -> dict[int, str]:
    keys: dict[int, str] = {}
    for batch in in_batches(sorted(homes), _BATCH):
        for table, number in ((entity, entity.c.id), (cluster_member, cluster_member.c.entity_id)):
            own = select(number, table.c.key).where(in_values(connection, number, batch))
            keys |= dict(connection.execute(own).all())
    return keys


def references_of(connection: Connection, homes: Collection[int]) -> set[str]:
    """Return all references that mean one of some homes, in their written form.

    The names of an organization are those of all that are one with it.
    """
    refs = {str(home_record.ref) for home_record in records_of(connection, homes)}
    for batch in in_batches(sorted(homes), _BATCH):
        named = (
            select(alias.c.normalised)
            .join(entity, entity.c.id == alias.c.entity_id)
            .where(in_values(connection, alias.c.entity_id, batch))
            .where(entity.c.kind == EntityKind.ORGANIZATION.value)
        )
        refs |= {str(Reference("", "", name)) for name in connection.scalars(named)}
    return refs


def parsed(refs: Iterable[str]) -> dict[str, Reference]:
    """Return references by their written forms; wrong ones, of a damaged database, are left out."""
    references = {}
    for text in refs:
        try:
            references[text] = parse_reference(text)
        except ValueError:
            continue
    return references
