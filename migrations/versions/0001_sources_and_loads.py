"""Sources and loads, and the row at which writers queue."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _create_knowledge_base()
    _create_source()
    _create_load()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("load")
    op.drop_table("source")
    op.drop_table("knowledge_base")


def _create_knowledge_base() -> None:
    op.create_table(
        "knowledge_base",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_knowledge_base"),
        sa.CheckConstraint(
            "id = 1",
            name=op.f("ck_knowledge_base_single"),
        ),
        comment="One row; its version grows with every load and every undo, and writers queue "
        "at it.",
    )


def _create_source() -> None:
    op.create_table(
        "source",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("title", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("authors", NAME, nullable=True),
        sa.Column("publisher", NAME, nullable=True),
        sa.Column("published", NAME, nullable=True),
        sa.Column("edition", NAME, nullable=True),
        sa.Column("url", NAME, nullable=True),
        sa.Column("archived_url", NAME, nullable=True),
        sa.Column("licence", NAME, nullable=True),
        sa.Column("language", NAME, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
        sa.CheckConstraint(
            "kind = 'article' OR kind = 'book' OR kind = 'report' OR kind = 'dataset' OR "
            "kind = 'official-document' OR kind = 'standard' OR kind = 'web-page' OR kind ="
            " 'news' OR kind = 'person' OR kind = 'other'",
            name=op.f("ck_source_kind"),
        ),
        sa.CheckConstraint(
            "length(published) = 4 OR length(published) = 7 OR length(published) = 10",
            name=op.f("ck_source_published"),
        ),
        sa.CheckConstraint(
            "tier = 1 OR tier = 2 OR tier = 3 OR tier = 4 OR tier = 5 OR tier = 6 OR tier ="
            " 7 OR tier = 8",
            name=op.f("ck_source_tier"),
        ),
        sa.UniqueConstraint("key", name="uq_source_key"),
        comment="A document, dataset edition, standard or person that says something.",
    )


def _create_load() -> None:
    op.create_table(
        "load",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("noun", NAME, nullable=False),
        sa.Column("profile", NAME, nullable=False),
        sa.Column("file_name", NAME, nullable=False),
        sa.Column("file_sha256", NAME, nullable=False),
        sa.Column("tool_version", NAME, nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.Text(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_new", sa.Integer(), nullable=False),
        sa.Column("rows_changed", sa.Integer(), nullable=False),
        sa.Column("rows_unchanged", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_load"),
        sa.CheckConstraint(
            "rows_read = rows_new + rows_changed + rows_unchanged + rows_rejected",
            name=op.f("ck_load_adds_up"),
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_load_source_id"),
        comment="One run of the door.",
    )
    op.create_index("ix_load_source_id", "load", ["source_id"])
