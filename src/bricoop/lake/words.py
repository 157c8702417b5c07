"""Writes the words of entities, so that a lake can be searched by plain SQL."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from bricoop.db.search.documents import GAP, Author, Document
from bricoop.db.search.index import all_entity_ids
from bricoop.db.search.parts import parts_of
from bricoop.domain.batches import in_batches
from bricoop.lake.arrow import pa
from bricoop.lake.schema import LakeTable

_PAGE = 1000


def word_batches(connection: Connection, table: LakeTable) -> Iterator[Any]:
    """Yield the words of all entities as record batches, ordered by entity.

    Words are separated by single spaces and enclosed in spaces, so that a word or phrase can be
    found as a part of the text.
    """
    schema = table.arrow_schema()
    author = Author(connection)
    for ids in in_batches(all_entity_ids(connection), _PAGE):
        parts_by_entity = parts_of(connection, ids)
        author.look_up(parts_by_entity)
        rows = [_row(author.document(texts)) for texts in parts_by_entity.values()]
        columns = list(zip(*rows, strict=True))
        arrays = [
            pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)
        ]
        yield pa.record_batch(arrays, schema=schema)


def _row(document: Document) -> tuple[int, int, str, str, str]:
    names = _enclosed(document.names)
    whole = _enclosed(f"{document.names} {GAP} {document.rest}")
    return document.entity_id, document.name_length, document.key, names, whole


def _enclosed(words: str) -> str:
    return f" {' '.join(words.split())} "
