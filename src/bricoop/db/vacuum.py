"""What PostgreSQL does for its tables in its own time, done as soon as much has been written."""

from contextlib import suppress

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from bricoop.db.base import metadata
from bricoop.db.models.search import server_index

#: Fewer new rows leave its counts and indexes good enough until it looks after them itself.
_MANY = 10_000


def vacuum_analyze(engine: Engine, written: int) -> None:
    """Let PostgreSQL count its rows, and note which pages all can see, after a large load.

    Until then it plans by what it last counted, and looks up in a table what its index says
    already: a question to a million new projects takes many times as long. SQLite has no such
    notes. What others hold is passed over, and what is interrupted or refused is left to the
    server: the load itself is done.

    Args:
        engine: the database, in which nothing is open.
        written: how many records were written.
    """
    if engine.dialect.name != "postgresql" or written < _MANY:
        return
    quote = engine.dialect.identifier_preparer.quote
    tables = ", ".join(quote(table.name) for table in (*metadata.sorted_tables, server_index))
    with suppress(KeyboardInterrupt, DBAPIError), engine.connect() as connection:
        free = connection.execution_options(isolation_level="AUTOCOMMIT")
        free.execute(text(f"VACUUM (ANALYZE, SKIP_LOCKED) {tables}"))
