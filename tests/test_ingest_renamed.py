"""Editions that move names and facts between entities leave nothing that does not follow."""

import csv
import os
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.errors import DataRejectedError
from bricoop.ingest.load import load_file
from bricoop.ingest.prepared.supply import batch_size
from bricoop.ingest.rebuild import check_all
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo import undo_load
from bricoop.query.ask import ask
from bricoop.query.question import Question
from bricoop.render.loading import ProblemFile
from conftest import Load
from support.profile_rules import Run, profile_text, running
from test_ingest_undo import state

pytestmark = pytest.mark.later_on_postgresql


def failures(engine: Engine) -> list[str]:
    """Return what is wrong with the knowledge base."""
    with reading(engine) as connection:
        return [check.name for check in check_all(connection) if check.found]


def values(engine: Engine, question: Question) -> list[tuple[object, ...]]:
    """Return the rows of a question."""
    with reading(engine) as connection:
        return [tuple(row) for row in ask(connection, question).rows]


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
    assert "also that of org-two" in edition.row_notes[1].rule
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
"""
)
#: So many columns that few rows are written at once.
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
    for place, row in enumerate(others):
        spaced += [f"F{place}-{number},Filler {place} {number}" for number in range(size)]
        spaced.append(row)
    return text_of(*spaced)


def named_one_or_two(engine: Engine, noun: str = "organizations") -> list[tuple[object, ...]]:
    """Return the keys and names of what is called One or Two."""
    return values(engine, Question(noun, {"name": ("Ud One", "Ud Two")}, ("key", "name"), "key"))


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    """Load text by a profile's text."""
    return running(engine, tmp_path)


@pytest.mark.parametrize("noun", ["organizations", "projects", "agreements", "policies"])
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
    assert "also that of ud-two" in edition.row_notes[1].rule
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
    run(BOTH, far_apart("O2,Ud One", "O1,Ud Two"))
    assert other.load_id is not None
    undo_load(engine, other.load_id)
    assert named_one_or_two(engine) == [("ud-one", "Ud Two"), ("ud-one-2", "Ud One")]
    assert failures(engine) == []


def test_a_cell_does_not_name_the_organization_that_is_renamed_far_below(
    engine: Engine, run: Run
) -> None:
    run(BOTH, text_of("O1,Ud One"))
    before = state(engine)
    edition = run(BOTH, far_apart("O2,Ud New,,,Ud Bridge,Ud One", "O1,Ud Two"))
    assert named_one_or_two(engine) == [("ud-one", "Ud Two"), ("ud-one-2", "Ud One")]
    bridge = Question("projects", {"financier": ("ud-one-2",)}, ("key",))
    assert values(engine, bridge) == [("ud-bridge",)]
    assert edition.load_id is not None
    undo_load(engine, edition.load_id)
    assert state(engine) == before


def test_a_name_that_a_later_row_gives_again_is_not_lost(engine: Engine, run: Run) -> None:
    run(BOTH, text_of("O1,Ud One"))
    run(BOTH, far_apart("O2,Ud One", "O1,Ud Two", "O3,Ud Three,Ud One,ud-one"))
    assert named_one_or_two(engine) == [("ud-one", "Ud Two")]


def test_what_comes_through_a_pipe_is_not_read_twice(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    load("organizations", "id,name\nO1,Ud One\n")
    before = state(engine)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    filler = "".join(f"F{number},Filler {number}\n" for number in range(batch_size(2)))
    text = f"id,name\nO2,Ud One\n{filler}O1,Ud Two\n"
    writer = Thread(target=path.write_text, args=[text])
    writer.start()
    source = SourceSpec("notes", title="The notes", tier=7)
    with pytest.raises(DataRejectedError, match="must be read twice") as refused:
        load_file(engine, LoadRequest("organizations", str(path), source))
    writer.join()
    assert refused.value.hint == "Save it to a file, and load that."
    assert state(engine) == before


def test_the_file_of_problems_has_each_of_them_once(
    engine: Engine, run: Run, tmp_path: Path
) -> None:
    run(BOTH, text_of("O1,Ud One"))
    log = ProblemFile(tmp_path / "problems.csv")
    text = far_apart("O2,Ud One", "O3,Ud Three,,No Key", "O1,Ud Two")
    more = {"sink": log.add, "again": log.begin_again, "rejects": tmp_path / "rejects.csv"}
    result = run(BOTH, text, **more)
    log.close()
    assert (result.problem_count, result.counts.rejected) == (1, 1)
    with (tmp_path / "problems.csv").open(encoding="utf-8", newline="") as file:
        problems = [(row["value"], row["level"]) for row in csv.DictReader(file)]
    assert problems == [("Ud One", "note"), ("No Key", "error")]
    assert named_one_or_two(engine) == [("ud-one", "Ud Two"), ("ud-one-2", "Ud One")]
