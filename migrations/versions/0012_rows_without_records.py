"""A load counts the rows that a rule left out, and those that became no record."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NEW = ("rows_skipped", "rows_nothing")
OLD_SUM = "rows_new + rows_changed + rows_unchanged + rows_rejected"
NEW_SUM = f"{OLD_SUM} + {' + '.join(NEW)}"
CHECK = "ck_load_adds_up"
COUNTS = ("rows_read", "rows_new", "rows_changed", "rows_unchanged", "rows_rejected", "rows_gone")
VIEW = """
    SELECT l.id AS key, l.file_name AS name, l.noun AS kind, s.key AS source,
        l.rows_read AS rows_read, l.rows_new AS rows_new, l.rows_changed AS rows_changed,
        l.rows_unchanged AS rows_unchanged, l.rows_rejected AS rows_rejected,%s
        l.started_at AS started, l.finished_at AS finished, l.profile AS profile,
        l.file_sha256 AS sha256, l.tool_version AS tool_version, l.undone_at AS undone
    FROM load AS l JOIN source AS s ON s.id = l.source_id
    WHERE l.undone_at IS NULL
"""


def upgrade() -> None:
    """Add the counts; the rows of earlier loads that became nothing were not counted."""
    op.execute("DROP VIEW v_loads")
    if op.get_bind().dialect.name == "postgresql":
        for name in NEW:
            op.add_column("load", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
            op.alter_column("load", name, server_default=None)
        op.drop_constraint(op.f(CHECK), "load")
        op.create_check_constraint(op.f(CHECK), "load", f"rows_read = {NEW_SUM}")
    else:
        _remake(NEW)
    _make_view(" l.rows_skipped AS rows_skipped, l.rows_nothing AS rows_nothing,")


def downgrade() -> None:
    """Take the counts away again, and the rows that they count."""
    op.execute("DROP VIEW v_loads")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(CHECK), "load")
        op.execute(f"UPDATE load SET rows_read = {OLD_SUM}")  # noqa: S608 (our own names)
        for name in NEW:
            op.drop_column("load", name)
        op.create_check_constraint(op.f(CHECK), "load", f"rows_read = {OLD_SUM}")
    else:
        _remake(())
    _make_view("")


def _make_view(more: str) -> None:
    op.get_bind().exec_driver_sql(f"CREATE VIEW v_loads AS {VIEW % more}")


def _remake(new: tuple[str, ...]) -> None:
    """Make the table anew: SQLite cannot change a check."""
    texts = ("noun", "profile", "file_name", "file_sha256", "tool_version")
    op.create_table(
        "load_made",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("source_id", ID, nullable=False),
        *(sa.Column(name, NAME, nullable=False) for name in texts),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*COUNTS, *new)),
        sa.Column("rules_sha256", NAME, nullable=True),
        sa.Column("undone_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_load"),
        sa.CheckConstraint(f"rows_read = {NEW_SUM if new else OLD_SUM}", name=op.f(CHECK)),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_load_source_id"),
    )
    same = ", ".join(
        ("id", "source_id", *texts, "started_at", "finished_at", *COUNTS[1:], "rules_sha256",
         "undone_at")
    )  # fmt: skip
    more = "".join(f", {name}" for name in new)
    zeros = ", 0" * len(new)
    op.execute(
        f"INSERT INTO load_made (rows_read, {same}{more}) "  # noqa: S608 (our own names)
        f"SELECT {OLD_SUM}, {same}{zeros} FROM load"
    )
    op.drop_table("load")
    op.rename_table("load_made", "load")
    op.create_index("ix_load_source_id", "load", ["source_id"])
