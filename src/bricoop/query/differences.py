"""What loads changed of a source's records: what is new, what differs where, what is gone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select, union

from bricoop.db.dialect import in_values
from bricoop.db.headers import headers_of
from bricoop.db.schema import load, load_effect, record, record_version
from bricoop.db.undo_rows import kept
from bricoop.domain.record_content import Content, differing
from bricoop.errors import UnknownLoadError, UsageError
from bricoop.query.nouns.noun import Field, Noun
from bricoop.query.question import Answer, Row

_BATCH = 1000
#: The fields by which a record is named, by whatever noun it is of.
_NAMING = ("name", "project", "subject", "statement")
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
DIFFERENCES = Noun("differences", "What loads changed.", FIELDS, (), "noun", "")


@dataclass(frozen=True)
class Span:
    """The loads of one source whose changes are asked for.

    Attributes:
        source_id: the source.
        after: the load whose state is what was before; 0 for nothing.
        until: the last load.
    """

    source_id: int
    after: int
    until: int


class _State(NamedTuple):
    """What a record said at one time, if there was one, and whether it was gone then."""

    content: Content | None
    is_gone: bool

    @property
    def stands(self) -> bool:
        """Whether the source said it then."""
        return self.content is not None and not self.is_gone


def differences(connection: Connection, first: int, last: int | None = None) -> Answer:
    """Return what a load changed, or what differs between the states after two loads.

    Rows come a record at a time, in the order of the records' numbers; a record that is new or
    changed has a row for each field.

    Raises:
        NotFoundError: there is no such load.
        UsageError: a load is undone, or the two are of different sources.
    """
    return Answer(DIFFERENCES, FIELDS, _rows(connection, _span(connection, first, last)))


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
    moves = _moves(connection, span)
    ids = sorted({*connection.scalars(_touched(span)), *moves})
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        contents = _contents(connection, batch)
        rows = connection.execute(
            select(record.c.id, record.c.noun, record.c.external_id)
            .where(in_values(connection, record.c.id, batch))
            .order_by(record.c.id)
        )
        for number, noun, external_id in rows.all():
            states = _states(contents[number], moves.get(number, []), span)
            yield from _of_record(noun, external_id, *states)


def _touched(span: Span) -> Select[int]:
    """Return the statement for the records that any load of a span wrote or changed."""
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
    """Return for each record that was ever gone the loads since which it was, and was not."""
    rows = connection.execute(
        select(load_effect.c.load_id, load_effect.c.table_name, load_effect.c.row)
        .join(load, load.c.id == load_effect.c.load_id)
        .where(load.c.source_id == span.source_id, load_effect.c.load_id <= span.until)
        .where(load_effect.c.table_name == record.name)
        .order_by(load_effect.c.load_id)
    )
    moves: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for effect in kept(rows):
        # The row is what was before: one that was not gone went, one that was gone came back.
        moves[effect.row["id"]].append((effect.load_id, effect.row["gone_in"] is None))
    return moves


def _contents(connection: Connection, ids: Sequence[int]) -> dict[int, list[tuple[int, Content]]]:
    """Return what records said, each time with the load that said it, the first time first."""
    names = ("load_id", "fields", "raw")
    columns = [record_version.c[name] for name in names]
    versions = (
        select(record_version.c.record_id, record.c.noun, *columns)
        .join(record, record.c.id == record_version.c.record_id)
        .where(in_values(connection, record_version.c.record_id, ids))
        .order_by(record_version.c.id)
    )
    now = select(record.c.id, record.c.noun, *(record.c[name] for name in names))
    rows: list[Any] = []
    for statement in (versions, now.where(in_values(connection, record.c.id, ids))):
        rows += connection.execute(statement).all()
    headers = headers_of(connection, [(row.load_id, row.noun) for row in rows])
    contents: dict[int, list[tuple[int, Content]]] = defaultdict(list)
    for number, noun, load_id, fields, raw in rows:
        contents[number].append((load_id, Content(fields, raw, headers[load_id, noun])))
    return contents


def _states(
    contents: Sequence[tuple[int, Content]], moves: Sequence[tuple[int, bool]], span: Span
) -> tuple[_State, _State]:
    """Return what a record said, and whether it was gone, before a span and after it."""
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
