"""One database on the server for many tests: it is filled again, and not made again, for each."""

from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import URL

_Connection = psycopg.Connection[tuple[object, ...]]
#: The schema that keeps what the tables held.
_KEPT = "kept_for_tests"
#: All that a test could have changed besides rows: what there is, and how it is made.
_CATALOGUE = """
    SELECT md5(string_agg(said, ' ' ORDER BY said)) FROM (
        SELECT c.relname::text || c.relkind::text AS said FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL SELECT ev_class::text || xmin::text FROM pg_rewrite WHERE ev_class > 16384
        UNION ALL SELECT a.attrelid::regclass::text || a.attname::text || a.atttypid::text
        FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
        UNION ALL SELECT proname::text || prosrc FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT conname::text || contype::text FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT tgname::text || tgenabled::text FROM pg_trigger
        UNION ALL SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_'
        UNION ALL SELECT setconfig::text FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) AS everything
"""


class Refilled:
    """A database with the seeds, which each test finds as if it had just been made."""

    def __init__(self, server: URL, template: str) -> None:
        """Know where it is to be; it is made when it is asked for."""
        self._server = server
        self._template = template
        self._name = ""
        self._catalogue = ""
        self._tables: list[str] = []
        self._held: dict[str, str] = {}
        self._sequences: list[tuple[str, int | None]] = []

    def ready(self) -> URL:
        """Return it, as it was when it was made."""
        if not self._name or not self._refill():
            self.drop()
            self._make()
        return self._server.set(database=self._name)

    def drop(self) -> None:
        """Remove it."""
        if self._name:
            name = sql.Identifier(self._name)
            with self._connected("") as connection:
                drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                connection.execute(drop.format(name))
        self._name = ""

    def _connected(self, database: str) -> _Connection:
        url = self._server.set(drivername="postgresql")
        url = url.set(database=database) if database else url
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def _make(self) -> None:
        self._name = f"bricoop_test_{uuid4().hex}"
        with self._connected("") as connection:
            make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            names = (sql.Identifier(self._name), sql.Identifier(self._template))
            connection.execute(make.format(*names))
        with self._connected(self._name) as connection:
            found = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
            self._tables = sorted(str(name) for (name,) in found)
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(_KEPT)))
            for name in self._tables:
                keep = sql.SQL("CREATE TABLE {} AS TABLE {}")
                connection.execute(keep.format(_at(_KEPT, name), _at("public", name)))
            sequences = connection.execute(
                "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
            )
            self._sequences = [(str(name), _number(value)) for name, value in sequences]
            self._catalogue = _catalogue(connection)
            self._held = dict(self._digests(connection))

    def _refill(self) -> bool:
        """Put everything back; return whether that was possible."""
        try:
            with self._connected(self._name) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                if _catalogue(connection) != self._catalogue:
                    return False
                changed = [
                    name for name, said in self._digests(connection) if said != self._held[name]
                ]
                with connection.transaction():
                    connection.execute(self._statement(changed))
        except psycopg.Error:
            return False
        return True

    def _digests(self, connection: _Connection) -> list[tuple[str, str]]:
        """Return what each table holds, in a word."""
        digest = "SELECT {}, concat(count(*), ' ', sum(hashtextextended(t::text, 0))) FROM {} AS t"
        parts = [
            sql.SQL(digest).format(sql.Literal(name), _at("public", name)) for name in self._tables
        ]
        found = connection.execute(sql.SQL(" UNION ALL ").join(parts))
        return [(str(name), str(said)) for name, said in found]

    def _statement(self, changed: list[str]) -> sql.Composed:
        """Return all that is to be done, in one go; what refers to what is not looked at."""
        parts: list[sql.Composable] = [sql.SQL("SET LOCAL session_replication_role = replica")]
        for name in changed:
            empty = sql.SQL("DELETE FROM {}").format(_at("public", name))
            fill = sql.SQL("INSERT INTO {} SELECT * FROM {}")
            parts += [empty, fill.format(_at("public", name), _at(_KEPT, name))]
        for name, value in self._sequences:
            set_ = sql.SQL("SELECT setval({}, {}, {})")
            literals = (f'public."{name}"', value or 1, value is not None)
            parts.append(set_.format(*map(sql.Literal, literals)))
        # What was counted of its rows is forgotten, too.
        parts.append(sql.SQL("SELECT pg_stat_reset()"))
        return sql.SQL("; ").join(parts)


def _at(schema: str, name: str) -> sql.Identifier:
    return sql.Identifier(schema, name)


def _catalogue(connection: _Connection) -> str:
    row = connection.execute(_CATALOGUE).fetchone()
    return str(row[0]) if row else ""


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
