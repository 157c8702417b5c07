"""Whether the search index says what the database says."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, func, select, text

from bricoop.db.models.search import server_index
from bricoop.db.schema import entity, search_document
from bricoop.db.seam import among
from bricoop.db.search.documents import Author
from bricoop.db.search.parts import parts_of

_PART = 1000


def mistaken(connection: Connection) -> int:
    """Return how many entities search does not know, or knows as something else.

    A document of an entity that is gone is one too, and so is a word that the index itself lost.
    """
    author = Author(connection)
    found, known, last = 0, 0, 0
    words: Counter[str] = Counter()
    while True:
        statement = select(entity.c.id).where(entity.c.id > last).order_by(entity.c.id)
        ids = list(connection.scalars(statement.limit(_PART)))
        if not ids:
            break
        last = ids[-1]
        parts = parts_of(connection, ids)
        author.look_up(parts)
        columns = (search_document.c.entity_id, search_document.c.digest)
        own = among(connection, search_document.c.entity_id, ids)
        digests = dict(connection.execute(select(*columns).where(own)).all())
        known += len(digests)
        documents = {number: author.document(one) for number, one in parts.items()}
        found += sum(one.digest != digests.get(number) for number, one in documents.items())
        if connection.dialect.name == "sqlite":
            for one in documents.values():
                words.update(_plain_words((one.names, one.rest)))
    count = connection.scalar(select(func.count()).select_from(search_document)) or 0
    return found + count - known + _wordless(connection) + _lost(connection, words)


def _wordless(connection: Connection) -> int:
    """Return how many documents PostgreSQL's index lacks, or has without a word."""
    if connection.dialect.name != "postgresql":
        return 0
    own = select(server_index.c.document_id)
    there = own.where(
        server_index.c.document_id == search_document.c.document_id,
        func.length(server_index.c.names) > 0,
    )
    lacking = select(func.count()).select_from(search_document).where(~there.exists())
    return connection.execute(lacking).scalar_one()


def _lost(connection: Connection, wanted: Counter[str]) -> int:
    """Return how many words SQLite's index has in fewer documents than there are with them.

    It may have them in more: what it once held it cannot forget.
    """
    if not wanted:
        return 0
    # A table of the session, which shows what the index holds.
    connection.execute(text("DROP TABLE IF EXISTS temp.search_vocabulary"))
    connection.execute(
        text("CREATE VIRTUAL TABLE temp.search_vocabulary USING fts5vocab(main, search_index, row)")
    )
    for term, documents in connection.execute(text("SELECT term, doc FROM search_vocabulary")):
        if wanted.get(term, 0) <= documents:
            wanted.pop(term, None)
    connection.execute(text("DROP TABLE temp.search_vocabulary"))
    return len(wanted)


def _plain_words(texts: Iterable[str]) -> set[str]:
    """Return the words of texts that SQLite's index takes for words as they are."""
    return {word for one in texts for word in one.split() if word.isalnum()}
