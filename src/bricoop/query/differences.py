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

_PART = 1000
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
    found = [_load(connection, number) for number in (first, last) if number is not None]
    if len({row.source_id for row in found}) > 1:
        message = f"Loads {first} and {last} are of different sources."
        raise UsageError(message, "Choose two loads of one source; see `bricoop query loads`.")
    numbers = sorted(row.id for row in found)
    after = numbers[0] if last is not None else numbers[0] - 1
    return Span(found[0].source_id, after, numbers[-1])


def _load(connection: Connection, number: int) -> Any:
    found = connection.execute(select(load).where(load.c.id == number)).first()
    if found is None:
        known = connection.scalars(select(load.c.id).where(load.c.undone_at.is_(None)))
        raise UnknownLoadError(number, list(known)[-5:])
    if found.undone_at is not None:
        message = f"Load {number} was undone."
        raise UsageError(message, "Choose another; see `bricoop query loads`.")
    return found


def _rows(connection: Connection, span: Span) -> Iterator[Row]:
    moves = _moves(connection, span)
    ids = sorted({*connection.scalars(_touched(span)), *moves})
    for start in range(0, len(ids), _PART):
        part = ids[start : start + _PART]
        contents = _contents(connection, part)
        rows = connection.execute(
            select(record.c.id, record.c.noun, record.c.external_id)
            .where(in_values(connection, record.c.id, part))
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
    found: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for effect in kept(rows):
        # The row is what was before: one that was not gone went, one that was gone came back.
        found[effect.row["id"]].append((effect.load_id, effect.row["gone_in"] is None))
    return found


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
    said: list[Any] = []
    for statement in (versions, now.where(in_values(connection, record.c.id, ids))):
        said += connection.execute(statement).all()
    headers = headers_of(connection, [(row.load_id, row.noun) for row in said])
    found: dict[int, list[tuple[int, Content]]] = defaultdict(list)
    for number, noun, load_id, fields, raw in said:
        found[number].append((load_id, Content(fields, raw, headers[load_id, noun])))
    return found


def _states(
    contents: Sequence[tuple[int, Content]], moves: Sequence[tuple[int, bool]], span: Span
) -> tuple[_State, _State]:
    """Return what a record said, and whether it was gone, before a span and after it."""
    before, after = (
        _State(
            next((one for load_id, one in reversed(contents) if load_id <= number), None),
            next((is_gone for load_id, is_gone in reversed(moves) if load_id <= number), False),
        )
        for number in (span.after, span.until)
    )
    return before, after


def _of_record(noun: str, external_id: str, before: _State, after: _State) -> Iterator[Row]:
    said = after.content or before.content
    if said is None or after.content is None:
        return
    name = next((said.fields[one] for one in _NAMING if one in said.fields), None)
    told = (noun, external_id, name)
    if before.stands and not after.stands:
        yield ("gone", *told, None, None, None)
    elif after.stands and before.content is None:
        yield from (("new", *told, field, None, value) for field, value in said.fields.items())
    elif after.stands and not before.stands:
        yield ("back", *told, None, None, None)
    if after.stands and before.content is not None:
        for one in differing(before.content, after.content):
            yield ("changed", *told, *one)
