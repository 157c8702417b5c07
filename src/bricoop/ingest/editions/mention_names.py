"""Entities without a describing record: named by cells that mention them, otherwise blank."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Row, select, update

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, entity, metadata, record
from bricoop.domain.names import normalise
from bricoop.domain.nouns import DESCRIBING, NAMED_KINDS
from bricoop.domain.vocabularies import AliasKind
from bricoop.ingest.editions.delete_facts import MENTIONS
from bricoop.ingest.editions.undo_log import log_lent_name
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
    named = set(
        connection.scalars(
            select(alias.c.entity_id).where(
                in_values(connection, alias.c.entity_id, ids), alias.c.kind == AliasKind.NAME.value
            )
        )
    )
    rows = connection.execute(
        select(entity.c.id, entity.c.key, entity.c.name).where(
            in_values(connection, entity.c.id, ids - named)
        )
    ).all()
    for entity_id, key, name in rows:
        mention = _mention(connection, entity_id)
        if mention is not None:
            mentioned = _as_mentioned(mention, entity_id)
            # A record may refer to its entity by key, which is not a name.
            own_name = mentioned if mentioned and mentioned != key else name
            _name(connection, mention.id, entity_id, own_name)
            if load_id is not None:
                log_lent_name(connection, load_id, mention.id, mention_position(entity_id))


def blank_undescribed(connection: Connection, entity_ids: Iterable[int]) -> None:
    """Clear the values of entities that no record describes any more."""
    ids = set(entity_ids)
    described = select(record.c.entity_id).where(
        in_values(connection, record.c.entity_id, ids), record.c.noun.in_(DESCRIBING)
    )
    bare = in_values(connection, entity.c.id, ids - set(connection.scalars(described)))
    connection.execute(update(entity).where(bare).values(description=None))
    _show_mentioned_names(connection, bare)
    for kind in NAMED_KINDS:
        table = metadata.tables[kind]
        empty = {column.name: None for column in table.columns if column.nullable}
        chosen = table.c.id.in_(select(entity.c.id).where(bare, entity.c.kind == kind.value))
        connection.execute(update(table).where(chosen).values(empty))


def _show_mentioned_names(connection: Connection, bare: ColumnElement[bool]) -> None:
    rows = connection.execute(
        select(alias.c.entity_id, alias.c.name, alias.c.normalised, entity.c.name.label("shown"))
        .join(entity, entity.c.id == alias.c.entity_id)
        .where(bare, alias.c.kind == AliasKind.NAME.value)
        .order_by(alias.c.entity_id, alias.c.record_id, alias.c.position)
    )
    first = {row.entity_id: row for row in reversed(rows.all())}
    for row in first.values():
        if row.name != row.shown:
            connection.execute(
                update(entity)
                .where(entity.c.id == row.entity_id)
                .values(name=row.name, normalised=row.normalised)
            )


def _mention(connection: Connection, entity_id: int) -> Row[int, str, int, Fields] | None:
    columns = (record.c.id, record.c.noun, record.c.entity_id, record.c.fields)
    about = select(*columns).where(record.c.entity_id == entity_id).order_by(record.c.id).limit(1)
    mention = connection.execute(about).first()
    for column in MENTIONS:
        if mention is not None:
            return mention
        naming = select(column.table.c.record_id).where(column == entity_id)
        statement = select(*columns).where(record.c.id.in_(naming)).order_by(record.c.id).limit(1)
        mention = connection.execute(statement).first()
    return mention


def _as_mentioned(mention: Row[int, str, int, Fields], entity_id: int) -> str | None:
    if mention.entity_id != entity_id:
        return None
    name: str | None = mention.fields.get(layout_of(mention.noun).subject)
    return name


def _name(connection: Connection, record_id: int, entity_id: int, name: str) -> None:
    normalised = normalise(name)
    connection.execute(
        alias.insert().values(
            record_id=record_id,
            position=mention_position(entity_id),
            entity_id=entity_id,
            name=name,
            normalised=normalised,
            kind=AliasKind.NAME.value,
        )
    )
    connection.execute(
        update(entity).where(entity.c.id == entity_id).values(name=name, normalised=normalised)
    )
