"""Tables of facts about entities; each row refers to the record that it was derived from."""

from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
)

from bricoop.db.base import metadata, one_of, partial_date
from bricoop.db.types import Dollars, Exact, Id, Name
from bricoop.domain.vocabularies import (
    AliasKind,
    Basis,
    CountryRole,
    FinanceKind,
    FindingKind,
    Instrument,
    LocationPrecision,
    OrganizationRole,
    ParticipationRole,
    ProjectKind,
    Qualifier,
)


class _Fact(TypedColumns):
    record_id: Named[int] = Column(
        Id, ForeignKey("record.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    entity_id: Named[int] = Column(Id, ForeignKey("entity.id"))


class _Alias(_Fact):
    name: Named[str] = Column(Name)
    normalised: Named[str] = Column(Name)
    kind: Named[str] = Column(Name)
    language: Named[str | None] = Column(Name)


alias = Table(
    "alias",
    metadata,
    _Alias,
    one_of("kind", AliasKind),
    Index("ix_alias_normalised", "normalised", "entity_id"),
    Index("ix_alias_entity_id", "entity_id"),
    sqlite_with_rowid=False,
    comment="Every name of every entity, with the record that uses it.",
)


class _EntityCountry(_Fact):
    country_id: Named[int] = Column(Id, ForeignKey("country.id"))
    role: Named[str] = Column(Name)
    basis: Named[str] = Column(Name)


entity_country = Table(
    "entity_country",
    metadata,
    _EntityCountry,
    one_of("role", CountryRole),
    one_of("basis", Basis),
    Index("ix_entity_country_country_id", "country_id", "entity_id"),
    Index("ix_entity_country_entity_id", "entity_id", "country_id"),
    sqlite_with_rowid=False,
    comment="In which country something lies, which country is a party, or whose it is.",
)


class _EntityRegion(_Fact):
    region_id: Named[int] = Column(Id, ForeignKey("entity.id"))
    role: Named[str] = Column(Name)
    basis: Named[str] = Column(Name)


entity_region = Table(
    "entity_region",
    metadata,
    _EntityRegion,
    one_of("role", CountryRole),
    one_of("basis", Basis),
    Index("ix_entity_region_region_id", "region_id", "entity_id"),
    Index("ix_entity_region_entity_id", "entity_id"),
    sqlite_with_rowid=False,
    comment="The same for a region, which is never taken for a country.",
)


class _EntityLink(_Fact):
    link_id: Named[int] = Column(Id, ForeignKey("link.id"))
    basis: Named[str] = Column(Name)


entity_link = Table(
    "entity_link",
    metadata,
    _EntityLink,
    one_of("basis", Basis),
    Index("ix_entity_link_link_id", "link_id", "entity_id"),
    Index("ix_entity_link_entity_id", "entity_id", "link_id"),
    sqlite_with_rowid=False,
    comment="Under which of the five links something comes, and who says so on what basis.",
)


class _Participation(_Fact):
    organization_id: Named[int] = Column(Id, ForeignKey("organization.id"))
    role: Named[str] = Column(Name)


participation = Table(
    "participation",
    metadata,
    _Participation,
    one_of("role", ParticipationRole),
    Index("ix_participation_organization_id", "organization_id", "entity_id"),
    Index("ix_participation_entity_id", "entity_id", "role"),
    sqlite_with_rowid=False,
    comment="What an organization does in a project, an agreement or a policy.",
)


class _AgreementParty(_Fact):
    party_id: Named[int] = Column(Id, ForeignKey("organization.id"))


agreement_party = Table(
    "agreement_party",
    metadata,
    _AgreementParty,
    Index("ix_agreement_party_party_id", "party_id", "entity_id"),
    Index("ix_agreement_party_entity_id", "entity_id"),
    sqlite_with_rowid=False,
    comment="An organization that is party to an agreement, entity_id; countries and regions are "
    "parties through entity_country and entity_region.",
)


class _OrganizationRole(_Fact):
    role: Named[str] = Column(Name)


organization_role = Table(
    "organization_role",
    metadata,
    _OrganizationRole,
    one_of("role", OrganizationRole),
    Index("ix_organization_role_entity_id", "entity_id", "role"),
    sqlite_with_rowid=False,
    comment="In what capacity a source says that an organization acts.",
)


class _Finance(_Fact):
    financier_id: Named[int | None] = Column(Id, ForeignKey("organization.id"))
    kind: Named[str] = Column(Name)
    instrument: Named[str | None] = Column(Name)
    amount: Named[Decimal | None] = Column(Exact)
    currency: Named[str | None] = Column(Name)
    amount_usd: Named[Decimal | None] = Column(Dollars)
    amount_usd_constant: Named[Decimal | None] = Column(Dollars)
    price_year: Named[int | None] = Column(Integer)
    date: Named[str | None] = Column(Name)
    estimated: Named[bool | None] = Column(Boolean(create_constraint=False))
    counted: Named[bool | None] = Column(Boolean(create_constraint=False))
    note: Named[str | None] = Column(Text)


finance = Table(
    "finance",
    metadata,
    _Finance,
    one_of("kind", FinanceKind),
    one_of("instrument", Instrument),
    partial_date("date"),
    CheckConstraint("length(currency) = 3", name="currency"),
    CheckConstraint("amount IS NULL OR currency IS NOT NULL", name="amount_has_currency"),
    CheckConstraint(
        "(amount_usd_constant IS NULL) = (price_year IS NULL)", name="constant_has_year"
    ),
    Index("ix_finance_financier_id", "financier_id", "entity_id"),
    Index("ix_finance_entity_id", "entity_id"),
    sqlite_with_rowid=False,
    comment="Money: as stated, in nominal US dollars, and in constant dollars of a base year.",
)


class _Location(_Fact):
    name: Named[str | None] = Column(Name)
    latitude: Named[float] = Column(Float)
    longitude: Named[float] = Column(Float)
    precision: Named[str] = Column(Name)


location = Table(
    "location",
    metadata,
    _Location,
    one_of("precision", LocationPrecision),
    CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
    CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    Index("ix_location_entity_id", "entity_id"),
    sqlite_with_rowid=False,
    comment="Where something stands, in WGS 84 degrees, and how near that is.",
)


class _Observation(_Fact):
    indicator: Named[str] = Column(Name)
    value: Named[Decimal] = Column(Exact)
    unit: Named[str | None] = Column(Name)
    price_base: Named[str | None] = Column(Name)
    qualifier: Named[str] = Column(Name)
    period: Named[str | None] = Column(Name)
    period_start: Named[str | None] = Column(Name)
    period_end: Named[str | None] = Column(Name)
    note: Named[str | None] = Column(Text)


observation = Table(
    "observation",
    metadata,
    _Observation,
    one_of("qualifier", Qualifier),
    partial_date("period_start"),
    partial_date("period_end"),
    Index("ix_observation_entity_id", "entity_id"),
    sqlite_with_rowid=False,
    comment="A statistic about its subject, entity_id: indicator, value, unit, qualifier, period.",
)


class _Finding(_Fact):
    kind: Named[str] = Column(Name)
    link_id: Named[int | None] = Column(Id, ForeignKey("link.id"))
    statement: Named[str] = Column(Text)


finding = Table(
    "finding",
    metadata,
    _Finding,
    one_of("kind", FindingKind),
    Index("ix_finding_link_id", "link_id"),
    Index("ix_finding_entity_id", "entity_id"),
    sqlite_with_rowid=False,
    comment="An opportunity, a challenge or a prospect that a source sees, in our own words; or a"
    " note.",
)


class _ProjectKind(_Fact):
    kind: Named[str] = Column(Name)
    basis: Named[str] = Column(Name)
    rule: Named[str | None] = Column(Name)


project_kind = Table(
    "project_kind",
    metadata,
    _ProjectKind,
    one_of("kind", ProjectKind),
    one_of("basis", Basis),
    CheckConstraint("(basis = 'by-rule') = (rule IS NOT NULL)", name="rule_is_named"),
    Index("ix_project_kind_kind", "kind", "entity_id"),
    Index("ix_project_kind_entity_id", "entity_id", "kind"),
    sqlite_with_rowid=False,
    comment="The kinds of a project, the main one of a record first, as stated or by which rule.",
)

#: All tables whose rows are derived from records, and derived again if a record changes.
FACTS = (
    alias,
    entity_country,
    entity_region,
    entity_link,
    participation,
    agreement_party,
    organization_role,
    finance,
    location,
    observation,
    finding,
    project_kind,
)
