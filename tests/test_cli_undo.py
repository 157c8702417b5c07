"""Undoing from the command line: a load goes with all its traces, in whatever order."""

import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.undo.refusal import UndoRefusedError
from bricoop.ingest.undo.undo_load import undo_load
from support.command_line import answer, run
from support.examples import few_of
from support.random_loads import load_some, some_load
from support.state import state, table_rows

pytestmark = pytest.mark.later_on_postgresql


@pytest.fixture(scope="module")
def shared_base(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An engine on a knowledge base that every history begins with and must leave as it was."""
    path = tmp_path_factory.mktemp("histories") / "kb.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    engine = make_engine(parse_address(str(path)))
    yield engine
    engine.dispose()


#: Histories that have once gone wrong come first.
SEEDS = (132, 318, *range(20))


@pytest.mark.parametrize("seed", [*SEEDS[:2], *few_of(SEEDS[2:], 1)])
def test_any_history_of_loads_is_undone_in_any_order(
    shared_base: Engine, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 (a history, not a secret)
    before = state(shared_base)
    numbers = load_some(shared_base, chance, tmp_path)
    chance.shuffle(numbers)
    for number in numbers:
        undo_load(shared_base, number)
        state(shared_base)
    assert state(shared_base) == before


@pytest.mark.parametrize("seed", [155, 1049, *few_of(range(6), 1)])
def test_any_history_of_loads_is_undone_step_by_step_from_its_end(
    shared_base: Engine, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 (a history, not a secret)
    states, done = [table_rows(shared_base)], []
    for _ in range(chance.randint(2, 5)):
        try:
            done.append(load_file(shared_base, some_load(chance, tmp_path)).load_id)
        except RowsRejectedError:
            continue
        states.append(table_rows(shared_base))
    for number in reversed(done):
        assert number is not None
        states.pop()
        undo_load(shared_base, number)
        assert table_rows(shared_base) == states[-1]


ONE = "id,name,countries,financiers\n1,Orsha Hub,Belarus,Bank of Minsk; Bank of Brest\n"
TWO = "id,name,countries,contractors\n9,Lida Hub,Belarus,Bank of Minsk\n8,Orsha Hub,Belarus,CDB\n"


def load_as(address: str, key: str, text: str) -> str:
    """Load projects as a source's; return the load's number as the program says it."""
    source = ("--source", key, "--source-title", f"The {key}", "--tier", "5")
    result = run("--db", address, "load", "projects", "-", *source, stdin=text)
    assert result.exit_code == 0, result.stderr
    return result.stderr.splitlines()[-1].removeprefix("To undo this load: bricoop undo ")


def undo(address: str, number: str) -> str:
    result = run("--db", address, "undo", number)
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    answer("--db", address, "db", "check")
    return str(result.stderr)


def answers(address: str) -> list[str]:
    nouns = ("projects", "countries", "organizations", "financiers", "links", "statistics", "sources",
             "loads")  # fmt: skip
    return [answer("--db", address, "query", noun, "-f", "csv") for noun in nouns]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_loads_that_share_an_organization_come_off_in_either_order(
    knowledge_base: str, order: tuple[int, int]
) -> None:
    before = answers(knowledge_base)
    numbers = (load_as(knowledge_base, "one", ONE), load_as(knowledge_base, "two", TWO))
    undo(knowledge_base, numbers[order[0]])
    left = answer("--db", knowledge_base, "query", "organizations", "--name", "minsk")
    assert "Bank of Minsk" in left
    sources = answer("--db", knowledge_base, "query", "sources", "--columns", "key").split()
    assert {"one", "two"} & set(sources) == {("one", "two")[order[1]]}
    undo(knowledge_base, numbers[order[1]])
    assert answers(knowledge_base) == before


def test_what_a_load_changed_says_again_what_it_said(knowledge_base: str) -> None:
    load_as(knowledge_base, "one", ONE)
    before = answers(knowledge_base)[:-1]
    number = load_as(knowledge_base, "one", ONE.replace("Brest", "Grodno").replace("Hub", "Port"))
    assert "Bank of Grodno" in answer("--db", knowledge_base, "show", "Orsha Port")
    assert "1 restored" in undo(knowledge_base, number)
    assert answers(knowledge_base)[:-1] == before
    assert run("--db", knowledge_base, "show", "Bank of Grodno").exit_code == 4


def test_a_load_is_undone_once_and_only_if_nothing_rests_on_it(knowledge_base: str) -> None:
    number = load_as(knowledge_base, "one", ONE)
    undo(knowledge_base, number)
    for number_, code, message in ((number, 2, "already undone"), ("1", 2, "cannot be undone alone"),
                              ("4711", 4, "There is no load 4711")):  # fmt: skip
        result = run("--db", knowledge_base, "undo", number_)
        assert (result.exit_code, result.stdout) == (code, ""), result.exception
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1
    result = run("--db", knowledge_base, "undo", "99999999999999999999")
    assert result.exit_code in {2, 4}, result.stderr or result.exception


def test_a_load_of_countries_that_others_name_says_what_it_describes(sqlite_template: Path) -> None:
    refused = run("--db", str(sqlite_template), "undo", "1")
    assert refused.exit_code == 2
    assert refused.stderr == (
        "Error: Load 1 cannot be undone alone: it describes countries, regions or links that loads "
        "6 and 8 name. Type `bricoop undo 8`; then `bricoop undo 6`; then `bricoop undo 1`.\n"
    )


def test_many_loads_to_undo_first_are_listed_in_their_order() -> None:
    refused = UndoRefusedError(13, "they depend on it", [15, 18, 14, 16])
    assert refused.hint == (
        "Type `bricoop undo 18`, and the same for 16, 15, 14, in this order; "
        "then `bricoop undo 13`."
    )
