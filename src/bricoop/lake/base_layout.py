"""The layout `base`: the tables of the database, which bricoop itself can ask."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bricoop.db.models.search import lake_index
from bricoop.db.schema import source
from bricoop.lake.content import Content
from bricoop.lake.rows import batches, spans_by_source
from bricoop.lake.schema import LakeTable, lake_tables
from bricoop.lake.words import word_batches

#: The table with the words of entities.
WORDS = lake_index.name


def base_contents(connection: Connection, former_words: Path | None = None) -> Iterator[Content]:
    """Yield the tables of a knowledge base.

    Args:
        connection: an open connection.
        former_words: the file of words of an earlier export, whose rows are used where nothing
            changed.
    """
    spans = spans_by_source(connection)
    ids: dict[str, int] = dict(connection.execute(select(source.c.key, source.c.id)).all())

    def rows_of(table: LakeTable, key: str | None) -> Iterator[Any]:
        if table.name == WORDS:
            return word_batches(connection, table, former_words)
        if key is None:
            return batches(connection, table)
        return batches(connection, table, spans.get(ids[key], ()))

    for table in lake_tables():
        yield Content(table.name, table.arrow_schema(), table.by_source, partial(rows_of, table))
