"""In the view of disagreements, a date within the one that is shown does not disagree."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

DESCRIBING = (
    "'countries', 'regions', 'links', 'organizations', 'projects', 'agreements', 'policies'"
)
DATES = "'announced', 'started', 'completed', 'signed', 'in_force', 'ended', 'adopted'"
FIELDS = (
    "name", "kind", "status", "sector", "announced", "started", "completed", "signed", "in_force",
    "ended", "adopted", "country", "alpha2", "alpha3", "numeric", "region", "subregion",
)  # fmt: skip
RULE = "the better source tier, then the newer publication, then the earlier record"
#: How each database reads a word of a record, and makes numbers of dollars.
WORDS = {
    "sqlite": {"word": "json_extract({0}.fields, '$.{1}')", "dollars": "{0} / 1000000.0"},
    "postgresql": {"word": "({0}.fields ->> '{1}')", "dollars": "{0}"},
}
CLAIM = """
    SELECT s.entity_id, s.id AS record_id, s.source_id, s.locator, s.tier, s.published,
        '{field}' AS field, {value} AS says, {form} AS form
    FROM several AS s WHERE {value} IS NOT NULL{more}
"""
SUM = """
    SELECT f.entity_id, f.kind, r.source_id, s.tier, coalesce(s.published, '') AS published,
        '{field}' AS field, {unit} AS unit, min(r.id) AS record_id, min(r.locator) AS locator,
        sum(f.{field}) AS amount
    FROM finance AS f JOIN record AS r ON r.id = f.record_id
    JOIN source AS s ON s.id = r.source_id
    WHERE f.{field} IS NOT NULL AND f.entity_id IN (SELECT entity_id FROM twice)
    GROUP BY f.entity_id, f.kind, r.source_id, s.tier, coalesce(s.published, ''){year}
"""
VIEW = """
    WITH RECURSIVE several AS (
        SELECT r.id, r.entity_id, r.source_id, r.noun, r.locator, r.fields, s.tier,
            coalesce(s.published, '') AS published
        FROM record AS r JOIN source AS s ON s.id = r.source_id
        WHERE r.noun IN ({describing}) AND r.entity_id IN (
            SELECT entity_id FROM record
            WHERE noun IN ({describing}) AND entity_id IS NOT NULL
            GROUP BY entity_id HAVING count(*) > 1)
    ), claims AS ({claims}
    ), ranked AS (
        SELECT c.*, first_value(says) OVER best AS shown, first_value(form) OVER best AS shown_form,
            first_value(source_id) OVER best AS shown_source_id,
            first_value(locator) OVER best AS shown_locator{longest}
        FROM claims AS c
        WINDOW best AS (PARTITION BY entity_id, field ORDER BY tier, published DESC, record_id)
    ), namings (entity_id, form) AS (
        SELECT entity_id, shown_form FROM ranked WHERE field = 'name' AND form <> shown_form
        UNION
        SELECT k.entity_id, b.normalised FROM namings AS k
        JOIN alias AS a ON a.normalised = k.form AND a.entity_id = k.entity_id
        JOIN alias AS b ON b.record_id = a.record_id AND b.entity_id = a.entity_id
    ), {told}twice AS (
        SELECT f.entity_id FROM finance AS f JOIN record AS r ON r.id = f.record_id
        GROUP BY f.entity_id HAVING count(DISTINCT r.source_id) > 1
    ), sums AS ({sums}
    ), ranked_sums AS (
        SELECT m.*, first_value(amount) OVER best AS shown_amount,
            first_value(source_id) OVER best AS shown_source_id,
            first_value(locator) OVER best AS shown_locator
        FROM sums AS m
        WINDOW best AS (
            PARTITION BY entity_id, field, unit, kind ORDER BY tier, published DESC, record_id)
    )
    SELECT e.name AS about, e.kind AS kind, d.field AS field, d.shown AS shown, d.says AS says,
        d.shown_amount AS shown_amount, d.amount AS amount, d.unit AS unit,
        p.key AS shown_source, d.shown_locator AS shown_locator, s.key AS source,
        d.locator AS locator, d.rule AS rule, e.key AS about_key
    FROM (
        SELECT entity_id, field, shown, shown_source_id, shown_locator, says, source_id, locator,
            {none} AS shown_amount, {none} AS amount, NULL AS unit, '{rule}' AS rule
        FROM {differing}
            AND CASE WHEN field = 'name'
                AND (entity_id, form) IN (SELECT entity_id, form FROM namings)
            THEN 1 ELSE 0 END = 0
        UNION ALL
        SELECT entity_id, field, NULL, shown_source_id, shown_locator, NULL, source_id, locator,
            {shown}, {amount}, unit || ', ' || kind,
            '{rule}; amounts are summed by source and kind of flow'
        FROM ranked_sums WHERE amount <> shown_amount
    ) AS d
    JOIN entity AS e ON e.id = d.entity_id JOIN source AS s ON s.id = d.source_id
    JOIN source AS p ON p.id = d.shown_source_id
"""
#: The normal form of a name, as the record that gives it has it.
NORMAL_FORM = """coalesce((SELECT min(a.normalised) FROM alias AS a
        WHERE a.record_id = s.id AND a.name = {0}), {0})"""


#: A date is listed that the date that is shown neither holds nor is within.
APART = {
    "longest": "",
    "told": "",
    "differing": """ranked
        WHERE form <> shown_form AND NOT (field IN ({dates})
            AND (substr(shown, 1, length(says)) = says
                OR substr(says, 1, length(shown)) = shown))""",
}
#: Before, all dates were compared with the longest one.
BEFORE = {
    "longest": """,
            first_value(says) OVER (
                PARTITION BY entity_id, field ORDER BY length(says) DESC, says, record_id
            ) AS longest""",
    "told": """told AS (
        SELECT k.*, max(CASE
            WHEN field IN ({dates}) AND substr(longest, 1, length(says)) <> says THEN 1
            WHEN field NOT IN ({dates}) AND form <> shown_form THEN 1 ELSE 0
        END) OVER (PARTITION BY entity_id, field) AS differs
        FROM ranked AS k
    ), """,
    "differing": """told
        WHERE differs = 1 AND form <> shown_form AND NOT (
            field IN ({dates}) AND substr(shown, 1, length(says)) = says
            AND substr(longest, 1, length(says)) = says)""",
}


def upgrade() -> None:
    """Make the view again, by the dates that are shown."""
    _make(APART)


def downgrade() -> None:
    """Make the view again as it was."""
    _make(BEFORE)


def _make(dates: dict[str, str]) -> None:
    dialect = op.get_bind().dialect.name
    words = WORDS[dialect]
    claims = []
    for field in FIELDS:
        named = ""
        if field == "name":
            alpha3 = words["word"].format("s", "alpha3")
            named = f" AND NOT (s.noun = 'countries' AND {alpha3} IS NULL)"
        value = words["word"].format("s", field)
        form = NORMAL_FORM.format(value) if field == "name" else value
        claims.append(CLAIM.format(field=field, value=value, form=form, more=named))
    constant = "'constant ' || CAST(f.price_year AS text) || ' USD'"
    sums = [
        SUM.format(field="amount_usd", unit="'nominal USD'", year=""),
        SUM.format(field="amount_usd_constant", unit=constant, year=", f.price_year"),
    ]
    text = VIEW.format(
        describing=DESCRIBING,
        **{name: part.format(dates=DATES) for name, part in dates.items()},
        rule=RULE,
        claims="UNION ALL".join(claims),
        sums="UNION ALL".join(sums),
        none="CAST(NULL AS numeric)" if dialect == "postgresql" else "NULL",
        shown=words["dollars"].format("shown_amount"),
        amount=words["dollars"].format("amount"),
    )
    op.execute("DROP VIEW v_disagreements")
    op.get_bind().exec_driver_sql(f"CREATE VIEW v_disagreements AS {text}")
