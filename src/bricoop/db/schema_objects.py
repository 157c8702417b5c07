"""Whether tables, indexes and views are as this version makes them, and making them so again.

What they should be is not written down a second time: the migrations run once more, in memory for
SQLite and among the temporary tables of the session for PostgreSQL, and both are compared.
"""

import re
from contextlib import closing
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import URL, Connection, text

from bricoop.db.engine import make_engine
from bricoop.db.migrate import upgrade

#: What SQLite says of a schema, but for the tables that it makes for itself. It takes names in any
#: case, and keeps them as they were written.
_SQLITE = text(
    "SELECT type, lower(name), lower(tbl_name), sql FROM sqlite_master "
    "WHERE sql IS NOT NULL AND NOT (type = 'table' AND name GLOB 'sqlite_*')"
)
#: The same of PostgreSQL, for one schema: tables with columns and constraints, indexes, views,
#: triggers and rules.
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
#: What belongs to a table or view and acts whenever that is written to.
_ATTACHED = frozenset({"trigger", "rule"})


class Part(NamedTuple):
    """A table, an index, a view, a trigger or a rule.

    Attributes:
        type: which of them.
        name: its name.
        of_table: the table that it belongs to.
        sql: what it is; for a table on PostgreSQL, its columns and constraints.
    """

    type: str
    name: str
    of_table: str
    sql: str

    @property
    def place(self) -> tuple[str, str, str]:
        """What no other part shares: a trigger may have the name of an index, or of a trigger."""
        if self.type in _ATTACHED:
            return self.type, self.of_table, self.name
        return _relation(self.name)

    @property
    def constrains(self) -> bool:
        """Whether it changes what can be written to its table, or what is written with it."""
        is_unique = self.type == "index" and self.sql.upper().startswith("CREATE UNIQUE")
        return self.type in _ATTACHED or is_unique


def _relation(name: str) -> tuple[str, str, str]:
    return "relation", "", name


#: The parts of a schema by their place.
Parts = dict[tuple[str, str, str], Part]


class Difference(NamedTuple):
    """What is not as this version makes it.

    Attributes:
        what: the part and what is wrong with it, in words.
        there: the part as it is, or None where it is missing.
        wanted: the part as it should be, or None where it should not be there.
    """

    what: str
    there: Part | None
    wanted: Part | None

    @property
    def can_be_made_again(self) -> bool:
        """Whether nothing is lost when it is made again: all but tables."""
        return "table" not in {part.type for part in (self.there, self.wanted) if part is not None}


def differences(connection: Connection) -> list[Difference]:
    """Return what is missing, changed, or attached to our tables by others.

    Tables, views and plain indexes that somebody else added are not looked at: they change nothing.
    """
    there, expected = _actual_parts(connection), _expected_parts(connection)
    defects = [
        Difference(f"{part.type} {part.name} is missing", None, part)
        if part_key not in there
        else Difference(f"{part.type} {part.name} differs", there[part_key], part)
        for part_key, part in sorted(expected.items())
        if part_key not in there or there[part_key].sql != part.sql
        # An index goes with its table.
        if part.type != "index" or _relation(part.of_table) in there
    ]
    tables = {part.name for part in expected.values() if part.type in {"table", "view"}}
    return defects + [
        Difference(f"{part.type} {part.name} on {part.of_table} is not part of bricoop", part, None)
        for part_key, part in sorted(there.items())
        if part_key not in expected and part.constrains and part.of_table in tables
    ]


def make_again(connection: Connection, defects: list[Difference]) -> None:
    """Make indexes and views again as they should be, and drop what should not be there.

    No other writer may be at work. Tables are left as they are.
    """
    repairs = [defect for defect in defects if defect.can_be_made_again]
    for defect in repairs:
        if defect.there is not None:
            _drop(connection, defect.there)
    for defect in repairs:
        if defect.wanted is not None:
            _make(connection, defect.wanted)


def _make(connection: Connection, part: Part) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(part.sql)
        return
    quote = connection.dialect.identifier_preparer.quote
    head = f"CREATE VIEW {quote(part.name)} AS " if part.type == "view" else ""
    connection.exec_driver_sql((head + part.sql).replace("%", "%%"))


def _drop(connection: Connection, part: Part) -> None:
    quote = connection.dialect.identifier_preparer.quote
    is_of_table = part.type in _ATTACHED and connection.dialect.name == "postgresql"
    of_table = f" ON {quote(part.of_table)}" if is_of_table else ""
    connection.exec_driver_sql(f"DROP {part.type.upper()} {quote(part.name)}{of_table}")


def _actual_parts(connection: Connection) -> Parts:
    if connection.dialect.name == "sqlite":
        return _read(connection, _SQLITE, {}, "")
    schema = connection.scalar(text("SELECT current_schema()"))
    return _of_schema(connection, str(schema))


def _of_schema(connection: Connection, schema: str) -> Parts:
    schema_id = connection.scalar(
        text("SELECT oid FROM pg_namespace WHERE nspname = :name"), {"name": schema}
    )
    return _read(connection, _SERVER, {"schema": schema_id}, schema)


def _read(
    connection: Connection, statement: object, values: dict[str, object], schema: str
) -> Parts:
    rows = connection.execute(statement, values)  # type: ignore[call-overload]
    schema_parts = [Part(row[0], row[1], row[2], _plain(row[3] or "", schema)) for row in rows]
    return {part.place: part for part in schema_parts}


def _plain(sql: str, schema: str) -> str:
    """Return a definition without what does not matter: white space, quotes, the schema's name."""
    for name in filter(None, (schema, "pg_temp" if schema.startswith("pg_temp") else "")):
        sql = sql.replace(f"{name}.", "")
    return re.sub(r"\s+", " ", sql).strip().rstrip(";")


def _expected_parts(connection: Connection) -> Parts:
    if connection.dialect.name == "sqlite":
        return _in_memory()
    return _among_temporary_tables(connection)


@lru_cache(maxsize=1)
def _in_memory() -> Parts:
    engine = make_engine(URL.create("sqlite"))
    try:
        with engine.begin() as connection:
            upgrade(connection)
            return _actual_parts(connection)
    finally:
        engine.dispose()


def _among_temporary_tables(connection: Connection) -> Parts:
    # A connection of its own: temporary tables need no right to make others, and are rolled back.
    with closing(connection.engine.connect()) as own, own.begin() as transaction:
        own.execute(text("SET LOCAL search_path = pg_temp"))
        upgrade(own)
        schema = own.scalar(
            text("SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()")
        )
        expected = _of_schema(own, str(schema))
        transaction.rollback()
    return expected
