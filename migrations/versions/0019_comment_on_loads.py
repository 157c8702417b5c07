"""The comment on the table of loads says what a row of it is."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BEFORE = "One run of the door."
NOW = "One file that was loaded, with the counts of its rows."


def upgrade() -> None:
    """Change the comment; SQLite has none."""
    _comment(NOW)


def downgrade() -> None:
    """Put the old comment back."""
    _comment(BEFORE)


def _comment(text: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("load", text)
