"""Conditions on cells of the loaded files, by the column names of the files."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    func,
    select,
    true,
    tuple_,
    union,
)

from bricoop.db.dialect import any_of, in_values, until
from bricoop.db.lake_errors import refuse_lake
from bricoop.db.schema import load_header, record, record_version
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import NotFoundError, UsageError
from bricoop.query.conditions.comparisons import no
from bricoop.query.plan import Plan
from bricoop.query.tables import Expression

_CONDITION = re.compile(r"\s*(?P<column>[^=~]*?)\s*(?P<operator>!?[=~])\s*(?P<value>.*)", re.DOTALL)
#: Separates the row from the column in the locator of a record made from a single column.
_CELL = ", column "
#: Returns the condition on the expression of a cell.
_Test = Callable[[Expression], ColumnElement[bool]]


def raw_condition(connection: Connection, plan: Plan, text: str) -> ColumnElement[bool]:
    """Return a condition on a cell of the file row behind a row.

    Finance, statistics, findings and locations come from one file row each. An entity comes from
    the rows of all sources about it, any of which may meet the condition.

    Args:
        connection: an open connection.
        plan: the plan of the noun.
        text: a column name as in the file, `=`, `!=`, `~` (contains) or `!~`, and a value.

    Raises:
        UsageError: the text has another form, or rows of the noun have no records.
        NotFoundError: no loaded file has such a column.
    """
    match = _CONDITION.fullmatch(text)
    if match is None or not match["column"]:
        message = f"{text!r} is not of the form COLUMN=VALUE."
        raise UsageError(message, "Example: --raw 'Flow Class=ODA-like'.")
    if plan.about is None:
        raise UsageError("Sources and loads have no records of their own.")
    column = match["column"].removesuffix("!").rstrip()
    negated = match["operator"].startswith("!") or match["column"].endswith("!")
    cells = _Cells(connection, column)
    if not cells.positions:
        refuse_lake(connection.engine.url, "A lake has no cells as they were read")
        known = _columns(connection)
        raise NotFoundError("column", column, nearest(column, known))
    value, contains = match["value"].strip(), match["operator"].endswith("~")
    condition: ColumnElement[bool]
    if not plan.is_record:
        matches = cells.any(_has_value(value, contains=contains))
        entities = select(record.c.entity_id).where(record.c.entity_id.is_not(None), matches)
        condition = plan.about.in_(entities)
    elif value or contains:
        condition = cells.of_row(plan.identity, _has_value(value, contains=contains))
    else:
        # Only one record of a file row keeps its cells: empty means that no record has a value.
        has_column = cells.of_row(plan.identity, lambda _: true())
        condition = and_(has_column, no(cells.of_row(plan.identity, lambda cell: cell != "")))
    return no(condition) if negated else condition


def _has_value(value: str, *, contains: bool) -> _Test:
    if contains:
        return lambda cell: cell.icontains(value, autoescape=True)
    # Both sides are lowered by the database, so that both follow the same rules.
    return lambda cell: func.lower(cell) == func.lower(value)


class _Cells:
    """The cells of one column in the records of all loads that have it.

    Attributes:
        positions: ids of the loads, by noun and position of the column in their header.
    """

    def __init__(self, connection: Connection, column: str) -> None:
        """Find the column in the headers of all loads.

        In a header without the exact name, columns whose names differ from it only in case, accents
        or punctuation are taken.
        """
        self._connection = connection
        self.positions: dict[tuple[str, int], set[int]] = defaultdict(set)
        form = normalise(column)
        rows = select(load_header.c.load_id, load_header.c.noun, load_header.c.columns)
        for load_id, noun, columns in connection.execute(rows):
            for position, name in enumerate(columns):
                if name == column if column in columns else normalise(name) == form:
                    self.positions[noun, position].add(load_id)

    def any(self, test: _Test) -> ColumnElement[bool]:
        """Return the condition that a cell of the record itself passes a test."""
        by_loads: dict[tuple[str, frozenset[int]], list[int]] = defaultdict(list)
        for (noun, position), load_ids in self.positions.items():
            by_loads[noun, frozenset(load_ids)].append(position)
        return any_of(
            and_(
                self._in(load_ids, record),
                record.c.noun == noun,
                any_of(test(record.c.raw[position].as_string()) for position in positions),
            )
            for (noun, load_ids), positions in by_loads.items()
        )

    def of_row(self, record_id: Expression, test: _Test) -> ColumnElement[bool]:
        """Return the condition that a cell of any record from the same file row passes a test.

        Of the records made from one file row, only the first keeps all cells of the row. The
        records are matched by load and locator. As a later load may have rewritten only some of
        them, earlier versions of records are matched as well.
        """
        multiple = self._loads_of_several()
        columns = (record.c.id, record.c.load_id, record.c.locator)
        matching = select(*columns).where(self.any(test)).cte()
        if not multiple:
            return record_id.in_(select(matching.c.id))
        before = matching.join(record_version, record_version.c.record_id == matching.c.id)
        rows = union(
            select(*self._row(matching)).where(self._in(multiple, matching)),
            select(*self._row(record_version))
            .select_from(before)
            .where(self._in(multiple, record_version)),
        ).cte()
        of_rows = (
            select(number).where(
                self._in(multiple, table), tuple_(*self._row(table)).in_(select(rows))
            )
            for table, number in (
                (record, record.c.id),
                (record_version, record_version.c.record_id),
            )
        )
        return record_id.in_(union(select(matching.c.id), *of_rows))

    def _loads_of_several(self) -> set[int]:
        """Return the loads that made several records of one row and whose locators are rows."""
        rules: dict[int, int] = defaultdict(int)
        with_column = set().union(*self.positions.values())
        statement = select(load_header.c.load_id, load_header.c.origins)
        for load_id, origins in self._connection.execute(
            statement.where(in_values(self._connection, load_header.c.load_id, with_column))
        ):
            rules[load_id] += len(origins.get("id", ()))
            if "locator" in origins:
                with_column.discard(load_id)
        return {load_id for load_id in with_column if rules[load_id] > 1}

    def _in(self, load_ids: Collection[int], table: FromClause) -> ColumnElement[bool]:
        return in_values(self._connection, table.c.load_id, load_ids)

    def _row(self, table: FromClause) -> tuple[Expression, Expression]:
        return table.c.load_id, until(self._connection, table.c.locator, _CELL)


def _columns(connection: Connection) -> dict[str, str]:
    known: dict[str, str] = defaultdict(str)
    for columns in connection.scalars(select(load_header.c.columns)):
        known.update({normalise(name): name for name in columns if name})
    return known
