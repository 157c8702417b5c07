"""The view of finance has the amounts without what is rolled over."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: How each database makes numbers of dollars, exact decimals and words of a record.
WORDS = {
    "sqlite": {
        "dollars": "{0} / 1000000.0",
        "exact": "CAST({0} AS DOUBLE PRECISION)",
        "term": "CAST(json_extract(r.fields, '$.{0}') AS DOUBLE PRECISION)",
        "words": "CAST(json_extract(r.fields, '$.{0}') AS TEXT)",
        "yes_no": "CAST(json_extract(r.fields, '$.{0}') AS BOOLEAN)",
    },
    "postgresql": {
        "dollars": "{0}",
        "exact": "{0}",
        "term": "CAST(r.fields ->> '{0}' AS numeric)",
        "words": "r.fields ->> '{0}'",
        "yes_no": "CAST(r.fields ->> '{0}' AS boolean)",
    },
}
ADJUSTED = (
    "{term:adjusted_amount} AS adjusted_amount, {term:adjusted_usd} AS adjusted_usd,"
    " {term:adjusted_usd_constant} AS adjusted_usd_constant,"
)
VIEW = """
    SELECT e.name AS project, f.kind AS kind, n.name AS financier, f.instrument AS instrument,
        {exact:f.amount} AS amount, f.currency AS currency,
        {dollars:f.amount_usd} AS amount_usd,
        {dollars:f.amount_usd_constant} AS amount_usd_constant,
        f.price_year AS price_year, f.date AS date, f.estimated AS estimated,
        f.counted AS counted, {yes_no:umbrella} AS umbrella, %s
        {term:maturity} AS maturity, {term:grace_period} AS grace_period,
        {term:interest_rate} AS interest_rate, {term:grant_element} AS grant_element,
        {words:collateral} AS collateral, f.note AS note, s.key AS source, r.locator AS locator,
        e.key AS project_key
    FROM finance AS f JOIN entity AS e ON e.id = f.entity_id
    JOIN record AS r ON r.id = f.record_id JOIN source AS s ON s.id = r.source_id
    LEFT JOIN entity AS n ON n.id = f.financier_id
"""


class _Word:
    """What stands for a word in braces; what follows its colon is put in its place."""

    def __init__(self, said: str) -> None:
        self.said = said

    def __format__(self, about: str) -> str:
        return self.said.format(about)


def upgrade() -> None:
    """Make the view again, with the adjusted amounts."""
    _make(VIEW % ADJUSTED)


def downgrade() -> None:
    """Make the view again as it was."""
    _make(VIEW % "")


def _make(select: str) -> None:
    said = {name: _Word(one) for name, one in WORDS[op.get_bind().dialect.name].items()}
    op.execute("DROP VIEW v_finance")
    op.get_bind().exec_driver_sql(f"CREATE VIEW v_finance AS {select.format(**said)}")
