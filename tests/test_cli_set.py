"""`bricoop set`: values by hand, as records of a source of one's own, with undo."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import load, record, source
from support.command_line import answer, csv_rows, run
from support.damages import failed
from support.loading import Load
from support.trackers import decided, load_trackers, sources_by_key

pytestmark = pytest.mark.later_on_postgresql


def claims(knowledge_base: str, key: str, owner: str) -> list[tuple[str, Any, str]]:
    """Return field, value and place of what a source states about an entity, but for its name."""
    profile = json.loads(answer("--db", knowledge_base, "show", key, "-f", "json"))
    return sorted(
        (claim["field"], claim["value"], claim["locator"])
        for claim in profile["claims"]
        if claim["source"] == owner and claim["field"] != "name"
    )


def put(knowledge_base: str, *words: str, code: int = 0) -> str:
    """Set values by a source `mine`; return what standard error says."""
    result = run("--db", knowledge_base, "set", *words, "--source", "mine")
    assert result.exit_code == code, result.output
    return result.stderr


def test_a_value_is_a_record_of_ones_own_source(engine: Engine, knowledge_base: str) -> None:
    messages = put(knowledge_base, "gwadar", "status=operation", "--locator", "p. 12")
    assert "Recorded status of Gwadar Port (gwadar-port), as mine states it.\n" in messages
    assert "Sources differ in status; 'implementation' is shown, chosen by" in messages
    assert claims(knowledge_base, "gwadar-port", "mine") == [("status", "operation", "p. 12")]
    with reading(engine) as connection:
        own = connection.execute(select(source).where(source.c.key == "mine")).one()
        assert (own.title, own.tier, own.kind) == ("Notes of mine", 6, "person")
        number = connection.scalar(select(load.c.id).where(load.c.source_id == own.id))
    assert f"bricoop undo {number}\n" in messages
    assert failed(knowledge_base) == []
    assert run("--db", knowledge_base, "undo", str(number)).exit_code == 0
    assert claims(knowledge_base, "gwadar-port", "mine") == []


def test_the_same_field_is_replaced_and_others_stay(knowledge_base: str) -> None:
    put(knowledge_base, "Gwadar Port", "status=operation", "capacity=5", "capacity-unit=Mt/year")
    put(knowledge_base, "瓜达尔港", "status=completed", "--locator", "p. 3")
    expected = [
        ("capacity", "5", "command line"), ("capacity_unit", "Mt/year", "command line"),
        ("status", "completed", "p. 3"),
    ]  # fmt: skip
    assert claims(knowledge_base, "gwadar-port", "mine") == expected
    again = put(knowledge_base, "gwadar-port", "status=completed", "--locator", "p. 3")
    assert again == (
        "Nothing new: status of Gwadar Port (gwadar-port), as mine states it.\n"
        "Sources differ in status; 'implementation' is shown, chosen by the better source tier.\n"
    )


def test_a_better_tier_decides_what_is_shown(knowledge_base: str) -> None:
    put(knowledge_base, "gwadar", "status=operation", "--tier", "1", "--source-title", "Visits")
    columns = ("--columns", "key,status", "-f", "csv")
    rows = answer("--db", knowledge_base, "query", "projects", "--key", "gwadar-port", *columns)
    assert rows.splitlines()[1] == "gwadar-port,operation"


def test_lists_and_other_kinds_of_entities_are_set(knowledge_base: str) -> None:
    put(knowledge_base, "gwadar", "financiers=Bank A; Bank B")
    assert [value for field, value, _ in claims(knowledge_base, "gwadar-port", "mine")] == [
        ["Bank A", "Bank B"]
    ]
    put(knowledge_base, "Bank A", "kind=commercial-bank", "country=Pakistan")
    stated = claims(knowledge_base, "bank-a", "mine")
    assert [(field, value) for field, value, _ in stated] == [
        ("country", "PAK"), ("kind", "commercial-bank"),
    ]  # fmt: skip
    assert failed(knowledge_base) == []


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("gwadar", "statuss=x"), 4, "No field of projects is known as 'statuss'. Did you mean: status?"),
        (("gwadar", "status=xx"), 2, "status: 'xx' is not a known status."),
        (("gwadar", "status= "), 2, "The value of status is empty."),
        (("gwadar", "status"), 2, "'status' is not of the form FIELD=VALUE."),
        (("gwadar", "status=completed", "status=operation"), 2, "status is there twice."),
        (("gwadar", "key=other"), 2, "The column key says which row is meant"),
        (("gwadar", "capacity=5"), 2, "capacity"),
        (("link-facility", "code=trade"), 2, "is a link, whose values are fixed."),
        (("nowhere at all", "status=completed"), 4, "No entity is known as 'nowhere at all'."),
        (("gwadar", "status=completed", "--tier", "9"), 2, "tier"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_nothing_is_written(
    engine: Engine, knowledge_base: str, words: tuple[str, ...], code: int, message: str
) -> None:
    with reading(engine) as connection:
        before = connection.execute(select(record.c.id)).all()
    assert message in put(knowledge_base, *words, code=code)
    with reading(engine) as connection:
        assert connection.execute(select(record.c.id)).all() == before
        assert connection.scalar(select(source.c.id).where(source.c.key == "mine")) is None


def test_a_value_and_a_note_follow_the_member_that_was_named(
    load: Load, knowledge_base: str
) -> None:
    load_trackers(load)
    decided(knowledge_base, "same", "a/projects/1", "b/projects/b1")
    put(knowledge_base, "a/projects/1", "started=2012")
    put(knowledge_base, "Lake-Kuri-Road", "status=suspended")
    put(knowledge_base, "road-to-lake-kuri", "status=cancelled")
    note = ("note", "lake-kuri-road", "Looked at.", "--source", "mine")
    assert run("--db", knowledge_base, *note).exit_code == 0
    decided(knowledge_base, "split", "lake-kuri-road")
    assert sources_by_key(knowledge_base) == {
        "kuri-highway": ["c"], "lake-kuri-road": ["a", "mine"], "road-to-lake-kuri": ["b", "mine"],
    }  # fmt: skip
    values = [
        (field, value) for field, value, _ in claims(knowledge_base, "lake-kuri-road", "mine")
    ]
    assert values == [("started", "2012"), ("status", "suspended")]
    (other,) = claims(knowledge_base, "road-to-lake-kuri", "mine")
    assert other[:2] == ("status", "cancelled")
    notes = csv_rows("--db", knowledge_base, "query", "findings", "--source", "mine")
    assert [row["subject"] for row in notes] == ["Lake Kuri Road"]
    assert failed(knowledge_base) == []


@pytest.mark.parametrize("is_parted_first", [False, True])
def test_one_of_several_rows_of_equal_names_is_named_by_its_reference(
    load: Load, knowledge_base: str, *, is_parted_first: bool
) -> None:
    for owner, tier in (("a", 5), ("b", 4), ("c", 6)):
        load("projects", f"id,name,countries\n{owner} 1,Kuri Dam,Kenya\n", source=owner, tier=tier)
    split = ("split", "kuri-dam", "c/projects/c 1")
    if is_parted_first:
        decided(knowledge_base, *split)
    # Once it is parted, the row has a key of its own as well.
    put(knowledge_base, "c-c-1" if is_parted_first else "c/projects/c 1", "status=suspended")
    put(knowledge_base, "c/projects/c 1", "kind=road", "status=completed")
    put(knowledge_base, "kuri-dam", "status=cancelled")
    note = ("note", "c/projects/c 1", "Looked at.", "--source", "mine")
    assert run("--db", knowledge_base, *note).exit_code == 0
    if not is_parted_first:
        decided(knowledge_base, *split)
    assert sources_by_key(knowledge_base) == {
        "kuri-dam": ["a", "b", "mine"],
        "c-c-1": ["c", "mine"],
    }
    values = [each[:2] for each in claims(knowledge_base, "c-c-1", "mine")]
    assert values == [("kind", "road"), ("status", "completed")]
    assert [each[:2] for each in claims(knowledge_base, "kuri-dam", "mine")] == [
        ("status", "cancelled")
    ]
    notes = {
        key: json.loads(answer("--db", knowledge_base, "show", key, "-f", "json"))["notes"]
        for key in ("kuri-dam", "c-c-1")
    }
    assert [len(own) for own in notes.values()] == [0, 1]
    assert failed(knowledge_base) == []
