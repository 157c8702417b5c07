"""The view of sources has those of decisions, and the number of decisions."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

VIEW = """
    SELECT s.key AS key, s.title AS name, s.kind AS kind, s.tier AS tier,
        CASE s.tier WHEN 1 THEN 'government' WHEN 2 THEN 'implementer or intermediary'
            WHEN 3 THEN 'other official' WHEN 4 THEN 'peer-reviewed'
            WHEN 5 THEN 'other scholarly' WHEN 6 THEN 'NGO and civil society'
            WHEN 7 THEN 'media' WHEN 8 THEN 'social media' END AS tier_name,
        s.authors AS authors, s.publisher AS publisher, s.published AS published,
        s.edition AS edition, s.url AS url, s.archived_url AS archived_url,
        s.licence AS licence, s.language AS language, s.note AS note,
        (SELECT count(*) FROM record AS r WHERE r.source_id = s.id) AS records{decisions}
    FROM source AS s
    WHERE EXISTS (SELECT 1 FROM record AS r WHERE r.source_id = s.id){of_decisions}
"""
DECISIONS = """,
        NULLIF((SELECT count(*) FROM decision AS d WHERE d.source_id = s.id), 0) AS decisions"""
OF_DECISIONS = """
        OR EXISTS (SELECT 1 FROM decision AS d WHERE d.source_id = s.id)"""


def upgrade() -> None:
    """Make the view with decisions."""
    _make_view(VIEW.format(decisions=DECISIONS, of_decisions=OF_DECISIONS))


def downgrade() -> None:
    """Make it as it was."""
    _make_view(VIEW.format(decisions="", of_decisions=""))


def _make_view(text: str) -> None:
    op.execute("DROP VIEW v_sources")
    op.get_bind().exec_driver_sql(f"CREATE VIEW v_sources AS {text}")
