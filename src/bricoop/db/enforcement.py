"""Finds and repairs disabled foreign keys, row security and unlogged tables on PostgreSQL."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from bricoop.db.schema import metadata

#: Foreign keys with a disabled trigger, at either end. `session_replication_role` disables them
#: too, but for a session only, so that it is not in the catalogue.
_FOREIGN_KEYS = text("""
    SELECT DISTINCT t.relname, c.conname, pg_get_constraintdef(c.oid)
    FROM pg_trigger AS g JOIN pg_constraint AS c ON c.oid = g.tgconstraint
    JOIN pg_class AS t ON t.oid = c.conrelid
    WHERE g.tgisinternal AND g.tgenabled <> 'O'
        AND t.relnamespace = CAST(current_schema() AS regnamespace)
    ORDER BY t.relname, c.conname
""")
_ROW_SECURITY = text("""
    SELECT relname FROM pg_class
    WHERE relrowsecurity AND relkind IN ('r', 'p')
        AND relnamespace = CAST(current_schema() AS regnamespace)
    ORDER BY relname
""")
_UNLOGGED = text("""
    SELECT relname FROM pg_class
    WHERE relpersistence = 'u' AND relkind = 'r'
        AND relnamespace = CAST(current_schema() AS regnamespace)
""")


class Unenforced(NamedTuple):
    """A disabled foreign key, or a table whose rows may be hidden or lost.

    Attributes:
        description: the defect in words.
        statement: the SQL statement that repairs it; it needs the owner of the table.
        hides_rows: whether the defect is row security.
        is_foreign_key: whether the defect is a disabled foreign key.
    """

    description: str
    statement: str
    hides_rows: bool = False
    is_foreign_key: bool = False


def unenforced(connection: Connection) -> list[Unenforced]:
    """Return the defects in the schema; an empty list on SQLite, which has no such features."""
    if connection.dialect.name != "postgresql":
        return []
    quote = connection.dialect.identifier_preparer.quote
    hidden = [
        Unenforced(
            f"row security of table {table} is on",
            f"ALTER TABLE {quote(table)} DISABLE ROW LEVEL SECURITY",
            hides_rows=True,
        )
        for (table,) in connection.execute(_ROW_SECURITY)
    ]
    # A logged table cannot refer to an unlogged one, so referenced tables are repaired first.
    ranks = {table.name: rank for rank, table in enumerate(metadata.sorted_tables)}
    tables = [name for (name,) in connection.execute(_UNLOGGED) if name in ranks]
    unlogged = [
        Unenforced(
            f"table {table} is unlogged, so that a crash of the server empties it",
            f"ALTER TABLE {quote(table)} SET LOGGED",
        )
        for table in sorted(tables, key=ranks.__getitem__)
    ]
    return (
        hidden
        + unlogged
        + [
            Unenforced(
                f"foreign key {name} of table {table} is off",
                # Recreating the constraint validates every row. Enabling its triggers instead would
                # need a superuser and would not validate rows.
                f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(name)}, "
                f"ADD CONSTRAINT {quote(name)} {definition}",
                is_foreign_key=True,
            )
            for table, name, definition in connection.execute(_FOREIGN_KEYS)
        ]
    )


def enforce(connection: Connection, defects: list[Unenforced]) -> None:
    """Repair defects: enable foreign keys, disable row security, make tables logged.

    Args:
        connection: an open transaction, without concurrent writers.
        defects: the defects to repair.

    Raises:
        DBAPIError: a row violates a foreign key, or a table belongs to another role.
    """
    for defect in defects:
        connection.exec_driver_sql(defect.statement.replace("%", "%%"))
