"""Log of the rows that a load deletes or changes, from which undoing it restores them exactly."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, delete, select, update

from bricoop.db.checksums import entity_checksum, standing_of
from bricoop.db.schema import alias, entity, finance, load, load_effect, metadata, record
from bricoop.db.types import Dollars, Exact
from bricoop.db.undo_rows import kept
from bricoop.domain.amounts import in_dollars
from bricoop.domain.vocabularies import EntityKind

_KINDS = tuple(kind.value for kind in EntityKind)


def log_rows(
    connection: Connection,
    load_id: int,
    table: Table,
    rows: Iterable[tuple[int | None, Sequence[Any]]],
    columns: Sequence[Column[Any]] | None = None,
) -> None:
    """Log rows that a load is about to delete or change.

    Args:
        connection: an open transaction.
        load_id: the load.
        table: the table of the rows.
        rows: for each fact, the id of the load that wrote its record, and the row; for other rows,
            None and the row.
        columns: the columns of the rows, where they are not all columns of the table.
    """
    names = [column.name for column in columns or table.columns]
    rows_kept = [
        {
            "load_id": load_id,
            "said_in": said_in,
            "table_name": table.name,
            "row": {name: _to_json(value) for name, value in zip(names, row, strict=True)},
        }
        for said_in, row in rows
    ]
    if rows_kept:
        connection.execute(load_effect.insert(), rows_kept)


def log_lent_name(connection: Connection, load_id: int, record_id: int, position: int) -> None:
    """Log that a load named an entity by a mention because it deleted the entity's own name."""
    columns = (alias.c.record_id, alias.c.position)
    log_rows(connection, load_id, alias, [(None, (record_id, position))], columns)


def logged_rows(connection: Connection, load_id: int) -> list[Row[Any]]:
    """Return the rows that a load deleted or changed, in the order in which they were logged."""
    statement = select(load_effect).where(load_effect.c.load_id == load_id)
    return list(kept(connection.execute(statement.order_by(load_effect.c.id))))


def clear_log(connection: Connection, load_id: int) -> None:
    """Delete the log of a load, once its rows have been restored."""
    connection.execute(delete(load_effect).where(load_effect.c.load_id == load_id))


def restore_entities(connection: Connection, effects: Iterable[Row[Any]]) -> set[int]:
    """Insert the entities that a load deleted, with their subtype rows; return their ids."""
    rows: dict[str, dict[int, Mapping[str, Any]]] = defaultdict(dict)
    for effect in effects:
        if effect.table_name == entity.name or effect.table_name in _KINDS:
            rows[effect.table_name][effect.row["id"]] = effect.row
    there = set(connection.scalars(select(entity.c.id)))
    missing = set(rows[entity.name]) - there
    for name in (entity.name, *_KINDS):
        values = [_from_json(metadata.tables[name], row) for number, row in rows[name].items()
                if number in missing] if name in metadata.tables else []  # fmt: skip
        if values:
            connection.execute(metadata.tables[name].insert(), values)
    return missing


def delete_lent_names(connection: Connection, effects: Iterable[Row[Any]]) -> set[int]:
    """Delete the names that a load gave by mention; return the ids of their entities."""
    entities: set[int] = set()
    for record_id, position in _lent(effects):
        own = (alias.c.record_id == record_id) & (alias.c.position == position)
        entities |= set(connection.scalars(select(alias.c.entity_id).where(own)))
        connection.execute(delete(alias).where(own))
    return entities


def _lent(effects: Iterable[Row[Any]]) -> set[tuple[int, int]]:
    # Deleted names, which are logged in the same table, have `said_in` set.
    return {
        (effect.row["record_id"], effect.row["position"])
        for effect in effects
        if effect.table_name == alias.name and effect.said_in is None
    }


def restore_standing(
    connection: Connection, effects: Iterable[Row[Any]], only: Container[int] | None = None
) -> set[int]:
    """Restore the entity of records, and the load in which they went; return the entity ids.

    Args:
        connection: an open transaction.
        effects: the logged rows of the load.
        only: ids of the records that may change; None means all.

        A record that went in a load which has been undone since is left as it is.
    """
    undone = set(connection.scalars(select(load.c.id).where(load.c.undone_at.is_not(None))))
    entities: set[int] = set()
    for effect in effects:
        row = effect.row
        if effect.table_name != record.name or row["gone_in"] in undone:
            continue
        if only is not None and row["id"] not in only:
            continue
        connection.execute(
            update(record)
            .where(record.c.id == row["id"])
            .values(
                entity_id=row["entity_id"],
                gone_in=row["gone_in"],
                standing=standing_of(row["entity_id"], row["gone_in"]),
            )
        )
        if row["entity_id"] is not None:
            entities.add(row["entity_id"])
    return entities


def restore_facts(
    connection: Connection, effects: Iterable[Row[Any]], said_in: Mapping[int, int]
) -> set[int]:
    """Insert the logged facts of records whose former content was restored; return the record ids.

    Args:
        connection: an open transaction.
        effects: the logged rows of the load.
        said_in: for each record id, the id of the load whose content it has again.
    """
    restored: set[int] = set()
    lent = _lent(effects)
    for effect in effects:
        record_id = effect.row.get("record_id")
        if effect.said_in is None or said_in.get(record_id) != effect.said_in:
            continue
        table = metadata.tables[effect.table_name]
        row = _from_json(table, effect.row)
        restored.add(record_id)
        if table is alias and (record_id, row["position"]) in lent:
            # The undone load itself gave this name by mention, before it deleted it.
            continue
        connection.execute(table.insert(), [row])
    return restored


def entities_needed(connection: Connection, but: int) -> dict[int, int]:
    """Return the ids of entities that undoing other loads would need, each with such a load."""
    statement = (
        select(load_effect.c.load_id, load_effect.c.table_name, load_effect.c.row)
        .join(load, load.c.id == load_effect.c.load_id)
        .where(load.c.undone_at.is_(None), load.c.id != but)
    )
    needed: dict[int, int] = {}
    dropped: set[int] = set()
    for effect in kept(connection.execute(statement)):
        load_id, table_name, row = effect.load_id, effect.table_name, effect.row
        if table_name == entity.name:
            dropped.add(row["id"])
            continue
        for key in metadata.tables[table_name].foreign_keys:
            if key.column.table.name in {entity.name, *_KINDS} and row.get(key.parent.name):
                needed.setdefault(row[key.parent.name], load_id)
    return {number: load_id for number, load_id in needed.items() if number not in dropped}


def _to_json(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _from_json(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(row)
    if table is entity:
        values["checksum"] = entity_checksum(row["id"], row["kind"], row["key"])
    for name, value in row.items():
        if value is not None and isinstance(table.c[name].type, Exact | Dollars):
            values[name] = Decimal(value)
    if table is finance and values["amount_usd"] is None:
        # Older versions logged amounts in US dollars without `amount_usd`.
        values["amount_usd"] = in_dollars(values["amount"], values["currency"])
    return values
