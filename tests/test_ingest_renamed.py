"""Editions that move names and facts between entities leave nothing that does not follow."""

from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.ingest.rebuild import check_all
from bricoop.ingest.undo import undo_load
from bricoop.query.ask import ask
from bricoop.query.question import Question
from conftest import Load
from test_ingest_undo import state


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
