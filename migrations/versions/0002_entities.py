"""Entities and their subtypes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _create_entity()
    _create_country()
    _create_organization()
    _create_project()
    _create_agreement()
    _create_policy()
    _create_link()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("link")
    op.drop_table("policy")
    op.drop_table("agreement")
    op.drop_table("project")
    op.drop_table("organization")
    op.drop_table("country")
    op.drop_table("entity")


def _create_entity() -> None:
    op.create_table(
        "entity",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("normalised", NAME, nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("merged_into", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_entity"),
        sa.CheckConstraint(
            "kind = 'country' OR kind = 'region' OR kind = 'organization' OR kind = "
            "'project' OR kind = 'agreement' OR kind = 'policy' OR kind = 'link'",
            name=op.f("ck_entity_kind"),
        ),
        sa.CheckConstraint(
            "merged_into <> id",
            name=op.f("ck_entity_not_itself"),
        ),
        sa.ForeignKeyConstraint(["merged_into"], ["entity.id"], name="fk_entity_merged_into"),
        sa.UniqueConstraint("key", name="uq_entity_key"),
        comment="Anything that can be named, linked and cited; the subtypes share its primary key.",
    )
    op.create_index("ix_entity_kind", "entity", ["kind", "normalised", "id"])
    op.create_index(
        "ix_entity_merged_into",
        "entity",
        ["merged_into"],
        sqlite_where=sa.text("merged_into IS NOT NULL"),
    )


def _create_country() -> None:
    op.create_table(
        "country",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("alpha2", NAME, nullable=False),
        sa.Column("alpha3", NAME, nullable=False),
        sa.Column("numeric", NAME, nullable=True),
        sa.Column("region", NAME, nullable=True),
        sa.Column("subregion", NAME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_country"),
        sa.CheckConstraint(
            "length(alpha2) = 2",
            name=op.f("ck_country_alpha2"),
        ),
        sa.CheckConstraint(
            "length(alpha3) = 3",
            name=op.f("ck_country_alpha3"),
        ),
        sa.CheckConstraint(
            "length(numeric) = 3",
            name=op.f("ck_country_numeric"),
        ),
        sa.ForeignKeyConstraint(["id"], ["entity.id"], name="fk_country_id", ondelete="CASCADE"),
        sa.UniqueConstraint("alpha2", name="uq_country_alpha2"),
        sa.UniqueConstraint("alpha3", name="uq_country_alpha3"),
        sa.UniqueConstraint("numeric", name="uq_country_numeric"),
        comment="ISO 3166-1, and the few codes that datasets use beside it.",
    )


def _create_organization() -> None:
    op.create_table(
        "organization",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("kind", NAME, nullable=True),
        sa.Column("country_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_organization"),
        sa.CheckConstraint(
            "kind = 'government' OR kind = 'local-government' OR kind = 'other-public-"
            "sector' OR kind = 'policy-bank' OR kind = 'state-owned-commercial-bank' OR "
            "kind = 'commercial-bank' OR kind = 'central-bank' OR kind = 'fund' OR kind = "
            "'state-owned-enterprise' OR kind = 'private-enterprise' OR kind = 'enterprise'"
            " OR kind = 'joint-venture' OR kind = 'multilateral' OR kind = 'international-"
            "ngo' OR kind = 'national-ngo' OR kind = 'public-private-partnership' OR kind ="
            " 'foundation' OR kind = 'academic' OR kind = 'other'",
            name=op.f("ck_organization_kind"),
        ),
        sa.ForeignKeyConstraint(["country_id"], ["country.id"], name="fk_organization_country_id"),
        sa.ForeignKeyConstraint(
            ["id"], ["entity.id"], name="fk_organization_id", ondelete="CASCADE"
        ),
        comment="Financiers, enterprises, public bodies: who funds, builds, receives or decides.",
    )
    op.create_index("ix_organization_country_id", "organization", ["country_id"])


def _create_project() -> None:
    op.create_table(
        "project",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("kind", NAME, nullable=True),
        sa.Column("status", NAME, nullable=True),
        sa.Column("sector", NAME, nullable=True),
        sa.Column("announced", NAME, nullable=True),
        sa.Column("started", NAME, nullable=True),
        sa.Column("completed", NAME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        sa.CheckConstraint(
            "length(announced) = 4 OR length(announced) = 7 OR length(announced) = 10",
            name=op.f("ck_project_announced"),
        ),
        sa.CheckConstraint(
            "length(completed) = 4 OR length(completed) = 7 OR length(completed) = 10",
            name=op.f("ck_project_completed"),
        ),
        sa.CheckConstraint(
            "kind = 'railway' OR kind = 'road' OR kind = 'bridge' OR kind = 'port' OR kind "
            "= 'airport' OR kind = 'freight-service' OR kind = 'corridor' OR kind = "
            "'industrial-park' OR kind = 'power-plant' OR kind = 'power-grid' OR kind = "
            "'pipeline' OR kind = 'telecoms' OR kind = 'water' OR kind = 'mine' OR kind = "
            "'factory' OR kind = 'building' OR kind = 'facility' OR kind = 'capacity-"
            "centre' OR kind = 'acquisition' OR kind = 'programme' OR kind = 'other'",
            name=op.f("ck_project_kind"),
        ),
        sa.CheckConstraint(
            "length(started) = 4 OR length(started) = 7 OR length(started) = 10",
            name=op.f("ck_project_started"),
        ),
        sa.CheckConstraint(
            "status = 'pledged' OR status = 'committed' OR status = 'implementation' OR "
            "status = 'completed' OR status = 'operation' OR status = 'suspended' OR status"
            " = 'cancelled'",
            name=op.f("ck_project_status"),
        ),
        sa.ForeignKeyConstraint(["id"], ["entity.id"], name="fk_project_id", ondelete="CASCADE"),
        comment="What is built, run or bought; sector is an OECD DAC CRS code.",
    )
    op.create_index("ix_project_kind", "project", ["kind"])
    op.create_index("ix_project_status", "project", ["status"])


def _create_agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("kind", NAME, nullable=True),
        sa.Column("signed", NAME, nullable=True),
        sa.Column("in_force", NAME, nullable=True),
        sa.Column("ended", NAME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
        sa.CheckConstraint(
            "length(ended) = 4 OR length(ended) = 7 OR length(ended) = 10",
            name=op.f("ck_agreement_ended"),
        ),
        sa.CheckConstraint(
            "length(in_force) = 4 OR length(in_force) = 7 OR length(in_force) = 10",
            name=op.f("ck_agreement_in_force"),
        ),
        sa.CheckConstraint(
            "kind = 'cooperation-document' OR kind = 'memorandum' OR kind = 'treaty' OR "
            "kind = 'framework' OR kind = 'joint-statement' OR kind = 'free-trade-"
            "agreement' OR kind = 'loan-agreement' OR kind = 'currency-swap' OR kind = "
            "'contract' OR kind = 'other'",
            name=op.f("ck_agreement_kind"),
        ),
        sa.CheckConstraint(
            "length(signed) = 4 OR length(signed) = 7 OR length(signed) = 10",
            name=op.f("ck_agreement_signed"),
        ),
        sa.ForeignKeyConstraint(["id"], ["entity.id"], name="fk_agreement_id", ondelete="CASCADE"),
        comment="What was signed, and between whom.",
    )
    op.create_index("ix_agreement_kind", "agreement", ["kind"])


def _create_policy() -> None:
    op.create_table(
        "policy",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("kind", NAME, nullable=True),
        sa.Column("adopted", NAME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_policy"),
        sa.CheckConstraint(
            "length(adopted) = 4 OR length(adopted) = 7 OR length(adopted) = 10",
            name=op.f("ck_policy_adopted"),
        ),
        sa.CheckConstraint(
            "kind = 'initiative' OR kind = 'national-strategy' OR kind = 'regional-"
            "strategy' OR kind = 'development-plan' OR kind = 'guidance' OR kind = "
            "'concept' OR kind = 'other'",
            name=op.f("ck_policy_kind"),
        ),
        sa.ForeignKeyConstraint(["id"], ["entity.id"], name="fk_policy_id", ondelete="CASCADE"),
        comment="Initiatives, strategies, plans and guidance of a country or region.",
    )
    op.create_index("ix_policy_kind", "policy", ["kind"])


def _create_link() -> None:
    op.create_table(
        "link",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("code", NAME, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
        sa.CheckConstraint(
            "code = 'policy' OR code = 'facility' OR code = 'trade' OR code = 'finance' OR "
            "code = 'people'",
            name=op.f("ck_link_code"),
        ),
        sa.CheckConstraint(
            "position BETWEEN 1 AND 5",
            name=op.f("ck_link_position"),
        ),
        sa.ForeignKeyConstraint(["id"], ["entity.id"], name="fk_link_id", ondelete="CASCADE"),
        sa.UniqueConstraint("code", name="uq_link_code"),
        sa.UniqueConstraint("position", name="uq_link_position"),
        comment="The five links of the Belt and Road, in their order.",
    )
