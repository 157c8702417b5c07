"""Knowledge bases that several tests share and do not write into."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.db.schema import knowledge_base as knowledge_base_table
from support.loading import Load, loading
from support.server import on_server, server_url


def version_of(engine: Engine) -> int:
    """Return the version of a knowledge base, which every write increments."""
    with reading(engine) as connection:
        return connection.execute(select(knowledge_base_table.c.version)).scalar_one()


class Standing(NamedTuple):
    """A knowledge base that a module fills once, for all its tests that only read."""

    address: str
    engine: Engine
    load: Load

    @contextmanager
    def unwritten(self) -> Iterator[None]:
        """Refuse what was written meanwhile."""
        before = version_of(self.engine)
        yield
        assert version_of(self.engine) == before, "a test wrote into what others read"


@contextmanager
def stood_up(request: pytest.FixtureRequest, folder: Path) -> Iterator[Standing]:
    """Make a knowledge base with the seeds, on the database of which a fixture is."""
    name = f"bricoop_standing_{uuid4().hex}"
    if request.param == "sqlite":
        address = str(folder / "standing.sqlite")
        shutil.copyfile(request.getfixturevalue("sqlite_template"), address)
    else:
        on_server(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('server_template')}")
        address = server_url(name).render_as_string(hide_password=False)
    engine = make_engine(parse_address(address))
    yield Standing(address, engine, loading(engine, folder))
    engine.dispose()
    if request.param == "postgresql":
        on_server(f"DROP DATABASE {name} WITH (FORCE)")
