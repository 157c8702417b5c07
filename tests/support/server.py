"""The PostgreSQL server of the tests, named by `BRICOOP_TEST_POSTGRES`."""

import os

from sqlalchemy import URL, create_engine, make_url, text

SERVER = os.environ.get("BRICOOP_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
HOW = "start PostgreSQL on 127.0.0.1:5432, or set BRICOOP_TEST_POSTGRES to a server's URL"


def server_url(name: str | None = None) -> URL:
    """Return the test server's URL, for one of its databases."""
    url = make_url(SERVER).set(drivername="postgresql+psycopg")
    return url.set(database=name) if name else url


def on_server(*statements: str, database: str | None = None) -> None:
    """Run statements on the test server or one of its databases, outside any transaction."""
    engine = create_engine(server_url(database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
