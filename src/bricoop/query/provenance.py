"""What an export says about itself: the question, the date, the version, and the sources behind."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from bricoop.db.schema import knowledge_base, load, record, source
from bricoop.query.execute import identities, plan_of
from bricoop.query.mentions import records_on
from bricoop.query.nouns.noun import Field
from bricoop.query.question import Question
from bricoop.query.saved import as_data
from bricoop.version import __version__


@dataclass(frozen=True)
class LoadBehind:
    """A load that wrote what a source says about the rows."""

    load: int
    noun: str
    file: str
    sha256: str
    finished: datetime


@dataclass(frozen=True)
class SourceBehind:
    """A source that speaks about the rows, with the loads by which it does."""

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
    """Where rows come from.

    Attributes:
        tool_version: of bricoop.
        knowledge_base: version of the knowledge base that was asked.
        asked: when.
        question: what was asked, as a saved question says it.
        sources: those that speak about the rows asked for, and no others.
        notes: what a reader must know: how groups were counted, and rows that were left out
            because a field is empty.
    """

    tool_version: str
    knowledge_base: int
    asked: datetime
    question: dict[str, Any]
    sources: tuple[SourceBehind, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self, **more: Any) -> dict[str, Any]:
        """Return it as plain data, with what is known only once the rows are written."""
        return asdict(self) | more


def provenance_of(
    connection: Connection, question: Question, shown: Sequence[Field] = ()
) -> Provenance:
    """Return where the rows that answer a question come from.

    Args:
        connection: must see the state that answered the question.
        question: what was asked.
        shown: the fields of the answer, where the question names none.

    Raises:
        UsageError: a field, filter or value is not of the noun.
        NotFoundError: a filter names something that is not known.
        AmbiguousNameError: a filter names several things.
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
    spoken = list(connection.execute(_pairs(connection, question)))
    loads: dict[int, list[LoadBehind]] = {}
    load_ids = {number for _, number in spoken}
    for row in connection.execute(select(load).order_by(load.c.id)):
        if row.id in load_ids:
            behind = LoadBehind(row.id, row.noun, row.file_name, row.file_sha256, row.finished_at)
            loads.setdefault(row.source_id, []).append(behind)
    names = [field.name for field in fields(SourceBehind) if field.name != "loads"]
    speaking = {source_id for source_id, _ in spoken}
    return tuple(
        SourceBehind(**{name: row[name] for name in names}, loads=tuple(loads.get(row["id"], ())))
        for row in connection.execute(select(source).order_by(source.c.key)).mappings()
        if row["id"] in speaking
    )


def _pairs(connection: Connection, question: Question) -> Any:
    """Return the query for each source behind the rows with each load by which it speaks."""
    identity = str(plan_of(question.noun).identity)
    rows = select(identities(connection, question).subquery().c.identity)
    if identity == "load.id":
        return select(load.c.source_id, load.c.id).where(load.c.id.in_(rows))
    if identity == "organization.id":
        return records_on(rows)
    speaking = _owner(identity).in_(rows)
    return select(record.c.source_id, record.c.load_id).where(speaking).distinct()


def _owner(identity: str) -> ColumnElement[Any]:
    """Return what ties records to rows: their own number or source, else what they are about."""
    if identity == "source.id":
        return record.c.source_id
    is_record = identity == "record.id" or identity.endswith(".record_id")
    return record.c.id if is_record else record.c.entity_id
