"""Integrity checks of a knowledge base: file, values, references and provenance."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Select,
    Table,
    func,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from bricoop.db.column_values import Misfit, is_derived, misfits
from bricoop.db.load_counts import miscounted_loads
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
    load_header,
    metadata,
    organization,
    participation,
    record,
    source,
)
from bricoop.db.search.compare import count_outdated_documents
from bricoop.db.undo_rows import unreadable_effects
from bricoop.domain.vocabularies import AliasKind, EntityKind

#: Remedies for damaged source records, and for damage to data derived from them.
RESTORE, REBUILD = "Restore a backup.", "Run `bricoop db rebuild`."
#: Remedy for a table that differs from the schema, though its rows may be intact.
COPY = (
    "Copy the rows to new tables with `bricoop db copy URL`; if that is refused, restore a backup."
)
#: Remedy for a lake whose files differ from its manifest.
EXPORT_AGAIN = "Export the lake again, or copy it again from where it came from."
#: The checks that all others depend on.
_SOUND = "the file is readable and not damaged"
_TYPED = "every value is of the type of its column"
#: Exceptions that invalid content may cause in a check.
UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
#: The number of examples that a check shows.
_SHOWN = 3


@dataclass(frozen=True)
class Check:
    """The result of a check.

    Attributes:
        name: the condition that was checked.
        violations: how many rows violate it.
        remedy: what a user should do if it is violated.
        examples: the first few violations, in words.
        is_left_out: whether the check could not run because of damage that other checks found.
    """

    name: str
    violations: int
    remedy: str = RESTORE
    examples: tuple[str, ...] = ()
    is_left_out: bool = False

    @property
    def shown_examples(self) -> str:
        """The examples in brackets, to follow the name."""
        more = "; …" if self.violations > len(self.examples) else ""
        return f" ({'; '.join(self.examples)}{more})" if self.examples else ""

    @property
    def answer(self) -> str:
        """The result in a word, with the number of violations."""
        if self.is_left_out:
            return "not checked"
        return f"no: {self.violations}" if self.violations else "yes"

    @staticmethod
    def of(name: str, findings: Iterable[str], remedy: str = RESTORE) -> "Check":
        """Return the result for a list of violations in words."""
        failures = list(findings)
        return Check(name, len(failures), remedy, tuple(failures[:_SHOWN]))


class Step(NamedTuple):
    """A check to run.

    Attributes:
        name: the condition to check.
        find: returns the number of violations, or each of them in words.
        remedy: what a user should do if it is violated.
    """

    name: str
    find: Callable[[], int | Iterable[str]]
    remedy: str = RESTORE

    def made(self) -> Check:
        """Run the check and return its result."""
        result = self.find()
        if isinstance(result, int):
            return Check(self.name, result, self.remedy)
        return Check.of(self.name, result, self.remedy)


def check(connection: Connection) -> list[Check]:
    """Run all checks of file, references and provenance.

    If the file is damaged or values have wrong types, the other checks are not run.
    """
    checks = structure(connection)
    return checks if is_unreadable(checks) else made([*checks, *steps(connection)])


def structure(connection: Connection) -> list[Check]:
    """Check the file, the types of values and the references, until one of them fails."""
    sound = Check.of(_SOUND, _damage(connection))
    if sound.violations:
        return [sound]
    unfit = misfits(connection)
    typed = Check.of(_TYPED, map(str, unfit), _remedy(unfit))
    if typed.violations:
        return [sound, typed]
    return [sound, typed, check_of_references(connection)]


def check_of_references(connection: Connection) -> Check:
    """Check that every foreign key refers to an existing row."""
    lost = list(dangling(connection))
    return Check.of("every reference points to an existing row", map(str, lost), _remedy(lost))


def is_unreadable(checks: Sequence[Check]) -> bool:
    """Return whether the results of `structure` rule out all other checks."""
    return any(
        structure_check.violations
        for structure_check in checks
        if structure_check.name in {_SOUND, _TYPED}
    )


def _remedy(defects: Iterable[Misfit]) -> str:
    return REBUILD if all(is_derived(defect.column) for defect in defects) else RESTORE


def made(checks: Iterable[Check | Step]) -> list[Check]:
    """Run the checks that are not results yet, and return all results in order.

    A check that raises is marked as left out if another one fails.

    Raises:
        Exception: a check raised though no other one fails, so not because of damage.
    """
    results: list[Check] = []
    errors: list[Exception] = []
    for step in checks:
        try:
            results.append(step.made() if isinstance(step, Step) else step)
        except UNREADABLE as error:
            errors.append(error)
            results.append(Check(step.name, 0, is_left_out=True))
    if errors and not any(result.violations for result in results):
        raise errors[0]
    return results


def steps(connection: Connection) -> list[Step]:
    """Return the checks of provenance and of the search index."""
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
            # Counting rows that loads found gone needs the rows that they replaced.
            lambda: () if unreadable() else miscounted_loads(connection),
        ),
    ]


def summary(broken: Sequence[Check]) -> tuple[str, str]:
    """Return a message and a hint for failed checks."""
    remedies = {failed_check.remedy for failed_check in broken}
    for remedy in (RESTORE, COPY):
        if remedy in remedies:
            return "The database is damaged.", remedy
    if EXPORT_AGAIN in remedies:
        return "The lake is damaged.", EXPORT_AGAIN
    # Any other damage is repaired by a rebuild, whatever its own remedy says.
    return "The database is damaged.", REBUILD


def _damage(connection: Connection) -> list[str]:
    """Return the findings of SQLite's integrity check; PostgreSQL has checksums of its own."""
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
    """Return a select of entities that no record is about and no fact refers to."""
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
    """Return a select of entities without an alias of the kind `name`."""
    named = select(alias.c.entity_id).where(
        alias.c.entity_id == entity.c.id, alias.c.kind == AliasKind.NAME.value
    )
    return select(entity.c.id).where(~named.exists())


def kindless() -> Iterator[tuple[Table, Select[Any]]]:
    """Yield the table of each kind, with a select of entities that lack their row in it."""
    for kind in EntityKind:
        table = metadata.tables.get(kind.value)
        if table is not None:
            there = select(table.c.id).where(table.c.id == entity.c.id).correlate(entity)
            yield table, select(entity.c.id).where(entity.c.kind == kind.value, ~there.exists())


def _unsourced(connection: Connection) -> int:
    """Count records and facts without source or load, or whose source differs from the load's."""
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
