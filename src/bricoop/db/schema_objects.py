"""Compares tables, indexes, views and triggers with those of this version, and repairs them.

The expected schema is created by running the migrations again: in memory on SQLite, and in the
session's temporary schema on PostgreSQL.
"""

import re
from contextlib import closing
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError

from bricoop.db.driver_errors import forbids_temporary_tables
from bricoop.db.engine import make_engine
from bricoop.db.migrate import upgrade
from bricoop.errors import DatabaseError

#: Selects the objects of a schema in SQLite, without its internal tables. Names are compared in
#: lower case, as SQLite ignores case but keeps names as written.
_SQLITE = text(
    "SELECT type, lower(name), lower(tbl_name), sql FROM sqlite_master "
    "WHERE sql IS NOT NULL AND NOT (type = 'table' AND name GLOB 'sqlite_*')"
)
#: Selects the objects of one schema in PostgreSQL: tables with columns and constraints, indexes,
#: views, triggers and rules.
_SERVER = text("""
    WITH relations AS (
        SELECT oid, relname, relkind FROM pg_class
        WHERE relnamespace = CAST(:schema AS oid)
    )
    SELECT 'table' AS type, r.relname AS name, r.relname AS of_table, concat_ws(', ',
        (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                (SELECT collname FROM pg_collation AS c WHERE c.oid = a.attcollation),
                pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attname)
            FROM pg_attribute AS a
            LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped),
        (SELECT string_agg(concat_ws(' ', conname, pg_get_constraintdef(c.oid)), ', '
                ORDER BY conname)
            FROM pg_constraint AS c WHERE c.conrelid = r.oid AND c.contype <> 'n')) AS sql
    FROM relations AS r WHERE r.relkind IN ('r', 'p')
    UNION ALL
    SELECT 'index', r.relname, t.relname,
        concat_ws(' ', pg_get_indexdef(r.oid), CASE WHEN NOT i.indisvalid THEN 'INVALID' END)
    FROM relations AS r JOIN pg_index AS i ON i.indexrelid = r.oid
    JOIN pg_class AS t ON t.oid = i.indrelid
    WHERE NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conindid = r.oid)
    UNION ALL
    SELECT 'view', r.relname, r.relname, pg_get_viewdef(r.oid) FROM relations AS r
    WHERE r.relkind = 'v'
    UNION ALL
    SELECT 'trigger', g.tgname, r.relname, pg_get_triggerdef(g.oid)
    FROM relations AS r JOIN pg_trigger AS g ON g.tgrelid = r.oid WHERE NOT g.tgisinternal
    UNION ALL
    SELECT 'rule', w.rulename, r.relname, pg_get_ruledef(w.oid)
    FROM relations AS r JOIN pg_rewrite AS w ON w.ev_class = r.oid WHERE w.rulename <> '_RETURN'
""")
#: Types of objects that belong to a table or view and act on writes to it.
_ATTACHED = frozenset({"trigger", "rule"})


class IncomparableSchemaError(DatabaseError):
    """PostgreSQL does not allow the temporary tables with which its schema is compared."""


class SchemaObject(NamedTuple):
    """An object of a schema: a table, index, view, trigger or rule.

    Attributes:
        type: its type, such as `table`.
        name: its name.
        of_table: the table or view that it belongs to.
        sql: its definition; for a table on PostgreSQL, its columns and constraints.
    """

    type: str
    name: str
    of_table: str
    sql: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Its unique key: triggers of different tables may share a name, also with an index."""
        if self.type in _ATTACHED:
            return self.type, self.of_table, self.name
        return _relation(self.name)

    @property
    def constrains(self) -> bool:
        """Whether it affects writes to its table."""
        is_unique = self.type == "index" and self.sql.upper().startswith("CREATE UNIQUE")
        return self.type in _ATTACHED or is_unique


def _relation(name: str) -> tuple[str, str, str]:
    return "relation", "", name


#: The objects of a schema by key.
Objects = dict[tuple[str, str, str], SchemaObject]


class Difference(NamedTuple):
    """A difference between the actual and the expected schema.

    Attributes:
        description: the difference in words.
        actual: the object in the database, or None if it is missing.
        expected: the object of this version, or None if it should not exist.
    """

    description: str
    actual: SchemaObject | None
    expected: SchemaObject | None

    @property
    def can_be_made_again(self) -> bool:
        """Whether recreating it loses no data: any object but a table."""
        return "table" not in {
            definition.type for definition in (self.actual, self.expected) if definition is not None
        }


def differences(connection: Connection) -> list[Difference]:
    """Return objects that are missing or changed, or that others attached to bricoop's tables.

    Tables, views and plain indexes of others are ignored, as they do not affect bricoop.

    Raises:
        IncomparableSchemaError: temporary tables are not allowed, as on a replica.
    """
    actual, expected = _actual_objects(connection), _expected_objects(connection)
    defects = [
        Difference(f"{definition.type} {definition.name} is missing", None, definition)
        if key not in actual
        else Difference(f"{definition.type} {definition.name} differs", actual[key], definition)
        for key, definition in sorted(expected.items())
        if key not in actual or actual[key].sql != definition.sql
        # Without its table, an index is necessarily missing.
        if definition.type != "index" or _relation(definition.of_table) in actual
    ]
    tables = {
        definition.name for definition in expected.values() if definition.type in {"table", "view"}
    }
    return defects + [
        Difference(
            f"{definition.type} {definition.name} on {definition.of_table} is not part of bricoop",
            definition,
            None,
        )
        for key, definition in sorted(actual.items())
        if key not in expected and definition.constrains and definition.of_table in tables
    ]


def make_again(connection: Connection, defects: list[Difference]) -> None:
    """Recreate indexes and views, and drop objects that should not exist.

    There must be no concurrent writers. Tables are left as they are.
    """
    repairs = [defect for defect in defects if defect.can_be_made_again]
    for defect in repairs:
        if defect.actual is not None:
            _drop(connection, defect.actual)
    for defect in repairs:
        if defect.expected is not None:
            _make(connection, defect.expected)


def _make(connection: Connection, definition: SchemaObject) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(definition.sql)
        return
    quote = connection.dialect.identifier_preparer.quote
    head = f"CREATE VIEW {quote(definition.name)} AS " if definition.type == "view" else ""
    connection.exec_driver_sql((head + definition.sql).replace("%", "%%"))


def _drop(connection: Connection, definition: SchemaObject) -> None:
    quote = connection.dialect.identifier_preparer.quote
    is_of_table = definition.type in _ATTACHED and connection.dialect.name == "postgresql"
    of_table = f" ON {quote(definition.of_table)}" if is_of_table else ""
    connection.exec_driver_sql(f"DROP {definition.type.upper()} {quote(definition.name)}{of_table}")


def _actual_objects(connection: Connection) -> Objects:
    if connection.dialect.name == "sqlite":
        return _read(connection, _SQLITE, {}, "")
    schema = connection.scalar(text("SELECT current_schema()"))
    return _of_schema(connection, str(schema))


def _of_schema(connection: Connection, schema: str) -> Objects:
    schema_id = connection.scalar(
        text("SELECT oid FROM pg_namespace WHERE nspname = :name"), {"name": schema}
    )
    return _read(connection, _SERVER, {"schema": schema_id}, schema)


def _read(
    connection: Connection, statement: object, values: dict[str, object], schema: str
) -> Objects:
    rows = connection.execute(statement, values)  # type: ignore[call-overload]
    objects = [SchemaObject(row[0], row[1], row[2], _plain(row[3] or "", schema)) for row in rows]
    return {definition.key: definition for definition in objects}


def _plain(sql: str, schema: str) -> str:
    """Normalise a definition: without the schema's name, with single spaces."""
    for name in filter(None, (schema, "pg_temp" if schema.startswith("pg_temp") else "")):
        sql = sql.replace(f"{name}.", "")
    return re.sub(r"\s+", " ", sql).strip().rstrip(";")


def _expected_objects(connection: Connection) -> Objects:
    if connection.dialect.name == "sqlite":
        return _in_memory()
    return _among_temporary_tables(connection)


@lru_cache(maxsize=1)
def _in_memory() -> Objects:
    engine = make_engine(URL.create("sqlite"))
    try:
        with engine.begin() as connection:
            upgrade(connection)
            return _actual_objects(connection)
    finally:
        engine.dispose()


def _among_temporary_tables(connection: Connection) -> Objects:
    # Temporary tables need no privilege to create permanent ones. Another connection is used, and
    # its transaction is rolled back.
    with closing(connection.engine.connect()) as own, own.begin() as transaction:
        own.execute(text("SET LOCAL search_path = pg_temp"))
        try:
            upgrade(own)
        except DBAPIError as error:
            if not forbids_temporary_tables(error):
                raise
            message = "this needs temporary tables, which this server or user cannot create"
            raise IncomparableSchemaError(message) from error
        schema = own.scalar(
            text("SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()")
        )
        expected = _of_schema(own, str(schema))
        transaction.rollback()
    return expected
