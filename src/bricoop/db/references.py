"""Finds dangling references, as after deletions with foreign keys disabled."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, select

from bricoop.db.column_values import Misfit
from bricoop.db.schema import metadata


def dangling(connection: Connection) -> Iterator[Misfit]:
    """Yield the values of foreign keys that refer to missing rows."""
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
            for number, *row in connection.execute(statement):
                defect = f"refers to {number}, which {key.column.table.name} does not have"
                yield Misfit(mine, tuple(row), defect)
