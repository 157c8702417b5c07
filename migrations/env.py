"""Runs migrations on the connection that bricoop hands over, within its transaction."""

from alembic import context

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine
from bricoop.db.schema import metadata
from bricoop.db.state import VERSION_TABLE
from bricoop.settings import Settings


def run() -> None:
    """Migrate over the given connection, or over the database that the environment names."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        context.configure(
            connection=connection, target_metadata=metadata, version_table=VERSION_TABLE
        )
        context.run_migrations()
        return
    engine = make_engine(parse_address(Settings.read(None).database))
    with engine.begin() as own:
        context.configure(connection=own, target_metadata=metadata, version_table=VERSION_TABLE)
        context.run_migrations()


run()
