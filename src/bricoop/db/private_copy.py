"""Copies of a snapshot of a knowledge base that one connection sees and that vanish with it.

On SQLite the copy is a temporary file without a name: SQLite removes it from the folder as it opens
it, so that nothing remains whatever ends the program. On PostgreSQL temporary tables hide those of
the same names.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bricoop.db.address import shown
from bricoop.db.copy_database import copy_pages
from bricoop.db.driver_errors import forbids_temporary_tables
from bricoop.db.engine import engine_on
from bricoop.db.lake_errors import refuse_lake
from bricoop.db.schema import (
    decision,
    knowledge_base,
    load,
    load_effect,
    load_header,
    metadata,
    record_version,
    source,
)
from bricoop.errors import DatabaseError

#: Tables that no writer of a private copy changes, so that PostgreSQL need not copy them.
_SHARED = {decision, knowledge_base, load, load_effect, load_header, record_version, source}
#: The search index is copied without those of its columns, which take longer to build than to do
#: without. Documents go with their entities, as in the real tables.
_INDEX = """
CREATE TEMPORARY TABLE search_index (LIKE search_index) ON COMMIT DROP;
INSERT INTO pg_temp.search_index SELECT * FROM {schema}.search_index;
ALTER TABLE pg_temp.search_document
    ADD FOREIGN KEY (entity_id) REFERENCES pg_temp.entity ON DELETE CASCADE;
ALTER TABLE pg_temp.search_index ADD PRIMARY KEY (document_id),
    ADD FOREIGN KEY (document_id) REFERENCES pg_temp.search_document ON DELETE CASCADE;
ANALYZE pg_temp.search_index
"""


@contextmanager
def private_copy(connection: Connection, *, with_search: bool = True) -> Iterator[Connection]:
    """Yield a connection to a copy that can be written, in a transaction that nobody else sees.

    Nothing is written to the knowledge base itself, and no lock of writers is taken.

    Args:
        connection: an open transaction that reads. On PostgreSQL it is yielded itself, and reads
            the copy until it ends.
        with_search: whether the copy needs the search index; on SQLite it always has it.

    Raises:
        DatabaseError: it is a lake, or PostgreSQL does not allow the user to create temporary
            tables.
        sqlite3.Error: SQLite cannot write the temporary file.
    """
    refuse_lake(connection.engine.url, "A lake has no rows but those that decisions joined")
    if connection.dialect.name == "postgresql":
        try:
            _hide_tables(connection, with_search=with_search)
        except DBAPIError as error:
            if not forbids_temporary_tables(error):
                raise
            raise _refused(connection) from error
        yield connection
        return
    with closing(sqlite3.connect("")) as target:
        copy_pages(connection, target)
        with engine_on(target).connect() as copy, copy.execution_options(writes=True).begin():
            yield copy


def _hide_tables(connection: Connection, *, with_search: bool) -> None:
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    quote = connection.dialect.identifier_preparer.quote
    for table in metadata.sorted_tables:
        if table in _SHARED or (table.info and not with_search):
            continue
        name = quote(table.name)
        for statement in (
            f"CREATE TEMPORARY TABLE {name} (LIKE {name} INCLUDING INDEXES) ON COMMIT DROP",
            f"INSERT INTO pg_temp.{name} SELECT * FROM {schema}.{name}",  # noqa: S608 (our names)
            f"ANALYZE pg_temp.{name}",
        ):
            connection.execute(text(statement))
    for statement in _INDEX.split(";") if with_search else ():
        connection.execute(text(statement.format(schema=schema)))


def _refused(connection: Connection) -> DatabaseError:
    message = (
        "This question needs temporary tables, and the database "
        f"{shown(connection.engine.url)} does not let this user create any."
    )
    hint = (
        "Grant the user TEMPORARY on the database, or ask the primary server if this one is a "
        "standby; or ask a file that `bricoop db backup` writes."
    )
    return DatabaseError(message, hint)
