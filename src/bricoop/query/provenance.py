"""Provenance of an export: its question, date, versions, and the sources of its rows."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, literal, select, union_all

from bricoop.db.dialect import in_values
from bricoop.db.schema import (
    alias,
    cluster_member,
    decision,
    entity,
    knowledge_base,
    load,
    record,
    source,
)
from bricoop.db.types import Name
from bricoop.domain.references import COMPARED_NOUNS, ORGANIZATION
from bricoop.domain.vocabularies import JOINING
from bricoop.query.execute import identities, plan_for, plan_of
from bricoop.query.nouns.noun import Field
from bricoop.query.plans.mentions import records_on
from bricoop.query.question import Question
from bricoop.query.saved import as_data
from bricoop.query.tables import Expression
from bricoop.version import __version__

#: The identity of a row that is no record, entity, source or load.
_DISAGREEMENT = "contested.number"


@dataclass(frozen=True)
class LoadBehind:
    """A load that wrote records of the exported rows."""

    load: int
    noun: str
    file: str
    sha256: str
    finished: datetime


@dataclass(frozen=True)
class SourceBehind:
    """A source with records about the exported rows, and the loads of these records."""

    key: str
    title: str
    publisher: str | None
    edition: str | None
    published: str | None
    licence: str | None
    url: str | None
    loads: tuple[LoadBehind, ...]


@dataclass(frozen=True)
class Provenance:
    """Where the rows of an export come from.

    Attributes:
        tool_version: version of bricoop.
        knowledge_base: version number of the knowledge base.
        asked: time of the export, UTC.
        question: the question, in the form of a saved question.
        sources: the sources of the exported rows.
        notes: notes for the reader: how groups were counted, and which rows were left out because
            a field is empty.
    """

    tool_version: str
    knowledge_base: int
    asked: datetime
    question: dict[str, Any]
    sources: tuple[SourceBehind, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self, **more: Any) -> dict[str, Any]:
        """Return plain data, with further entries that are known once the rows are written."""
        return asdict(self) | more


def provenance_of(
    connection: Connection, question: Question, shown: Sequence[Field] = ()
) -> Provenance:
    """Return the provenance of the rows of a question.

    Args:
        connection: must see the same database state as the question.
        question: the question.
        shown: the fields of the answer, recorded if the question names none.

    Raises:
        UsageError: a field, filter or value does not fit the noun.
        NotFoundError: a filter names something that is not in the database.
        AmbiguousNameError: a filter names several entities or sources.
    """
    stated = as_data(question)
    if not question.columns and question.grouping is None:
        stated["columns"] = [field.name for field in shown or question.fields()]
    return Provenance(
        tool_version=__version__,
        knowledge_base=connection.scalar(select(knowledge_base.c.version)) or 0,
        asked=datetime.now(UTC).replace(microsecond=0),
        question=stated,
        sources=_sources(connection, question),
    )


def _sources(connection: Connection, question: Question) -> tuple[SourceBehind, ...]:
    pairs = list(connection.execute(_pairs(connection, question)))
    if plan_of(question.noun).about is not None and _has_clusters(connection):
        pairs += connection.execute(_deciding(connection, question))
    loads: dict[int, list[LoadBehind]] = {}
    load_ids = {number for _, number in pairs}
    for row in connection.execute(select(load).order_by(load.c.id)):
        if row.id in load_ids:
            behind = LoadBehind(row.id, row.noun, row.file_name, row.file_sha256, row.finished_at)
            loads.setdefault(row.source_id, []).append(behind)
    names = [field.name for field in fields(SourceBehind) if field.name != "loads"]
    speaking = {source_id for source_id, _ in pairs}
    return tuple(
        SourceBehind(**{name: row[name] for name in names}, loads=tuple(loads.get(row["id"], ())))
        for row in connection.execute(select(source).order_by(source.c.key)).mappings()
        if row["id"] in speaking
    )


def _has_clusters(connection: Connection) -> bool:
    return connection.scalar(select(cluster_member.c.entity_id).limit(1)) is not None


def _pairs(connection: Connection, question: Question) -> Any:
    """Select the distinct pairs of source and load of the records behind the rows."""
    plan = plan_of(question.noun)
    rows = select(identities(connection, question).subquery().c.identity)
    identity = str(plan.identity)
    if identity == "load.id":
        return select(load.c.source_id, load.c.id).where(load.c.id.in_(rows))
    if identity == "organization.id":
        return records_on(rows)
    if identity == _DISAGREEMENT:
        claims = _claims(connection, question)
        about = in_values(connection, record.c.entity_id, {claim.entity_id for claim in claims})
        sources = {number for claim in claims for number in claim[1:]}
        speaking: Expression = about & in_values(connection, record.c.source_id, sources)
    else:
        speaking = _owner(identity).in_(rows)
    return select(record.c.source_id, record.c.load_id).where(speaking).distinct()


def _claims(connection: Connection, question: Question) -> Sequence[Any]:
    """Return the entity and both sources of disagreements.

    They are read one after the other: nested, they would be too deep for SQLite.
    """
    claims = plan_for(connection, question).tables.base.c
    numbers = connection.scalars(identities(connection, question)).all()
    columns = (claims.entity_id, claims.source_id, claims.shown_source_id)
    chosen = in_values(connection, claims.number, numbers)
    return connection.execute(select(*columns).where(chosen)).all()


def _deciding(connection: Connection, question: Question) -> Any:
    """Select the source and load of each decision that made one of what rows are, or are about."""
    plan = plan_of(question.noun)
    rows = select(identities(connection, question).subquery().c.identity)
    identity, about = str(plan.identity), rows
    if identity == _DISAGREEMENT:
        owners = {claim.entity_id for claim in _claims(connection, question)}
        about = select(entity.c.id).where(in_values(connection, entity.c.id, owners))
    elif _owner(identity) is record.c.id:
        about = select(record.c.entity_id).where(record.c.id.in_(rows))
    joined = select(cluster_member.c.canonical_id).where(cluster_member.c.canonical_id.in_(about))
    refs = union_all(
        select(source.c.key + "/" + record.c.noun + "/" + record.c.external_id)
        .join(source, source.c.id == record.c.source_id)
        .where(record.c.entity_id.in_(joined), record.c.noun.in_(COMPARED_NOUNS)),
        select(literal(ORGANIZATION, Name) + alias.c.normalised).where(
            alias.c.entity_id.in_(joined)
        ),
    )
    return (
        select(decision.c.source_id, decision.c.load_id)
        .where(decision.c.relation.in_([relation.value for relation in JOINING]))
        .where(decision.c.left_ref.in_(refs), decision.c.right_ref.in_(refs))
        .distinct()
    )


def _owner(identity: str) -> Expression:
    """Return the record column that matches the ids of rows: its id, source or entity."""
    if identity == "source.id":
        return record.c.source_id
    is_record = identity == "record.id" or identity.endswith(".record_id")
    return record.c.id if is_record else record.c.entity_id
