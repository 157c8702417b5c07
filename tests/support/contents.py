"""Compares the contents of knowledge bases, with names instead of database ids."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, select

from bricoop.db.headers import headers_of
from bricoop.db.schema import FACTS, entity, load, metadata, record, record_version, source
from bricoop.domain.vocabularies import EntityKind

#: Row counts of loads, except for rejected rows.
_COUNTS = ("rows_new", "rows_changed", "rows_unchanged", "rows_gone")


class Contents(NamedTuple):
    """The contents of a knowledge base.

    Attributes:
        tables: by table, its rows as sorted texts.
        places: locators by record; None if unknown.
    """

    tables: dict[str, list[str]]
    places: dict[str, str | None]

    def differences(self, other: "Contents") -> list[str]:
        """Return the differences; a locator that is unknown in one of them is ignored."""
        return [
            f"{name}: {sign} {row}"
            for name in self.tables
            for sign, mine, others in (("-", self, other), ("+", other, self))
            for row in sorted(set(mine.tables[name]) - set(others.tables[name]))
        ] + [
            f"place of {name}: {locator} or {other.places[name]}"
            for name, locator in self.places.items()
            if None not in {locator, other.places.get(name)} and locator != other.places[name]
        ]


def contents_of(connection: Connection) -> Contents:
    """Return the contents of a knowledge base."""
    names = _Names(connection)
    tables = {
        "entity": [
            (row.kind, row.key, row.name, row.normalised, row.description)
            for row in connection.execute(select(entity))
        ],
        "load": [
            (names.loads[row.id], row.noun, names.sources[row.source_id],
             *(getattr(row, name) for name in _COUNTS))
            for row in connection.execute(select(load).where(load.c.undone_at.is_(None)))
            if row.id in names.loads
        ],
    }  # fmt: skip
    for table in (
        *(metadata.tables[kind] for kind in EntityKind if kind in metadata.tables),
        *FACTS,
    ):
        rows = connection.execute(select(table)).mappings()
        tables[table.name] = [tuple(names.named(row).items()) for row in rows]
    records = connection.execute(select(record)).all()
    headers = headers_of(connection, [(row.load_id, row.noun) for row in records])
    tables["record"] = [
        (names.records[row.id], names.entities.get(row.entity_id), row.stated_name,
         names.loads[row.load_id], names.loads.get(row.gone_in), sorted(row.fields.items()),
         sorted(headers[row.load_id, row.noun].said(row.raw).items()))
        for row in records
    ]  # fmt: skip
    tables["record_version"] = [
        (names.records[row.record_id], names.loads[row.load_id], sorted(row.fields.items()))
        for row in connection.execute(select(record_version))
    ]
    locators = {str(names.records[row.id]): row.locator for row in records}
    return Contents({name: sorted(map(repr, rows)) for name, rows in tables.items()}, locators)


class _Names:
    """Names for the ids of a knowledge base."""

    def __init__(self, connection: Connection) -> None:
        self.entities = dict(connection.execute(select(entity.c.id, entity.c.key)).all())
        self.sources = dict(connection.execute(select(source.c.id, source.c.key)).all())
        # Decisions write no records: when they were loaded makes no difference.
        loads = select(load.c.id).where(load.c.undone_at.is_(None), load.c.noun != "decisions")
        loads = loads.order_by(load.c.id)
        self.loads = {number: position for position, number in enumerate(connection.scalars(loads))}
        columns = (record.c.id, record.c.source_id, record.c.noun, record.c.external_id)
        self.records = {
            row.id: (self.sources[row.source_id], row.noun, row.external_id)
            for row in connection.execute(select(*columns))
        }

    def named(self, row: RowMapping) -> dict[str, Any]:
        """Return a row with names instead of ids."""
        named: dict[str, Any] = {str(name): value for name, value in row.items()}
        for name, value in list(named.items()):
            if name == "record_id":
                named[name] = self.records[value]
            elif (name == "id" or name.endswith("_id")) and value is not None:
                named[name] = self.entities[value]
            elif name == "position" and isinstance(value, int) and value < 0:
                # The position of a name that a record only mentions is the id of its entity.
                named[name] = "mention"
        return named
