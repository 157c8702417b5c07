"""Migrations from Python: Alembic with its scripts at hand, whole or not at all."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from bricoop.db.state import VERSION_TABLE
from bricoop.settings import resource_folder


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for our scripts, working on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(resource_folder("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring a database up to a revision, within the connection's transaction."""
    command.upgrade(configuration(connection), revision)


def downgrade(connection: Connection, revision: str = "base") -> None:
    """Take a database back to a revision, within the connection's transaction."""
    command.downgrade(configuration(connection), revision)
