"""Tables of provenance: sources, loads, records and earlier versions of records."""

from datetime import datetime
from typing import Any

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

from bricoop.db.base import metadata, one_of, one_of_numbers, partial_date
from bricoop.db.types import Document, Id, Moment, Name
from bricoop.domain.vocabularies import SourceKind, Tier


class _KnowledgeBase(TypedColumns):
    id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    version: Named[int] = Column(Integer)
    created_at: Named[datetime] = Column(Moment)
    checksum: Named[str | None] = Column(Name)
    kinds_digest: Named[str | None] = Column(Name)
    kinds_table: Named[str | None] = Column(Text)
    quorum: Named[int | None] = Column(Integer)


knowledge_base = Table(
    "knowledge_base",
    metadata,
    _KnowledgeBase,
    CheckConstraint("id = 1", name="single"),
    comment="One row; its version grows with every load and every undo, and writers queue at it."
    " The kinds of projects follow from the rules with `kinds_digest`; a user's own are in"
    " `kinds_table`. Decisions join what `quorum` reviewers agree on; without it, one is enough.",
)


class _Source(TypedColumns):
    id: Named[int] = Column(Id, primary_key=True, autoincrement=False)
    key: Named[str] = Column(Name)
    title: Named[str] = Column(Name)
    kind: Named[str] = Column(Name)
    tier: Named[int] = Column(Integer)
    authors: Named[str | None] = Column(Name)
    publisher: Named[str | None] = Column(Name)
    published: Named[str | None] = Column(Name)
    edition: Named[str | None] = Column(Name)
    url: Named[str | None] = Column(Name)
    archived_url: Named[str | None] = Column(Name)
    licence: Named[str | None] = Column(Name)
    language: Named[str | None] = Column(Name)
    note: Named[str | None] = Column(Text)
    checksum: Named[str | None] = Column(Name)


source = Table(
    "source",
    metadata,
    _Source,
    UniqueConstraint("key"),
    one_of("kind", SourceKind),
    one_of_numbers("tier", Tier),
    partial_date("published"),
    comment="A document, dataset edition, standard or person that says something.",
)


class _Load(TypedColumns):
    id: Named[int] = Column(Id, primary_key=True, autoincrement=False)
    source_id: Named[int] = Column(Id, ForeignKey("source.id"))
    noun: Named[str] = Column(Name)
    profile: Named[str] = Column(Name)
    file_name: Named[str] = Column(Name)
    file_sha256: Named[str] = Column(Name)
    tool_version: Named[str] = Column(Name)
    started_at: Named[datetime] = Column(Moment)
    finished_at: Named[datetime] = Column(Moment)
    rows_read: Named[int] = Column(Integer)
    rows_new: Named[int] = Column(Integer)
    rows_changed: Named[int] = Column(Integer)
    rows_unchanged: Named[int] = Column(Integer)
    rows_rejected: Named[int] = Column(Integer)
    rows_gone: Named[int] = Column(Integer)
    rows_skipped: Named[int] = Column(Integer)
    rows_nothing: Named[int] = Column(Integer)
    rules_sha256: Named[str | None] = Column(Name)
    undone_at: Named[datetime | None] = Column(Moment)
    checksum: Named[str | None] = Column(Name)
    #: The first load of the complete edition of several files to which the file belongs.
    edition: Named[int | None] = Column(Integer)
    #: What `ingest/load/same_file.py` needs to report the same file again, as JSON.
    outcome: Named[str | None] = Column(Text)


load = Table(
    "load",
    metadata,
    _Load,
    CheckConstraint(
        "rows_read = rows_new + rows_changed + rows_unchanged + rows_rejected + rows_skipped"
        " + rows_nothing",
        name="adds_up",
    ),
    Index("ix_load_source_id", "source_id"),
    comment="One file that was loaded, with the counts of its rows.",
)


class _LoadHeader(TypedColumns):
    load_id: Named[int] = Column(Id, ForeignKey("load.id"), primary_key=True, autoincrement=False)
    noun: Named[str] = Column(Name, primary_key=True)
    columns: Named[list[str]] = Column(Document, nullable=False)
    letters: Named[list[str]] = Column(Document, nullable=False)
    origins: Named[dict[str, list[Any]]] = Column(Document, nullable=False)


load_header = Table(
    "load_header",
    metadata,
    _LoadHeader,
    comment="The columns whose cells the records of a load and noun keep, in the order of `raw`,"
    " and those from which each field was read.",
)


class _Content(TypedColumns):
    locator: Named[str | None] = Column(Name)
    stated_name: Named[str | None] = Column(Name)
    fields: Named[dict[str, Any]] = Column(Document, nullable=False)
    raw: Named[list[str]] = Column(Document, nullable=False)
    digest: Named[str] = Column(Name)


class _Record(_Content):
    id: Named[int] = Column(Id, primary_key=True, autoincrement=False)
    source_id: Named[int] = Column(Id, ForeignKey("source.id"))
    load_id: Named[int] = Column(Id, ForeignKey("load.id"))
    entity_id: Named[int | None] = Column(Id, ForeignKey("entity.id"))
    gone_in: Named[int | None] = Column(Id, ForeignKey("load.id"))
    noun: Named[str] = Column(Name)
    external_id: Named[str] = Column(Name)
    #: A copy of `entity_id`, or of `gone_in` negated, that `db check` compares with them.
    standing: Named[int | None] = Column(Id)


record = Table(
    "record",
    metadata,
    _Record,
    UniqueConstraint("source_id", "noun", "external_id"),
    CheckConstraint("(entity_id IS NULL) = (gone_in IS NOT NULL)", name="about"),
    Index("ix_record_entity_id", "entity_id"),
    Index("ix_record_load_id", "load_id"),
    Index("ix_record_gone_in", "gone_in"),
    comment="What one source says about one entity, whole, with the place where it says so; what"
    " the load `gone_in` found gone from its dataset is about nothing any more.",
)


class _RecordVersion(_Content):
    id: Named[int] = Column(Id, primary_key=True)
    record_id: Named[int] = Column(Id, ForeignKey("record.id", ondelete="CASCADE"))
    load_id: Named[int] = Column(Id, ForeignKey("load.id"))


record_version = Table(
    "record_version",
    metadata,
    _RecordVersion,
    UniqueConstraint("record_id", "load_id"),
    Index("ix_record_version_load_id", "load_id"),
    comment="What a record said before a later load changed it, with the load that had said it.",
)


class _LoadEffect(TypedColumns):
    id: Named[int] = Column(Id, primary_key=True)
    load_id: Named[int] = Column(Id, ForeignKey("load.id"))
    said_in: Named[int | None] = Column(Id, ForeignKey("load.id"))
    table_name: Named[str] = Column(Name)
    row: Named[dict[str, Any]] = Column(Document, nullable=False)


load_effect = Table(
    "load_effect",
    metadata,
    _LoadEffect,
    Index("ix_load_effect_load_id", "load_id"),
    comment="A row that a load took away from what earlier loads had said, as it was.",
)
