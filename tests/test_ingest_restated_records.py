"""Notes on new records that repeat what their source already states under other ids."""

from pathlib import Path

import pytest

from support.command_line import NEW_SOURCE, answer, run
from support.loading import Load

pytestmark = pytest.mark.later_on_postgresql

PROJECTS = "id,name,countries\nk1,Old Bridge,Kenya\nk2,New Road,Kenya\nk3,Long Tunnel,Kenya\n"
STATISTICS = "id,subject,indicator,value,period\ns1,Kenya,length,7,2019\ns2,Kenya,width,2,2019\n"


def notes(load: Load, noun: str, text: str) -> list[str]:
    """Load a file; return its notes on the file as a whole."""
    return [note for note in load(noun, text).notes if "other ids" in note]


@pytest.mark.parametrize("noun", ["projects", "statistics"])
def test_an_answer_that_is_loaded_as_its_own_source_is_noted(
    knowledge_base: str, tmp_path: Path, noun: str
) -> None:
    text = PROJECTS if noun == "projects" else STATISTICS
    loaded = run("--db", knowledge_base, "load", noun, "-", *NEW_SOURCE, stdin=text)
    assert (loaded.exit_code, "other ids" in loaded.stderr) == (0, False)
    path = str(tmp_path / "answer.csv")
    answer("--db", knowledge_base, "query", noun, "--source", "notes", "-o", path)
    again = run("--db", knowledge_base, "load", noun, path, "--source", "notes")
    number, first = ("3 projects", "k1") if noun == "projects" else ("2 statistics", "s1")
    assert (
        f"Note: {path}: {number} are new, although this source already has them under other ids, "
        f"such as '{first}' of load 13; all records are kept. If they are the same, load the file "
        "with the earlier ids in its column id: `bricoop query records --source notes` lists "
        "them.\n"
    ) in again.stderr
    third = run("--db", knowledge_base, "load", noun, path, "--source", "notes")
    assert (third.exit_code, "other ids" in third.stderr) == (0, False)


def test_a_key_that_the_name_gave_is_not_taken_for_one_of_a_template(load: Load) -> None:
    load("projects", "key,name\n,Old Bridge\n")
    assert not load("projects", "id,key,name\n7,old-bridge,Old Bridge\n").row_notes


def test_only_records_that_the_file_lacks_and_that_remain_are_counted(load: Load) -> None:
    load("projects", PROJECTS)
    both = notes(load, "projects", PROJECTS + "k9,Old Bridge,Kenya\n")
    assert both == []
    (single,) = notes(load, "projects", "id,name\nm1,new road\nm2,Unheard-of Quay\n")
    assert single.startswith("1 project is new, although this source already has it under other")
    assert notes(load, "projects", "id,name\nm1,new road\nm2,Unheard-of Quay\n") == []


def test_records_that_a_complete_edition_withdraws_are_not_counted(
    knowledge_base: str,
) -> None:
    command = ("--db", knowledge_base, "load", "projects", "-", *NEW_SOURCE)
    assert run(*command, stdin=PROJECTS).exit_code == 0
    result = run(*command, "--complete", stdin=PROJECTS.replace("k", "m"))
    assert "No longer in the dataset: 3 projects." in result.stderr
    assert "other ids" not in result.stderr


def test_other_sources_facts_and_ids_of_facts_do_not_count(load: Load) -> None:
    load("projects", PROJECTS, source="others")
    load("statistics", STATISTICS)
    assert notes(load, "projects", PROJECTS) == []
    assert notes(load, "statistics", STATISTICS.replace("s1", "t1").replace("s2", "t2")) == []
    later = STATISTICS.replace("s1", "").replace("s2", "").replace("2019", "2020")
    assert notes(load, "statistics", later) == []
