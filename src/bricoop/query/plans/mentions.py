"""Sources that mention an organization, in records about it or about its role elsewhere.

An organization that is only named in a cell of a project or finance row has no record of its own.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, union, union_all

from bricoop.db.dialect import in_values
from bricoop.db.schema import agreement_party, finance, organization, participation, record, source
from bricoop.lookup.sources import find_source
from bricoop.query.plan import Condition, Gather

#: Columns that refer to an organization.
_NAMING: tuple[ColumnElement[Any], ...] = (
    participation.c.organization_id,
    finance.c.financier_id,
    agreement_party.c.party_id,
)


def pairs() -> Select[Any]:
    """Select organizations, as `owner`, with the ids of sources that mention them, as `value`.

    Pairs repeat: of UNION ALL, SQLite looks up one organization in the index of each table. Records
    about anything else, which are most, are left out.
    """
    about, *others = _mentions(record.c.source_id.label("value"))
    of_organizations = about.join(organization, organization.c.id == record.c.entity_id)
    # Always true: with it, SQLite reads the sources of records from an index, and not from records.
    has_source = record.c.source_id.in_(select(source.c.id))
    named = (statement.where(has_source) for statement in others)
    return select(union_all(of_organizations, *named).subquery())


def sources() -> Gather:
    """Return the reader of the keys of the sources that mention an organization."""

    def gather(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
        by_owner: dict[int, set[str]] = {}
        for statement in _mentions(source.c.key):
            owner: Any = next(iter(statement.selected_columns))
            joined = statement.join(source, source.c.id == record.c.source_id).distinct()
            for row in connection.execute(joined.where(in_values(connection, owner, ids))):
                by_owner.setdefault(row[0], set()).add(row[1])
        return {entity_id: sorted(keys) for entity_id, keys in by_owner.items()}

    return gather


def by_source(owner: ColumnElement[Any]) -> Condition:
    """Return the filter for entities that a source mentions or has a record about."""

    def condition(connection: Connection, values: tuple[str, ...]) -> ColumnElement[bool]:
        source_ids = [find_source(connection, value) for value in values]
        of_sources = record.c.source_id.in_(source_ids)
        return owner.in_(union_all(*(statement.where(of_sources) for statement in _mentions())))

    return condition


def records_on(owners: Select[Any]) -> Any:
    """Select the source and load ids of the records that mention some organizations."""
    statements = []
    for statement in _mentions():
        owner = next(iter(statement.selected_columns))
        columns = (record.c.source_id, record.c.load_id)
        statements.append(statement.with_only_columns(*columns).where(owner.in_(owners)))
    return union(*statements)


def _mentions(*columns: ColumnElement[Any]) -> Iterator[Select[Any]]:
    """Yield statements that select organizations with columns of records that mention them."""
    about = record.c.entity_id
    yield select(about.label("owner"), *columns).select_from(record).where(about.is_not(None))
    for owner in _NAMING:
        table: Any = owner.table
        joined = table.join(record, record.c.id == table.c.record_id)
        named = select(owner.label("owner"), *columns).select_from(joined)
        yield named.where(owner.is_not(None))
