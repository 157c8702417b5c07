"""Tables of identity: decisions on what is one thing, and the clusters that follow from them."""

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
)

from bricoop.db.base import metadata, one_of
from bricoop.db.types import Exact, Id, Name
from bricoop.domain.vocabularies import EntityKind, Relation


class _Decision(TypedColumns):
    id: Named[int] = Column(Id, primary_key=True, autoincrement=False)
    load_id: Named[int] = Column(Id, ForeignKey("load.id"))
    source_id: Named[int] = Column(Id, ForeignKey("source.id"))
    external_id: Named[str] = Column(Name)
    locator: Named[str | None] = Column(Name)
    left_ref: Named[str] = Column(Name)
    right_ref: Named[str] = Column(Name)
    relation: Named[str] = Column(Name)
    reviewer: Named[str] = Column(Name)
    decided_at: Named[str] = Column(Name)
    why: Named[str | None] = Column(Text)
    score: Named[Decimal | None] = Column(Exact)
    features: Named[str | None] = Column(Text)
    left_seen: Named[str | None] = Column(Text)
    right_seen: Named[str | None] = Column(Text)
    replaces: Named[str | None] = Column(Name)
    digest: Named[str] = Column(Name)


decision = Table(
    "decision",
    metadata,
    _Decision,
    UniqueConstraint("source_id", "external_id"),
    one_of("relation", Relation),
    CheckConstraint("left_ref <> right_ref", name="two_references"),
    Index("ix_decision_left_ref", "left_ref"),
    Index("ix_decision_right_ref", "right_ref"),
    Index("ix_decision_load_id", "load_id"),
    comment="What a reviewer, or a rule, decided on two records or organizations: append-only; the"
    " newest of a reviewer on a pair holds.",
)


class _ClusterMember(TypedColumns):
    entity_id: Named[int] = Column(Id, primary_key=True, autoincrement=False)
    canonical_id: Named[int] = Column(Id, ForeignKey("entity.id"))
    kind: Named[str] = Column(Name)
    key: Named[str] = Column(Name)
    name: Named[str] = Column(Name)


cluster_member = Table(
    "cluster_member",
    metadata,
    _ClusterMember,
    UniqueConstraint("key"),
    one_of("kind", EntityKind),
    Index("ix_cluster_member_canonical_id", "canonical_id"),
    comment="Entities that decisions made one with another, which has all their records now. Their"
    " own rows are made again when a decision is taken back.",
)


class _ClusterRecord(TypedColumns):
    record_id: Named[int] = Column(
        Id, ForeignKey("record.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    own_entity_id: Named[int] = Column(Id)


cluster_record = Table(
    "cluster_record",
    metadata,
    _ClusterRecord,
    Index("ix_cluster_record_own_entity_id", "own_entity_id"),
    comment="Records that are about another entity than without decisions, with the one that they"
    " are about without them.",
)


class _ClusterPointer(TypedColumns):
    fact: Named[str] = Column(Name, primary_key=True)
    record_id: Named[int] = Column(
        Id, ForeignKey("record.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    own_entity_id: Named[int] = Column(Id)


cluster_pointer = Table(
    "cluster_pointer",
    metadata,
    _ClusterPointer,
    Index("ix_cluster_pointer_own_entity_id", "own_entity_id"),
    Index("ix_cluster_pointer_record_id", "record_id"),
    comment="Facts, by the table `fact`, that name another organization than without decisions.",
)


class _PartedEntity(TypedColumns):
    entity_id: Named[int] = Column(
        Id, ForeignKey("entity.id"), primary_key=True, autoincrement=False
    )


parted_entity = Table(
    "parted_entity",
    metadata,
    _PartedEntity,
    comment="Entities that exist because a decision parted records which have the same name.",
)


class _DealMember(TypedColumns):
    record_id: Named[int] = Column(
        Id, ForeignKey("record.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    deal_id: Named[int] = Column(Id)


deal_member = Table(
    "deal_member",
    metadata,
    _DealMember,
    Index("ix_deal_member_deal_id", "deal_id"),
    comment="Records of finance that are one deal with others by decisions; `deal_id` is the first"
    " of them.",
)
