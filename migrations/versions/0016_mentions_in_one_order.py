"""The search index is made again: names that others mention have one order, whichever is shown."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Delete the documents; once all migrations have run, missing ones are made."""
    op.execute("DELETE FROM search_document")


def downgrade() -> None:
    """Delete the documents; `bricoop db rebuild` of the older version makes its own."""
    op.execute("DELETE FROM search_document")
