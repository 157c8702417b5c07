"""Clusters do not depend on the order in which decisions and records come, go and come again.

Random histories of loads, decisions and undoings are compared, after every step, with a knowledge
base into which the remaining decisions were loaded first, and then the remaining files.
"""

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.errors import BricoopError
from bricoop.ingest.check.rebuild import check_all
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from support.contents import Contents, contents_of
from support.examples import few_of
from support.random_loads import ORGANIZATIONS, some_load

pytestmark = pytest.mark.later_on_postgresql

HEAD = "left,right,relation,reviewer,decided_at\n"
IDS = ("10", "11", "12", "20", "21", "22")
RECORDS = [f"{source}/{noun}/{number}" for source in ("one", "two") for number in IDS
           for noun in ("projects", "finance")]  # fmt: skip
BANKS = [f"organization:{name.lower()}" for name in ORGANIZATIONS]
OF_RECORDS = ("same-project", "same-project", "same-deal", "different", "unsure", "part-of")
OF_BANKS = ("same", "same", "different")


class History:
    """A knowledge base with a random history, and the loads that remain of it."""

    def __init__(self, engine: Engine, folder: Path, template: Path, seed: int) -> None:
        """Start with the seeds."""
        self._engine = engine
        self._folder = folder
        self._template = template
        self._chance = random.Random(seed)  # noqa: S311 (no secrets)
        self._standing: dict[int, LoadRequest] = {}
        self._day = 0

    def step(self) -> None:
        """Load a file, decide something, or undo a load; compare the outcome."""
        action = self._chance.random()
        if action < 0.2 and self._standing:
            number = self._chance.choice(sorted(self._standing))
            try:
                undo_load(self._engine, number)
            except BricoopError:
                return
            del self._standing[number]
        else:
            request = self._decisions() if action < 0.65 else self._data()
            try:
                loaded = load_file(self._engine, request)
            except BricoopError:
                return
            assert loaded.load_id is not None
            self._standing[loaded.load_id] = request
        self._compare()

    def _data(self) -> LoadRequest:
        request = some_load(self._chance, self._folder)
        return self._stored(request, Path(request.path).read_text(encoding="utf-8"))

    def _decisions(self) -> LoadRequest:
        self._day += 1
        refs, relations = self._chance.choice(((RECORDS, OF_RECORDS), (BANKS, OF_BANKS)))
        first, second = self._chance.sample(refs, 2)
        reviewer = self._chance.choice(("me", "me", "you", "rule:test@1"))
        relation = self._chance.choice(relations)
        day = f"2026-{1 + self._day // 28:02}-{1 + self._day % 28:02}"
        spec = SourceSpec("decided", title="Decided", tier=6)
        request = LoadRequest("decisions", "", spec)
        return self._stored(request, f"{HEAD}{first},{second},{relation},{reviewer},{day}\n")

    def _stored(self, request: LoadRequest, text: str) -> LoadRequest:
        path = self._folder / f"{len(list(self._folder.glob('load-*')))}.csv"
        path = path.with_name(f"load-{path.name}")
        path.write_text(text, encoding="utf-8")
        return replace(request, path=str(path))

    def _compare(self) -> None:
        with reading(self._engine) as connection:
            broken = [check for check in check_all(connection) if check.violations]
            assert [(check.name, check.examples) for check in broken] == []
            contents = contents_of(connection)
        assert self._expected().differences(contents) == []

    def _expected(self) -> Contents:
        path = shutil.copyfile(self._template, self._folder / "expected.sqlite")
        engine = make_engine(parse_address(str(path)))
        try:
            decided = [
                request for request in self._standing.values() if request.noun == "decisions"
            ]
            others = [request for request in self._standing.values() if request.noun != "decisions"]
            for request in (*decided, *others):
                load_file(engine, request)
            with reading(engine) as connection:
                return contents_of(connection)
        finally:
            engine.dispose()


def run(engine: Engine, folder: Path, template: Path, seed: int, steps: int) -> None:
    """Run a random history."""
    history = History(engine, folder, template, seed)
    for _ in range(steps):
        history.step()


@pytest.mark.parametrize("seed", few_of(range(3), 1))
def test_clusters_do_not_depend_on_the_order_of_loads(
    engine: Engine, tmp_path: Path, sqlite_template: Path, seed: int
) -> None:
    run(engine, tmp_path, sqlite_template, seed, steps=10)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 130))
def test_thirty_longer_histories_of_decisions(
    engine: Engine, tmp_path: Path, sqlite_template: Path, seed: int
) -> None:
    run(engine, tmp_path, sqlite_template, seed, steps=15)
