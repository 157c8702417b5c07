"""Projects have a capacity in a unit; the views show it, and what sources say of it otherwise.

Undoing, an older version cannot put back projects that a load deleted under this one.
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

UNITS = (
    "kW", "MW", "GW", "MWp", "kWh", "MWh", "GWh", "MVA", "m", "km", "m2", "km2", "ha", "m3",
    "m3/day", "m3/year", "bcm/year", "t", "t/day", "t/year", "Mt/year", "DWT", "TEU", "TEU/year",
    "bpd", "passengers/day", "passengers/year", "vehicles/day", "vehicles/year", "Gbit/s", "beds",
    "rooms", "homes", "people", "students",
)  # fmt: skip
IS_UNIT = " OR ".join(f"capacity_unit = '{unit}'" for unit in UNITS)
#: SQLite drops a column only if no constraint of the table names it; its own go with it.
COLUMNS = (
    "capacity {exact}",
    f"""capacity_unit {{name}} CONSTRAINT ck_project_capacity_unit CHECK ({IS_UNIT})
        CONSTRAINT ck_project_capacity_has_unit
        CHECK ((capacity IS NULL) = (capacity_unit IS NULL))""",
)
TYPES = {
    "sqlite": {"exact": "TEXT", "name": "TEXT"},
    "postgresql": {"exact": "NUMERIC", "name": 'TEXT COLLATE "C"'},
}

#: The lists of a project `e`, each value once, in the order of what records say.
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
    "links": (
        """SELECT l.code AS item, l.position AS place
            FROM entity_link AS el JOIN link AS l ON l.id = el.link_id
            WHERE el.entity_id = e.id GROUP BY l.code, l.position""",
        "place",
    ),
    "financiers": (
        """SELECT item, min(part) AS part, min(CASE part WHEN 1 THEN place END) AS by_role,
                min(place) AS place
            FROM (
                SELECT n.name AS item, 1 AS part, min(p.record_id * 1000000 + p.position) AS place
                FROM participation AS p JOIN entity AS n ON n.id = p.organization_id
                WHERE p.entity_id = e.id AND p.role = 'funding' GROUP BY n.name
                UNION ALL
                SELECT n.name AS item, 2 AS part, min(f.record_id * 1000000 + f.position) AS place
                FROM finance AS f JOIN entity AS n ON n.id = f.financier_id
                WHERE f.entity_id = e.id GROUP BY n.name
            ) AS funders
            GROUP BY item""",
        "part, by_role, place",
    ),
    "sources": (
        """SELECT DISTINCT s.key AS item
            FROM record AS r JOIN source AS s ON s.id = r.source_id
            WHERE r.entity_id = e.id""",
        "item",
    ),
}
#: How each database lists values and reads a word of a record, and makes numbers of decimals.
WORDS = {
    "sqlite": {
        "list": "(SELECT group_concat(item, '; ') FROM (\n{0}\nORDER BY {1}) AS listed)",
        "word": "json_extract({0}.fields, '$.{1}')",
        "dollars": "{0} / 1000000.0",
        "exact": "CAST({0} AS DOUBLE PRECISION)",
    },
    "postgresql": {
        "list": "(SELECT string_agg(item, '; ' ORDER BY {1}) FROM (\n{0}\n) AS listed)",
        "word": "({0}.fields ->> '{1}')",
        "dollars": "{0}",
        "exact": "{0}",
    },
}
PROJECTS = """
    SELECT e.key AS key, e.name AS name, p.kind AS kind, p.status AS status,
        {countries} AS countries, {country_names} AS country_names, {links} AS links,
        {financiers} AS financiers, p.sector AS sector, p.announced AS announced,
        p.started AS started, p.completed AS completed,{capacity} e.description AS description,
        {sources} AS sources
    FROM project AS p JOIN entity AS e ON e.id = p.id
"""
CAPACITY = " {exact} AS capacity, p.capacity_unit AS capacity_unit,"

DESCRIBING = (
    "'countries', 'regions', 'links', 'organizations', 'projects', 'agreements', 'policies'"
)
DATES = "'announced', 'started', 'completed', 'signed', 'in_force', 'ended', 'adopted'"
FIELDS = (
    "name", "kind", "status", "sector", "announced", "started", "completed", "signed", "in_force",
    "ended", "adopted", "country", "alpha2", "alpha3", "numeric", "region", "subregion",
)  # fmt: skip
RULE = "the better source tier, then the newer publication, then the earlier record"
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
DISAGREEMENTS = """
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
            first_value(locator) OVER best AS shown_locator
        FROM claims AS c
        WINDOW best AS (PARTITION BY entity_id, field ORDER BY tier, published DESC, record_id)
    ), namings (entity_id, form) AS (
        SELECT entity_id, shown_form FROM ranked WHERE field = 'name' AND form <> shown_form
        UNION
        SELECT k.entity_id, b.normalised FROM namings AS k
        JOIN alias AS a ON a.normalised = k.form AND a.entity_id = k.entity_id
        JOIN alias AS b ON b.record_id = a.record_id AND b.entity_id = a.entity_id
    ), twice AS (
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
        FROM ranked
        WHERE form <> shown_form AND NOT (field IN ({dates})
            AND (substr(shown, 1, length(says)) = says
                OR substr(says, 1, length(shown)) = shown))
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


def upgrade() -> None:
    """Add the columns, and show them in the views."""
    _drop_views()
    connection = op.get_bind()
    for column in COLUMNS:
        definition = column.format(**TYPES[connection.dialect.name])
        connection.exec_driver_sql(f"ALTER TABLE project ADD COLUMN {definition}")
    exact = WORDS[connection.dialect.name]["exact"].format("p.capacity")
    _make_projects(CAPACITY.format(exact=exact))
    _make_disagreements((*FIELDS, "capacity", "capacity_unit"))


def downgrade() -> None:
    """Show them no more, and drop them; records keep what they say."""
    _drop_views()
    for name in ("capacity_unit", "capacity"):
        op.execute(f"ALTER TABLE project DROP COLUMN {name}")
    _make_projects("")
    _make_disagreements(FIELDS)


def _drop_views() -> None:
    for name in ("v_projects", "v_disagreements"):
        op.execute(f"DROP VIEW {name}")


def _make_projects(capacity: str) -> None:
    connection = op.get_bind()
    listed = WORDS[connection.dialect.name]["list"]
    lists = {name: listed.format(*parts) for name, parts in LISTS.items()}
    text = PROJECTS.format(capacity=capacity, **lists)
    connection.exec_driver_sql(f"CREATE VIEW v_projects AS {text}")


def _make_disagreements(fields: tuple[str, ...]) -> None:
    connection = op.get_bind()
    words = WORDS[connection.dialect.name]
    claims = []
    for field in fields:
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
    text = DISAGREEMENTS.format(
        describing=DESCRIBING,
        dates=DATES,
        rule=RULE,
        claims="UNION ALL".join(claims),
        sums="UNION ALL".join(sums),
        none="CAST(NULL AS numeric)" if connection.dialect.name == "postgresql" else "NULL",
        shown=words["dollars"].format("shown_amount"),
        amount=words["dollars"].format("amount"),
    )
    connection.exec_driver_sql(f"CREATE VIEW v_disagreements AS {text}")
