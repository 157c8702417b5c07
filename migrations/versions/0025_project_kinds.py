"""Projects have kinds by rule, eight new kinds, and a short name; the view shows them.

Which rules apply is noted with the knowledge base. Kinds and short names are derived after this
migration, from the records: see `ingest/editions/kind_rules.py`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

KINDS = (
    "railway", "road", "bridge", "port", "airport", "freight-service", "corridor",
    "industrial-park", "power-plant", "power-grid", "pipeline", "telecoms", "water", "mine",
    "factory", "building", "facility", "capacity-centre", "acquisition",
)  # fmt: skip
NEW_KINDS = (
    "supplies", "cash", "experts", "training", "study", "debt", "oil-gas", "credit-line",
)  # fmt: skip
LAST_KINDS = ("programme", "other")
STATUSES = (
    "pledged", "committed", "implementation", "completed", "operation", "suspended", "cancelled",
)  # fmt: skip
BASES = ("stated", "by-rule", "by-hand")
UNITS = (
    "kW", "MW", "GW", "MWp", "kWh", "MWh", "GWh", "MVA", "m", "km", "m2", "km2", "ha", "m3",
    "m3/day", "m3/year", "bcm/year", "t", "t/day", "t/year", "Mt/year", "DWT", "TEU", "TEU/year",
    "bpd", "passengers/day", "passengers/year", "vehicles/day", "vehicles/year", "Gbit/s", "beds",
    "rooms", "homes", "people", "students",
)  # fmt: skip
COMMENT = "One row; its version grows with every load and every undo, and writers queue at it."
ON_KINDS = (
    "The kinds of projects follow from the rules with `kinds_digest`; a user's own are in"
    " `kinds_table`."
)
COLUMNS = (
    "id", "kind", "status", "sector", "announced", "started", "completed", "capacity",
    "capacity_unit",
)  # fmt: skip

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
    "kinds": (
        """SELECT k.kind AS item, min(CASE k.basis WHEN 'stated' THEN 1 ELSE 2 END) AS part,
                min(k.record_id * 1000000 + k.position) AS place
            FROM project_kind AS k WHERE k.entity_id = e.id GROUP BY k.kind""",
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
#: How each database lists values, and makes numbers of decimals.
WORDS = {
    "sqlite": {
        "list": "(SELECT group_concat(item, '; ') FROM (\n{0}\nORDER BY {1}) AS listed)",
        "exact": "CAST(p.capacity AS DOUBLE PRECISION)",
    },
    "postgresql": {
        "list": "(SELECT string_agg(item, '; ' ORDER BY {1}) FROM (\n{0}\n) AS listed)",
        "exact": "p.capacity",
    },
}
PROJECTS = """
    SELECT e.key AS key, e.name AS name,{short_name} p.kind AS kind,{kinds} p.status AS status,
        {countries} AS countries, {country_names} AS country_names, {links} AS links,
        {financiers} AS financiers, p.sector AS sector, p.announced AS announced,
        p.started AS started, p.completed AS completed, {exact} AS capacity,
        p.capacity_unit AS capacity_unit, e.description AS description, {sources} AS sources
    FROM project AS p JOIN entity AS e ON e.id = p.id
"""
KINDS_IN_VIEW = """
        (SELECT max(b.basis) FROM project_kind AS b WHERE b.entity_id = e.id AND b.kind = p.kind)
            AS kind_basis, {kinds} AS kinds,"""


def upgrade() -> None:
    """Make the table, accept the new kinds, and show the kinds."""
    op.execute("DROP VIEW v_projects")
    _create_project_kind()
    _accept((*KINDS, *NEW_KINDS, *LAST_KINDS))
    op.add_column("project", sa.Column("short_name", NAME, nullable=True))
    op.add_column("knowledge_base", sa.Column("kinds_digest", NAME, nullable=True))
    op.add_column("knowledge_base", sa.Column("kinds_table", sa.Text(), nullable=True))
    _comment(f"{COMMENT} {ON_KINDS}")
    _make_view(KINDS_IN_VIEW, " p.short_name AS short_name,")


def downgrade() -> None:
    """Drop them; projects lose the kinds that no source states."""
    op.execute("DROP VIEW v_projects")
    stated = (
        "SELECT k.kind FROM project_kind AS k WHERE k.entity_id = project.id"
        " AND k.kind = project.kind AND k.basis = 'stated'"
    )
    op.execute(f"UPDATE project SET kind = (SELECT max(kind) FROM ({stated}) AS stated)")  # noqa: S608 (names of the schema)
    op.execute(f"UPDATE project SET kind = NULL WHERE {_any('kind', NEW_KINDS)}")  # noqa: S608 (as above)
    _comment(COMMENT)
    op.drop_column("knowledge_base", "kinds_table")
    op.drop_column("knowledge_base", "kinds_digest")
    op.drop_column("project", "short_name")
    _accept((*KINDS, *LAST_KINDS))
    op.drop_table("project_kind")
    _make_view("", "")


def _comment(text: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("knowledge_base", text)


def _any(column: str, codes: tuple[str, ...]) -> str:
    return " OR ".join(f"{column} = '{code}'" for code in codes)


def _create_project_kind() -> None:
    op.create_table(
        "project_kind",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("basis", NAME, nullable=False),
        sa.Column("rule", NAME, nullable=True),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_project_kind"),
        sa.CheckConstraint(
            _any("kind", (*KINDS, *NEW_KINDS, *LAST_KINDS)), name=op.f("ck_project_kind_kind")
        ),
        sa.CheckConstraint(_any("basis", BASES), name=op.f("ck_project_kind_basis")),
        sa.CheckConstraint(
            "(basis = 'by-rule') = (rule IS NOT NULL)", name=op.f("ck_project_kind_rule_is_named")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_project_kind_entity_id"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_project_kind_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment="The kinds of a project, the main one of a record first, as stated or by which"
        " rule.",
    )
    op.create_index("ix_project_kind_kind", "project_kind", ["kind", "entity_id"])
    op.create_index("ix_project_kind_entity_id", "project_kind", ["entity_id", "kind"])


def _accept(kinds: tuple[str, ...]) -> None:
    """Change the CHECK of the kinds of projects; SQLite needs the table to be made again."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE project DROP CONSTRAINT ck_project_kind")
        check = f"CONSTRAINT ck_project_kind CHECK ({_any('kind', kinds)})"
        op.execute(f"ALTER TABLE project ADD {check}")
        return
    columns = ", ".join(COLUMNS)
    op.execute(f"CREATE TEMPORARY TABLE projects_kept AS SELECT {columns} FROM project")  # noqa: S608 (as above)
    op.drop_table("project")
    _create_project(kinds)
    op.execute(f"INSERT INTO project ({columns}) SELECT {columns} FROM projects_kept")  # noqa: S608 (as above)
    op.execute("DROP TABLE projects_kept")


def _create_project(kinds: tuple[str, ...]) -> None:
    dates = [
        sa.CheckConstraint(
            f"length({name}) = 4 OR length({name}) = 7 OR length({name}) = 10",
            name=op.f(f"ck_project_{name}"),
        )
        for name in ("announced", "started", "completed")
    ]
    op.create_table(
        "project",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        *(sa.Column(name, NAME, nullable=True) for name in COLUMNS[1:7]),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        *dates,
        sa.CheckConstraint(_any("kind", kinds), name=op.f("ck_project_kind")),
        sa.CheckConstraint(_any("status", STATUSES), name=op.f("ck_project_status")),
        sa.ForeignKeyConstraint(["id"], ["entity.id"], name="fk_project_id", ondelete="CASCADE"),
        comment="What is built, run or bought; sector is an OECD DAC CRS code.",
    )
    # Added as in migration 0022, which SQLite can undo only if no constraint of the table names it.
    op.execute("ALTER TABLE project ADD COLUMN capacity TEXT")
    op.execute(
        f"""ALTER TABLE project ADD COLUMN capacity_unit TEXT
        CONSTRAINT ck_project_capacity_unit CHECK ({_any("capacity_unit", UNITS)})
        CONSTRAINT ck_project_capacity_has_unit
        CHECK ((capacity IS NULL) = (capacity_unit IS NULL))"""
    )
    op.create_index("ix_project_kind", "project", ["kind"])
    op.create_index("ix_project_status", "project", ["status"])


def _make_view(kinds: str, short_name: str) -> None:
    connection = op.get_bind()
    words = WORDS[connection.dialect.name]
    lists = {name: words["list"].format(*parts) for name, parts in LISTS.items()}
    own = kinds.format(kinds=lists.pop("kinds"))
    text = PROJECTS.format(kinds=own, short_name=short_name, exact=words["exact"], **lists)
    connection.exec_driver_sql(f"CREATE VIEW v_projects AS {text}")
