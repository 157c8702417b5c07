"""Whether the search index says what the database says."""

from sqlalchemy import Connection, func, select

from bricoop.db.models.search import server_index
from bricoop.db.schema import entity, search_document
from bricoop.db.seam import among
from bricoop.db.search.documents import Author
from bricoop.db.search.parts import parts_of

_PART = 1000


def mistaken(connection: Connection) -> int:
    """Return how many entities search does not know, or knows as something else.

    A document of an entity that is gone is one too; words that the index itself lost are seen on
    PostgreSQL only.
    """
    author = Author(connection)
    found, known, last = 0, 0, 0
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
        found += sum(author.document(one).digest != digests.get(n) for n, one in parts.items())
    documents = connection.scalar(select(func.count()).select_from(search_document)) or 0
    return found + documents - known + _wordless(connection)


def _wordless(connection: Connection) -> int:
    if connection.dialect.name != "postgresql":
        return 0
    own = select(server_index.c.document_id)
    there = own.where(server_index.c.document_id == search_document.c.document_id)
    lacking = select(func.count()).select_from(search_document).where(~there.exists())
    return connection.execute(lacking).scalar_one()
