"""Tables of the search index: one document per entity, derived from the other tables."""

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    event,
)

from bricoop.db.base import metadata
from bricoop.db.types import Id, Name

#: Marks tables that are derived from others, and rebuilt instead of copied.
MADE_AGAIN = {"made_again": True}


class _SearchDocument(TypedColumns):
    document_id: Named[int] = Column(Id, primary_key=True, autoincrement=False)
    entity_id: Named[int] = Column(Id, ForeignKey("entity.id", ondelete="CASCADE"))
    name_length: Named[int] = Column(Integer)
    key: Named[str] = Column(Name)
    digest: Named[int] = Column(Id)


search_document = Table(
    "search_document",
    metadata,
    _SearchDocument,
    UniqueConstraint("entity_id"),
    comment="The words of which entity stand under which number in the search index, of what"
    " digest they are, and what hits are ordered by.",
    info=MADE_AGAIN,
)


class _SearchWord(TypedColumns):
    word: Named[str] = Column(Name, primary_key=True)


search_word = Table(
    "search_word",
    metadata,
    _SearchWord,
    sqlite_with_rowid=False,
    comment="Words of names, to be offered for misspelt ones; some may be out of use.",
    info=MADE_AGAIN,
)


class _SearchState(TypedColumns):
    id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    last_document: Named[int] = Column(Id)


search_state = Table(
    "search_state",
    metadata,
    _SearchState,
    CheckConstraint("id = 1", name="single"),
    comment="One row: the highest number that a document has ever had. SQLite's index cannot"
    " forget a document, so no number is given twice.",
    info=MADE_AGAIN,
)

_SQLITE = """CREATE VIRTUAL TABLE search_index USING fts5(
    names, rest, content='', columnsize=0, tokenize='ascii')"""
#: Size of FTS5's buffer for new words, in bytes; with the default, writing takes twice as long, and
#: with more, merging the parts of the index leaves many unused pages in the file.
_WAITING = "INSERT INTO search_index (search_index, rank) VALUES ('hashsize', 8388608)"
_SERVER = """CREATE TABLE search_index (
    document_id BIGINT NOT NULL CONSTRAINT pk_search_index PRIMARY KEY
        CONSTRAINT fk_search_index_document_id REFERENCES search_document ON DELETE CASCADE,
    entity_id BIGINT NOT NULL, name_length INTEGER NOT NULL, key TEXT COLLATE "C" NOT NULL,
    names tsvector NOT NULL, whole tsvector NOT NULL)"""
_SERVER_ORDER = "CREATE INDEX ix_search_index_order ON search_index (name_length, key)"
_SERVER_NAMES = "CREATE INDEX ix_search_index_names ON search_index USING gin (names)"
_SERVER_WHOLE = "CREATE INDEX ix_search_index_whole ON search_index USING gin (whole)"
#: Statements that create the full-text index of each database. SQLite has the columns `names` and
#: `rest`. PostgreSQL has `names` and `whole` (both together), as its index cannot search for words
#: in either of two columns, and the sort keys of hits, as joining them takes too long.
#: Texts are split into words in Python, and stored as words separated by spaces.
CREATE_INDEX = {
    "sqlite": (_SQLITE, _WAITING),
    "postgresql": (_SERVER, _SERVER_ORDER, _SERVER_NAMES, _SERVER_WHOLE),
}

#: The index for use in statements; not in the metadata, as it differs between the databases.
sqlite_index = Table(
    "search_index", MetaData(), Column("rowid", Id), Column("names", Text), Column("rest", Text)
)
server_index = Table(
    "search_index",
    MetaData(),
    Column("document_id", Id),
    Column("entity_id", Id),
    Column("name_length", Integer),
    Column("key", Name),
    Column("names", Text),
    Column("whole", Text),
)

#: The words of entities in a lake: those of names, and those of all texts, separated by spaces.
lake_index = Table(
    "search_index",
    MetaData(),
    Column("entity_id", Id, nullable=False),
    Column("name_length", Integer, nullable=False),
    Column("key", Name, nullable=False),
    Column("digest", Id, nullable=False),
    Column("names", Text, nullable=False),
    Column("whole", Text, nullable=False),
)

for _dialect, _statements in CREATE_INDEX.items():
    for _statement in _statements:
        _creation = DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        event.listen(search_document, "after_create", _creation)
_removal = DDL("DROP TABLE IF EXISTS search_index")  # type: ignore[no-untyped-call]
event.listen(search_document, "before_drop", _removal)
