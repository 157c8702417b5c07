"""Facts: what records say about entities and between them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
EXACT = sa.Numeric().with_variant(sa.Text, "sqlite")
DOLLARS = sa.Numeric(24, 6).with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _create_alias()
    _create_entity_country()
    _create_entity_region()
    _create_entity_link()
    _create_participation()
    _create_agreement_party()
    _create_organization_role()
    _create_finance()
    _create_location()
    _create_observation()
    _create_finding()


def downgrade() -> None:
    """Drop them, the last one first."""
    for table in (
        "finding", "observation", "location", "finance", "organization_role", "agreement_party",
        "participation", "entity_link", "entity_region", "entity_country", "alias",
    ):  # fmt: skip
        op.drop_table(table)


def _create_alias() -> None:
    op.create_table(
        "alias",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("normalised", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("language", NAME, nullable=True),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_alias"),
        sa.CheckConstraint(
            "kind = 'name' OR kind = 'as-printed' OR kind = 'translation' OR kind = "
            "'abbreviation' OR kind = 'former' OR kind = 'spelling'",
            name=op.f("ck_alias_kind"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_alias_entity_id"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_alias_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment="Every name of every entity, with the record that uses it.",
    )
    op.create_index("ix_alias_entity_id", "alias", ["entity_id"])
    op.create_index("ix_alias_normalised", "alias", ["normalised", "entity_id"])


def _create_entity_country() -> None:
    op.create_table(
        "entity_country",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("country_id", ID, nullable=False),
        sa.Column("role", NAME, nullable=False),
        sa.Column("basis", NAME, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_entity_country"),
        sa.CheckConstraint(
            "basis = 'stated' OR basis = 'by-rule' OR basis = 'by-hand'",
            name=op.f("ck_entity_country_basis"),
        ),
        sa.CheckConstraint(
            "role = 'location' OR role = 'party' OR role = 'owner'",
            name=op.f("ck_entity_country_role"),
        ),
        sa.ForeignKeyConstraint(
            ["country_id"], ["country.id"], name="fk_entity_country_country_id"
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_entity_country_entity_id"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_entity_country_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment="In which country something lies, which country is a party, or whose it is.",
    )
    op.create_index("ix_entity_country_country_id", "entity_country", ["country_id", "entity_id"])
    op.create_index("ix_entity_country_entity_id", "entity_country", ["entity_id", "country_id"])


def _create_entity_region() -> None:
    op.create_table(
        "entity_region",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("region_id", ID, nullable=False),
        sa.Column("role", NAME, nullable=False),
        sa.Column("basis", NAME, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_entity_region"),
        sa.CheckConstraint(
            "basis = 'stated' OR basis = 'by-rule' OR basis = 'by-hand'",
            name=op.f("ck_entity_region_basis"),
        ),
        sa.CheckConstraint(
            "role = 'location' OR role = 'party' OR role = 'owner'",
            name=op.f("ck_entity_region_role"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_entity_region_entity_id"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_entity_region_record_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["region_id"], ["entity.id"], name="fk_entity_region_region_id"),
        sqlite_with_rowid=False,
        comment="The same for a region, which is never taken for a country.",
    )
    op.create_index("ix_entity_region_entity_id", "entity_region", ["entity_id"])
    op.create_index("ix_entity_region_region_id", "entity_region", ["region_id", "entity_id"])


def _create_entity_link() -> None:
    op.create_table(
        "entity_link",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("link_id", ID, nullable=False),
        sa.Column("basis", NAME, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_entity_link"),
        sa.CheckConstraint(
            "basis = 'stated' OR basis = 'by-rule' OR basis = 'by-hand'",
            name=op.f("ck_entity_link_basis"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_entity_link_entity_id"),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_entity_link_link_id"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_entity_link_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment="Under which of the five links something comes, and who says so on what basis.",
    )
    op.create_index("ix_entity_link_entity_id", "entity_link", ["entity_id", "link_id"])
    op.create_index("ix_entity_link_link_id", "entity_link", ["link_id", "entity_id"])


def _create_participation() -> None:
    op.create_table(
        "participation",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("organization_id", ID, nullable=False),
        sa.Column("role", NAME, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_participation"),
        sa.CheckConstraint(
            "role = 'funding' OR role = 'accountable' OR role = 'extending' OR role = "
            "'implementing' OR role = 'contractor' OR role = 'receiving' OR role = "
            "'guarantor' OR role = 'insurer' OR role = 'operator' OR role = 'acquirer' OR "
            "role = 'acquired' OR role = 'issuing'",
            name=op.f("ck_participation_role"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_participation_entity_id"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name="fk_participation_organization_id"
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_participation_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment="What an organization does in a project, an agreement or a policy.",
    )
    op.create_index("ix_participation_entity_id", "participation", ["entity_id", "role"])
    op.create_index(
        "ix_participation_organization_id", "participation", ["organization_id", "entity_id"]
    )


def _create_agreement_party() -> None:
    op.create_table(
        "agreement_party",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("party_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_agreement_party"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_agreement_party_entity_id"),
        sa.ForeignKeyConstraint(
            ["party_id"], ["organization.id"], name="fk_agreement_party_party_id"
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_agreement_party_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment="An organization that is party to an agreement, entity_id; countries and "
        "regions are parties through entity_country and entity_region.",
    )
    op.create_index("ix_agreement_party_entity_id", "agreement_party", ["entity_id"])
    op.create_index("ix_agreement_party_party_id", "agreement_party", ["party_id", "entity_id"])


def _create_organization_role() -> None:
    op.create_table(
        "organization_role",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("role", NAME, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_organization_role"),
        sa.CheckConstraint(
            "role = 'financier' OR role = 'contractor' OR role = 'investor' OR role = "
            "'operator' OR role = 'receiver' OR role = 'public-body' OR role = 'statistics-"
            "publisher'",
            name=op.f("ck_organization_role_role"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entity.id"], name="fk_organization_role_entity_id"
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_organization_role_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment="In what capacity a source says that an organization acts.",
    )
    op.create_index("ix_organization_role_entity_id", "organization_role", ["entity_id", "role"])


def _create_finance() -> None:
    op.create_table(
        "finance",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("financier_id", ID, nullable=True),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("instrument", NAME, nullable=True),
        sa.Column("amount", EXACT, nullable=True),
        sa.Column("currency", NAME, nullable=True),
        sa.Column("amount_usd", DOLLARS, nullable=True),
        sa.Column("amount_usd_constant", DOLLARS, nullable=True),
        sa.Column("price_year", sa.Integer(), nullable=True),
        sa.Column("date", NAME, nullable=True),
        sa.Column("estimated", sa.Boolean(), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_finance"),
        sa.CheckConstraint(
            "amount IS NULL OR currency IS NOT NULL",
            name=op.f("ck_finance_amount_has_currency"),
        ),
        sa.CheckConstraint(
            "(amount_usd_constant IS NULL) = (price_year IS NULL)",
            name=op.f("ck_finance_constant_has_year"),
        ),
        sa.CheckConstraint(
            "length(currency) = 3",
            name=op.f("ck_finance_currency"),
        ),
        sa.CheckConstraint(
            "length(date) = 4 OR length(date) = 7 OR length(date) = 10",
            name=op.f("ck_finance_date"),
        ),
        sa.CheckConstraint(
            "instrument = 'grant' OR instrument = 'loan' OR instrument = 'export-credit' OR"
            " instrument = 'equity' OR instrument = 'bond' OR instrument = 'guarantee' OR "
            "instrument = 'currency-swap' OR instrument = 'debt-relief' OR instrument = "
            "'technical-assistance' OR instrument = 'in-kind' OR instrument = 'mixed' OR "
            "instrument = 'unspecified'",
            name=op.f("ck_finance_instrument"),
        ),
        sa.CheckConstraint(
            "kind = 'pledge' OR kind = 'commitment' OR kind = 'disbursement' OR kind = "
            "'repayment' OR kind = 'guarantee' OR kind = 'forgiveness' OR kind = "
            "'rescheduling' OR kind = 'investment' OR kind = 'contract'",
            name=op.f("ck_finance_kind"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_finance_entity_id"),
        sa.ForeignKeyConstraint(
            ["financier_id"], ["organization.id"], name="fk_finance_financier_id"
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_finance_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment="Money: as stated, in nominal US dollars, and in constant dollars of a base year.",
    )
    op.create_index("ix_finance_entity_id", "finance", ["entity_id"])
    op.create_index("ix_finance_financier_id", "finance", ["financier_id", "entity_id"])


def _create_location() -> None:
    op.create_table(
        "location",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("name", NAME, nullable=True),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("precision", NAME, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_location"),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90",
            name=op.f("ck_location_latitude"),
        ),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180",
            name=op.f("ck_location_longitude"),
        ),
        sa.CheckConstraint(
            "precision = 'exact' OR precision = 'near' OR precision = 'adm2' OR precision ="
            " 'adm1' OR precision = 'country'",
            name=op.f("ck_location_precision"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_location_entity_id"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_location_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment="Where something stands, in WGS 84 degrees, and how near that is.",
    )
    op.create_index("ix_location_entity_id", "location", ["entity_id"])


def _create_observation() -> None:
    op.create_table(
        "observation",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("indicator", NAME, nullable=False),
        sa.Column("value", EXACT, nullable=False),
        sa.Column("unit", NAME, nullable=True),
        sa.Column("price_base", NAME, nullable=True),
        sa.Column("qualifier", NAME, nullable=False),
        sa.Column("period", NAME, nullable=True),
        sa.Column("period_start", NAME, nullable=True),
        sa.Column("period_end", NAME, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_observation"),
        sa.CheckConstraint(
            "length(period_end) = 4 OR length(period_end) = 7 OR length(period_end) = 10",
            name=op.f("ck_observation_period_end"),
        ),
        sa.CheckConstraint(
            "length(period_start) = 4 OR length(period_start) = 7 OR length(period_start) = 10",
            name=op.f("ck_observation_period_start"),
        ),
        sa.CheckConstraint(
            "qualifier = 'exactly' OR qualifier = 'more-than' OR qualifier = 'less-than' OR"
            " qualifier = 'nearly' OR qualifier = 'about'",
            name=op.f("ck_observation_qualifier"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_observation_entity_id"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_observation_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment="A statistic about its subject, entity_id: indicator, value, unit, qualifier, "
        "period.",
    )
    op.create_index("ix_observation_entity_id", "observation", ["entity_id"])


def _create_finding() -> None:
    op.create_table(
        "finding",
        sa.Column("record_id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("link_id", ID, nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "position", name="pk_finding"),
        sa.CheckConstraint(
            "kind = 'opportunity' OR kind = 'challenge' OR kind = 'prospect'",
            name=op.f("ck_finding_kind"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_finding_entity_id"),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_finding_link_id"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name="fk_finding_record_id", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
        comment="An opportunity, a challenge or a prospect that a source sees, in our own words.",
    )
    op.create_index("ix_finding_entity_id", "finding", ["entity_id"])
    op.create_index("ix_finding_link_id", "finding", ["link_id"])
