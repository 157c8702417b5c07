"""Vacuums and analyzes PostgreSQL tables right after a large load."""

from contextlib import suppress

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from bricoop.db.base import metadata
from bricoop.db.models.search import server_index

#: After fewer new rows, autovacuum is soon enough.
_MANY = 10_000


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
