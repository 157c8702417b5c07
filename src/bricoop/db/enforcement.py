"""What a PostgreSQL server no longer enforces, rows that it hides, and tables that a crash empties.

Each can be repaired by a statement.
"""

from typing import NamedTuple

from sqlalchemy import Connection, text

from bricoop.db.schema import metadata

#: Foreign keys of which a trigger that keeps them is off, at either end. `session_replication_role`
#: is a matter of one session, which a catalogue does not tell.
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
    """A foreign key that is switched off, or a table whose rows may be hidden or lost.

    Attributes:
        what: which of them, in words.
        statement: the SQL statement that repairs it, which the owner of the table may run.
        hides_rows: whether it is row security.
        is_foreign_key: whether it is a foreign key, which all rows must satisfy.
    """

    what: str
    statement: str
    hides_rows: bool = False
    is_foreign_key: bool = False


def unenforced(connection: Connection) -> list[Unenforced]:
    """Return what is switched off or hidden in the schema; nothing on SQLite, which cannot."""
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
    # A logged table refers to no unlogged one: those that are referred to come first.
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
                # Made again, it is on, and the server has compared every row with it. To switch its
                # triggers on, one would have to be a superuser, and rows would not be compared.
                f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(name)}, "
                f"ADD CONSTRAINT {quote(name)} {definition}",
                is_foreign_key=True,
            )
            for table, name, definition in connection.execute(_FOREIGN_KEYS)
        ]
    )


def enforce(connection: Connection, defects: list[Unenforced]) -> None:
    """Switch foreign keys on again, row security off, or make tables logged.

    Args:
        connection: an open transaction; no other writer may be at work.
        defects: what is to be repaired; every row must satisfy its foreign keys.

    Raises:
        DBAPIError: a row does not, or the tables belong to another role.
    """
    for defect in defects:
        connection.exec_driver_sql(defect.statement.replace("%", "%%"))
