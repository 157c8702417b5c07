"""A load keeps what it reported, so that loading the same file again need not read its rows."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the rows of files that were loaded before are read once more."""
    op.add_column("load", sa.Column("outcome", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the column; the checksums of loads with an outcome do not match without it."""
    op.drop_column("load", "outcome")
