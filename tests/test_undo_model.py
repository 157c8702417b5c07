"""Loads undone in any order leave what would be there had they never been, or are kept.

Hypothesis makes histories of loads, complete editions, rejects, dry runs and undoings. After each
step the knowledge base is compared with one into which only the remaining loads were loaded.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.db.search.compare import count_outdated_documents
from bricoop.errors import UsageError
from bricoop.ingest.undo.undo_load import undo_load
from support.contents import Contents, contents_of
from support.load_steps import STEPS, Step, load_step


class Workshop:
    """The environment of generated histories: the template database, and expected contents.

    What a series of loads leaves is loaded once: its file is kept, and the next load goes into
    a copy of it. One machine's files go with it.
    """

    def __init__(self, folder: Path, template: Path, fresh: Callable[[], str]) -> None:
        """Set the template of new knowledge bases."""
        self.folder = folder
        self.fresh = fresh
        self.outcomes: Counter[str] = Counter()
        self._template = template
        self._files: dict[tuple[Step, ...], Path | None] = {}

    def expected(self, history: tuple[Step, ...]) -> Contents | None:
        """Return the contents after only these loads, or None if one of them is refused."""
        path = self._loaded(history)
        if path is None:
            return None
        with opened(str(path)) as engine, reading(engine) as connection:
            return contents_of(connection)

    def _loaded(self, history: tuple[Step, ...]) -> Path | None:
        """Return the database file with only these loads."""
        if not history:
            return self._template
        if history not in self._files:
            earlier = self._loaded(history[:-1])
            self._files[history] = earlier and self._one_more(earlier, history[-1])
        return self._files[history]

    def _one_more(self, earlier: Path, step: Step) -> Path | None:
        path = self.folder / f"expected-{len(self._files)}.sqlite"
        shutil.copyfile(earlier, path)
        with opened(str(path)) as engine:
            loaded = load_step(engine, self.folder, step)
        return None if loaded.load_id is None else path

    def forget(self) -> None:
        """Delete the files of the state machine that has finished."""
        for path in self.folder.glob("expected-*"):
            path.unlink()
        self._files.clear()


@contextmanager
def opened(address: str) -> Iterator[Engine]:
    """Yield an engine on a knowledge base."""
    engine = make_engine(parse_address(address))
    try:
        yield engine
    finally:
        engine.dispose()


class Histories(RuleBasedStateMachine):
    """A state machine that loads files into a knowledge base and undoes loads."""

    workshop: Workshop

    def __init__(self) -> None:
        """Start with the seeds."""
        super().__init__()
        self._engine = make_engine(parse_address(self.workshop.fresh()))
        self._history: dict[int, Step] = {}

    def teardown(self) -> None:
        """Close the databases."""
        self._engine.dispose()
        self.workshop.forget()

    def contents(self) -> Contents:
        """Return the contents of the knowledge base; search must find all of it."""
        with reading(self._engine) as connection:
            assert count_outdated_documents(connection) == 0
            return contents_of(connection)

    def compare(self) -> None:
        """Compare with a knowledge base that has only the remaining loads."""
        expected = self.workshop.expected(tuple(self._history.values()))
        assert expected is not None, "loads remain that could not have been loaded by themselves"
        assert expected.differences(self.contents()) == []

    @rule(step=STEPS, with_rejects=st.booleans())
    def load(self, step: Step, *, with_rejects: bool) -> None:
        """Load a file, leaving refused rows out or not."""
        rejects = self.workshop.folder / "rejects.csv"
        rejects.unlink(missing_ok=True)
        more = {"rejects": rejects} if with_rejects else {}
        result = load_step(self._engine, self.workshop.folder, step, **more)
        if result.load_id is not None:
            refused = {problem.line for problem in result.problems}
            rows = tuple(
                () if line in refused else row for line, row in enumerate(step.rows, start=2)
            )
            if not any(rows):
                # Such a file is refused where it is loaded by itself.
                undo_load(self._engine, result.load_id)
            else:
                self._history[result.load_id] = step._replace(rows=rows)
        self.compare()

    @rule(step=STEPS)
    def try_out(self, step: Step) -> None:
        """Load a file as a dry run."""
        load_step(self._engine, self.workshop.folder, step, dry_run=True)
        self.compare()

    @precondition(lambda self: self._history)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """Undo any load."""
        number = data.draw(st.sampled_from(sorted(self._history)))
        is_newest = number == max(self._history)
        before = self.contents()
        remaining = {
            load_number: step
            for load_number, step in self._history.items()
            if load_number != number
        }
        refusal: UsageError | None = None
        try:
            undo_load(self._engine, number)
        except UsageError as error:
            refusal = error
        if refusal is not None:
            assert not is_newest
            assert "ndo" in refusal.hint
            assert any(
                str(load_number) in str(refusal)
                for load_number in remaining
                if load_number > number
            )
            assert before.differences(self.contents()) == []
            self.workshop.outcomes["kept"] += 1
            return
        self._history = remaining
        self.workshop.outcomes["newest" if is_newest else "older"] += 1
        self.compare()


def run(workshop: Workshop, examples: int, steps: int) -> None:
    """Run generated histories, and check each step."""
    machine = type("Histories", (Histories,), {"workshop": workshop})
    quietly = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None,
            suppress_health_check=quietly, print_blob=True,
        ),
    )  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def workshop(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Workshop:
    """The environment of histories, on each of the two databases."""
    if request.param == "postgresql":
        refilled = request.getfixturevalue("server_refilled")
        fresh = lambda: refilled.ready().render_as_string(hide_password=False)  # noqa: E731
        return Workshop(tmp_path, sqlite_template, fresh)

    def copied() -> str:
        return str(shutil.copyfile(sqlite_template, tmp_path / "history.sqlite"))

    return Workshop(tmp_path, sqlite_template, copied)


@pytest.mark.later_on_postgresql
def test_any_history_leaves_what_the_remaining_loads_say(workshop: Workshop) -> None:
    run(workshop, examples=4, steps=5)


@pytest.mark.full
def test_two_thousand_steps_leave_what_the_remaining_loads_say(workshop: Workshop) -> None:
    run(workshop, examples=200, steps=10)
    # Most older loads can be undone; without this, refusing all would pass the test as well.
    assert workshop.outcomes["older"] > workshop.outcomes["kept"]
