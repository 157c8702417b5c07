"""Compares the counts of rows in the register of loads with the records that loads wrote."""

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal_column, select

from bricoop.db.dialect import in_values, until
from bricoop.db.schema import decision, load, load_effect, record, record_version


def miscounted_loads(connection: Connection) -> list[str]:
    """Return the loads whose row counts do not match their records, in words.

    Each new or changed row is written as a record, which becomes a version if a later load changes
    it. A row of a published layout may yield several records with the same locator, but for the
    column of an unpivoted cell, so there may be more records than rows.
    """
    written = _by_load(connection, _written())
    locators = _by_load(connection, _count_rows(connection))
    missing_by_load = _by_load(connection, _gone()) + _found_again(connection)
    failures = []
    counts = (load.c.id, load.c.profile, load.c.rows_new, load.c.rows_changed, load.c.rows_gone)
    for row in connection.execute(select(*counts).where(load.c.undone_at.is_(None))):
        records, counted = written.get(row.id, 0), row.rows_new + row.rows_changed
        is_one_each = row.profile == "native" or locators.get(row.id, 0) == records
        if records < counted or (records > counted and is_one_each):
            failures.append(f"load {row.id} counts {counted} new or changed rows of {records}")
        # This includes records that a later load found again.
        if missing_by_load.get(row.id, 0) != row.rows_gone:
            failures.append(
                f"load {row.id} counts {row.rows_gone} gone of {missing_by_load.get(row.id, 0)}"
            )
    return failures


def _by_load(connection: Connection, statement: Select[Any]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for load_id, count in connection.execute(statement):
        counts[load_id] += count
    return counts


def _written() -> Select[Any]:
    decided = select(decision.c.load_id, func.count()).group_by(decision.c.load_id)
    return _contents(func.count()).union_all(decided)  # type: ignore[return-value]


def _count_rows(connection: Connection) -> Select[Any]:
    locator: ColumnElement[str] = literal_column("locator")
    return _contents(func.count(until(connection, locator, ", column ").distinct()))


def _contents(counted: Any) -> Select[Any]:
    """Return a select of a count over the records and versions that each load wrote of its noun."""
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
    """Count, by load, the records that it found gone and a later load found again."""
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
