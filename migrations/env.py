"""Runs migrations on the connection that bricoop hands over, within its transaction."""

from alembic import context
from sqlalchemy import Connection

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine
from bricoop.db.schema import metadata
from bricoop.db.search.index import complete_index
from bricoop.db.state import HEAD, VERSION_TABLE, version_of
from bricoop.settings import Settings


def run() -> None:
    """Migrate over the given connection, or over the database that the environment names."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        context.configure(
            connection=connection, target_metadata=metadata, version_table=VERSION_TABLE
        )
        context.run_migrations()
        complete(connection)
        return
    engine = make_engine(parse_address(Settings.read(None).database))
    with engine.begin() as own:
        context.configure(connection=own, target_metadata=metadata, version_table=VERSION_TABLE)
        context.run_migrations()
        complete(own)


def complete(connection: Connection) -> None:
    """Fill the search index where the database has come to the newest version without it."""
    if version_of(connection) == HEAD:
        complete_index(connection)


run()
