"""Updates the statistics by which databases plan, and vacuums PostgreSQL, after a large load."""

from contextlib import suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from bricoop.db.base import metadata
from bricoop.db.engine import writing
from bricoop.db.models.search import server_index

#: After fewer new rows, autovacuum is soon enough, and SQLite's older statistics are good enough.
_MANY = 10_000
#: The entries of each index that SQLite reads at most. Two tenths of a second are enough for the
#: statistics of 60,000 projects, and for those of a million; see https://sqlite.org/lang_analyze.html.
_ANALYZED = 1_000


def vacuum_analyze(engine: Engine, written: int) -> None:
    """Run VACUUM ANALYZE on PostgreSQL after a large load.

    Without current statistics and visibility map, plans are poor and index-only scans read tables:
    a query on a million new projects takes many times as long. Tables that others have locked are
    skipped, and interrupts and errors are ignored, as the load itself is committed.

    Args:
        engine: the database, without open transactions of the caller.
        written: the number of records that were written.
    """
    if engine.dialect.name != "postgresql" or written < _MANY:
        return
    quote = engine.dialect.identifier_preparer.quote
    tables = ", ".join(quote(table.name) for table in (*metadata.sorted_tables, server_index))
    with suppress(KeyboardInterrupt, DBAPIError), engine.connect() as connection:
        free = connection.execution_options(isolation_level="AUTOCOMMIT")
        free.execute(text(f"VACUUM (ANALYZE, SKIP_LOCKED) {tables}"))


def update_statistics(engine: Engine, written: int) -> None:
    """Update the statistics after several loads, none of which needed to be large.

    Args:
        engine: the database, without open transactions of the caller.
        written: the number of records that all of them wrote.
    """
    vacuum_analyze(engine, written)
    if engine.dialect.name == "sqlite" and written >= _MANY:
        with writing(engine) as connection:
            analyze_sqlite(connection, written)


def analyze_sqlite(connection: Connection, written: int = _MANY) -> None:
    """Update the statistics of an SQLite database within a transaction that wrote many rows.

    Without statistics SQLite does not know that a kind has thousands of entities and a key one, and
    reads all projects to find one. Does nothing on PostgreSQL.

    Args:
        connection: an open transaction that writes; no other transaction needs to be waited for.
        written: the number of records that were written; nothing is done after few.
    """
    if connection.dialect.name == "sqlite" and written >= _MANY:
        connection.execute(text(f"PRAGMA analysis_limit = {_ANALYZED}"))
        connection.execute(text("ANALYZE"))
