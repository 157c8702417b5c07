"""The view of finance says where money is joint, and who gives it together."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: How each database makes numbers of dollars, exact decimals and words of a record, and a list.
WORDS = {
    "sqlite": {
        "list": "(SELECT group_concat(item, '; ') FROM (\n{0}\nORDER BY {1}) AS listed)",
        "dollars": "{0} / 1000000.0",
        "exact": "CAST({0} AS DOUBLE PRECISION)",
        "term": "CAST(json_extract(r.fields, '$.{0}') AS DOUBLE PRECISION)",
        "words": "CAST(json_extract(r.fields, '$.{0}') AS TEXT)",
        "yes_no": "CAST(json_extract(r.fields, '$.{0}') AS BOOLEAN)",
    },
    "postgresql": {
        "list": "(SELECT string_agg(item, '; ' ORDER BY {1}) FROM (\n{0}\n) AS listed)",
        "dollars": "{0}",
        "exact": "{0}",
        "term": "CAST(r.fields ->> '{0}' AS numeric)",
        "words": "r.fields ->> '{0}'",
        "yes_no": "CAST(r.fields ->> '{0}' AS boolean)",
    },
}
GIVERS = (
    """SELECT g.name AS item, pa.position AS place
            FROM participation AS pa JOIN entity AS g ON g.id = pa.organization_id
            WHERE pa.record_id = f.record_id""",
    "place",
)
#: The countries of the project `e`, and after their names those of its regions, each once.
LISTS = {
    "countries": (
        """SELECT c.alpha3 AS item, min(ec.record_id * 1000000 + ec.position) AS place
            FROM entity_country AS ec JOIN country AS c ON c.id = ec.country_id
            WHERE ec.entity_id = e.id GROUP BY c.alpha3""",
        "place",
    ),
    "country_names": (
        """SELECT n.name AS item, 1 AS part, min(ec.record_id * 1000000 + ec.position) AS place
            FROM entity_country AS ec JOIN entity AS n ON n.id = ec.country_id
            WHERE ec.entity_id = e.id GROUP BY n.name
            UNION ALL
            SELECT n.name AS item, 2 AS part, min(er.record_id * 1000000 + er.position) AS place
            FROM entity_region AS er JOIN entity AS n ON n.id = er.region_id
            WHERE er.entity_id = e.id GROUP BY n.name""",
        "part, place",
    ),
    "joint_financiers": GIVERS,
}
FINANCIER = """CASE WHEN f.financier_id IS NOT NULL THEN n.name
            WHEN EXISTS (SELECT 1 FROM participation AS pa WHERE pa.record_id = f.record_id)
            THEN 'joint' END"""
VIEW = """
    SELECT e.name AS project, {countries} AS countries, {country_names} AS country_names,
        p.status AS status, p.kind AS project_kind, p.sector AS sector,
        f.kind AS kind, %s AS financier, f.instrument AS instrument,
        {exact:f.amount} AS amount, f.currency AS currency,
        {dollars:f.amount_usd} AS amount_usd,
        {dollars:f.amount_usd_constant} AS amount_usd_constant,
        f.price_year AS price_year, f.date AS date, f.estimated AS estimated,
        f.counted AS counted, {yes_no:umbrella} AS umbrella,
        {term:adjusted_amount} AS adjusted_amount, {term:adjusted_usd} AS adjusted_usd,
        {term:adjusted_usd_constant} AS adjusted_usd_constant,
        {term:maturity} AS maturity, {term:grace_period} AS grace_period,
        {term:interest_rate} AS interest_rate, {term:grant_element} AS grant_element,
        {words:collateral} AS collateral,%s f.note AS note, s.key AS source, r.locator AS locator,
        r.external_id AS external_id, {words:url} AS url, e.key AS project_key
    FROM finance AS f JOIN entity AS e ON e.id = f.entity_id
    JOIN record AS r ON r.id = f.record_id JOIN source AS s ON s.id = r.source_id
    LEFT JOIN entity AS n ON n.id = f.financier_id
    LEFT JOIN project AS p ON p.id = f.entity_id
"""


class _Word:
    """What stands for a word in braces; what follows its colon is put in its place."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __format__(self, about: str) -> str:
        return self.text.format(about)


def upgrade() -> None:
    """Make the view again, with who gives money together."""
    _make(VIEW % (FINANCIER, " {joint_financiers} AS joint_financiers,"))


def downgrade() -> None:
    """Make the view again as it was."""
    _make(VIEW % ("n.name", ""))


def _make(select: str) -> None:
    words = WORDS[op.get_bind().dialect.name]
    texts = {name: _Word(one) for name, one in words.items()}
    lists = {name: words["list"].format(query, order) for name, (query, order) in LISTS.items()}
    op.execute("DROP VIEW v_finance")
    op.get_bind().exec_driver_sql(f"CREATE VIEW v_finance AS {select.format(**lists, **texts)}")
