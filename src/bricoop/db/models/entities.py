"""Tables of entities: a common supertype, and a subtype for each kind with own columns."""

from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    text,
)

from bricoop.db.base import metadata, one_of, partial_date
from bricoop.db.types import Exact, Id, Name
from bricoop.domain.capacity_units import CapacityUnit
from bricoop.domain.vocabularies import (
    AgreementKind,
    EntityKind,
    Link,
    OrganizationKind,
    PolicyKind,
    ProjectKind,
    ProjectStatus,
)


class _Entity(TypedColumns):
    id: Named[int] = Column(Id, primary_key=True, autoincrement=False)
    kind: Named[str] = Column(Name)
    key: Named[str] = Column(Name)
    name: Named[str] = Column(Name)
    normalised: Named[str] = Column(Name)
    description: Named[str | None] = Column(Text)
    merged_into: Named[int | None] = Column(Id, ForeignKey("entity.id"))
    checksum: Named[str | None] = Column(Name)


entity = Table(
    "entity",
    metadata,
    _Entity,
    UniqueConstraint("key"),
    one_of("kind", EntityKind),
    CheckConstraint("merged_into <> id", name="not_itself"),
    Index("ix_entity_kind", "kind", "normalised", "id"),
    Index(
        "ix_entity_merged_into",
        "merged_into",
        sqlite_where=text("merged_into IS NOT NULL"),
        # PostgreSQL indexes all rows: a condition would import its dialect for SQLite too.
    ),
    comment="Anything that can be named, linked and cited; the subtypes share its primary key.",
)


class _Shared(TypedColumns):
    id: Named[int] = Column(
        Id, ForeignKey("entity.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class _Country(_Shared):
    alpha2: Named[str] = Column(Name)
    alpha3: Named[str] = Column(Name)
    numeric: Named[str | None] = Column(Name)
    region: Named[str | None] = Column(Name)
    subregion: Named[str | None] = Column(Name)


country = Table(
    "country",
    metadata,
    _Country,
    UniqueConstraint("alpha2"),
    UniqueConstraint("alpha3"),
    UniqueConstraint("numeric"),
    CheckConstraint("length(alpha2) = 2", name="alpha2"),
    CheckConstraint("length(alpha3) = 3", name="alpha3"),
    CheckConstraint("length(numeric) = 3", name="numeric"),
    comment="ISO 3166-1, and the few codes that datasets use beside it.",
)


class _Organization(_Shared):
    kind: Named[str | None] = Column(Name)
    country_id: Named[int | None] = Column(Id, ForeignKey("country.id"))


organization = Table(
    "organization",
    metadata,
    _Organization,
    one_of("kind", OrganizationKind),
    Index("ix_organization_country_id", "country_id"),
    comment="Financiers, enterprises, public bodies: who funds, builds, receives or decides.",
)


class _Project(_Shared):
    kind: Named[str | None] = Column(Name)
    status: Named[str | None] = Column(Name)
    sector: Named[str | None] = Column(Name)
    announced: Named[str | None] = Column(Name)
    started: Named[str | None] = Column(Name)
    completed: Named[str | None] = Column(Name)
    capacity: Named[Decimal | None] = Column(Exact)
    capacity_unit: Named[str | None] = Column(Name)
    short_name: Named[str | None] = Column(Name)


project = Table(
    "project",
    metadata,
    _Project,
    one_of("kind", ProjectKind),
    one_of("status", ProjectStatus),
    partial_date("announced"),
    partial_date("started"),
    partial_date("completed"),
    one_of("capacity_unit", CapacityUnit),
    CheckConstraint("(capacity IS NULL) = (capacity_unit IS NULL)", name="capacity_has_unit"),
    Index("ix_project_kind", "kind"),
    Index("ix_project_status", "status"),
    comment="What is built, run or bought; sector is an OECD DAC CRS code.",
)


class _Agreement(_Shared):
    kind: Named[str | None] = Column(Name)
    signed: Named[str | None] = Column(Name)
    in_force: Named[str | None] = Column(Name)
    ended: Named[str | None] = Column(Name)


agreement = Table(
    "agreement",
    metadata,
    _Agreement,
    one_of("kind", AgreementKind),
    partial_date("signed"),
    partial_date("in_force"),
    partial_date("ended"),
    Index("ix_agreement_kind", "kind"),
    comment="What was signed, and between whom.",
)


class _Policy(_Shared):
    kind: Named[str | None] = Column(Name)
    adopted: Named[str | None] = Column(Name)


policy = Table(
    "policy",
    metadata,
    _Policy,
    one_of("kind", PolicyKind),
    partial_date("adopted"),
    Index("ix_policy_kind", "kind"),
    comment="Initiatives, strategies, plans and guidance of a country or region.",
)


class _Link(_Shared):
    code: Named[str] = Column(Name)
    position: Named[int] = Column(Integer)


link = Table(
    "link",
    metadata,
    _Link,
    UniqueConstraint("code"),
    UniqueConstraint("position"),
    one_of("code", Link),
    CheckConstraint("position BETWEEN 1 AND 5", name="position"),
    comment="The five links of the Belt and Road, in their order.",
)
