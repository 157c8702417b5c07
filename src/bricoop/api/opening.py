"""A knowledge base is opened; the first use makes it."""

from sqlalchemy import Engine

from bricoop.db.address import file_of, parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.db.ownership import unfit
from bricoop.db.state import State, state_of
from bricoop.settings import Settings, default_database


def engine_of(database: str | None) -> Engine:
    """Return the engine of the database that is named, or that the environment names.

    Raises:
        DatabaseError: the name is none of a database that bricoop speaks.
    """
    return make_engine(parse_address(Settings.read(database).database))


def make_ready(engine: Engine) -> int | None:
    """Make an empty database a knowledge base with the seeds; leave any other as it is.

    Returns:
        How many rows the seeds hold, where they were loaded.

    Raises:
        DatabaseError: it is unreachable, of another version, or not bricoop's.
    """
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
