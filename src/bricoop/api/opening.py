"""Opening of databases, with creation on first use."""

from sqlalchemy import Engine

from bricoop.db.address import file_of, is_lake, parse_address, shown
from bricoop.db.engine import make_engine, reading
from bricoop.db.ownership import unfit
from bricoop.db.state import State, state_of
from bricoop.db.waiting import limit_waits
from bricoop.errors import UsageError
from bricoop.settings import ENGINE_VARIABLE, Settings, default_database


def engine_of(
    database: str | None, wait: float | None = None, counting: str | None = None
) -> Engine:
    """Return the engine of a database.

    Args:
        database: a path or a URL; None for that of the environment, or else the default one.
        wait: how many seconds writers wait for others; None for the setting of the environment, or
            else the default of the database.
        counting: what counts in a lake: `spark` or the address of a cluster; None for the setting
            of the environment, or else DuckDB.

    Raises:
        DatabaseError: the address is not that of a supported database.
        UsageError: the setting of the environment is no number of seconds, or Spark is to count in
            a database that is not a lake.
    """
    settings = Settings.read(database, wait=wait, engine=counting)
    url = parse_address(settings.database)
    if settings.engine:
        if not is_lake(url):
            message = f"Only a lake can be asked on Spark, and this is none: {shown(url)}."
            raise UsageError(message, f"Leave out --engine and {ENGINE_VARIABLE}.")
        from bricoop.lake.spark_opening import spark_engine  # noqa: PLC0415 (only Spark needs it)

        return spark_engine(url, settings.engine)
    if is_lake(url):
        from bricoop.lake.opening import lake_engine  # noqa: PLC0415 (only lakes need DuckDB)

        return lake_engine(url)
    engine = make_engine(url)
    limit_waits(engine, settings.wait)
    return engine


def make_ready(engine: Engine) -> int | None:
    """Create the schema and load the seed data if the database is empty.

    Returns:
        The number of seed rows that were loaded; None if the database was not empty, or is a lake.

    Raises:
        DatabaseError: it is unreachable, of another version, or not a bricoop database.
    """
    if is_lake(engine.url):
        return None
    path = file_of(engine.url)
    if path == default_database():
        path.parent.mkdir(parents=True, exist_ok=True)
    state = State.EMPTY
    if path is None or path.exists():
        with reading(engine) as connection:
            state = state_of(connection)
    if state is State.EMPTY:
        from bricoop.ingest.seeds import set_up  # noqa: PLC0415 (only the first use needs it)

        return set_up(engine)
    if state is not State.READY:
        raise unfit(state, engine.url)
    return None
