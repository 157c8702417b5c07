"""Views: what `bricoop query` shows of each noun, under the same names, for any client of SQL."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: Lists by name: what is listed about the entity `e` without repeating, and in which order.
LISTS = {
    "countries": (
        """SELECT c.alpha3 AS item, {place:ec} AS place
            FROM entity_country AS ec JOIN country AS c ON c.id = ec.country_id
            WHERE ec.entity_id = e.id GROUP BY c.alpha3""",
        "place",
    ),
    "country_names": (
        """SELECT n.name AS item, 1 AS part, {place:ec} AS place
            FROM entity_country AS ec JOIN entity AS n ON n.id = ec.country_id
            WHERE ec.entity_id = e.id GROUP BY n.name
            UNION ALL
            SELECT n.name AS item, 2 AS part, {place:er} AS place
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
                SELECT n.name AS item, 1 AS part, {place:p} AS place
                FROM participation AS p JOIN entity AS n ON n.id = p.organization_id
                WHERE p.entity_id = e.id AND p.role = 'funding' GROUP BY n.name
                UNION ALL
                SELECT n.name AS item, 2 AS part, {place:f} AS place
                FROM finance AS f JOIN entity AS n ON n.id = f.financier_id
                WHERE f.entity_id = e.id GROUP BY n.name
            ) AS funders
            GROUP BY item""",
        "part, by_role, place",
    ),
    "organizations": (
        """SELECT n.name AS item, {place:ap} AS place
            FROM agreement_party AS ap JOIN entity AS n ON n.id = ap.party_id
            WHERE ap.entity_id = e.id GROUP BY n.name""",
        "place",
    ),
    "issuers": (
        """SELECT n.name AS item, {place:p} AS place
            FROM participation AS p JOIN entity AS n ON n.id = p.organization_id
            WHERE p.entity_id = e.id AND p.role = 'issuing' GROUP BY n.name""",
        "place",
    ),
    "roles": (
        """SELECT DISTINCT ro.role AS item FROM organization_role AS ro
            WHERE ro.entity_id = e.id""",
        "item",
    ),
    "names": (
        """SELECT a.name AS item, {place:a} AS place
            FROM alias AS a
            WHERE a.entity_id = e.id AND (a.kind <> 'name' OR a.name <> e.name)
            GROUP BY a.name""",
        "place",
    ),
    "sources": (
        """SELECT DISTINCT s.key AS item
            FROM record AS r JOIN source AS s ON s.id = r.source_id
            WHERE r.entity_id = e.id""",
        "item",
    ),
}

#: SQLite keeps dollars as whole millionths and exact decimals as text; both become numbers, by a
#: name that DuckDB, which runs these views itself, does not take for one of four bytes.
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

#: What both databases are asked in the same words.
SHARED = {
    # Where something stands among what records say: none gives a million facts of a kind.
    "place": "min({0}.record_id * 1000000 + {0}.position)",
    # Counts go by the table of the kind: by the column `kind` SQLite reads every project each time.
    "in_country": """(SELECT count(DISTINCT ec.entity_id)
        FROM entity_country AS ec JOIN {0} AS x ON x.id = ec.entity_id
        WHERE ec.country_id = e.id)""",
    "under_link": """(SELECT count(DISTINCT el.entity_id)
        FROM entity_link AS el JOIN {0} AS x ON x.id = el.entity_id WHERE el.link_id = e.id)""",
    "takes_part": """(SELECT count(*) FROM (
        SELECT p.entity_id FROM participation AS p JOIN project AS x ON x.id = p.entity_id
        WHERE p.organization_id = e.id AND {0}
        UNION SELECT f.entity_id FROM finance AS f JOIN project AS x ON x.id = f.entity_id
        WHERE f.financier_id = e.id) AS taken)""",
}

#: What each view selects; a word in braces stands for a list or for what a database says its way.
VIEWS = {
    "v_projects": """
        SELECT e.key AS key, e.name AS name, p.kind AS kind, p.status AS status,
            {countries} AS countries, {country_names} AS country_names, {links} AS links,
            {financiers} AS financiers, p.sector AS sector, p.announced AS announced,
            p.started AS started, p.completed AS completed, e.description AS description,
            {sources} AS sources
        FROM project AS p JOIN entity AS e ON e.id = p.id
    """,
    "v_countries": """
        SELECT e.key AS key, e.name AS name, c.alpha2 AS alpha2, c.alpha3 AS alpha3,
            c.numeric AS numeric, c.region AS region, c.subregion AS subregion,
            {in_country:project} AS projects,
            {in_country:agreement} AS agreements,
            {in_country:policy} AS policies,
            (SELECT count(*) FROM observation AS ob WHERE ob.entity_id = e.id) AS statistics,
            {sources} AS sources
        FROM country AS c JOIN entity AS e ON e.id = c.id
        WHERE EXISTS (SELECT 1 FROM record AS r JOIN source AS s ON s.id = r.source_id
                WHERE r.entity_id = c.id AND s.kind <> 'standard')
            OR EXISTS (SELECT 1 FROM entity_country AS ec WHERE ec.country_id = c.id)
            OR EXISTS (SELECT 1 FROM organization AS o WHERE o.country_id = c.id)
            OR EXISTS (SELECT 1 FROM observation AS ob WHERE ob.entity_id = c.id)
            OR EXISTS (SELECT 1 FROM finding AS fi WHERE fi.entity_id = c.id)
    """,
    "v_agreements": """
        SELECT e.key AS key, e.name AS name, a.kind AS kind, {countries} AS countries,
            {country_names} AS country_names, {organizations} AS organizations, {links} AS links,
            a.signed AS signed, a.in_force AS in_force, a.ended AS ended,
            e.description AS description, {sources} AS sources
        FROM agreement AS a JOIN entity AS e ON e.id = a.id
    """,
    "v_policies": """
        SELECT e.key AS key, e.name AS name, p.kind AS kind, {countries} AS countries,
            {country_names} AS country_names, {issuers} AS issuers, {links} AS links,
            p.adopted AS adopted, e.description AS description, {sources} AS sources
        FROM policy AS p JOIN entity AS e ON e.id = p.id
    """,
    "v_financiers": """
        SELECT e.key AS key, e.name AS name, o.kind AS kind, c.alpha3 AS country,
            {roles} AS roles, {takes_part:p.role = 'funding'} AS projects,
            e.description AS description, {sources} AS sources
        FROM organization AS o JOIN entity AS e ON e.id = o.id
        LEFT JOIN country AS c ON c.id = o.country_id
        WHERE EXISTS (SELECT 1 FROM organization_role AS ro
                WHERE ro.entity_id = o.id AND ro.role = 'financier')
            OR EXISTS (SELECT 1 FROM participation AS p
                WHERE p.organization_id = o.id AND p.role = 'funding')
            OR EXISTS (SELECT 1 FROM finance AS f WHERE f.financier_id = o.id)
    """,
    "v_organizations": """
        SELECT e.key AS key, e.name AS name, o.kind AS kind, c.alpha3 AS country,
            {roles} AS roles, {takes_part:p.role IS NOT NULL} AS projects,
            e.description AS description, {sources} AS sources
        FROM organization AS o JOIN entity AS e ON e.id = o.id
        LEFT JOIN country AS c ON c.id = o.country_id
    """,
    "v_links": """
        SELECT e.key AS key, e.name AS name, e.kind AS kind, k.code AS code,
            k.position AS position, {names} AS names,
            {under_link:project} AS projects,
            {under_link:agreement} AS agreements,
            {under_link:policy} AS policies,
            (SELECT count(*) FROM finding AS fi WHERE fi.link_id = e.id) AS findings,
            {sources} AS sources
        FROM link AS k JOIN entity AS e ON e.id = k.id
    """,
    "v_statistics": """
        SELECT o.indicator AS indicator, e.name AS subject, {exact:o.value} AS value,
            o.unit AS unit, o.price_base AS price_base, o.qualifier AS qualifier,
            o.period AS period, r.stated_name AS stated, o.note AS note, s.key AS source,
            r.locator AS locator, e.key AS subject_key
        FROM observation AS o JOIN entity AS e ON e.id = o.entity_id
        JOIN record AS r ON r.id = o.record_id JOIN source AS s ON s.id = r.source_id
    """,
    "v_findings": """
        SELECT f.kind AS kind, k.code AS link, f.statement AS statement, e.name AS subject,
            s.key AS source, r.locator AS locator
        FROM finding AS f JOIN record AS r ON r.id = f.record_id
        JOIN source AS s ON s.id = r.source_id LEFT JOIN link AS k ON k.id = f.link_id
        LEFT JOIN entity AS e ON e.id = f.entity_id AND e.kind <> 'link'
    """,
    "v_finance": """
        SELECT e.name AS project, f.kind AS kind, n.name AS financier, f.instrument AS instrument,
            {exact:f.amount} AS amount, f.currency AS currency,
            {dollars:f.amount_usd} AS amount_usd,
            {dollars:f.amount_usd_constant} AS amount_usd_constant,
            f.price_year AS price_year, f.date AS date, f.estimated AS estimated,
            f.counted AS counted, {yes_no:umbrella} AS umbrella, {term:maturity} AS maturity,
            {term:grace_period} AS grace_period, {term:interest_rate} AS interest_rate,
            {term:grant_element} AS grant_element, {words:collateral} AS collateral,
            f.note AS note, s.key AS source, r.locator AS locator, e.key AS project_key
        FROM finance AS f JOIN entity AS e ON e.id = f.entity_id
        JOIN record AS r ON r.id = f.record_id JOIN source AS s ON s.id = r.source_id
        LEFT JOIN entity AS n ON n.id = f.financier_id
    """,
    "v_locations": """
        SELECT e.name AS project, l.name AS name, l.latitude AS latitude,
            l.longitude AS longitude, l.precision AS precision, s.key AS source,
            r.locator AS locator, e.key AS project_key
        FROM location AS l JOIN entity AS e ON e.id = l.entity_id
        JOIN record AS r ON r.id = l.record_id JOIN source AS s ON s.id = r.source_id
    """,
    "v_sources": """
        SELECT s.key AS key, s.title AS name, s.kind AS kind, s.tier AS tier,
            CASE s.tier WHEN 1 THEN 'government' WHEN 2 THEN 'implementer or intermediary'
                WHEN 3 THEN 'other official' WHEN 4 THEN 'peer-reviewed'
                WHEN 5 THEN 'other scholarly' WHEN 6 THEN 'NGO and civil society'
                WHEN 7 THEN 'media' WHEN 8 THEN 'social media' END AS tier_name,
            s.authors AS authors, s.publisher AS publisher, s.published AS published,
            s.edition AS edition, s.url AS url, s.archived_url AS archived_url,
            s.licence AS licence, s.language AS language, s.note AS note,
            (SELECT count(*) FROM record AS r WHERE r.source_id = s.id) AS records
        FROM source AS s
        WHERE EXISTS (SELECT 1 FROM record AS r WHERE r.source_id = s.id)
    """,
    "v_loads": """
        SELECT l.id AS key, l.file_name AS name, l.noun AS kind, s.key AS source,
            l.rows_read AS rows_read, l.rows_new AS rows_new, l.rows_changed AS rows_changed,
            l.rows_unchanged AS rows_unchanged, l.rows_rejected AS rows_rejected,
            l.started_at AS started, l.finished_at AS finished, l.profile AS profile,
            l.file_sha256 AS sha256, l.tool_version AS tool_version, l.undone_at AS undone
        FROM load AS l JOIN source AS s ON s.id = l.source_id
        WHERE l.undone_at IS NULL
    """,
    "v_records": """
        SELECT r.id AS id, r.noun AS kind, r.external_id AS external_id, e.name AS about,
            e.key AS about_key, r.stated_name AS stated_name, s.key AS source,
            r.locator AS locator, r.load_id AS load, r.gone_in AS gone_in,
            CAST(r.fields AS text) AS fields
        FROM record AS r JOIN source AS s ON s.id = r.source_id
        LEFT JOIN entity AS e ON e.id = r.entity_id
        WHERE r.gone_in IS NULL
    """,
}


class _Word:
    """What stands for a word in braces; what follows its colon is put in its place."""

    def __init__(self, said: str) -> None:
        self.said = said

    def __format__(self, about: str) -> str:
        return self.said.format(about)


def upgrade() -> None:
    """Make a view for each noun."""
    words = WORDS[op.get_bind().dialect.name]
    said = {name: _Word(one) for name, one in {**SHARED, **words}.items()}
    lists = {
        name: words["list"].format(select.format(**said), order)
        for name, (select, order) in LISTS.items()
    }
    for name, select in VIEWS.items():
        text = select.format(**lists, **said)
        op.get_bind().exec_driver_sql(f"CREATE VIEW {name} AS {text}")


def downgrade() -> None:
    """Drop the views."""
    for name in VIEWS:
        op.execute(f"DROP VIEW {name}")
