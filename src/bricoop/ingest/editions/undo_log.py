"""Log of the rows that a load deletes or changes, from which undoing it restores them exactly."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, bindparam, delete, select, update

from bricoop.db.checksums import entity_checksum, standing_of
from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, entity, finance, load, load_effect, metadata, record
from bricoop.db.types import Dollars, Exact
from bricoop.db.undo_rows import kept
from bricoop.domain.amounts import in_dollars
from bricoop.domain.vocabularies import EntityKind

#: The tables of entities, those that others refer to first.
_ENTITIES = (entity.name, *(kind.value for kind in EntityKind if kind in metadata.tables))


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


def log_lent_names(connection: Connection, load_id: int, names: Iterable[tuple[int, int]]) -> None:
    """Log that a load named entities by a mention because it deleted their own names.

    Args:
        connection: an open transaction.
        load_id: the load.
        names: record id and position of each name.
    """
    columns = (alias.c.record_id, alias.c.position)
    log_rows(connection, load_id, alias, [(None, name) for name in names], columns)


def logged_rows(connection: Connection, load_id: int) -> list[Row[Any]]:
    """Return the rows that a load deleted or changed, in the order in which they were logged."""
    statement = select(load_effect).where(load_effect.c.load_id == load_id)
    return list(kept(connection.execute(statement.order_by(load_effect.c.id))))


def clear_log(connection: Connection, load_id: int) -> None:
    """Delete the log of a load, once its rows have been restored."""
    connection.execute(delete(load_effect).where(load_effect.c.load_id == load_id))


def replacements(connection: Connection, effects: Iterable[Row[Any]]) -> set[int]:
    """Return the entities that have the key of one that a load deleted.

    A load that deletes an entity, as its record changes, may name it again in another record: then
    it creates a new entity with the same key.
    """
    rows = [effect.row for effect in effects if effect.table_name == entity.name]
    keys, ids = {row["key"] for row in rows}, {row["id"] for row in rows}
    statement = select(entity.c.id).where(in_values(connection, entity.c.key, keys))
    return set(connection.scalars(statement)) - ids


def restore_entities(connection: Connection, effects: Iterable[Row[Any]]) -> set[int]:
    """Insert the entities that a load deleted, with their subtype rows; return their ids."""
    rows: dict[str, dict[int, Mapping[str, Any]]] = defaultdict(dict)
    for effect in effects:
        if effect.table_name in _ENTITIES:
            rows[effect.table_name][effect.row["id"]] = effect.row
    ids = rows[entity.name].keys()
    existing = select(entity.c.id).where(in_values(connection, entity.c.id, ids))
    missing = ids - set(connection.scalars(existing))
    for name in _ENTITIES:
        own = [row for number, row in rows[name].items() if number in missing]
        _insert(connection, name, own)
    return missing


def delete_lent_names(connection: Connection, effects: Iterable[Row[Any]]) -> set[int]:
    """Delete the names that a load gave by mention; return the ids of their entities."""
    lent = _lent(effects)
    if not lent:
        return set()
    names = select(alias.c.record_id, alias.c.position, alias.c.entity_id).where(
        in_values(connection, alias.c.record_id, {record_id for record_id, _ in lent})
    )
    rows = [row for row in connection.execute(names) if (row.record_id, row.position) in lent]
    own = (alias.c.record_id == bindparam("of_record")) & (alias.c.position == bindparam("at"))
    connection.execute(
        delete(alias).where(own),
        [{"of_record": record_id, "at": position} for record_id, position in lent],
    )
    return {row.entity_id for row in rows}


def _lent(effects: Iterable[Row[Any]]) -> set[tuple[int, int]]:
    # Deleted names, which are logged in the same table, have `said_in` set.
    return {
        (effect.row["record_id"], effect.row["position"])
        for effect in effects
        if effect.table_name == alias.name and effect.said_in is None
    }


def restore_standing(connection: Connection, effects: Iterable[Row[Any]]) -> set[int]:
    """Restore the entity of records, and the load in which they went; return the entity ids.

    A record that went in a load which has been undone since is left as it is.
    """
    undone = set(connection.scalars(select(load.c.id).where(load.c.undone_at.is_not(None))))
    standing = [
        {
            "the_id": effect.row["id"],
            "the_entity": effect.row["entity_id"],
            "the_load": effect.row["gone_in"],
            "the_standing": standing_of(effect.row["entity_id"], effect.row["gone_in"]),
        }
        for effect in effects
        if effect.table_name == record.name and effect.row["gone_in"] not in undone
    ]
    if standing:
        values = {"entity_id": "the_entity", "gone_in": "the_load", "standing": "the_standing"}
        connection.execute(
            update(record)
            .where(record.c.id == bindparam("the_id"))
            .values({name: bindparam(parameter) for name, parameter in values.items()}),
            standing,
        )
    return {row["the_entity"] for row in standing} - {None}


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
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for effect in effects:
        row = effect.row
        if effect.said_in is None or said_in.get(row.get("record_id")) != effect.said_in:
            continue
        restored.add(row["record_id"])
        # The undone load itself may have given a name by mention, before it deleted it.
        if effect.table_name != alias.name or (row["record_id"], row["position"]) not in lent:
            rows[effect.table_name].append(row)
    for name, facts in rows.items():
        _insert(connection, name, facts)
    return restored


def _insert(connection: Connection, table_name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert logged rows; those of older versions of bricoop may have fewer columns."""
    table = metadata.tables[table_name]
    exact = [column.name for column in table.columns if isinstance(column.type, Exact | Dollars)]
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[tuple(row)].append(_from_json(table, row, exact))
    for group in groups.values():
        connection.execute(table.insert(), group)


def loads_needing(connection: Connection, entity_ids: Collection[int], but: int) -> set[int]:
    """Return the loads, other than `but`, whose undoing needs one of some deleted entities."""
    if not entity_ids:
        return set()
    statement = (
        select(load_effect.c.load_id, load_effect.c.table_name, load_effect.c.row)
        .join(load, load.c.id == load_effect.c.load_id)
        .where(load.c.undone_at.is_(None), load.c.id != but)
    )
    needed: dict[int, int] = {}
    restored: set[int] = set()
    for effect in kept(connection.execute(statement)):
        if effect.table_name == entity.name:
            restored.add(effect.row["id"])
            continue
        for name in _pointers(effect.table_name):
            if effect.row.get(name) in entity_ids:
                needed.setdefault(effect.row[name], effect.load_id)
    return {load_id for entity_id, load_id in needed.items() if entity_id not in restored}


@cache
def _pointers(table_name: str) -> tuple[str, ...]:
    """Return the columns of a table that refer to entities."""
    keys = metadata.tables[table_name].foreign_keys
    return tuple(key.parent.name for key in keys if key.column.table.name in _ENTITIES)


def _to_json(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _from_json(table: Table, row: Mapping[str, Any], exact: Sequence[str]) -> dict[str, Any]:
    values = dict(row)
    if table is entity:
        values["checksum"] = entity_checksum(row["id"], row["kind"], row["key"])
    for name in exact:
        if values.get(name) is not None:
            values[name] = Decimal(values[name])
    if table is finance and values["amount_usd"] is None:
        # Older versions logged amounts in US dollars without `amount_usd`.
        values["amount_usd"] = in_dollars(values["amount"], values["currency"])
    return values
