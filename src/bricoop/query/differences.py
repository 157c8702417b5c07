"""Differences between two states of a source's records: new, changed, gone and restored ones."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Table, select, union

from bricoop.db.dialect import in_values
from bricoop.db.full_fields import full_fields
from bricoop.db.headers import headers_of
from bricoop.db.schema import decision, load, load_effect, record, record_version
from bricoop.db.undo_rows import kept
from bricoop.domain.batches import in_batches
from bricoop.domain.cells import Row
from bricoop.domain.nouns import DECISIONS, NounSpec
from bricoop.domain.record_content import Content, differing
from bricoop.errors import UnknownLoadError, UsageError
from bricoop.query.nouns.noun import Field, Noun
from bricoop.query.question import Answer

_BATCH = 1000
#: Fields that can name a record; the first that it has is used.
_NAMING = ("name", "project", "subject", "statement")
#: The fields of decisions, with their columns.
_OF_DECISIONS = {
    "left": "left_ref",
    "right": "right_ref",
    **{
        name: name
        for name in (
            "relation", "reviewer", "decided_at", "why", "score", "features", "left_seen",
            "right_seen", "replaces",
        )
    },
}  # fmt: skip
FIELDS = (
    Field("change", "new, changed, gone, or back after it was gone", in_table=True),
    Field("noun", "what the record is", in_table=True),
    Field("id", "the record's id in its source", in_table=True),
    Field("name", "what the record is about", in_table=True),
    Field(
        "field", "field or column that differs; each filled field of a new record", in_table=True
    ),
    Field("before", "value before", in_table=True),
    Field("after", "value after", in_table=True),
)
DIFFERENCES = Noun(NounSpec("differences", rows="What loads changed."), FIELDS, (), "noun", "")


@dataclass(frozen=True)
class Span:
    """A range of loads of one source.

    Attributes:
        source_id: the source.
        after: the load after which the range begins; 0 for the empty state.
        until: the last load of the range.
    """

    source_id: int
    after: int
    until: int


class _State(NamedTuple):
    """Content of a record after a load (None before it existed), and whether it was gone."""

    content: Content | None
    is_gone: bool

    @property
    def stands(self) -> bool:
        """Whether the record was in the source's edition of that time."""
        return self.content is not None and not self.is_gone


def differences(connection: Connection, first: int, last: int | None = None) -> Answer:
    """Return what a load changed, or the differences between the states after two loads.

    Rows are grouped by record, in the order of record ids; a new or changed record has a row for
    each field.

    Args:
        connection: an open connection.
        first: number of a load.
        last: number of another load of the same source; None to compare `first` with the state
            before it.

    Raises:
        NotFoundError: there is no such load.
        UsageError: a load was undone, or the two are of different sources.
    """
    return Answer(DIFFERENCES, FIELDS, _rows(connection, _span(connection, first, last)))


def differences_of_loads(connection: Connection, loads: Sequence[int]) -> Answer:
    """Return what several loads of one source changed together.

    Args:
        connection: an open connection.
        loads: the numbers of the loads, in their order; none was undone.
    """
    span = Span(_load(connection, loads[0]).source_id, loads[0] - 1, loads[-1])
    return Answer(DIFFERENCES, FIELDS, _rows(connection, span))


def _span(connection: Connection, first: int, last: int | None) -> Span:
    loads = [_load(connection, number) for number in (first, last) if number is not None]
    if len({row.source_id for row in loads}) > 1:
        message = f"Loads {first} and {last} are of different sources."
        raise UsageError(message, "Choose two loads of one source; see `bricoop query loads`.")
    numbers = sorted(row.id for row in loads)
    after = numbers[0] if last is not None else numbers[0] - 1
    return Span(loads[0].source_id, after, numbers[-1])


def _load(connection: Connection, number: int) -> Any:
    row = connection.execute(select(load).where(load.c.id == number)).first()
    if row is None:
        known = connection.scalars(select(load.c.id).where(load.c.undone_at.is_(None)))
        raise UnknownLoadError(number, list(known)[-5:])
    if row.undone_at is not None:
        message = f"Load {number} was undone."
        raise UsageError(message, "Choose another; see `bricoop query loads`.")
    return row


def _rows(connection: Connection, span: Span) -> Iterator[Row]:
    yield from _decisions(connection, span)
    moves = _moves(connection, span)
    ids = sorted({*connection.scalars(_touched(span)), *moves})
    for batch in in_batches(ids, _BATCH):
        contents = _contents(connection, batch)
        rows = connection.execute(
            select(record.c.id, record.c.noun, record.c.external_id)
            .where(in_values(connection, record.c.id, batch))
            .order_by(record.c.id)
        )
        for number, noun, external_id in rows.all():
            states = _states(contents[number], moves.get(number, []), span)
            yield from _of_record(noun, external_id, *states)


def _decisions(connection: Connection, span: Span) -> Iterator[Row]:
    """Yield a row for each filled field of the decisions that loads of the range wrote."""
    columns = [decision.c[column] for column in _OF_DECISIONS.values()]
    statement = (
        select(decision.c.external_id, *columns)
        .where(decision.c.source_id == span.source_id)
        .where(decision.c.load_id.between(*_between(span)))
        .order_by(decision.c.id)
    )
    for external_id, *values in connection.execute(statement):
        first, second, relation, *_ = values
        subject = (DECISIONS.name, external_id, f"{first} {relation} {second}")
        for field, value in zip(_OF_DECISIONS, values, strict=True):
            if value is not None:
                yield ("new", *subject, field, None, value)


def _touched(span: Span) -> Select[int]:
    """Select the ids of the records that a load of the range wrote or changed."""
    of_source = record.c.source_id == span.source_id
    written = select(record.c.id).where(of_source, record.c.load_id.between(*_between(span)))
    changed = (
        select(record_version.c.record_id)
        .join(record, record.c.id == record_version.c.record_id)
        .where(of_source, record_version.c.load_id.between(*_between(span)))
    )
    every = union(written, changed).subquery()
    return select(every.c.id)


def _between(span: Span) -> tuple[int, int]:
    return span.after + 1, span.until


def _moves(connection: Connection, span: Span) -> dict[int, list[tuple[int, bool]]]:
    """Return by record id the loads at which a record went or came back, with `True` for gone."""
    rows = connection.execute(
        select(load_effect.c.load_id, load_effect.c.table_name, load_effect.c.row)
        .join(load, load.c.id == load_effect.c.load_id)
        .where(load.c.source_id == span.source_id, load_effect.c.load_id <= span.until)
        .where(load_effect.c.table_name == record.name)
        .order_by(load_effect.c.load_id)
    )
    moves: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for effect in kept(rows):
        # The undo log keeps the row from before the load: `gone_in` was empty if it went then.
        moves[effect.row["id"]].append((effect.load_id, effect.row["gone_in"] is None))
    return moves


def _contents(connection: Connection, ids: Sequence[int]) -> dict[int, list[tuple[int, Content]]]:
    """Return the versions of each record, oldest first, each with the load that wrote it."""
    versions = (
        select(record_version.c.record_id, record.c.noun, *_content(record_version))
        .join(record, record.c.id == record_version.c.record_id)
        .where(in_values(connection, record_version.c.record_id, ids))
        .order_by(record_version.c.id)
    )
    now = select(record.c.id, record.c.noun, *_content(record))
    rows: list[Any] = []
    for statement in (versions, now.where(in_values(connection, record.c.id, ids))):
        rows += connection.execute(statement).all()
    headers = headers_of(connection, [(row.load_id, row.noun) for row in rows])
    contents: dict[int, list[tuple[int, Content]]] = defaultdict(list)
    for number, noun, load_id, fields, raw in rows:
        contents[number].append((load_id, Content(fields, raw, headers[load_id, noun])))
    return contents


def _content(table: Table) -> tuple[ColumnElement[Any], ...]:
    return table.c.load_id, full_fields(table), table.c.raw


def _states(
    contents: Sequence[tuple[int, Content]], moves: Sequence[tuple[int, bool]], span: Span
) -> tuple[_State, _State]:
    """Return the states of a record before and after a range of loads."""
    before, after = (
        _State(
            next((content for load_id, content in reversed(contents) if load_id <= number), None),
            next((is_gone for load_id, is_gone in reversed(moves) if load_id <= number), False),
        )
        for number in (span.after, span.until)
    )
    return before, after


def _of_record(noun: str, external_id: str, before: _State, after: _State) -> Iterator[Row]:
    content = after.content or before.content
    if content is None or after.content is None:
        return
    name = next((content.fields[field] for field in _NAMING if field in content.fields), None)
    subject = (noun, external_id, name)
    if before.stands and not after.stands:
        yield ("gone", *subject, None, None, None)
    elif after.stands and before.content is None:
        yield from (
            ("new", *subject, field, None, value) for field, value in content.fields.items()
        )
    elif after.stands and not before.stands:
        yield ("back", *subject, None, None, None)
    if after.stands and before.content is not None:
        for change in differing(before.content, after.content):
            yield ("changed", *subject, *change)
