"""Editions that move names and facts between entities leave a consistent knowledge base."""

import csv
import os
from collections.abc import Callable, Iterable
from itertools import islice, permutations
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.ingest.check.rebuild import check_all
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.transform.batches import batch_size
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.execute import execute
from bricoop.query.question import Question
from bricoop.render.loading import ProblemFile
from support.loading import Load
from support.profile_rules import Run, profile_text, running
from support.state import state

pytestmark = pytest.mark.later_on_postgresql


def failures(engine: Engine) -> list[str]:
    """Return the failed checks of the knowledge base."""
    with reading(engine) as connection:
        return [check.name for check in check_all(connection) if check.violations]


def values(engine: Engine, question: Question) -> list[tuple[object, ...]]:
    """Return the rows of a question."""
    with reading(engine) as connection:
        return [tuple(row) for row in execute(connection, question).rows]


def test_an_entity_whose_facts_moved_away_keeps_the_name_that_a_names_file_mentions(
    engine: Engine, load: Load
) -> None:
    header = "id,project,kind,amount_usd,date\n"
    load("finance", f"{header}F6,Ub Rail,commitment,900,2015\nF1,Ud Bridge,commitment,900,2015\n")
    load("names", "subject,name,kind\nUb Rail,Uf New,spelling\n", source="names")
    before = state(engine)
    moved = load("finance", f"{header}F6,Ud Bridge,pledge,200,2015\n")
    assert failures(engine) == []
    assert values(engine, Question("projects", {"name": ("Uf New",)}, ("name",))) == [("Ub Rail",)]
    assert moved.load_id is not None
    undo_load(engine, moved.load_id)
    assert state(engine) == before


def test_an_edition_that_exchanges_names_speaks_of_two_organizations(
    engine: Engine, load: Load
) -> None:
    load("organizations", "id,name,kind\nO1,Org One,fund\n")
    load("projects", "name,financiers\nUd Bridge,Org One;Org Two\n", source="other")
    before = state(engine)
    edition = load("organizations", "id,name,kind\nO2,Org One,fund\nO1,Org Two,fund\n")
    assert [(note.line, note.column) for note in edition.row_notes] == [(2, "name"), (3, "name")]
    assert "was the name of another organization" in edition.row_notes[0].rule
    assert "also a name of org-two" in edition.row_notes[1].rule
    assert failures(engine) == []
    named = Question("organizations", {"source": ("notes",)}, ("key", "name"), sort="key")
    assert values(engine, named) == [("org-one", "Org Two"), ("org-one-2", "Org One")]
    assert edition.load_id is not None
    undo_load(engine, edition.load_id)
    assert failures(engine) == []
    assert state(engine) == before


#: Rows that describe an organization each, and some of them a project with its financier.
BOTH = profile_text(
    """
[[records]]
noun = "organizations"
id = ["No"]
[records.fields]
name = "Name"
aliases = "Alias"
key = "Key"
[[records]]
noun = "projects"
id = ["No"]
needs = ["name"]
[records.fields]
name = "Project"
financiers = "Financier"
[[records]]
noun = "statistics"
id = ["No"]
needs = ["subject"]
[records.fields]
subject = "Financier"
indicator = { constant = "staff" }
value = { constant = "7" }
"""
)
OTHER_NOUNS = ["projects", "agreements", "policies"]
#: How many orders of three rows are tried.
EVERY_ORDER = [1, pytest.param(6, marks=pytest.mark.full)]
#: Enough columns to make batches small.
HEADER = ["No", "Name", "Alias", "Key", "Project", "Financier", *map(str, range(190))]


def text_of(*rows: str) -> str:
    """Return a file of rows, whose last cells are empty."""
    empty = len(HEADER) - 1
    padded = [f"{row}{',' * (empty - row.count(','))}\n" for row in rows]
    return f"{','.join(HEADER)}\n{''.join(padded)}"


def far_apart(*rows: str) -> str:
    """Return a file of rows that are all written in different batches."""
    size = batch_size(len(HEADER))
    first, *others = rows
    spaced = [first]
    for index, row in enumerate(others):
        spaced += [f"F{index}-{number},Filler {index} {number}" for number in range(size)]
        spaced.append(row)
    return text_of(*spaced)


def named_one_or_two(engine: Engine, noun: str = "organizations") -> list[tuple[object, ...]]:
    """Return the keys and names of the entities called One or Two."""
    return values(engine, Question(noun, {"name": ("Ud One", "Ud Two")}, ("key", "name"), "key"))


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    """Load text by a profile's text."""
    return running(engine, tmp_path)


@pytest.fixture
def first_edition(run: Run) -> None:
    """Load an edition with one organization, `Ud One`, whose key is `ud-one`."""
    run(BOTH, text_of("O1,Ud One"))


@pytest.mark.parametrize(
    "noun",
    ["organizations", *(pytest.param(noun, marks=pytest.mark.full) for noun in OTHER_NOUNS)],
)
def test_names_are_exchanged_between_the_ends_of_a_long_edition(
    engine: Engine, load: Load, run: Run, noun: str
) -> None:
    fields = f'noun = "{noun}"\nid = ["No"]\n[records.fields]\nname = "Name"\n'
    profile = profile_text(f"[[records]]\n{fields}")
    run(profile, text_of("O1,Ud One"))
    load(noun, "name\nUd Two\n", source="other")
    before = state(engine)
    edition = run(profile, far_apart("O2,Ud One", "O1,Ud Two"))
    assert [note.column for note in edition.row_notes] == ["Name", "Name"]
    assert "was the name of another" in edition.row_notes[0].rule
    assert "also a name of ud-two" in edition.row_notes[1].rule
    assert failures(engine) == []
    expected = [("ud-one", "Ud Two"), ("ud-one-2", "Ud One"), ("ud-two", "Ud Two")]
    assert named_one_or_two(engine, noun) == expected
    assert edition.load_id is not None
    undo_load(engine, edition.load_id)
    assert failures(engine) == []
    assert state(engine) == before


def test_undoing_what_a_long_edition_rests_on_exchanges_names_as_before(
    engine: Engine, load: Load, run: Run
) -> None:
    other = load("projects", "name,financiers\nUd Bridge,Ud One;Ud Two\n", source="other")
    run(BOTH, text_of("O1,Ud One"))
    run(BOTH, far_apart("O2,Ud One", "O3,Ud Three,,,Ud Rail,Ud One", "O1,Ud Two"))
    expected = [("ud-one", "Ud Two"), ("ud-one-2", "Ud One")]
    assert named_one_or_two(engine) == [*expected, ("ud-two", "Ud Two")]
    assert other.load_id is not None
    undo_load(engine, other.load_id)
    assert named_one_or_two(engine) == expected
    financed = Question("projects", {"financier": ("ud-one-2",)}, ("key",))
    assert values(engine, financed) == [("ud-rail",)]
    assert failures(engine) == []


def differing_states(
    engine: Engine, run: Run, orders: Iterable[tuple[str, ...]]
) -> list[dict[str, list[tuple[object, ...]]]]:
    """Load an edition with its rows in some orders, near and far; return what differs."""
    states: list[dict[str, list[tuple[object, ...]]]] = []
    before = state(engine)
    for order in orders:
        for text in (text_of(*order), far_apart(*order)):
            edition = run(BOTH, text)
            assert any("was the name of another" in note.rule for note in edition.row_notes)
            assert failures(engine) == []
            outcome = {
                "entities": named_one_or_two(engine),
                "financed": values(
                    engine, Question("projects", {"financier": ("ud-one-2",)}, ("key",))
                ),
                "counted": values(
                    engine, Question("statistics", {"subject": ("ud-one-2",)}, ("value",))
                ),
            }
            states += [] if outcome in states else [outcome]
            assert edition.load_id is not None
            undo_load(engine, edition.load_id)
            assert state(engine) == before
    return states


@pytest.mark.usefixtures("first_edition")
@pytest.mark.parametrize("number", EVERY_ORDER)
def test_cells_mean_the_organization_that_has_the_name_in_the_edition_in_any_order(
    engine: Engine, run: Run, number: int
) -> None:
    rows = ("O3,Ud Three,,,Ud Bridge,Ud One", "O1,Ud Two", "O2,Ud One")
    assert differing_states(engine, run, islice(permutations(rows), number)) == [
        {
            "entities": [("ud-one", "Ud Two"), ("ud-one-2", "Ud One")],
            "financed": [("ud-bridge",)],
            "counted": [(7,)],
        }
    ]


@pytest.mark.usefixtures("first_edition")
@pytest.mark.parametrize("number", EVERY_ORDER)
def test_a_name_that_another_row_gives_as_an_alias_is_exchanged_in_any_order(
    engine: Engine, run: Run, number: int
) -> None:
    rows = ("O3,Ud Two,Ud One,ud-one", "O2,Ud One", "O1,Ud Two")
    assert differing_states(engine, run, islice(permutations(rows), number)) == [
        {
            "entities": [("ud-one", "Ud Two"), ("ud-one-2", "Ud One")],
            "financed": [],
            "counted": [],
        }
    ]


@pytest.mark.parametrize("apart", [text_of, far_apart])
def test_a_former_name_that_no_new_row_has_means_the_same_as_before(
    engine: Engine, run: Run, apart: Callable[..., str]
) -> None:
    run(BOTH, text_of("O1,Ud One,Uo"))
    run(BOTH, apart("O9,Ud One,Uo", "O5,Ud New,,,Ud Bridge,Uo", "O1,Ud One"))
    assert named_one_or_two(engine) == [("ud-one", "Ud One")]
    financed = Question("projects", {"financier": ("ud-one",)}, ("key",))
    assert values(engine, financed) == [("ud-bridge",)]


@pytest.mark.parametrize("apart", [text_of, far_apart])
def test_a_row_that_is_left_out_exchanges_no_name(
    engine: Engine, load: Load, run: Run, tmp_path: Path, apart: Callable[..., str]
) -> None:
    load("organizations", "id,key,name\n1,ua,Amb Org\n2,ub,Amb Org\n", source="other")
    run(BOTH, text_of("O1,Ud One"))
    rows = ("O2,Ud One", "O3,Ud New,,,Ud Bridge,Ud One", "O1,Ud Two,,,Ud Rail,Amb Org")
    result = run(BOTH, apart(*rows), rejects=tmp_path / "rejects.csv")
    assert result.counts.rejected == 1
    assert named_one_or_two(engine) == [("ud-one", "Ud One")]
    financed = Question("projects", {"financier": ("ud-one",)}, ("key",))
    assert values(engine, financed) == [("ud-bridge",)]


@pytest.mark.parametrize("apart", [text_of, far_apart])
def test_a_name_that_looks_like_a_key_is_exchanged_too(
    engine: Engine, run: Run, apart: Callable[..., str]
) -> None:
    run(BOTH, text_of("O1,acme"))
    run(BOTH, apart("O2,acme", "O1,Ud Two"))
    named = Question("organizations", {"name": ("acme", "Ud Two")}, ("key", "name"), "key")
    assert values(engine, named) == [("acme", "Ud Two"), ("acme-2", "acme")]


def test_a_record_with_a_name_of_two_organizations_stays_with_its_own(
    engine: Engine, load: Load
) -> None:
    load("organizations", "id,name,kind\nO1,Ud One,fund\n")
    load("organizations", "id,name,kind\nX1,Ud Two,fund\n", source="other")
    load("organizations", "id,name,kind\nO1,Ud Two,fund\n")
    load("organizations", "id,name,kind\nO1,Ud Two,policy-bank\n")
    load("organizations", "id,name,kind\nX1,Ud Two,private-enterprise\n", source="other")
    named = Question("organizations", {"name": ("Ud Two",)}, ("key", "kind"), "key")
    expected = [("ud-one", "policy-bank"), ("ud-two", "private-enterprise")]
    assert values(engine, named) == expected


def test_names_are_exchanged_in_what_comes_through_a_pipe(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    load("organizations", "id,name\nO1,Ud One\n")
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = Thread(target=path.write_text, args=["id,name\nO2,Ud One\nO1,Ud Two\n"])
    writer.start()
    source = SourceSpec("notes", title="The notes", tier=7)
    load_file(engine, LoadRequest("organizations", str(path), source))
    writer.join()
    assert named_one_or_two(engine) == [("ud-one", "Ud Two"), ("ud-one-2", "Ud One")]


@pytest.mark.usefixtures("first_edition")
def test_the_file_of_problems_has_each_of_them_once(
    engine: Engine, run: Run, tmp_path: Path
) -> None:
    log = ProblemFile(tmp_path / "problems.csv")
    text = far_apart("O2,Ud One", "O3,Ud Three,,No Key", "O1,Ud Two")
    more = {"sink": log.add, "begins": log.begin, "rejects": tmp_path / "rejects.csv"}
    result = run(BOTH, text, **more)
    log.close()
    assert (result.problem_count, result.counts.rejected) == (1, 1)
    with (tmp_path / "problems.csv").open(encoding="utf-8", newline="") as file:
        problems = [(row["value"], row["level"]) for row in csv.DictReader(file)]
    assert problems == [("Ud One", "note"), ("No Key", "error")]
    assert named_one_or_two(engine) == [("ud-one", "Ud Two"), ("ud-one-2", "Ud One")]
