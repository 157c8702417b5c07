"""Keys made by templates, which must be the same in records that refer to an entity."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import entity, finance
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import DataRejectedError
from bricoop.ingest.pipeline import RowsRejectedError
from bricoop.query.execute import execute
from bricoop.query.question import Question
from support.loading import Load
from support.profile_rules import (
    MONEY,
    PROJECTS,
    TWO,
    Run,
    money_in,
    profile_text,
    refused,
    running,
)

pytestmark = pytest.mark.later_on_postgresql


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Run:
    """Load the text of a CSV file by the text of a profile."""
    return running(engine, tmp_path)


@pytest.mark.parametrize("order", [(PROJECTS, MONEY), (MONEY, PROJECTS)])
def test_a_template_makes_the_same_key_for_a_project_and_its_money(
    engine: Engine, run: Run, order: tuple[str, str]
) -> None:
    result = run(profile_text(*order), TWO)
    assert result.records == {"projects": 2, "finance": 2}
    assert not result.created.counts
    assert (money_in(engine, "Kenya"), money_in(engine, "Uganda")) == (10, 4)
    with reading(engine) as connection:
        keys = connection.scalars(
            select(entity.c.key).join(finance, finance.c.entity_id == entity.c.id)
        )
        assert sorted(keys) == ["m-p1", "m-p2"]


def test_a_profile_of_another_file_finds_projects_by_its_template(engine: Engine, run: Run) -> None:
    run(profile_text(PROJECTS), TWO)
    run(profile_text(MONEY), TWO)
    assert money_in(engine, "Kenya") == 10
    (problem,) = refused(run, profile_text(MONEY), f"{TWO}P3,Dam,Kenya,5\n")
    assert (problem.line, problem.column, problem.value) == (4, "No", "P3")
    assert problem.rule == "means 'm-p3', which is not the key of a project"
    assert problem.hint == "Did you mean: m-p1; m-p2?"


def test_organizations_are_known_by_the_template_of_their_keys(engine: Engine, run: Run) -> None:
    organizations = """
[[records]]
noun = "organizations"
id = ["Bank"]
[records.fields]
key = { template = "bank-{Bank}" }
name = { template = "Bank of {Bank}" }
"""
    projects = f'{PROJECTS}financiers = {{ template = "bank-{{Bank}}", add = ["Far Fund"] }}\n'
    result = run(
        profile_text(organizations, projects), "No,Name,Country,Bank\n1,Road,Kenya,Kisumu\n"
    )
    assert [list(names) for names in result.created.names.values()] == [["Far Fund"]]
    with reading(engine) as connection:
        rows = execute(
            connection,
            Question("projects", columns=("financiers",), filters={"country": ("Kenya",)}),
        )
        assert [row for (row,) in rows.rows] == [["Far Fund", "Bank of Kisumu"]]


LONG = "A very long name of a project in a country that has very many of them and number "


def test_a_key_that_an_earlier_load_made_of_another_cell_is_noted(
    quick: Engine, tmp_path: Path
) -> None:
    run = running(quick, tmp_path)
    profile = profile_text(PROJECTS.replace("m-{No}", "d-{No}")).replace(
        'id = ["No"]', 'id = ["No", "Name"]'
    )
    head = "No,Name,Country,Amount\n"
    first = run(profile, f"{head}A-1,Road,,5\nB-1,Port,,5\n")
    assert first.row_notes == []
    again = run(profile, f"{head}a-1,Roads,,5\nB/1,Pier,,5\nC-1,Dam,,5\n")
    (note,) = [note for note in again.row_notes if "becomes the key" in note.rule]
    assert (note.line, note.column, note.value) == (3, "No", "B/1")
    load = first.load_id
    assert f"'d-b-1', which load {load} made of another value for 'B-1|Port'" in note.rule


@pytest.mark.parametrize(
    ("template", "rows", "refused_lines"),
    [
        ("d-{No}", ("A-1", "A/1", "A 1", "1.0", "1-0"), [3, 4, 6]),
        ("d-{No}", (f"{LONG * 2}1", f"{LONG * 2}2"), [3]),
        ("d-{No}", ("???", "!!!"), [3]),
        ("d-{No}-{Name}", ("1-2,3", "1,2-3"), [3]),
        ("d-{No}", ("A-1", "B-1"), []),
        ("d-{Name}", ("1,Road", "2,Road"), []),
        ("d-{No}-{#}", ("A-1", "A/1"), []),
        ("D {No}", ("A-1", "A/1"), [3]),
    ],
)
def test_different_cells_that_become_one_key_are_refused(
    quick: Engine, tmp_path: Path, template: str, rows: tuple[str, ...], refused_lines: list[int]
) -> None:
    run = running(quick, tmp_path)
    records = (record.replace("m-{No}", template) for record in (PROJECTS, MONEY))
    profile = profile_text(*records).replace('id = ["No"]', 'id = ["No", "Name"]')
    lines = "".join(f"{row if ',' in row else f'{row},Road'},,5\n" for row in rows)
    text = f"No,Name,Country,Amount\n{lines}"
    if not refused_lines:
        assert run(profile, text).counts.new == len(rows)
        return
    problems = refused(run, profile, text)
    assert [
        problem.line for problem in problems if problem.rule.startswith("becomes the key")
    ] == refused_lines
    assert problems[0].column == "No"
    assert "which line 2 has for another value" in problems[0].rule


def test_a_key_in_other_letters_is_noted(quick: Engine, tmp_path: Path) -> None:
    profile = profile_text(PROJECTS).replace("m-{No}", "m-{Name}")
    result = running(quick, tmp_path)(profile, "No,Name,Country\n1,Lake Road,\n2,Lake ROAD,\n")
    (note,) = result.row_notes
    assert (note.line, note.column, note.value) == (3, "Name", "Lake ROAD")
    assert (
        note.rule == "becomes the key 'm-lake-road', which line 2 has for the same in other letters"
    )


def test_a_row_that_is_there_already_keeps_its_key_from_new_ones(
    quick: Engine, tmp_path: Path
) -> None:
    run, profile = running(quick, tmp_path), profile_text(PROJECTS)
    run(profile, "No,Name,Country\nA-1,Road,\n")
    for text in ("A-1,Road,\nA/1,Dam,\n", "A/1,Dam,\nA-1,Road,\n"):
        (problem,) = refused(run, profile, f"No,Name,Country\n{text}")
        assert problem.line == 3


@pytest.mark.parametrize(
    ("noun", "header", "rest"),
    [
        ("finance", "project,kind", ",pledge"),
        ("locations", "project,latitude,longitude,precision", ",1,2,exact"),
        ("participations", "project,organization,role", ",A Bank,funding"),
    ],
)
def test_rows_about_projects_name_them_or_give_a_key_that_is_known(
    load: Load, noun: str, header: str, rest: str
) -> None:
    load("projects", "key,name\nkaruma-dam,Karuma Hydropower\nx-12,Line\ny-12,Dam\n")
    for wrong in ("karuma-dan", "x-13", "12345"):
        with pytest.raises(RowsRejectedError) as error:
            load(noun, f"{header}\n{wrong}{rest}\n")
        (problem,) = error.value.result.problems
        assert problem.rule == "is not the key of a project"
        assert ("karuma-dam" in problem.hint) == (wrong == "karuma-dan")
    with pytest.raises(RowsRejectedError, match="refused"):
        load(noun, f"{header}\nDam; Road{rest}\n")
    right = ("karuma-dam", "Karuma Hydropower", "X-12", "karuma hydropower", "Y/12", "port")
    result = load(noun, f"{header}\n" + "".join(f"{name}{rest}\n" for name in right[2:]))
    assert result.counts.new == 4
    assert result.created.names[EntityKind.PROJECT] == ["Y/12", "port"]


def test_a_name_of_several_cells_lacks_what_one_of_them_lacks(run: Run) -> None:
    named = PROJECTS.replace('name = "Name"', 'name = { template = "{Country}, {Name}" }')
    (problem,) = refused(run, profile_text(named), "No,Name,Country\n1,Total,\n")
    assert (problem.column, problem.value) == ("Name", "Total")
    assert problem.rule.startswith("gives no name, and there must be one")


def test_a_column_of_whole_numbers_makes_the_same_key_of_each_spelling(
    engine: Engine, run: Run
) -> None:
    profile = profile_text(PROJECTS, MONEY, before='whole_numbers = ["No"]\n')
    header = "No,Name,Country,Amount\n"
    run(profile, f"{header}7.0,Road,Kenya,10\n8.00,Rail,Kenya,4\n9.50,Port,Kenya,1\n")
    again = run(profile, f"{header}7,Road,Kenya,10\n8,Rail,Kenya,4\n9.50,Port,Kenya,1\n")
    assert (again.counts.new, money_in(engine, "Kenya")) == (0, 15)
    with reading(engine) as connection:
        keys = connection.scalars(
            select(entity.c.key).join(finance, finance.c.entity_id == entity.c.id)
        )
        assert sorted(keys) == ["m-7", "m-8", "m-9-50"]
    twice = refused(run, profile, f"{header}7.0,Road,Kenya,10\n7,Rail,Kenya,4\n")
    assert [problem.rule for problem in twice] == ["is already the id of line 2"]


def test_a_file_must_have_the_columns_of_whole_numbers(run: Run) -> None:
    profile = profile_text(PROJECTS, before='whole_numbers = ["Number"]\n')
    with pytest.raises(DataRejectedError, match="Number"):
        run(profile, TWO)
