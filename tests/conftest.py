"""Fixtures: an SQLite file and a PostgreSQL database for each test, and loaded examples."""

import gc
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.amber import AmberSnapshotExtension
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.seeds import set_up
from support.cameroon_loans import load_cameroon
from support.cards import Card, card_writer
from support.compiled_statements import share_compiled_statements
from support.examples import register_profiles
from support.loading import Load, loading
from support.ministry import load_ministry
from support.refilled_database import Refilled
from support.seeded import seeded_file
from support.server import HOW, on_server, server_url
from support.standing import Standing, stood_up, version_of
from support.two_lists import load_lists

register_profiles()
share_compiled_statements()
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


def pytest_collection_finish() -> None:
    """Keep the garbage collector from searching what imports made, and from running often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


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
def sqlite_template() -> Path:
    """A knowledge base with the seeds, as a file to copy."""
    return seeded_file()


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


@pytest.fixture
def load(engine: Engine, tmp_path: Path) -> Load:
    """Load CSV text into the knowledge base as a source's."""
    return loading(engine, tmp_path)


@pytest.fixture
def card(engine: Engine, load: Load, tmp_path: Path) -> Card:
    """Write the card of the money of a port, of which two rows count."""
    return card_writer(engine, load, tmp_path)


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


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def lists(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    """Two invented lists of the same loans, with decisions, for all tests that only read."""
    with stood_up(request, tmp_path_factory.mktemp("lists")) as filled:
        load_lists(filled.load)
        with filled.unwritten():
            yield filled


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def cameroon(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared: Path
) -> Iterator[Standing]:
    """Two real lists of loans to Cameroon, with decisions, for all tests that only read."""
    folder = tmp_path_factory.mktemp("cameroon")
    with stood_up(request, folder) as filled:
        load_cameroon(filled, shared, folder)
        with filled.unwritten():
            yield filled


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def ministry(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standing]:
    """A knowledge base with a ministry's rows of most nouns, for all tests that only read."""
    with stood_up(request, tmp_path_factory.mktemp("ministry")) as filled:
        load_ministry(filled.address)
        with filled.unwritten():
            yield filled
