"""Check a knowledge base against its records, and rebuild all derived data from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, delete, insert, select

from bricoop.db.bulk import Rows, insert_rows
from bricoop.db.check import (
    COPY,
    REBUILD,
    RESTORE,
    Check,
    Step,
    check_of_references,
    is_unreadable,
    kindless,
    made,
    nameless,
    orphans,
    steps,
    structure,
)
from bricoop.db.enforcement import Unenforced, enforce, unenforced
from bricoop.db.engine import writing
from bricoop.db.identity_checksums import altered_identities
from bricoop.db.ids import acquire_write_lock, wait_for_write_lock
from bricoop.db.retries import retried
from bricoop.db.schema import FACTS, alias, entity
from bricoop.db.schema_objects import (
    Difference,
    IncomparableSchemaError,
    differences,
    make_again,
)
from bricoop.db.search.index import make_index_again
from bricoop.domain.batches import in_batches
from bricoop.domain.project_kinds.rule_table import RuleTable
from bricoop.ingest.check.altered_records import Altered
from bricoop.ingest.check.cluster_check import unlike_decisions
from bricoop.ingest.check.derivation_check import Derivation, WrongRecord
from bricoop.ingest.check.reference_entities import restore_reference_entities
from bricoop.ingest.check.shown_values import wrong_entities
from bricoop.ingest.check.stray_mentions import mistaken_mentions
from bricoop.ingest.check.unfit_values import drop_unfit
from bricoop.ingest.clusters.derive import derive_clusters, suspend_clusters
from bricoop.ingest.editions.choose_values import choose_values
from bricoop.ingest.editions.delete_facts import delete_orphans, entities_of_facts
from bricoop.ingest.editions.kind_rules import choose_rules
from bricoop.ingest.editions.mention_names import blank_undescribed, name_by_mention
from bricoop.ingest.facts.derive import COLUMNS, HEAD, FactRows
from bricoop.ingest.resolve.known_places import KnownPlaces

#: How many records have their facts written at once.
_BATCH = 1000


#: The checks that compare the schema with that of this version.
_TABLES = "every table matches this version"
_OTHER_OBJECTS = "indexes and views match this version, and there are no triggers"


@dataclass(frozen=True)
class Rebuilt:
    """The result of a rebuild.

    Attributes:
        records: how many records got different facts.
        entities: how many entities got different values, or were deleted as nothing refers to them.
        parts: the indexes and views that were created again, and the objects dropped.
        searchable: how many entities are in the search index.
        left: how many records still have wrong facts, because their source data is damaged.
        damaged: failed checks of loaded data, which cannot be derived.
    """

    records: int
    entities: int
    parts: tuple[str, ...]
    searchable: int
    left: int
    damaged: tuple[Check, ...]


def check_all(connection: Connection) -> list[Check]:
    """Check file, schema, references and derived data of a knowledge base.

    Records are read a thousand at a time. If tables are missing, rows may be hidden, the file is
    damaged, or values have other types than their columns, the remaining checks are skipped.
    """
    schema = check_of_schema(connection)
    # Rows hidden by row security cannot be checked.
    is_hidden = any(setting.hides_rows for setting in unenforced(connection))
    if schema[0].violations or is_hidden:
        return schema
    checks = structure(connection)
    if is_unreadable(checks):
        return [*schema, *checks]
    return [*schema, *made([*checks, *steps(connection), *_derived(connection)])]


def check_of_schema(connection: Connection) -> list[Check]:
    """Check that tables, indexes and views are as this version creates them.

    Where PostgreSQL does not let these be compared, as on a replica, that is left out.
    """
    return [
        *_checks_of_objects(connection),
        Check.of(
            "every foreign key is enforced, and no rows are hidden or unlogged",
            [setting.description for setting in unenforced(connection)],
            "Run `bricoop db rebuild`, which compares all rows with foreign keys and enforces them,"
            " switches row security off, and makes tables safe from a crash of the server.",
        ),
    ]


def _checks_of_objects(connection: Connection) -> list[Check]:
    try:
        unlike = differences(connection)
    except IncomparableSchemaError as error:
        reason = (error.message,)
        return [
            Check(name, 0, examples=reason, is_left_out=True) for name in (_TABLES, _OTHER_OBJECTS)
        ]
    lost = [difference.description for difference in unlike if not difference.can_be_made_again]
    repairable = [difference.description for difference in unlike if difference.can_be_made_again]
    return [
        Check.of(_TABLES, lost, _remedy_of_tables(unlike)),
        Check.of(
            _OTHER_OBJECTS,
            repairable,
            "Run `bricoop db rebuild`, which repairs them and drops what is not part of bricoop.",
        ),
    ]


def _remedy_of_tables(unlike: list[Difference]) -> str:
    """Return the remedy for wrong tables: copy the rows unless something is missing."""
    is_missing = any(
        difference.expected is not None and difference.actual is None
        for difference in unlike
        if not difference.can_be_made_again
    )
    return RESTORE if is_missing else COPY


def _derived(connection: Connection) -> Iterator[Check | Step]:
    altered = Altered.of(connection)
    yield from altered.checks()
    in_doubt = altered.entities_in_doubt(connection)

    def unlike() -> Iterator[str]:
        # Facts that depend on altered rows cannot be compared.
        wrong = Derivation(connection).wrong()
        yield from [str(record) for record in wrong if altered.is_reliable(record.record)]
        mentions = mistaken_mentions(connection)
        yield from [str(mention) for mention in mentions if mention.entity_id not in in_doubt]

    def shown_otherwise() -> Iterator[str]:
        return (wrong.key for wrong in wrong_entities(connection) if wrong.id not in in_doubt)

    yield Step("every record has the facts that follow from it", unlike, REBUILD)
    yield Step("every entity shows the values of its best source", shown_otherwise, REBUILD)
    yield Step(
        "what is one thing follows from the decisions",
        lambda: unlike_decisions(connection),
        REBUILD,
    )


def rebuild(engine: Engine, kinds: RuleTable | None = None) -> Rebuilt:
    """Rebuild all derived data: facts, values of entities, indexes, views, search index.

    Runs in one transaction. Loaded data is not changed, damaged or not, and nothing is derived from
    damaged data.

    Args:
        engine: the knowledge base.
        kinds: the rules for kinds that it uses from now on; None for those that it uses already.

    Raises:
        DatabaseError: the database cannot be written, or loaded data cannot be read.
    """
    return retried(engine, lambda: _rebuild_in_transaction(engine, kinds))


def _rebuild_in_transaction(engine: Engine, kinds: RuleTable | None) -> Rebuilt:
    with writing(engine) as connection:
        wait_for_write_lock(connection)
        unlike = [
            difference for difference in differences(connection) if difference.can_be_made_again
        ]
        switched = unenforced(connection)
        make_again(connection, unlike)
        # Hidden rows must be visible before anything is derived.
        enforce(connection, [setting for setting in switched if not setting.is_foreign_key])
        # Before anything is read: values of a wrong type would make reading their rows fail.
        drop_unfit(connection)
        acquire_write_lock(connection)
        choose_rules(connection, kinds)
        suspended = suspend_clusters(connection)
        altered = Altered.of(connection)
        in_doubt = altered.entities_in_doubt(connection)
        restored_entities = restore_reference_entities(connection, in_doubt)
        touched = _drop_mistaken_mentions(connection, in_doubt)
        records, still_wrong, mentioned = _rebuild_facts(connection, altered)
        entities = _rebuild_entities(connection, touched | mentioned, altered)
        derive_clusters(connection, suspended)
        # What decisions gave to entities may be right again.
        altered = replace(altered, entities=altered_identities(connection))
        searchable = make_index_again(connection)
        broken = _enforce_foreign_keys(connection, switched)
    damaged = tuple(check for check in (*altered.checks(), broken) if check.violations)
    repaired = [
        setting.description
        for setting in switched
        if not (setting.is_foreign_key and broken.violations)
    ]
    repaired_objects = (*(difference.description for difference in unlike), *repaired)
    return Rebuilt(
        records, entities + restored_entities, repaired_objects, searchable, still_wrong, damaged
    )


def _enforce_foreign_keys(connection: Connection, switched: list[Unenforced]) -> Check:
    """Enable foreign keys again if all rows satisfy them; return the check of this."""
    broken = check_of_references(connection)
    if not broken.violations:
        enforce(connection, [setting for setting in switched if setting.is_foreign_key])
    return broken


def _drop_mistaken_mentions(connection: Connection, in_doubt: set[int]) -> set[int]:
    """Delete names by mention that no record gives; return the ids of their entities."""
    wrong = [
        mention for mention in mistaken_mentions(connection) if mention.entity_id not in in_doubt
    ]
    for mention in wrong:
        own = (alias.c.record_id == mention.record_id) & (alias.c.position == mention.position)
        connection.execute(delete(alias).where(own))
    return {mention.entity_id for mention in wrong}


def _rebuild_facts(connection: Connection, altered: Altered) -> tuple[int, int, set[int]]:
    """Write the correct facts of records with wrong ones, repeating until nothing changes.

    Names may be resolvable only after the records that define them have their facts again.

    Returns:
        The number of records corrected, the number still wrong, and the ids of entities concerned.
    """
    done: set[int] = set()
    touched: set[int] = set()
    while True:
        wrong = list(Derivation(connection).wrong())
        whole = [
            record
            for record in wrong
            if record.derived is not None
            and altered.is_reliable(record.record)
            and record.record.id not in done
        ]
        if not whole:
            return len(done), len(wrong), touched
        touched |= _write_facts(connection, whole)
        done |= {record.record.id for record in whole}


def _write_facts(connection: Connection, wrong: Sequence[WrongRecord]) -> set[int]:
    """Replace the facts of records; return the ids of the entities concerned."""
    touched: set[int] = set()
    for batch in in_batches(wrong, _BATCH):
        ids = [record.record.id for record in batch]
        touched |= entities_of_facts(connection, ids)
        for table in FACTS:
            own = table.c.record_id.in_(ids) & (table.c.position >= 0)
            connection.execute(delete(table).where(own))
        derived = [record.derived for record in batch if record.derived is not None]
        insert_rows(connection, _rows(derived))
        touched |= entities_of_facts(connection, ids)
        touched |= {record.record.entity_id for record in batch}
    return touched


def _rows(derived: list[FactRows]) -> list[Rows]:
    return [
        Rows(
            table,
            (*HEAD, *COLUMNS[table.name]),
            [row for facts in derived for row in facts.get(table.name, ())],
        )
        for table in FACTS
    ]


def _rebuild_entities(connection: Connection, touched: set[int], altered: Altered) -> int:
    """Set the values of entities from their records; return how many were wrong."""
    in_doubt = altered.entities_in_doubt(connection)
    for table, statement in kindless():
        lacking = list(connection.scalars(statement))
        # Subtype rows with required columns were added before, by `restore_reference_entities`.
        if lacking and all(column.nullable or column.primary_key for column in table.columns):
            connection.execute(insert(table), [{"id": number} for number in lacking])
            touched |= set(lacking)
    # If records were altered or are missing, an entity may only seem to be unused.
    is_safe = not (altered.aims or altered.loads)
    deleted = delete_orphans(connection, connection.scalars(orphans())) if is_safe else set()
    unnamed = set(connection.scalars(nameless())) - in_doubt
    name_by_mention(connection, unnamed)
    wrong = {wrong_entity.id for wrong_entity in wrong_entities(connection)} - in_doubt
    changed = (touched | unnamed | wrong) - deleted - in_doubt
    existing = set(connection.scalars(select(entity.c.id))) & changed
    blank_undescribed(connection, existing)
    choose_values(connection, existing, KnownPlaces(connection))
    return len(wrong | unnamed | deleted)
