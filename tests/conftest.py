"""Fixtures: an SQLite file and a PostgreSQL database for each test, and loaded examples."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url, select, text
from sqlalchemy.exc import OperationalError
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.amber import AmberSnapshotExtension
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.db.schema import knowledge_base as knowledge_base_table
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.seeds import set_up
from bricoop.ingest.sources import SourceSpec
from refilled import Refilled
from support.examples import register_profiles

SERVER = os.environ.get("BRICOOP_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
HOW = "start PostgreSQL on 127.0.0.1:5432, or set BRICOOP_TEST_POSTGRES to a server's URL"

Load = Callable[..., LoadResult]

register_profiles()
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts background jobs like this, and subprocesses of tests could not be interrupted.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave modules marked `later_on_postgresql` on PostgreSQL to `make test-postgresql`.

    Other tests cover both databases, or these take long; so `make test` stays fast.
    """
    for item in items:
        parameters = getattr(item, "callspec", None)
        databases = [] if parameters is None else [*parameters.params.values()]
        is_later = item.get_closest_marker("later_on_postgresql") and "postgresql" in databases
        if is_later and not item.get_closest_marker("full"):
            item.add_marker(pytest.mark.full)
            item.add_marker(pytest.mark.postgresql_step)


class OneRecording(AmberSnapshotExtension):
    """Recordings named by the test and the name given to `snapshot`, without its parameters.

    SQLite and PostgreSQL must therefore match the same recording.
    """

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """Return `test[name]`, or `test.1` for the second unnamed recording of a test."""
        name = test_location.methodname
        if isinstance(index, str):
            return f"{name}[{index}]"
        return f"{name}.{index}" if index else name


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Recorded results, shared by both databases."""
    return snapshot.use_extension(OneRecording)


def server_url(name: str | None = None) -> URL:
    """Return the test server's URL, for one of its databases."""
    url = make_url(SERVER).set(drivername="postgresql+psycopg")
    return url.set(database=name) if name else url


def on_server(*statements: str) -> None:
    """Run statements on the test server, outside any transaction."""
    engine = create_engine(server_url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def server() -> None:
    """Skip, or fail where `BRICOOP_REQUIRE_POSTGRES` is 1, when no server answers."""
    try:
        on_server("SELECT 1")
    except OperationalError:
        if os.environ.get("BRICOOP_REQUIRE_POSTGRES") == "1":
            pytest.fail(f"PostgreSQL does not answer: {HOW}")
        pytest.skip(f"PostgreSQL does not answer: {HOW}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, on each of the two."""
    if request.param == "sqlite":
        yield str(tmp_path / "empty.sqlite")
        return
    request.getfixturevalue("server")
    name = f"bricoop_test_{uuid4().hex}"
    on_server(f"CREATE DATABASE {name}")
    yield server_url(name).render_as_string(hide_password=False)
    on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base with the seeds, as a file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    engine = make_engine(parse_address(str(path)))
    set_up(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def server_template(server: None) -> Iterator[str]:  # noqa: ARG001 (it must answer)
    """A knowledge base with the seeds, as a database to copy."""
    name = f"bricoop_template_{uuid4().hex}"
    on_server(f"CREATE DATABASE {name}")
    engine = make_engine(server_url(name))
    set_up(engine)
    engine.dispose()
    yield name
    on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def server_refilled(server_template: str) -> Iterator[Refilled]:
    """A database on the server that is reset for each test that writes."""
    refilled = Refilled(server_url(), server_template)
    yield refilled
    refilled.drop()


def version_of(engine: Engine) -> int:
    """Return the version of a knowledge base, which every write increments."""
    with reading(engine) as connection:
        return connection.execute(select(knowledge_base_table.c.version)).scalar_one()


@pytest.fixture(scope="session")
def server_read(server_template: str) -> Iterator[str]:
    """A knowledge base with the seeds on the server, for all tests that only read."""
    name = f"bricoop_read_{uuid4().hex}"
    on_server(f"CREATE DATABASE {name} TEMPLATE {server_template}")
    url = server_url(name)
    engine = make_engine(url)
    before = version_of(engine)
    yield url.render_as_string(hide_password=False)
    after = version_of(engine)
    engine.dispose()
    on_server(f"DROP DATABASE {name} WITH (FORCE)")
    assert after == before, "a test in a module that is marked `reads` wrote"


@pytest.fixture(params=["sqlite", "postgresql"])
def knowledge_base(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A knowledge base with the seeds and nothing else, on each of the two.

    Creating one on a server takes half a second, and resetting it a tenth of that. Tests of a
    module that is marked `reads` share one, except for those that load.
    """
    if request.param == "sqlite":
        path = tmp_path / "seeded.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield str(path)
        return
    if request.node.get_closest_marker("reads") and "load" not in request.fixturenames:
        yield request.getfixturevalue("server_read")
        return
    refilled: Refilled = request.getfixturevalue("server_refilled")
    yield refilled.ready().render_as_string(hide_password=False)


@pytest.fixture
def engine(knowledge_base: str) -> Iterator[Engine]:
    """An engine on the knowledge base."""
    seeded = make_engine(parse_address(knowledge_base))
    yield seeded
    seeded.dispose()


@pytest.fixture
def quick(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an SQLite knowledge base, for many examples."""
    path = tmp_path / "quick.sqlite"
    shutil.copyfile(sqlite_template, path)
    engine = make_engine(parse_address(str(path)))
    yield engine
    engine.dispose()


def loading(engine: Engine, folder: Path) -> Load:
    """Return what loads CSV text into a knowledge base as a source's, by way of a file."""

    def run(
        noun: str, csv_text: str, source: str = "notes", tier: int = 7, **more: str | bool
    ) -> LoadResult:
        path = folder / f"{noun}.csv"
        path.write_text(csv_text, encoding="utf-8")
        dry_run = bool(more.pop("dry_run", False))
        described = {name: str(value) for name, value in more.items()}
        title = described.pop("title", f"The {source}")
        spec = SourceSpec(source, title=title, tier=tier, **described)
        return load_file(engine, LoadRequest(noun, str(path), spec, dry_run=dry_run))

    return run


@pytest.fixture
def load(engine: Engine, tmp_path: Path) -> Load:
    """Load CSV text into the knowledge base as a source's."""
    return loading(engine, tmp_path)


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


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def standing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    """A knowledge base with the seeds, on each of the two, to be filled for a whole module."""
    with stood_up(request, tmp_path_factory.mktemp("standing")) as standing:
        yield standing


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the paper and the datasets, which are not part of the project."""
    path = Path(__file__).resolve().parents[2] / "shared"
    if not path.is_dir():
        pytest.skip("the paper and the datasets are not at ../shared")
    return path


#: What real data `africa` has, by profile: 1,243 projects with their areas, agreements, and deals.
AFRICA = {
    "gcdf3": "gcdf3_africa_sample.csv",
    "gcdf3-adm1": "gcdf3_africa_adm1.csv",
    "bri-documents": "bri_cooperation_years.csv",
    "cgit": "cgit_2005_2025.csv",
}


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def africa(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared: Path
) -> Iterator[Standing]:
    """A knowledge base with real datasets, on each of the two, for all tests that only read."""
    with stood_up(request, tmp_path_factory.mktemp("africa")) as filled:
        for name, file in AFRICA.items():
            read = profile_of(name)
            variant = "english" if read.variants else ""
            path = str(shared / "data" / file)
            load_request = LoadRequest("", path, read.source, profile=read, variant=variant)
            load_file(filled.engine, load_request)
        with filled.unwritten():
            yield filled
