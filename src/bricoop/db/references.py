"""Finds dangling references, as after deletions with foreign keys disabled."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Select, select

from bricoop.db.column_values import Misfit
from bricoop.db.schema import metadata


def dangling(connection: Connection) -> Iterator[Misfit]:
    """Yield the values of foreign keys that refer to missing rows."""
    for statement, mine, target in _statements():
        for number, *row in connection.execute(statement):
            defect = f"refers to {number}, which {target} does not have"
            yield Misfit(mine, tuple(row), defect)


@cache
def _statements() -> list[tuple[Select[Any], Column[Any], str]]:
    """Return for each foreign key the statement that finds its dangling values, and its target."""
    statements: list[tuple[Select[Any], Column[Any], str]] = []
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda foreign_key: foreign_key.parent.name):
            mine = key.parent
            target = key.column.table.alias("target")
            there = target.c[key.column.name]
            statement: Select[Any] = (
                select(mine.label("named"), *table.primary_key.columns)
                .outerjoin(target, there == mine)
                .where(mine.is_not(None), there.is_(None))
            )
            statements.append((statement, mine, key.column.table.name))
    return statements
