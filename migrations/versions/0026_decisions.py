"""Decisions on what is one thing, and the clusters and deals that follow from them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
EXACT = sa.Text().with_variant(sa.Numeric(), "postgresql")

RELATIONS = (
    "same-deal", "same-project", "same", "part-of", "phase-of", "financed-under", "different",
    "unsure",
)  # fmt: skip
ENTITY_KINDS = ("country", "region", "organization", "project", "agreement", "policy", "link")
COMMENT = (
    "One row; its version grows with every load and every undo, and writers queue at it. The kinds"
    " of projects follow from the rules with `kinds_digest`; a user's own are in `kinds_table`."
)
ON_QUORUM = " Decisions join what `quorum` reviewers agree on; without it, one is enough."


def upgrade() -> None:
    """Make the tables, empty."""
    op.add_column("knowledge_base", sa.Column("quorum", sa.Integer(), nullable=True))
    _comment(COMMENT + ON_QUORUM)
    _create_decision()
    _create_clusters()
    op.create_table(
        "parted_entity",
        sa.Column("entity_id", ID, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("entity_id", name="pk_parted_entity"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_parted_entity_entity_id"),
        comment="Entities that exist because a decision parted records which have the same name.",
    )
    op.create_table(
        "deal_member",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("deal_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_deal_member"),
        _of_record("deal_member"),
        comment="Records of finance that are one deal with others by decisions; `deal_id` is the"
        " first of them.",
    )
    op.create_index("ix_deal_member_deal_id", "deal_member", ["deal_id"])


def downgrade() -> None:
    """Drop them; what decisions made one must be taken apart before.

    Raises:
        RuntimeError: decisions have joined or parted entities.
    """
    connection = op.get_bind()
    for table in ("cluster_record", "cluster_pointer", "parted_entity"):
        if connection.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").first():  # noqa: S608 (names of the schema)
            message = "Decisions have joined entities: undo the loads of decisions first."
            raise RuntimeError(message)
    for table in (
        "deal_member", "parted_entity", "cluster_pointer", "cluster_record", "cluster_member",
        "decision",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_column("knowledge_base", "quorum")
    _comment(COMMENT)


def _comment(text: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("knowledge_base", text)


def _any(column: str, codes: tuple[str, ...]) -> str:
    return " OR ".join(f"{column} = '{code}'" for code in codes)


def _of_record(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_record_id"
    return sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=name, ondelete="CASCADE")


def _create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("load_id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("external_id", NAME, nullable=False),
        sa.Column("locator", NAME, nullable=True),
        sa.Column("left_ref", NAME, nullable=False),
        sa.Column("right_ref", NAME, nullable=False),
        sa.Column("relation", NAME, nullable=False),
        sa.Column("reviewer", NAME, nullable=False),
        sa.Column("decided_at", NAME, nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("score", EXACT, nullable=True),
        sa.Column("features", sa.Text(), nullable=True),
        sa.Column("left_seen", sa.Text(), nullable=True),
        sa.Column("right_seen", sa.Text(), nullable=True),
        sa.Column("replaces", NAME, nullable=True),
        sa.Column("digest", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("source_id", "external_id", name="uq_decision_source_id_external_id"),
        sa.CheckConstraint(_any("relation", RELATIONS), name=op.f("ck_decision_relation")),
        sa.CheckConstraint("left_ref <> right_ref", name=op.f("ck_decision_two_references")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="fk_decision_load_id"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_decision_source_id"),
        comment="What a reviewer, or a rule, decided on two records or organizations: append-only;"
        " the newest of a reviewer on a pair holds.",
    )
    for column in ("left_ref", "right_ref", "load_id"):
        op.create_index(f"ix_decision_{column}", "decision", [column])


def _create_clusters() -> None:
    op.create_table(
        "cluster_member",
        sa.Column("entity_id", ID, nullable=False, autoincrement=False),
        sa.Column("canonical_id", ID, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.PrimaryKeyConstraint("entity_id", name="pk_cluster_member"),
        sa.UniqueConstraint("key", name="uq_cluster_member_key"),
        sa.CheckConstraint(_any("kind", ENTITY_KINDS), name=op.f("ck_cluster_member_kind")),
        sa.ForeignKeyConstraint(
            ["canonical_id"], ["entity.id"], name="fk_cluster_member_canonical_id"
        ),
        comment="Entities that decisions made one with another, which has all their records now."
        " Their own rows are made again when a decision is taken back.",
    )
    op.create_index("ix_cluster_member_canonical_id", "cluster_member", ["canonical_id"])
    op.create_table(
        "cluster_record",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("own_entity_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_cluster_record"),
        _of_record("cluster_record"),
        comment="Records that are about another entity than without decisions, with the one that"
        " they are about without them.",
    )
    op.create_index("ix_cluster_record_own_entity_id", "cluster_record", ["own_entity_id"])
    op.create_table(
        "cluster_pointer",
        sa.Column("fact", NAME, nullable=False),
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("own_entity_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("fact", "record_id", "position", name="pk_cluster_pointer"),
        _of_record("cluster_pointer"),
        comment="Facts, by the table `fact`, that name another organization than without"
        " decisions.",
    )
    op.create_index("ix_cluster_pointer_own_entity_id", "cluster_pointer", ["own_entity_id"])
    op.create_index("ix_cluster_pointer_record_id", "cluster_pointer", ["record_id"])
