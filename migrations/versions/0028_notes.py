"""Findings may be notes, which the view of links does not count as findings."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

KINDS = ("opportunity", "challenge", "prospect")
COMMENT = "An opportunity, a challenge or a prospect that a source sees, in our own words"
COLUMNS = "record_id, position, entity_id, kind, link_id, statement"

#: The lists of a link `e`, each value once, in the order of what records say.
LISTS = {
    "names": (
        """SELECT a.name AS item, min(a.record_id * 1000000 + a.position) AS place
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
#: How each database lists values.
LISTED = {
    "sqlite": "(SELECT group_concat(item, '; ') FROM (\n{0}\nORDER BY {1}) AS listed)",
    "postgresql": "(SELECT string_agg(item, '; ' ORDER BY {1}) FROM (\n{0}\n) AS listed)",
}
UNDER_LINK = """(SELECT count(DISTINCT el.entity_id)
        FROM entity_link AS el JOIN {0} AS x ON x.id = el.entity_id WHERE el.link_id = e.id)"""
LINKS = """
        SELECT e.key AS key, e.name AS name, e.kind AS kind, k.code AS code,
            k.position AS position, {names} AS names,
            {project} AS projects,
            {agreement} AS agreements,
            {policy} AS policies,
            (SELECT count(*) FROM finding AS fi WHERE fi.link_id = e.id{condition}) AS findings,
            {sources} AS sources
        FROM link AS k JOIN entity AS e ON e.id = k.id
    """


def upgrade() -> None:
    """Accept notes, and leave them out of the number of findings."""
    op.execute("DROP VIEW v_links")
    _accept((*KINDS, "note"), f"{COMMENT}; or a note.")
    _make_view(" AND fi.kind <> 'note'")


def downgrade() -> None:
    """Drop the notes; their records remain, without a fact."""
    op.execute("DROP VIEW v_links")
    op.execute("DELETE FROM finding WHERE kind = 'note'")
    _accept(KINDS, f"{COMMENT}.")
    _make_view("")


def _accept(kinds: tuple[str, ...], comment: str) -> None:
    """Change the CHECK of the kinds of findings; SQLite needs the table to be made again."""
    check = " OR ".join(f"kind = '{kind}'" for kind in kinds)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE finding DROP CONSTRAINT ck_finding_kind")
        op.execute(f"ALTER TABLE finding ADD CONSTRAINT ck_finding_kind CHECK ({check})")
        op.create_table_comment("finding", comment)
        return
    views = _drop_views()
    op.execute(f"CREATE TEMPORARY TABLE findings_kept AS SELECT {COLUMNS} FROM finding")  # noqa: S608 (names of the schema)
    op.drop_table("finding")
    _create_finding(check, comment)
    op.execute(f"INSERT INTO finding ({COLUMNS}) SELECT {COLUMNS} FROM findings_kept")  # noqa: S608 (as above)
    op.execute("DROP TABLE findings_kept")
    for text in views:
        op.get_bind().exec_driver_sql(text)


def _drop_views() -> list[str]:
    """Drop the other views that show findings, and return the statements that make them."""
    made = "SELECT sql FROM sqlite_master WHERE name = '{}'"
    names = ("v_countries", "v_findings")
    texts = [str(op.get_bind().exec_driver_sql(made.format(name)).scalar()) for name in names]
    for name in names:
        op.execute(f"DROP VIEW {name}")
    return texts


def _create_finding(check: str, comment: str) -> None:
    op.create_table(
        "finding",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("link_id", ID, nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_finding"),
        sa.CheckConstraint(check, name=op.f("ck_finding_kind")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_finding_entity_id"),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_finding_link_id"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_finding_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment=comment,
    )
    op.create_index("ix_finding_entity_id", "finding", ["entity_id"])
    op.create_index("ix_finding_link_id", "finding", ["link_id"])


def _make_view(condition: str) -> None:
    connection = op.get_bind()
    listed = LISTED[connection.dialect.name]
    lists = {name: listed.format(*parts) for name, parts in LISTS.items()}
    counts = {kind: UNDER_LINK.format(kind) for kind in ("project", "agreement", "policy")}
    text = LINKS.format(condition=condition, **lists, **counts)
    connection.exec_driver_sql(f"CREATE VIEW v_links AS {text}")
