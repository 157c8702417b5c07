"""Writes the words of entities, so that a lake can be searched by plain SQL."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import search_document
from bricoop.db.search.documents import GAP, Author, Document
from bricoop.db.search.index import all_entity_ids
from bricoop.db.search.parts import parts_of
from bricoop.domain.batches import in_batches
from bricoop.lake.arrow import pa, parquet
from bricoop.lake.schema import LakeTable

_PAGE = 1000


def word_batches(
    connection: Connection, table: LakeTable, former: Path | None = None
) -> Iterator[Any]:
    """Yield the words of all entities as record batches, ordered by entity.

    Words are separated by single spaces and enclosed in spaces, so that a word or phrase can be
    found as a part of the text.

    Args:
        connection: an open connection.
        table: the table of words.
        former: the file of an earlier export. Finding the words takes half of the time of an
            export, so its rows are used where the documents of a page are the same.
    """
    schema = table.arrow_schema()
    author = Author(connection)
    former_words = _FormerWords(former, schema)
    for ids in in_batches(all_entity_ids(connection), _PAGE):
        before = former_words.rows_up_to(ids[-1])
        if _documents(before) == _stored_documents(connection, ids):
            yield from before
            continue
        parts_by_entity = parts_of(connection, ids)
        author.look_up(parts_by_entity)
        rows = [_row(author.document(texts)) for texts in parts_by_entity.values()]
        columns = list(zip(*rows, strict=True))
        arrays = [
            pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)
        ]
        yield pa.record_batch(arrays, schema=schema)


class _FormerWords:
    """Reads the words of an earlier export in the order of entities."""

    def __init__(self, path: Path | None, schema: Any) -> None:
        self._batches: Iterator[Any] = iter(())
        if path is not None:
            file = parquet.ParquetFile(path)
            if file.schema_arrow.equals(schema):
                self._batches = file.iter_batches(batch_size=_PAGE)
        self._next: Any = next(self._batches, None)

    def rows_up_to(self, entity_id: int) -> list[Any]:
        """Return the rows of the next entities up to an id, as record batches."""
        taken = []
        while self._next is not None:
            number = bisect_right(self._next.column("entity_id").to_pylist(), entity_id)
            if number:
                taken.append(self._next.slice(0, number))
            if number < self._next.num_rows:
                self._next = self._next.slice(number)
                break
            self._next = next(self._batches, None)
        return taken


def _documents(batches: list[Any]) -> list[tuple[int, int]]:
    """Return the entities of some rows, with the digests of their documents."""
    return [
        pair
        for batch in batches
        for pair in zip(
            batch.column("entity_id").to_pylist(), batch.column("digest").to_pylist(), strict=True
        )
    ]


def _stored_documents(connection: Connection, ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return entities with the digests of their documents in the search index."""
    columns = (search_document.c.entity_id, search_document.c.digest)
    chosen = in_values(connection, search_document.c.entity_id, ids)
    rows = connection.execute(select(*columns).where(chosen).order_by(search_document.c.entity_id))
    return [(entity_id, digest) for entity_id, digest in rows]


def _row(document: Document) -> tuple[int, int, str, int, str, str]:
    names = _enclosed(document.names)
    whole = _enclosed(f"{document.names} {GAP} {document.rest}")
    own = document.entity_id, document.name_length, document.key, document.digest
    return *own, names, whole


def _enclosed(words: str) -> str:
    return f" {' '.join(words.split())} "
