"""A load keeps the complete edition of several files to which its file belongs."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; files that were loaded before were editions of their own."""
    op.add_column("load", sa.Column("edition", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop the column; the checksums of loads with an edition do not match without it."""
    op.drop_column("load", "edition")
