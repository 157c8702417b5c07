"""Which tables a question reads: those that its expressions speak of, and no others."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Table
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from bricoop.db.schema import entity
from bricoop.domain.vocabularies import EntityKind

Expression = ColumnElement[Any]


@dataclass(frozen=True)
class Join:
    """A table that gives each row of the others one row of its own, or none where it is outer.

    Attributes:
        table: the table.
        on: how its row is found.
        outer: whether there may be none.
    """

    table: FromClause
    on: Expression
    outer: bool = False


@dataclass(frozen=True)
class Tables:
    """The tables that rows of a noun are read from.

    A table that nothing speaks of is left out: each row has one row in it, or the join is outer,
    so that neither the rows nor their number depend on it.

    Attributes:
        base: the table that has a row for each row of the noun.
        joins: the others; each may depend on those before it.
        twin: a table of which some rows, by one condition, are just those of the base, with the
            same id; it stands in where nothing of the base but the id is wanted.
        kind: of what kind the entities are of which the base has a row each; None where of none.
    """

    base: FromClause
    joins: tuple[Join, ...] = ()
    twin: tuple[FromClause, Expression] | None = None
    kind: EntityKind | None = None

    def all(self) -> FromClause:
        """Return all of them, joined."""
        return self._joined(self.joins)

    def needed(self, *expressions: Expression) -> FromClause:
        """Return those that some expressions speak of, joined, and the base."""
        spoken = _columns(expressions)
        needed: list[Join] = []
        for join in reversed(self.joins):
            if any(column.table is join.table for column in spoken):
                needed.insert(0, join)
                spoken |= _columns([join.on])
        return self._joined(needed)

    def can_stand_in(self, *expressions: Expression) -> bool:
        """Return whether the twin suffices for some expressions."""
        if self.twin is None:
            return False
        table, _ = self.twin
        mine = {column for column in _columns(expressions) if column.table is not table}
        tables = {join.table for join in self.joins if join.table is not table}
        own = {column for column in mine if column.table is self.base}
        return all(column.name == "id" for column in own) and not any(
            column.table in tables for column in mine
        )

    def standing_in(self, expression: Expression) -> Expression:
        """Return an expression that speaks of the twin's id in place of the base's."""
        if self.twin is None:
            return expression
        own, other = self.base.c["id"], self.twin[0].c["id"]

        def swapped(element: Any, **_: Any) -> Any:
            return other if element is own else None

        traverse: Any = replacement_traverse
        replaced: Expression = traverse(expression, {}, swapped)
        return replaced

    def is_always(self, expression: Expression) -> bool:
        """Return whether an expression is a column that is there in every row."""
        outer = [join.table for join in self.joins if join.outer]
        return (
            isinstance(expression, Column)
            and not expression.nullable
            and expression.table not in outer
        )

    def _joined(self, joins: Iterable[Join]) -> FromClause:
        rows = self.base
        for join in joins:
            rows = rows.join(join.table, join.on, isouter=join.outer)
        return rows


def of_entities(table: Table[Any], kind: EntityKind, *joins: Join) -> Tables:
    """Return the tables of the entities of a kind, which has a table of its own."""
    is_one = entity.c.kind == kind.value
    own = Join(entity, (entity.c.id == table.c["id"]) & is_one)
    return Tables(table, (own, *joins), (entity, is_one), kind)


def _columns(expressions: Iterable[Expression]) -> set[Column[Any]]:
    return {
        element
        for expression in expressions
        for element in iterate(expression)
        if isinstance(element, Column)
    }
