"""Whether a knowledge base is whole: the file, the references, and a source behind everything."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, func, literal_column, select, text
from sqlalchemy.exc import DBAPIError

from bricoop.db.effects import unreadable_effects
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
    knowledge_base,
    load,
    load_effect,
    load_header,
    metadata,
    organization,
    participation,
    record,
    record_version,
    source,
)
from bricoop.db.seam import among
from bricoop.db.search.compare import mistaken
from bricoop.domain.grammar import counted
from bricoop.domain.vocabularies import AliasKind, EntityKind

#: What to do where what was loaded is damaged, and where only what follows from it is.
RESTORE, REBUILD = "Restore a backup.", "Run `bricoop db rebuild`."
#: The same where a table is not as this version makes it: its rows may be whole.
COPY = (
    "Copy the rows to new tables with `bricoop db copy URL`; if that is refused, restore a backup."
)
#: So many addresses of what is broken are shown.
_SHOWN = 3


@dataclass(frozen=True)
class Check:
    """One thing that must hold.

    Attributes:
        name: what must hold.
        found: how many rows break it.
        remedy: what to do where it is broken.
        examples: the first few of what breaks it, in words.
    """

    name: str
    found: int
    remedy: str = RESTORE
    examples: tuple[str, ...] = ()

    @property
    def shown_examples(self) -> str:
        """The examples in brackets, as they follow the name."""
        more = "; …" if self.found > len(self.examples) else ""
        return f" ({'; '.join(self.examples)}{more})" if self.examples else ""

    @staticmethod
    def of(name: str, findings: Iterable[str], remedy: str = RESTORE) -> "Check":
        """Return a check of which every finding is known in words."""
        found = list(findings)
        return Check(name, len(found), remedy, tuple(found[:_SHOWN]))


def check(connection: Connection) -> list[Check]:
    """Return what was checked of file, references and provenance, and how often each is broken.

    Where the file itself is damaged, nothing else is looked at.
    """
    sound = Check.of("the file is readable and not damaged", _damage(connection))
    if sound.found:
        return [sound]
    effects = Check.of(
        "what loads replaced can be restored by undoing them", unreadable_effects(connection)
    )
    return [
        sound,
        Check.of("every reference points to an existing row", dangling(connection)),
        Check(
            "every entity has a record or a fact",
            _count(connection, orphans()),
            REBUILD,
        ),
        Check("every entity has a name", _count(connection, nameless()), REBUILD),
        Check(
            "every entity has a row in the table of its kind",
            sum(_count(connection, statement) for _, statement in kindless()),
            REBUILD,
        ),
        Check("every record has a load, and the source of that load", _unsourced(connection)),
        Check.of("the knowledge base and every load are described", _undescribed(connection)),
        Check(
            "the search index matches the entities",
            mistaken(connection),
            REBUILD,
        ),
        effects,
        Check.of(
            "the counts of every load match its records",
            # What loads found gone is counted with the help of these.
            () if effects.found else _miscounted(connection),
        ),
    ]


def summary(broken: Sequence[Check]) -> tuple[str, str]:
    """Return what to say of checks that failed: a sentence, and what to do."""
    remedies = {one.remedy for one in broken}
    for remedy in (RESTORE, COPY):
        if remedy in remedies:
            return "The database is damaged.", remedy
    # All else is repaired by one command, whatever else its remedy says.
    return "The database is damaged.", REBUILD


def _damage(connection: Connection) -> list[str]:
    """Return what SQLite's own check finds; a server checks its own pages."""
    if connection.dialect.name != "sqlite":
        return []
    try:
        messages = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
    except DBAPIError as error:
        return [str(error.orig)]
    lines = [line for message in messages for line in message.splitlines()]
    return [line for line in lines if line != "ok" and not line.startswith("***")]


def _undescribed(connection: Connection) -> list[str]:
    bases = _count(connection, select(knowledge_base.c.id))
    found = [] if bases == 1 else [f"{bases} rows in knowledge_base"]
    header = load_header.c.load_id == record.c.load_id
    headed = select(load_header.c.load_id).where(header, load_header.c.noun == record.c.noun)
    lacking = select(record.c.load_id, record.c.noun).where(~headed.exists()).distinct()
    return found + [
        f"load {load_id} has no header for its {noun}"
        for load_id, noun in connection.execute(lacking.order_by(record.c.load_id))
    ]


def _count(connection: Connection, statement: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(statement.subquery())).scalar_one()


def dangling(connection: Connection) -> list[str]:
    """Return the foreign keys with rows that name no existing row, in words."""
    found = []
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            target = key.column.table.alias("target")
            mine: Column[Any] = key.parent
            statement: Select[Any] = (
                select(mine)
                .outerjoin(target, target.c[key.column.name] == mine)
                .where(mine.is_not(None), target.c[key.column.name].is_(None))
            )
            if number := _count(connection, statement):
                found.append(f"{table.name}.{mine.name} of {counted(number, 'rows')}")
    return found


def orphans() -> Select[Any]:
    """Return the question for entities that no record is about and no fact names."""
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
    return statement


def nameless() -> Select[Any]:
    """Return the question for entities without a name of their own: spellings are of another."""
    named = select(alias.c.entity_id).where(
        alias.c.entity_id == entity.c.id, alias.c.kind == AliasKind.NAME.value
    )
    return select(entity.c.id).where(~named.exists())


def kindless() -> Iterator[tuple[Table, Select[Any]]]:
    """Yield the table of each kind with the question for entities that lack their row in it."""
    for kind in EntityKind:
        table = metadata.tables.get(kind.value)
        if table is not None:
            there = select(table.c.id).where(table.c.id == entity.c.id).correlate(entity)
            yield table, select(entity.c.id).where(entity.c.kind == kind.value, ~there.exists())


def _unsourced(connection: Connection) -> int:
    """Count records and facts without a source or load, or with another source than the load."""
    lost = (
        select(record.c.id)
        .outerjoin(source, source.c.id == record.c.source_id)
        .outerjoin(load, load.c.id == record.c.load_id)
        .where(
            source.c.id.is_(None)
            | load.c.id.is_(None)
            | load.c.undone_at.is_not(None)
            | (load.c.source_id != record.c.source_id)
        )
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


def _miscounted(connection: Connection) -> list[str]:
    """Return the loads whose counts are not those of their records.

    A row that is new or changed is written as a record, which stays as a version when a later load
    changes it. A row of a published layout may become several records of a noun: then there are
    more, in one place of the file.
    """
    written = _by_load(connection, _written())
    places = _by_load(connection, _places())
    gone = _by_load(connection, _gone()) + _found_again(connection)
    found = []
    counts = (load.c.id, load.c.profile, load.c.rows_new, load.c.rows_changed, load.c.rows_gone)
    for row in connection.execute(select(*counts).where(load.c.undone_at.is_(None))):
        records, counted = written.get(row.id, 0), row.rows_new + row.rows_changed
        is_one_each = row.profile == "native" or places.get(row.id, 0) == records
        if records < counted or (records > counted and is_one_each):
            found.append(f"load {row.id} counts {counted} new or changed rows of {records}")
        # Records that a later load found again were gone, too.
        if gone.get(row.id, 0) != row.rows_gone:
            found.append(f"load {row.id} counts {row.rows_gone} gone of {gone.get(row.id, 0)}")
    return found


def _by_load(connection: Connection, statement: Select[Any]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for load_id, count in connection.execute(statement):
        counts[load_id] += count
    return counts


def _written() -> Select[Any]:
    return _contents(func.count())


def _places() -> Select[Any]:
    return _contents(func.count(literal_column("locator").distinct()))


def _contents(counted: Any) -> Select[Any]:
    """Return the question for what the loads wrote of their own noun, and had written."""
    now = select(record.c.load_id, record.c.noun, record.c.locator)
    before = select(record_version.c.load_id, record.c.noun, record_version.c.locator).join(
        record, record.c.id == record_version.c.record_id
    )
    both = now.union_all(before).subquery()
    own = load.c.noun == both.c.noun
    return (
        select(both.c.load_id, counted)
        .join(load, load.c.id == both.c.load_id)
        .where(own)
        .group_by(both.c.load_id)
    )


def _gone() -> Select[Any]:
    now = select(record.c.gone_in, record.c.noun, record.c.id).where(record.c.gone_in.is_not(None))
    both = now.subquery()
    return (
        select(both.c.gone_in, func.count())
        .join(load, load.c.id == both.c.gone_in)
        .where(load.c.noun == both.c.noun)
        .group_by(both.c.gone_in)
    )


def _found_again(connection: Connection) -> Counter[int]:
    """Count, by load, the records that it found gone and that a later load found again."""
    nouns = dict(connection.execute(select(load.c.id, load.c.noun)).all())
    kept = select(load_effect.c.row).where(load_effect.c.table_name == record.name)
    marks = {
        (row["id"], row["gone_in"])
        for row in connection.scalars(kept)
        if row["gone_in"] is not None
    }
    own = select(record.c.id, record.c.noun, record.c.gone_in)
    chosen = among(connection, record.c.id, {number for number, _ in marks})
    records = {row.id: row for row in connection.execute(own.where(chosen))}
    return Counter(
        load_id
        for number, load_id in marks
        if number in records
        and records[number].gone_in != load_id
        and records[number].noun == nouns.get(load_id)
    )
