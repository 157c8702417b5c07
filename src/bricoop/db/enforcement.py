"""What a PostgreSQL server no longer enforces, and rows that it hides; and repairing both."""

from typing import NamedTuple

from sqlalchemy import Connection, text

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


class Unenforced(NamedTuple):
    """A foreign key that is switched off, or a table whose rows may be hidden.

    Attributes:
        what: which of them, in words.
        statement: the SQL statement that repairs it, which the owner of the table may run.
        hides_rows: whether it is row security.
    """

    what: str
    statement: str
    hides_rows: bool


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
    return hidden + [
        Unenforced(
            f"foreign key {name} of table {table} is off",
            # Made again, it is on, and the server has compared every row with it. To switch its
            # triggers on, one would have to be a superuser, and rows would not be compared.
            f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(name)}, "
            f"ADD CONSTRAINT {quote(name)} {definition}",
            hides_rows=False,
        )
        for table, name, definition in connection.execute(_FOREIGN_KEYS)
    ]


def enforce(connection: Connection, wanted: list[Unenforced]) -> None:
    """Switch foreign keys on again, or row security off.

    Args:
        connection: an open transaction; no other writer may be at work.
        wanted: what is to be repaired; every row must satisfy its foreign keys.

    Raises:
        DBAPIError: a row does not, or the tables belong to another role.
    """
    for part in wanted:
        connection.exec_driver_sql(part.statement.replace("%", "%%"))
