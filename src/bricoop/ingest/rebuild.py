"""Comparing a knowledge base with what its records say, and deriving that again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select

from bricoop.db.bulk import Bulk, Rows
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
from bricoop.db.ids import acquire_write_lock, wait_for_write_lock
from bricoop.db.schema import FACTS, alias, entity
from bricoop.db.schema_objects import Difference, differences, make_again
from bricoop.db.search.index import make_index_again
from bricoop.ingest.altered_records import Altered
from bricoop.ingest.derivation import Derivation, WrongRecord, wrong_entities
from bricoop.ingest.editions.choose_values import choose_values
from bricoop.ingest.editions.delete_facts import delete_orphans, entities_of_facts
from bricoop.ingest.editions.mention_names import blank_undescribed, name_by_mention
from bricoop.ingest.facts.derive import COLUMNS, HEAD, FactRows
from bricoop.ingest.reference_entities import show_ground_again
from bricoop.ingest.resolve.known_places import KnownPlaces
from bricoop.ingest.stray_mentions import mistaken_mentions
from bricoop.ingest.unfit_values import drop_unfit

#: So many records have their facts written at once.
_PART = 1000


@dataclass(frozen=True)
class Rebuilt:
    """What was derived again.

    Attributes:
        records: how many records got other facts.
        entities: how many entities show other values, or went because nothing speaks of them.
        parts: the indexes and views that were made again, and what was dropped.
        searchable: how many entities search finds.
        left: how many records have other facts still, as what they rest on is damaged.
        damaged: what was loaded and altered since, which cannot be derived.
    """

    records: int
    entities: int
    parts: tuple[str, ...]
    searchable: int
    left: int
    damaged: tuple[Check, ...]


def check_all(connection: Connection) -> list[Check]:
    """Return what was checked of a knowledge base: file, schema, references and derived data.

    Records are read a thousand at a time. Where tables are missing, rows may be hidden, the file is
    damaged, or values are of other types than their columns, nothing else is looked at.
    """
    schema = check_of_schema(connection)
    # Of rows that the server hides, nothing can be said.
    is_hidden = any(one.hides_rows for one in unenforced(connection))
    if schema[0].found or is_hidden:
        return schema
    found = structure(connection)
    if is_unreadable(found):
        return [*schema, *found]
    return [*schema, *made([*found, *steps(connection), *_derived(connection)])]


def check_of_schema(connection: Connection) -> list[Check]:
    """Return whether tables, indexes and views are as this version makes them."""
    unlike = differences(connection)
    lost = [one.what for one in unlike if not one.can_be_made_again]
    return [
        Check.of("every table matches this version", lost, _remedy_of_tables(unlike)),
        Check.of(
            "indexes and views match this version, and there are no triggers",
            [one.what for one in unlike if one.can_be_made_again],
            "Run `bricoop db rebuild`, which repairs them and drops what is not part of bricoop.",
        ),
        Check.of(
            "every foreign key is enforced, and no rows are hidden or unlogged",
            [one.what for one in unenforced(connection)],
            "Run `bricoop db rebuild`, which compares all rows with foreign keys and enforces them,"
            " switches row security off, and makes tables safe from a crash of the server.",
        ),
    ]


def _remedy_of_tables(unlike: list[Difference]) -> str:
    """Return what to do about tables: rows can be copied out of those that have all they need."""
    is_missing = any(one.wanted is not None and one.there is None for one in unlike
                     if not one.can_be_made_again)  # fmt: skip
    return RESTORE if is_missing else COPY


def _derived(connection: Connection) -> Iterator[Check | Step]:
    altered = Altered.of(connection)
    yield from altered.checks()
    in_doubt = altered.entities_in_doubt(connection)

    def unlike() -> Iterator[str]:
        # What rests on something that was altered is not to be derived from that.
        wrong = Derivation(connection).wrong()
        yield from [str(one) for one in wrong if altered.tells(one.record)]
        mentions = mistaken_mentions(connection)
        yield from [str(one) for one in mentions if one.entity_id not in in_doubt]

    def shown_otherwise() -> Iterator[str]:
        return (one.key for one in wrong_entities(connection) if one.id not in in_doubt)

    yield Step("every record has the facts that follow from it", unlike, REBUILD)
    yield Step("every entity shows the values of its best source", shown_otherwise, REBUILD)


def rebuild(engine: Engine) -> Rebuilt:
    """Derive again what follows from records: facts, values of entities, indexes, views, search.

    All of it in one transaction. What was loaded stays as it is, damaged or not, and nothing is
    derived from what is damaged.

    Raises:
        DatabaseError: the database cannot be written, or what was loaded cannot be read.
    """
    with writing(engine) as connection:
        wait_for_write_lock(connection)
        unlike = [one for one in differences(connection) if one.can_be_made_again]
        switched = unenforced(connection)
        make_again(connection, unlike)
        # What hidden rows say must be known before anything is derived.
        enforce(connection, [one for one in switched if not one.is_foreign_key])
        drop_unfit(connection)
        acquire_write_lock(connection)
        altered = Altered.of(connection)
        in_doubt = altered.entities_in_doubt(connection)
        ground = show_ground_again(connection, in_doubt)
        touched = _drop_mistaken_mentions(connection, in_doubt)
        records, left, mentioned = _rebuild_facts(connection, altered)
        entities = _rebuild_entities(connection, touched | mentioned, altered)
        with Bulk(connection) as bulk:
            searchable = make_index_again(bulk)
        broken = _enforce_foreign_keys(connection, switched)
    damaged = tuple(one for one in (*altered.checks(), broken) if one.found)
    repaired = [one.what for one in switched if not (one.is_foreign_key and broken.found)]
    parts = (*(one.what for one in unlike), *repaired)
    return Rebuilt(records, entities + ground, parts, searchable, left, damaged)


def _enforce_foreign_keys(connection: Connection, switched: list[Unenforced]) -> Check:
    """Switch foreign keys on again if all rows satisfy them; return whether they do."""
    broken = check_of_references(connection)
    if not broken.found:
        enforce(connection, [one for one in switched if one.is_foreign_key])
    return broken


def _drop_mistaken_mentions(connection: Connection, in_doubt: set[int]) -> set[int]:
    """Delete names that nothing mentions; return their entities, which will be named anew."""
    wrong = [one for one in mistaken_mentions(connection) if one.entity_id not in in_doubt]
    for one in wrong:
        own = (alias.c.record_id == one.record_id) & (alias.c.position == one.position)
        connection.execute(delete(alias).where(own))
    return {one.entity_id for one in wrong}


def _rebuild_facts(connection: Connection, altered: Altered) -> tuple[int, int, set[int]]:
    """Derive the facts of records again that lack theirs.

    What names mean may be known only when the records that give them have their facts again.

    Returns:
        How many records got other facts, how many are left, and the entities that these speak of.
    """
    done: set[int] = set()
    touched: set[int] = set()
    while True:
        wrong = list(Derivation(connection).wrong())
        whole = [
            one
            for one in wrong
            if one.derived is not None and altered.tells(one.record) and one.record.id not in done
        ]
        if not whole:
            return len(done), len(wrong), touched
        touched |= _write_facts(connection, whole)
        done |= {one.record.id for one in whole}


def _write_facts(connection: Connection, wrong: Sequence[WrongRecord]) -> set[int]:
    """Write the facts of records that lack theirs; return the entities that these speak of."""
    touched: set[int] = set()
    with Bulk(connection) as bulk:
        for start in range(0, len(wrong), _PART):
            part = wrong[start : start + _PART]
            ids = [one.record.id for one in part]
            touched |= entities_of_facts(connection, ids)
            for table in FACTS:
                own = table.c.record_id.in_(ids) & (table.c.position >= 0)
                connection.execute(delete(table).where(own))
            bulk.insert(_rows([one.derived for one in part if one.derived is not None]))
            touched |= entities_of_facts(connection, ids)
            touched |= {one.record.entity_id for one in part}
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
    """Let entities show what their records say; return how many had to be changed."""
    in_doubt = altered.entities_in_doubt(connection)
    for table, statement in kindless():
        lacking = list(connection.scalars(statement))
        # Those that cannot be without values have been given them, where these are known.
        if lacking and all(column.nullable or column.primary_key for column in table.columns):
            connection.execute(insert(table), [{"id": number} for number in lacking])
            touched |= set(lacking)
    # Where records were altered or are missing, something may only seem to be nobody's.
    is_safe = not (altered.aims or altered.loads)
    gone = delete_orphans(connection, connection.scalars(orphans())) if is_safe else set()
    unnamed = set(connection.scalars(nameless())) - in_doubt
    name_by_mention(connection, unnamed)
    wrong = {one.id for one in wrong_entities(connection)} - in_doubt
    changed = (touched | unnamed | wrong) - gone - in_doubt
    known = set(connection.scalars(select(entity.c.id))) & changed
    blank_undescribed(connection, known)
    choose_values(connection, known, KnownPlaces(connection))
    return len(wrong | unnamed | gone)
