"""Runs Alembic migrations on an open connection, within its transaction."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bricoop.db.state import VERSION_TABLE
from bricoop.settings import resource_folder

if TYPE_CHECKING:
    from alembic.config import Config


def configuration(connection: Connection | None = None) -> "Config":
    """Return Alembic's configuration for the bundled scripts and an open connection."""
    from alembic.config import Config  # noqa: PLC0415 (only a migration needs it)

    config = Config()
    config.set_main_option("script_location", str(resource_folder("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Upgrade a database to a revision, within the connection's transaction."""
    from alembic import command  # noqa: PLC0415 (as above)

    command.upgrade(configuration(connection), revision)


def downgrade(connection: Connection, revision: str = "base") -> None:
    """Downgrade a database to a revision, within the connection's transaction."""
    from alembic import command  # noqa: PLC0415 (as above)

    command.downgrade(configuration(connection), revision)
