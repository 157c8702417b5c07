"""Notes on new records that repeat what their source already states under other ids.

So it is where rows that `bricoop query` exported are loaded as the source they came from: most
answers have no ids, as an entity may have several records.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, select

from bricoop.db.dialect import in_values
from bricoop.db.full_fields import full_fields
from bricoop.db.schema import record, source
from bricoop.domain.batches import in_batches
from bricoop.domain.english import agree, counted
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.load.context import LoadContext

#: How many entities a statement asks for.
_ENTITIES = 10_000
_FULL = full_fields(record).label("full")


class _Earlier(NamedTuple):
    """An earlier record."""

    external_id: str
    load_id: int


class _Restated(NamedTuple):
    """How many new records repeat earlier ones, and the first of these."""

    number: int
    example: _Earlier


def notes_on_restated(work: LoadContext, nouns: Iterable[str], *, published: bool) -> Iterator[str]:
    """Yield a note for each noun of which new records repeat earlier ones that the file lacks.

    Args:
        work: the load, all rows of which were written.
        nouns: the nouns of its records.
        published: whether the file has a profile, by which rows that state facts always have ids.
    """
    if not work.resolver.exchanged.is_watching:
        return
    for layout in map(layout_of, dict.fromkeys(nouns)):
        if layout.describes_entity:
            restated = _entities_described(work, layout)
        else:
            restated = None if published else _facts_stated(work, layout)
        if restated:
            yield _sentence(work, layout, restated)


def _sentence(work: LoadContext, layout: Layout, restated: _Restated) -> str:
    number, example = restated
    are, them = agree(number, "is", "are"), agree(number, "it", "them")
    key = work.connection.scalar(select(source.c.key).where(source.c.id == work.source_id))
    return (
        f"{counted(number, layout.noun)} {are} new, although this source already has {them} under "
        f"other ids, such as {example.external_id!r} of load {example.load_id}; all records are "
        f"kept. If they are the same, load the file with the earlier ids in its column id: "
        f"`bricoop query records --source {key}` lists them."
    )


def _entities_described(work: LoadContext, layout: Layout) -> _Restated | None:
    """Return the new records about entities that only records outside the file described.

    Projects count as such if they have the name of one that rows with other ids describe.
    """
    numbers = work.connection.scalars(select(record.c.entity_id).where(_is_new(work, layout)))
    new = Counter(entity_id for entity_id in numbers if entity_id is not None)
    if layout.kind is EntityKind.PROJECT:
        new.update(work.namesakes)
    elsewhere: dict[int, _Earlier] = {}
    in_file: set[int] = set()
    for row in _earlier_records(work, layout, new):
        if work.has_read(row.id):
            in_file.add(row.entity_id)
        else:
            elsewhere.setdefault(row.entity_id, _Earlier(row.external_id, row.load_id))
    restated = [entity_id for entity_id in elsewhere if entity_id not in in_file]
    if not restated:
        return None
    number = sum(new[entity_id] for entity_id in restated)
    return _Restated(number, elsewhere[restated[0]])


def _facts_stated(work: LoadContext, layout: Layout) -> _Restated | None:
    """Return the new records without an id of their own that state what earlier ones state."""
    has_no_id = record.c.fields["id"].as_string().is_(None)
    new = select(record.c.entity_id, _FULL).where(_is_new(work, layout), has_no_id)
    rows = work.connection.execute(new).all()
    stated = Counter(_content(layout, row) for row in rows)
    restated: dict[int, _Earlier] = {}
    for row in _earlier_records(work, layout, {row.entity_id for row in rows}, _FULL):
        content = _content(layout, row)
        if content in stated and not work.has_read(row.id):
            restated.setdefault(content, _Earlier(row.external_id, row.load_id))
    if not restated:
        return None
    number = sum(stated[content] for content in restated)
    return _Restated(number, next(iter(restated.values())))


def _earlier_records(
    work: LoadContext, layout: Layout, entity_ids: Iterable[int], *more: ColumnElement[Any]
) -> Iterator[Row[Any]]:
    """Yield the records of the source about some entities that existed before the load."""
    columns = (record.c.id, record.c.external_id, record.c.load_id, record.c.entity_id)
    # The sum prevents SQLite from reading all records of the source by their index.
    is_own = record.c.source_id + 0 == work.source_id
    is_own &= record.c.id <= work.resolver.exchanged.last_record
    statement = select(*columns, *more).where(record.c.noun == layout.noun, is_own)
    for batch in in_batches(sorted(entity_ids), _ENTITIES):
        about = in_values(work.connection, record.c.entity_id, batch)
        yield from work.connection.execute(statement.where(about).order_by(record.c.id))


def _is_new(work: LoadContext, layout: Layout) -> ColumnElement[bool]:
    """Return the condition that a record is new, and about an entity that existed before."""
    exchanged = work.resolver.exchanged
    is_own = (record.c.load_id == work.load_id) & (record.c.noun == layout.noun)
    return (
        is_own
        & (record.c.id > exchanged.last_record)
        & (record.c.entity_id <= exchanged.last_entity)
    )


def _content(layout: Layout, row: Row[Any]) -> int:
    """Return a hash of what identifies a fact: the entity, and its fields without the entity."""
    fields: Mapping[str, Any] = row.full
    names = (name for name in layout.identity if name != layout.subject)
    return hash((row.entity_id, *(normalise(str(fields.get(name, ""))) for name in names)))
