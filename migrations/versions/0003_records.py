"""Records: what one source says about one entity, and what it said before."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _create_record()
    _create_record_version()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("record_version")
    op.drop_table("record")


def _create_record() -> None:
    op.create_table(
        "record",
        sa.Column("locator", NAME, nullable=True),
        sa.Column("stated_name", NAME, nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("load_id", ID, nullable=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("noun", NAME, nullable=False),
        sa.Column("external_id", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_record_entity_id"),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="fk_record_load_id"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_record_source_id"),
        sa.UniqueConstraint(
            "source_id", "noun", "external_id", name="uq_record_source_id_noun_external_id"
        ),
        comment="What one source says about one entity, whole, with the place where it says so.",
    )
    op.create_index("ix_record_entity_id", "record", ["entity_id"])
    op.create_index("ix_record_load_id", "record", ["load_id"])


def _create_record_version() -> None:
    op.create_table(
        "record_version",
        sa.Column("locator", NAME, nullable=True),
        sa.Column("stated_name", NAME, nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("load_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_version"),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="fk_record_version_load_id"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_record_version_record_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("record_id", "load_id", name="uq_record_version_record_id_load_id"),
        comment="What a record said before a later load changed it, with the load that had said"
        " it.",
    )
    op.create_index("ix_record_version_load_id", "record_version", ["load_id"])
