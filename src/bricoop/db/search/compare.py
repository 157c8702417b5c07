"""Checks that the search index matches the other tables."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, select, text

from bricoop.db.dialect import in_values
from bricoop.db.models.search import server_index
from bricoop.db.schema import entity, search_document, search_state, search_word
from bricoop.db.search.documents import Author
from bricoop.db.search.index import offered
from bricoop.db.search.parts import parts_of

_BATCH = 1000
#: A higher document number than any index reaches.
_MOST_NUMBERS = 2**53


def count_outdated_documents(connection: Connection) -> int:
    """Count the entities whose document is missing or outdated.

    Documents of deleted entities, and words that the full-text index lost, are counted too.
    """
    author = Author(connection)
    outdated, compared, last = 0, 0, 0
    words: Counter[str] = Counter()
    names: set[str] = set()
    while True:
        statement = select(entity.c.id).where(entity.c.id > last).order_by(entity.c.id)
        ids = list(connection.scalars(statement.limit(_BATCH)))
        if not ids:
            break
        last = ids[-1]
        page = parts_of(connection, ids)
        author.look_up(page)
        there = _stored(connection, ids)
        compared += len(there)
        documents = {number: author.document(entity_parts) for number, entity_parts in page.items()}
        outdated += sum(
            (document.name_length, document.key, document.digest) != there.get(number)
            for number, document in documents.items()
        )
        names.update(word for document in documents.values() for word in offered(document.names))
        if connection.dialect.name == "sqlite":
            for document in documents.values():
                words.update(_plain_words((document.names, document.rest)))
    count = connection.scalar(select(func.count()).select_from(search_document)) or 0
    outdated += count - compared + _unnumbered(connection) + _unoffered(connection, names)
    return outdated + _wordless(connection) + _lost(connection, words)


def _stored(connection: Connection, ids: list[int]) -> dict[int, tuple[int, str, int]]:
    own = search_document.c
    columns = (own.entity_id, own.name_length, own.key, own.digest)
    rows = connection.execute(select(*columns).where(in_values(connection, own.entity_id, ids)))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _unnumbered(connection: Connection) -> int:
    """Count the documents whose number is missing in the full-text index, or above the last one.

    A last number that is higher than any in the index counts as well.
    """
    own = search_document.c.document_id
    last = connection.scalar(select(search_state.c.last_document)) or 0
    late = select(func.count()).select_from(search_document)
    wrong = connection.execute(late.where(own > last)).scalar_one()
    if connection.dialect.name == "sqlite":
        with _vocabulary(connection, "instance"):
            numbers = set(connection.scalars(text("SELECT DISTINCT doc FROM search_vocabulary")))
        # SQLite's index never forgets a number.
        wrong += last > max(numbers, default=0)
    else:
        numbers = set(connection.scalars(select(server_index.c.document_id)))
        wrong += last > _MOST_NUMBERS
    return wrong + sum(number not in numbers for number in connection.scalars(select(own)))


def _unoffered(connection: Connection, names: set[str]) -> int:
    """Count the words of names that are missing among the suggestions for misspelt words."""
    return len(names.difference(connection.scalars(select(search_word.c.word))))


@contextmanager
def _vocabulary(connection: Connection, kind: str) -> Iterator[None]:
    """Create a temporary table with the terms of SQLite's index (`row`) or their positions."""
    connection.execute(text("DROP TABLE IF EXISTS temp.search_vocabulary"))
    connection.execute(
        text(
            "CREATE VIRTUAL TABLE temp.search_vocabulary"
            f" USING fts5vocab(main, search_index, {kind})"
        )
    )
    yield
    connection.execute(text("DROP TABLE temp.search_vocabulary"))


def _wordless(connection: Connection) -> int:
    """Count the documents that are missing or empty in PostgreSQL's index."""
    if connection.dialect.name != "postgresql":
        return 0
    own = select(server_index.c.document_id)
    there = own.where(
        server_index.c.document_id == search_document.c.document_id,
        func.length(server_index.c.names) > 0,
    )
    lacking = select(func.count()).select_from(search_document).where(~there.exists())
    return connection.execute(lacking).scalar_one()


def _lost(connection: Connection, expected: Counter[str]) -> int:
    """Count the words that SQLite's index has in too few documents.

    It may have them in more documents, as it never forgets deleted ones.
    """
    if not expected:
        return 0
    with _vocabulary(connection, "row"):
        for term, documents in connection.execute(text("SELECT term, doc FROM search_vocabulary")):
            if expected.get(term, 0) <= documents:
                expected.pop(term, None)
    return len(expected)


def _plain_words(texts: Iterable[str]) -> set[str]:
    """Return the words of texts that SQLite's tokenizer does not change."""
    return {word for content in texts for word in content.split() if word.isalnum()}
