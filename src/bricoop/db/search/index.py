"""Writes the search index: builds it, and updates documents that changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, delete, func, insert, select, text, update

from bricoop.db.bulk import Rows, insert_rows
from bricoop.db.dialect import in_values
from bricoop.db.models.search import CREATE_INDEX, server_index, sqlite_index
from bricoop.db.schema import entity, search_document, search_state, search_word
from bricoop.db.search.documents import GAP, Author, Document, vector
from bricoop.db.search.parts import Parts, mentioning, parts_of
from bricoop.domain.batches import in_batches
from bricoop.domain.tokenizer import is_unspaced_word
from bricoop.domain.vocabularies import EntityKind

_BATCH = 1000
#: Kinds of entities whose names occur in the documents of others.
_NAMED = (EntityKind.ORGANIZATION, EntityKind.COUNTRY, EntityKind.REGION)
#: SQLite's index is rebuilt if its deleted documents outnumber the others by this number.
_DEAD = 10_000
#: The least length of a word that is suggested.
_SHORTEST = 3
_ADD_WORD = text("INSERT INTO search_word (word) VALUES (:word) ON CONFLICT DO NOTHING")


def refresh(connection: Connection, entity_ids: Iterable[int]) -> None:
    """Update the documents of entities, and of entities that mention them.

    Args:
        connection: an open transaction that holds the writers' lock.
        entity_ids: entities that are new, or whose records, facts or names may have changed;
            deleted entities and unchanged documents cost little.
    """
    GrowingIndex(connection).finish(entity_ids)


def refresh_names(connection: Connection, entity_ids: Iterable[int]) -> None:
    """Update the documents of entities alone, as far as searches in names need it.

    Args:
        connection: an open transaction on a private copy.
        entity_ids: entities whose names may have changed.
    """
    index = GrowingIndex(connection)
    index.write(entity_ids)
    index.close()


def make_index(connection: Connection) -> int:
    """Rebuild the whole index; return the number of its documents."""
    connection.execute(delete(search_document))
    connection.execute(delete(search_word))
    connection.execute(delete(search_state))
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO search_index (search_index) VALUES ('delete-all')"))
    index = GrowingIndex(connection)
    index.write(all_entity_ids(connection))
    index.close()
    return connection.execute(select(func.count()).select_from(search_document)).scalar_one()


def make_index_again(connection: Connection) -> int:
    """Recreate the full-text index, which may be damaged or missing, and fill it.

    Returns:
        The number of documents.
    """
    connection.execute(text("DROP TABLE IF EXISTS search_index"))
    for statement in CREATE_INDEX[connection.dialect.name]:
        connection.execute(text(statement))
    return make_index(connection)


def complete_index(connection: Connection) -> None:
    """Build the index if entities are missing in it, as after an upgrade from an older schema.

    The transaction must hold the writers' lock.
    """
    indexed = select(search_document.c.entity_id).where(search_document.c.entity_id == entity.c.id)
    if connection.execute(select(entity.c.id).where(~indexed.exists()).limit(1)).first():
        make_index(connection)


class GrowingIndex:
    """Writes documents in batches, and numbers them after the last document of the index."""

    def __init__(self, connection: Connection) -> None:
        """Continue after the last document number of the index."""
        self._connection = connection
        self._author = Author(connection)
        last = self._connection.scalar(select(search_state.c.last_document))
        if last is None:
            self._connection.execute(insert(search_state).values(id=1, last_document=0))
        self._last = last or 0
        self._words: set[str] = set()

    def write(self, entity_ids: Iterable[int]) -> set[int]:
        """Write documents that differ; return the changed entities that others may mention."""
        renamed: set[int] = set()
        for ids in in_batches(entity_ids, _BATCH):
            parts_by_entity = parts_of(self._connection, ids)
            self._author.look_up(parts_by_entity)
            before = self._digests(ids)
            documents = [
                self._author.document(entity_parts) for entity_parts in parts_by_entity.values()
            ]
            documents = [
                document
                for document in documents
                if before.get(document.entity_id) != document.digest
            ]
            changed = [document.entity_id for document in documents if document.entity_id in before]
            if changed:
                self._forget(changed)
                renamed |= self._mentionable(changed)
            self._insert(documents)
        return renamed

    def look_up(
        self, parts_by_entity: Mapping[int, Parts], named: Mapping[int, Sequence[str]]
    ) -> None:
        """Cache the names that new entities mention.

        Mentioned entities that are neither among the new ones nor in `named` must be stored.
        """
        self._author.look_up(parts_by_entity, named)

    def add(self, parts_by_entity: Mapping[int, Parts]) -> None:
        """Write the documents of new entities, for which `look_up` was called."""
        self._insert(
            [self._author.document(entity_parts) for entity_parts in parts_by_entity.values()]
        )

    def finish(self, entity_ids: Iterable[int]) -> None:
        """Update the documents of entities and of those that mention them, and close the index."""
        ids = list(entity_ids)
        renamed = self._author.outdated(ids)
        renamed |= self.write(ids)
        if renamed:
            self.write(sorted(mentioning(self._connection, sorted(renamed))))
        self.close()
        if _is_mostly_dead(self._connection):
            make_index(self._connection)

    def close(self) -> None:
        """Store the last document number, and the words of names for suggestions."""
        self._connection.execute(update(search_state).values(last_document=self._last))
        for words in in_batches(sorted(self._words), _BATCH):
            self._connection.execute(_ADD_WORD, [{"word": word} for word in words])

    def _digests(self, ids: Sequence[int]) -> dict[int, int]:
        statement = select(search_document.c.entity_id, search_document.c.digest)
        chosen = in_values(self._connection, search_document.c.entity_id, ids)
        return dict(self._connection.execute(statement.where(chosen)).all())

    def _forget(self, ids: Sequence[int]) -> None:
        chosen = in_values(self._connection, search_document.c.entity_id, ids)
        self._connection.execute(delete(search_document).where(chosen))

    def _mentionable(self, ids: Sequence[int]) -> set[int]:
        chosen = in_values(self._connection, entity.c.id, ids)
        kinds = entity.c.kind.in_([kind.value for kind in _NAMED])
        return set(self._connection.scalars(select(entity.c.id).where(chosen, kinds)))

    def _insert(self, new_documents: Sequence[Document]) -> None:
        first = self._last + 1
        self._last += len(new_documents)
        words = {
            word for document in new_documents for word in document.names.split()
        } - self._words
        # Filtered here already, as otherwise numbers in names would fill the memory.
        self._words.update(filter(_is_worth_offering, words))
        documents = [
            (number, document.entity_id, document.name_length, document.key, document.digest)
            for number, document in enumerate(new_documents, start=first)
        ]
        names = ("document_id", "entity_id", "name_length", "key", "digest")
        insert_rows(
            self._connection,
            [Rows(search_document, names, documents), self._rows(new_documents, first)],
        )

    def _rows(self, documents: Sequence[Document], first: int) -> Rows:
        if self._connection.dialect.name == "postgresql":
            vectors = [
                (
                    number,
                    *document[:3],
                    vector(document.names),
                    vector(f"{document.names} {GAP} {document.rest}"),
                )
                for number, document in enumerate(documents, start=first)
            ]
            return Rows(server_index, server_index.columns.keys(), vectors)
        texts = [
            (number, document.names, document.rest)
            for number, document in enumerate(documents, start=first)
        ]
        return Rows(sqlite_index, ("rowid", "names", "rest"), texts)


def all_entity_ids(connection: Connection) -> Iterator[int]:
    """Yield the ids of all entities in order, so that others can be read meanwhile."""
    last = 0
    while True:
        statement = select(entity.c.id).where(entity.c.id > last).order_by(entity.c.id)
        ids = list(connection.scalars(statement.limit(_BATCH)))
        if not ids:
            return
        yield from ids
        last = ids[-1]


def _is_mostly_dead(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    last = connection.execute(select(search_state.c.last_document)).scalar_one()
    living = connection.execute(select(func.count()).select_from(search_document)).scalar_one()
    return last - living > living + _DEAD


def offered(names: str) -> set[str]:
    """Return the words of names that are suggested for misspelt words."""
    return set(filter(_is_worth_offering, names.split()))


def _is_worth_offering(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha() and not is_unspaced_word(word)
