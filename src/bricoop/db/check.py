"""Whether a knowledge base is whole: the file, the references, and a source behind everything."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Select, Table, func, literal_column, select, text
from sqlalchemy.exc import DBAPIError

from bricoop.db.column_values import Misfit, is_derived, misfits
from bricoop.db.dialect import in_values
from bricoop.db.references import dangling
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
from bricoop.db.search.compare import count_outdated_documents
from bricoop.db.undo_rows import unreadable_effects
from bricoop.domain.vocabularies import AliasKind, EntityKind

#: What to do where what was loaded is damaged, and where only what follows from it is.
RESTORE, REBUILD = "Restore a backup.", "Run `bricoop db rebuild`."
#: The same where a table is not as this version makes it: its rows may be whole.
COPY = (
    "Copy the rows to new tables with `bricoop db copy URL`; if that is refused, restore a backup."
)
#: The checks on which all others rest.
_SOUND = "the file is readable and not damaged"
_TYPED = "every value is of the type of its column"
#: What is raised where content is not what it should be.
UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
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
        is_left_out: whether it could not be made because of what others find.
    """

    name: str
    found: int
    remedy: str = RESTORE
    examples: tuple[str, ...] = ()
    is_left_out: bool = False

    @property
    def shown_examples(self) -> str:
        """The examples in brackets, as they follow the name."""
        more = "; …" if self.found > len(self.examples) else ""
        return f" ({'; '.join(self.examples)}{more})" if self.examples else ""

    @property
    def answer(self) -> str:
        """Whether it holds, in a word, and how many rows break it."""
        if self.is_left_out:
            return "not checked"
        return f"no: {self.found}" if self.found else "yes"

    @staticmethod
    def of(name: str, findings: Iterable[str], remedy: str = RESTORE) -> "Check":
        """Return a check of which every finding is known in words."""
        failures = list(findings)
        return Check(name, len(failures), remedy, tuple(failures[:_SHOWN]))


class Step(NamedTuple):
    """A check that is still to be made.

    Attributes:
        name: what must hold.
        find: returns how many rows break it, or each of them in words.
        remedy: what to do where it is broken.
    """

    name: str
    find: Callable[[], int | Iterable[str]]
    remedy: str = RESTORE

    def made(self) -> Check:
        """Return the check."""
        result = self.find()
        if isinstance(result, int):
            return Check(self.name, result, self.remedy)
        return Check.of(self.name, result, self.remedy)


def check(connection: Connection) -> list[Check]:
    """Return what was checked of file, references and provenance, and how often each is broken.

    Where the file itself is damaged, or values are of other types, nothing else is looked at.
    """
    checks = structure(connection)
    return checks if is_unreadable(checks) else made([*checks, *steps(connection)])


def structure(connection: Connection) -> list[Check]:
    """Return what was checked of the file, the types of values, and references.

    Each rests on the ones before: what comes after one that is broken may be missing.
    """
    sound = Check.of(_SOUND, _damage(connection))
    if sound.found:
        return [sound]
    unfit = misfits(connection)
    typed = Check.of(_TYPED, map(str, unfit), _remedy(unfit))
    if typed.found:
        return [sound, typed]
    return [sound, typed, check_of_references(connection)]


def check_of_references(connection: Connection) -> Check:
    """Return whether every foreign key leads somewhere."""
    lost = list(dangling(connection))
    return Check.of("every reference points to an existing row", map(str, lost), _remedy(lost))


def is_unreadable(checks: Sequence[Check]) -> bool:
    """Return whether what was checked of the structure is such that nothing else can be."""
    return any(
        structure_check.found
        for structure_check in checks
        if structure_check.name in {_SOUND, _TYPED}
    )


def _remedy(defects: Iterable[Misfit]) -> str:
    return REBUILD if all(is_derived(defect.column) for defect in defects) else RESTORE


def made(checks: Iterable[Check | Step]) -> list[Check]:
    """Return checks, those that are still to be made in their turn.

    One that cannot be made because of what others find is left out.
    """
    results: list[Check] = []
    errors: list[Exception] = []
    for step in checks:
        try:
            results.append(step.made() if isinstance(step, Step) else step)
        except UNREADABLE as error:
            errors.append(error)
            results.append(Check(step.name, 0, is_left_out=True))
    if errors and not any(result.found for result in results):
        raise errors[0]
    return results


def steps(connection: Connection) -> list[Step]:
    """Return what is to be checked of provenance and of the search index."""
    unreadable = cache(lambda: unreadable_effects(connection))
    return [
        Step("every entity has a record or a fact", lambda: _count(connection, orphans()), REBUILD),
        Step("every entity has a name", lambda: _count(connection, nameless()), REBUILD),
        Step(
            "every entity has a row in the table of its kind",
            lambda: sum(_count(connection, statement) for _, statement in kindless()),
            REBUILD,
        ),
        Step(
            "every record has a load, and the source of that load", lambda: _unsourced(connection)
        ),
        Step("the knowledge base and every load are described", lambda: _undescribed(connection)),
        Step(
            "the search index matches the entities",
            lambda: count_outdated_documents(connection),
            REBUILD,
        ),
        Step("what loads replaced can be restored by undoing them", unreadable),
        Step(
            "the counts of every load match its records",
            # What loads found gone is counted with the help of what they replaced.
            lambda: () if unreadable() else _miscounted(connection),
        ),
    ]


def summary(broken: Sequence[Check]) -> tuple[str, str]:
    """Return what to say of checks that failed: a sentence, and what to do."""
    remedies = {failed_check.remedy for failed_check in broken}
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
    failures = [] if bases == 1 else [f"{bases} rows in knowledge_base"]
    header = load_header.c.load_id == record.c.load_id
    headed = select(load_header.c.load_id).where(header, load_header.c.noun == record.c.noun)
    lacking = select(record.c.load_id, record.c.noun).where(~headed.exists()).distinct()
    return failures + [
        f"load {load_id} has no header for its {noun}"
        for load_id, noun in connection.execute(lacking.order_by(record.c.load_id))
    ]


def _count(connection: Connection, statement: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(statement.subquery())).scalar_one()


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
    locators = _by_load(connection, _count_locators())
    gone = _by_load(connection, _gone()) + _found_again(connection)
    failures = []
    counts = (load.c.id, load.c.profile, load.c.rows_new, load.c.rows_changed, load.c.rows_gone)
    for row in connection.execute(select(*counts).where(load.c.undone_at.is_(None))):
        records, counted = written.get(row.id, 0), row.rows_new + row.rows_changed
        is_one_each = row.profile == "native" or locators.get(row.id, 0) == records
        if records < counted or (records > counted and is_one_each):
            failures.append(f"load {row.id} counts {counted} new or changed rows of {records}")
        # Records that a later load found again were gone, too.
        if gone.get(row.id, 0) != row.rows_gone:
            failures.append(f"load {row.id} counts {row.rows_gone} gone of {gone.get(row.id, 0)}")
    return failures


def _by_load(connection: Connection, statement: Select[Any]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for load_id, count in connection.execute(statement):
        counts[load_id] += count
    return counts


def _written() -> Select[Any]:
    return _contents(func.count())


def _count_locators() -> Select[Any]:
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
    effects = select(load_effect.c.row).where(load_effect.c.table_name == record.name)
    marks = {
        (row["id"], row["gone_in"])
        for row in connection.scalars(effects)
        if row["gone_in"] is not None
    }
    own = select(record.c.id, record.c.noun, record.c.gone_in)
    chosen = in_values(connection, record.c.id, {number for number, _ in marks})
    records = {row.id: row for row in connection.execute(own.where(chosen))}
    return Counter(
        load_id
        for number, load_id in marks
        if number in records
        and records[number].gone_in != load_id
        and records[number].noun == nouns.get(load_id)
    )
