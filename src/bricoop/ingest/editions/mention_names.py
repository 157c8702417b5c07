"""Entities without a describing record: named by cells that mention them, otherwise blank."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from bricoop.db.bulk import update_rows
from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, entity, metadata, record
from bricoop.domain.names import normalise
from bricoop.domain.nouns import DESCRIBING, NAMED_KINDS
from bricoop.domain.vocabularies import AliasKind
from bricoop.ingest.editions.delete_facts import MENTIONS
from bricoop.ingest.editions.short_names import set_short_names
from bricoop.ingest.editions.undo_log import log_lent_names
from bricoop.ingest.facts.buffer import mention_position
from bricoop.ingest.layouts.layout import Fields
from bricoop.ingest.layouts.registry import layout_of


def name_by_mention(
    connection: Connection, entity_ids: Iterable[int], load_id: int | None = None
) -> None:
    """Name entities that have lost their own name by the name in a record that mentions them.

    Spellings and translations are not counted as an entity's own name. With a `load_id`, the name
    is logged, so that undoing the load removes it again.
    """
    ids = set(entity_ids)
    own = in_values(connection, alias.c.entity_id, ids) & (alias.c.kind == AliasKind.NAME.value)
    unnamed = ids - set(connection.scalars(select(alias.c.entity_id).where(own)))
    mentions = _mentions(connection, unnamed)
    chosen = in_values(connection, entity.c.id, mentions)
    rows = connection.execute(select(entity.c.id, entity.c.key, entity.c.name).where(chosen)).all()
    names = []
    for entity_id, key, shown in rows:
        mentioned = _as_mentioned(mentions[entity_id], entity_id)
        # A record may refer to its entity by key, which is not a name.
        name = mentioned if mentioned and mentioned != key else shown
        names.append(
            {
                "record_id": mentions[entity_id].id,
                "position": mention_position(entity_id),
                "entity_id": entity_id,
                "name": name,
                "normalised": normalise(name),
                "kind": AliasKind.NAME.value,
            }
        )
    if not names:
        return
    connection.execute(alias.insert(), names)
    _show(connection, [(row["entity_id"], row["name"], row["normalised"]) for row in names])
    set_short_names(connection, mentions)
    if load_id is not None:
        log_lent_names(connection, load_id, [(row["record_id"], row["position"]) for row in names])


def blank_undescribed(connection: Connection, entity_ids: Iterable[int]) -> None:
    """Clear the values of entities that no record describes any more."""
    ids = set(entity_ids)
    described = select(record.c.entity_id).where(
        in_values(connection, record.c.entity_id, ids), record.c.noun.in_(DESCRIBING)
    )
    if undescribed := ids - set(connection.scalars(described)):
        bare = in_values(connection, entity.c.id, undescribed)
        connection.execute(update(entity).where(bare).values(description=None))
        _show_mentioned_names(connection, bare)
        for kind in NAMED_KINDS:
            table = metadata.tables[kind]
            empty = {column.name: None for column in table.columns if column.nullable}
            chosen = table.c.id.in_(select(entity.c.id).where(bare, entity.c.kind == kind.value))
            connection.execute(update(table).where(chosen).values(empty))
    set_short_names(connection, ids)


def _show_mentioned_names(connection: Connection, bare: ColumnElement[bool]) -> None:
    rows = connection.execute(
        select(alias.c.entity_id, alias.c.name, alias.c.normalised, entity.c.name.label("shown"))
        .join(entity, entity.c.id == alias.c.entity_id)
        .where(bare, alias.c.kind == AliasKind.NAME.value)
        .order_by(alias.c.entity_id, alias.c.record_id, alias.c.position)
    )
    first = {row.entity_id: row for row in reversed(rows.all())}
    _show(connection, [row[:3] for row in first.values() if row.name != row.shown])


def _mentions(
    connection: Connection, entity_ids: set[int]
) -> dict[int, Row[int, str, int, Fields]]:
    """Return the record that mentions each entity: the first about it, or else the first naming it.

    Records that name entities are searched by column, in the order of `MENTIONS`.
    """
    record_ids: dict[int, int] = {}
    own = {record.c.entity_id: record.c.id}
    for column, number in (own | {column: column.table.c.record_id for column in MENTIONS}).items():
        missing = entity_ids - record_ids.keys()
        if missing:
            first = select(column, func.min(number)).where(in_values(connection, column, missing))
            record_ids |= dict(connection.execute(first.group_by(column)).all())
    columns = (record.c.id, record.c.noun, record.c.entity_id, record.c.fields)
    chosen = in_values(connection, record.c.id, set(record_ids.values()))
    records = {row.id: row for row in connection.execute(select(*columns).where(chosen))}
    # In a damaged database a fact may refer to a missing record.
    return {
        entity_id: records[record_id]
        for entity_id, record_id in record_ids.items()
        if record_id in records
    }


def _as_mentioned(mention: Row[int, str, int, Fields], entity_id: int) -> str | None:
    if mention.entity_id != entity_id:
        return None
    name: str | None = mention.fields.get(layout_of(mention.noun).subject)
    return name


def _show(connection: Connection, names: Sequence[Sequence[Any]]) -> None:
    """Set the shown names of entities; each is an entity id, a name and the name normalised."""
    columns = ("the_id", "name", "normalised")
    update_rows(connection, entity, [dict(zip(columns, row, strict=True)) for row in names])
