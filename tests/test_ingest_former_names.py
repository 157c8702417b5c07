"""Notes on new entities with a name that another entity had until a newer edition."""

import pytest
from sqlalchemy import Engine

from bricoop.ingest.request import LoadResult
from bricoop.ingest.undo.undo_load import undo_load
from support.loading import Load

pytestmark = pytest.mark.later_on_postgresql

FINANCE = "id,project,kind,amount_usd\n1,Old Bridge,commitment,5\n2,old  bridge,pledge,7\n"


def notes(result: LoadResult) -> list[tuple[int, str, str, str]]:
    """Return line, column, value and rule of the notes on rows."""
    return [(note.line, note.column, note.value, note.rule) for note in result.row_notes]


def rename(load: Load) -> int:
    """Load a project in two editions, of which the second renames it; return the second load."""
    load("projects", "id,name,countries\nk1,Old Bridge,Kenya\n")
    renamed = load("projects", "id,name,countries\nk1,New Crossing,Kenya\n").load_id
    load("projects", "id,name,countries,kind\nk1,New Crossing,Kenya,road\n")
    assert renamed is not None
    return renamed


def test_a_former_name_of_a_project_is_noted_where_it_makes_a_new_one(load: Load) -> None:
    renamed = rename(load)
    result = load("finance", FINANCE, source="others")
    rule = f"was the name of old-bridge until load {renamed}, and is a new project now"
    assert notes(result) == [(2, "project", "Old Bridge", rule)]
    assert result.row_notes[0].hint == (
        "If old-bridge is meant, write this key instead, or give it the name in the column "
        "former_names of projects."
    )
    assert notes(load("finance", FINANCE, source="others")) == []


def test_a_project_of_another_source_with_a_former_name_is_noted(load: Load) -> None:
    renamed = rename(load)
    assert notes(load("projects", "name\nOld Bridge\n", source="others")) == [
        (2, "name", "Old Bridge",
         f"was the name of old-bridge until load {renamed}, and is a new project now"),
    ]  # fmt: skip


def test_a_row_with_a_key_of_its_own_is_not_noted(load: Load) -> None:
    rename(load)
    assert notes(load("projects", "key,name\nbridge-2,Old Bridge\n", source="others")) == []


def test_a_former_further_name_of_an_organization_is_noted(load: Load) -> None:
    load("organizations", "id,name,aliases\n1,Lake Bank,Bank of the Lake; LBX\n")
    changed = load("organizations", "id,name,aliases\n1,Lake Bank,LBX\n").load_id
    result = load("projects", "id,name,financiers\n1,Quay,LBX; Bank of the Lake\n")
    rule = f"was the name of lake-bank until load {changed}, and is a new organization now"
    assert notes(result) == [(2, "financiers", "Bank of the Lake", rule)]


def test_a_name_that_the_project_still_has_or_has_again_is_not_noted(
    engine: Engine, load: Load
) -> None:
    renamed = rename(load)
    load("projects", "id,name,former_names\nk1,New Crossing,Old Bridge\n")
    result = load("finance", FINANCE, source="others")
    assert (notes(result), result.created.counts) == ([], {})
    undo_load(engine, result.load_id or 0)
    for number in (renamed + 2, renamed + 1, renamed):
        undo_load(engine, number)
    result = load("finance", FINANCE, source="others")
    assert (notes(result), result.created.counts) == ([], {})


def test_the_load_that_replaces_a_name_does_not_note_it(load: Load) -> None:
    load("projects", "id,name\nk1,Old Bridge\n")
    result = load("projects", "id,name\nk1,New Crossing\nk2,Old Bridge\n")
    assert [rule for _, _, _, rule in notes(result)] == [
        "was the name of another project of this source, which has another name in this file"
    ]
