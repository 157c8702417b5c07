"""FROM clauses of questions, limited to the tables that their expressions refer to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from bricoop.db.schema import entity, metadata
from bricoop.domain.nouns import NounSpec
from bricoop.domain.vocabularies import EntityKind

Expression = ColumnElement[Any]


@dataclass(frozen=True)
class Join:
    """A joined table with exactly one row for each row of the base, or at most one if outer.

    Attributes:
        table: the table.
        on: the join condition.
        outer: whether it is an outer join.
    """

    table: FromClause
    on: Expression
    outer: bool = False


@dataclass(frozen=True)
class Tables:
    """The tables from which the rows of a noun are selected.

    A join that no expression refers to is left out: as it never adds or removes rows, the result
    does not depend on it.

    Attributes:
        base: the table with one row for each row of the noun.
        joins: the joined tables; each may depend on earlier ones.
        twin: a table with a condition by which its rows correspond to those of the base, by id. It
            replaces the base if only the base's id is needed: `entity` for `project`.
        kind: the kind of entities in the base; None if its rows are not entities.
    """

    base: FromClause
    joins: tuple[Join, ...] = ()
    twin: tuple[FromClause, Expression] | None = None
    kind: EntityKind | None = None

    def all(self) -> FromClause:
        """Return the join of all tables."""
        return self._joined(self.joins)

    def needed(self, *expressions: Expression) -> FromClause:
        """Return the join of the base with the tables that some expressions refer to."""
        columns = _columns(expressions)
        needed: list[Join] = []
        for join in reversed(self.joins):
            if any(column.table is join.table for column in columns):
                needed.insert(0, join)
                columns |= _columns([join.on])
        return self._joined(needed)

    def can_stand_in(self, *expressions: Expression) -> bool:
        """Return whether some expressions can be evaluated on the twin instead of the base."""
        if self.twin is None:
            return False
        table, _ = self.twin
        columns = {column for column in _columns(expressions) if column.table is not table}
        tables = {join.table for join in self.joins if join.table is not table}
        base_columns = {column for column in columns if column.table is self.base}
        return all(column.name == "id" for column in base_columns) and not any(
            column.table in tables for column in columns
        )

    def standing_in(self, expression: Expression) -> Expression:
        """Return an expression with the base's id replaced by the twin's."""
        if self.twin is None:
            return expression
        base_id, twin_id = self.base.c["id"], self.twin[0].c["id"]

        def swapped(element: Any, **_: Any) -> Any:
            return twin_id if element is base_id else None

        traverse: Any = replacement_traverse
        replaced: Expression = traverse(expression, {}, swapped)
        return replaced

    def is_always(self, expression: Expression) -> bool:
        """Return whether an expression is a column that is never NULL."""
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


def values_of(noun: NounSpec) -> dict[str, Expression]:
    """Return the expressions of an entity's values, and of its key and name.

    A country is left out: it is stored as an id, and answers have its code.
    """
    table = metadata.tables[str(noun.kind)]
    own = {value.name: table.c[value.name] for value in noun.values if value.name in table.c}
    return {"key": entity.c.key, "name": entity.c.name, **own}


def is_key(expression: Expression) -> bool:
    """Return whether an expression is the key of an entity."""
    return isinstance(expression, Column) and entity.c.key in expression.base_columns


def of_entities(noun: NounSpec, *joins: Join) -> Tables:
    """Return the tables of a noun that describes entities, from the table of their kind."""
    table = metadata.tables[str(noun.kind)]
    is_of_kind = entity.c.kind == str(noun.kind)
    own = Join(entity, (entity.c.id == table.c["id"]) & is_of_kind)
    return Tables(table, (own, *joins), (entity, is_of_kind), noun.kind)


def _columns(expressions: Iterable[Expression]) -> set[Column[Any]]:
    return {
        element
        for expression in expressions
        for element in iterate(expression)
        if isinstance(element, Column)
    }
