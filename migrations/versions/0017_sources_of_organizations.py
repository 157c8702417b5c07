"""The views of organizations and financiers name the sources that mention them in any role."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ABOUT = """SELECT DISTINCT s.key AS item
            FROM record AS r JOIN source AS s ON s.id = r.source_id
            WHERE r.entity_id = e.id"""
NAMING = """{about}
            UNION
            SELECT s.key AS item FROM participation AS pa JOIN record AS r ON r.id = pa.record_id
            JOIN source AS s ON s.id = r.source_id WHERE pa.organization_id = e.id
            UNION
            SELECT s.key AS item FROM finance AS fi JOIN record AS r ON r.id = fi.record_id
            JOIN source AS s ON s.id = r.source_id WHERE fi.financier_id = e.id
            UNION
            SELECT s.key AS item FROM agreement_party AS ap JOIN record AS r ON r.id = ap.record_id
            JOIN source AS s ON s.id = r.source_id WHERE ap.party_id = e.id"""
ROLES = """SELECT DISTINCT ro.role AS item FROM organization_role AS ro
            WHERE ro.entity_id = e.id"""
LIST = {
    "sqlite": "(SELECT group_concat(item, '; ') FROM (\n{0}\nORDER BY item) AS listed)",
    "postgresql": "(SELECT string_agg(item, '; ' ORDER BY item) FROM (\n{0}\n) AS listed)",
}
PROJECTS = """(SELECT count(*) FROM (
        SELECT p.entity_id FROM participation AS p JOIN project AS x ON x.id = p.entity_id
        WHERE p.organization_id = e.id{roles}
        UNION SELECT f.entity_id FROM finance AS f JOIN project AS x ON x.id = f.entity_id
        WHERE f.financier_id = e.id) AS taken)"""
VIEWS = {
    "v_financiers": (
        " AND p.role = 'funding'",
        """
        WHERE EXISTS (SELECT 1 FROM organization_role AS ro
                WHERE ro.entity_id = o.id AND ro.role = 'financier')
            OR EXISTS (SELECT 1 FROM participation AS p
                WHERE p.organization_id = o.id AND p.role = 'funding')
            OR EXISTS (SELECT 1 FROM finance AS f WHERE f.financier_id = o.id)""",
    ),
    "v_organizations": ("", ""),
}
VIEW = """
        SELECT e.key AS key, e.name AS name, o.kind AS kind, c.alpha3 AS country,
            {roles} AS roles, {projects} AS projects,
            e.description AS description, {sources} AS sources
        FROM organization AS o JOIN entity AS e ON e.id = o.id
        LEFT JOIN country AS c ON c.id = o.country_id{where}
    """


def upgrade() -> None:
    """Make the views again, with the sources that mention an organization."""
    _make(NAMING.format(about=ABOUT))


def downgrade() -> None:
    """Make the views again as they were."""
    _make(ABOUT)


def _make(sources: str) -> None:
    listed = LIST[op.get_bind().dialect.name]
    for name, (roles, where) in VIEWS.items():
        text = VIEW.format(
            roles=listed.format(ROLES),
            projects=PROJECTS.format(roles=roles),
            sources=listed.format(sources),
            where=where,
        )
        op.execute(f"DROP VIEW {name}")
        op.get_bind().exec_driver_sql(f"CREATE VIEW {name} AS {text}")
