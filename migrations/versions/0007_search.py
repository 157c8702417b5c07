"""The search index: words of every entity, in each database's own full-text index."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SQLITE = """CREATE VIRTUAL TABLE search_index USING fts5(
    names, rest, content='', columnsize=0, tokenize='ascii')"""
#: Words wait in so many bytes of memory: with the usual million, writing takes twice the time.
WAITING = "INSERT INTO search_index (search_index, rank) VALUES ('hashsize', 16777216)"
SERVER = """CREATE TABLE search_index (
    document_id BIGINT NOT NULL CONSTRAINT pk_search_index PRIMARY KEY
        CONSTRAINT fk_search_index_document_id REFERENCES search_document ON DELETE CASCADE,
    entity_id BIGINT NOT NULL, name_length INTEGER NOT NULL, key TEXT COLLATE "C" NOT NULL,
    names tsvector NOT NULL, whole tsvector NOT NULL)"""
SERVER_ORDER = "CREATE INDEX ix_search_index_order ON search_index (name_length, key)"
SERVER_NAMES = "CREATE INDEX ix_search_index_names ON search_index USING gin (names)"
SERVER_WHOLE = "CREATE INDEX ix_search_index_whole ON search_index USING gin (whole)"


def upgrade() -> None:
    """Make the tables; they are filled when the database has come to the newest version."""
    op.create_table(
        "search_document",
        sa.Column("document_id", ID, nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("name_length", sa.Integer(), nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("digest", ID, nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_search_document"),
        sa.UniqueConstraint("entity_id", name="uq_search_document_entity_id"),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entity.id"], name="fk_search_document_entity_id", ondelete="CASCADE"
        ),
        comment="The words of which entity stand under which number in the search index, of what"
        " digest they are, and what hits are ordered by.",
    )
    op.create_table(
        "search_word",
        sa.Column("word", NAME, nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_search_word"),
        comment="Words of names, to be offered for misspelt ones; some may be out of use.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("last_document", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_state"),
        sa.CheckConstraint("id = 1", name=op.f("ck_search_state_single")),
        comment="One row: the highest number that a document has ever had. SQLite's index cannot"
        " forget a document, so no number is given twice.",
    )
    server = (SERVER, SERVER_ORDER, SERVER_NAMES, SERVER_WHOLE)
    for statement in server if op.get_bind().dialect.name == "postgresql" else (SQLITE, WAITING):
        op.execute(statement)


def downgrade() -> None:
    """Take the tables away; the index is made again from what the others say."""
    for table in ("search_index", "search_state", "search_word", "search_document"):
        op.drop_table(table)
