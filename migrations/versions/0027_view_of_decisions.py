"""A view of decisions: what `bricoop query decisions` shows."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

VIEW = """
    SELECT d.external_id AS id, d.left_ref AS left_ref, d.relation AS relation,
        d.right_ref AS right_ref, d.reviewer AS reviewer, d.decided_at AS decided_at, d.why AS why,
        {score} AS score, d.features AS features, d.left_seen AS left_seen,
        d.right_seen AS right_seen, d.replaces AS replaces, s.key AS source,
        d.locator AS locator, d.load_id AS load
    FROM decision AS d JOIN source AS s ON s.id = d.source_id
"""


def upgrade() -> None:
    """Make the view; scores are numbers in it."""
    is_server = op.get_bind().dialect.name == "postgresql"
    score = "d.score" if is_server else "CAST(d.score AS REAL)"
    op.get_bind().exec_driver_sql(f"CREATE VIEW v_decisions AS {VIEW.format(score=score)}")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP VIEW v_decisions")
