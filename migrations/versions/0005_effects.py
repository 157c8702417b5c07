"""Effects: the rows of other loads that a load took away, so that undoing it brings them back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "load_effect",
        sa.Column("id", ID, nullable=False),
        sa.Column("load_id", ID, nullable=False),
        sa.Column("said_in", ID, nullable=True),
        sa.Column("table_name", NAME, nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_load_effect"),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="fk_load_effect_load_id"),
        sa.ForeignKeyConstraint(["said_in"], ["load.id"], name="fk_load_effect_said_in"),
        comment="A row that a load took away from what earlier loads had said, as it was.",
    )
    op.create_index("ix_load_effect_load_id", "load_effect", ["load_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("load_effect")
