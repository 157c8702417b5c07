"""The whole contents of a knowledge base, to compare them before and after."""

from typing import Any

from sqlalchemy import Engine, select

from bricoop.db.check import check
from bricoop.db.engine import reading
from bricoop.db.schema import FACTS, entity, metadata, record, record_version
from bricoop.domain.vocabularies import EntityKind


def state(engine: Engine) -> dict[str, list[Any]]:
    """Return all contents of the database, with keys in place of ids."""
    with reading(engine) as connection:
        key_of = dict(connection.execute(select(entity.c.id, entity.c.key)).all())
        source_of = {
            row.id: (row.source_id, row.noun, row.external_id)
            for row in connection.execute(select(record))
        }
        contents: dict[str, list[Any]] = {
            "entity": sorted(
                (row.kind, row.key, row.name, row.description or "")
                for row in connection.execute(select(entity))
            ),
            "record": sorted(
                str(
                    (source_of[row.id], key_of.get(row.entity_id), row.fields, row.raw, row.locator)
                )
                for row in connection.execute(select(record))
            ),
        }
        for table in FACTS:
            contents[table.name] = sorted(
                str(_named(dict(row), key_of, source_of))
                for row in connection.execute(select(table)).mappings()
            )
        for kind in ("organization", "project", "country", "agreement", "policy"):
            rows = connection.execute(select(metadata.tables[kind])).mappings()
            contents[kind] = sorted(str({**row, "id": key_of[row["id"]]}) for row in rows)
        broken = [result for result in check(connection) if result.violations]
        assert [(result.name, result.examples) for result in broken] == []
    return contents


def _named(row: dict[str, Any], keys: dict[int, str], records: dict[int, Any]) -> dict[str, Any]:
    for name, value in row.items():
        if name == "record_id":
            row[name] = records[value]
        elif name.endswith("_id") and value is not None:
            row[name] = keys[value]
    return row


def table_rows(engine: Engine) -> dict[str, list[str]]:
    """Return the contents of all tables, as sorted texts."""
    kinds = [metadata.tables[kind] for kind in EntityKind if kind in metadata.tables]
    with reading(engine) as connection:
        versions = select(
            record_version.c.record_id, record_version.c.load_id, record_version.c.fields
        )
        contents = {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in (entity, *kinds, record, *FACTS)
        }
        contents["versions"] = sorted(repr(tuple(row)) for row in connection.execute(versions))
        assert all(result.violations == 0 for result in check(connection))
    return contents
