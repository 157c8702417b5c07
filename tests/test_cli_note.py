"""`bricoop note`: texts about entities, as records of a source of one's own, with undo."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text

from bricoop.db.engine import migrating, reading
from bricoop.db.migrate import downgrade, upgrade
from bricoop.db.schema import finding, load, source
from bricoop.ingest.check.rebuild import rebuild
from support.command_line import NEW_SOURCE, answer, csv_rows, run
from support.damages import failed

pytestmark = pytest.mark.later_on_postgresql


def put(knowledge_base: str, *words: str, code: int = 0) -> str:
    """Add a note by a source `mine`; return what standard error says."""
    result = run("--db", knowledge_base, "note", *words, "--source", "mine")
    assert result.exit_code == code, result.output
    return result.stderr


def notes(knowledge_base: str) -> list[tuple[str, ...]]:
    """Return subject, link, statement, and place of all notes."""
    rows = csv_rows("--db", knowledge_base, "query", "findings", "--kind", "note")
    return [(row["subject"], row["link"], row["statement"], row["locator"]) for row in rows]


def shown(knowledge_base: str, *command: str) -> Any:
    """Return what a command writes as JSON."""
    return json.loads(answer("--db", knowledge_base, *command, "-f", "json"))


def section(report: Any, name: str) -> list[list[Any]]:
    """Return the cells of the rows of a section of a report; none without it."""
    blocks = report["sections"].get(name, {"parts": []})["parts"]
    rows = [row for block in blocks for row in block["rows"]]
    return [[row["subject"], row["statement"], row["citations"][0]["locator"]] for row in rows]


def test_a_note_is_a_record_of_ones_own_source(engine: Engine, knowledge_base: str) -> None:
    first, second = "The crane is from the first berth.", 'Its zeppelin; "never" came,\n=1'
    messages = put(knowledge_base, "gwadar", first, "--locator", "p. 12")
    assert "Recorded a note on Gwadar Port (gwadar-port), as mine states it.\n" in messages
    put(knowledge_base, "瓜达尔港", second)
    both = [("Gwadar Port", "", first, "p. 12"), ("Gwadar Port", "", second, "command line")]
    assert notes(knowledge_base) == both
    profile = shown(knowledge_base, "show", "gwadar")
    assert [(row["statement"], row["source"]) for row in profile["notes"]] == [
        (first, "mine"), (second, "mine"),
    ]  # fmt: skip
    assert profile["findings"] == []
    (hit,) = shown(knowledge_base, "search", "zeppelin")
    assert (hit["key"], hit["found_in"], hit["sources"]) == ("gwadar-port", ["note"], ["mine"])
    with reading(engine) as connection:
        own = connection.execute(select(source).where(source.c.key == "mine")).one()
        assert (own.title, own.tier, own.kind) == ("Notes of mine", 6, "person")
        number = connection.scalar(select(func.min(load.c.id)).where(load.c.source_id == own.id))
    assert f"bricoop undo {number}\n" in messages
    assert failed(knowledge_base) == []
    assert run("--db", knowledge_base, "undo", str(number)).exit_code == 0
    assert notes(knowledge_base) == both[1:]


def test_the_same_text_again_is_the_same_note(knowledge_base: str) -> None:
    put(knowledge_base, "gwadar", "Seen twice.")
    again = "Nothing new: the note on Gwadar Port (gwadar-port), as mine states it.\n"
    assert put(knowledge_base, "gwadar", "Seen twice.") == again
    put(knowledge_base, "gwadar-port", "Seen twice.", "--locator", "p. 3")
    put(knowledge_base, "Belarus", "Seen twice.")
    assert notes(knowledge_base) == [
        ("Gwadar Port", "", "Seen twice.", "p. 3"), ("Belarus", "", "Seen twice.", "command line"),
    ]  # fmt: skip


def test_reports_have_notes_of_their_own_which_are_no_findings(knowledge_base: str) -> None:
    reports = {
        "project gwadar": ("gwadar", "Gwadar Port"),
        "financier Silk-Road-Fund": ("Silk Road Fund", "Silk Road Fund"),
        "agreement mou": ("mou", "Example Memorandum"),
        "country Belarus": ("Belarus", "Belarus"),
        "link facility": ("facility", "facilities connectivity"),
    }
    agreement = "key,name\nmou,Example Memorandum\n"
    answer("--db", knowledge_base, "load", "agreements", "-", *NEW_SOURCE, stdin=agreement)
    links = ("--db", knowledge_base, "query", "links", "--columns", "code,findings")
    counted = csv_rows(*links)
    overview = shown(knowledge_base, "report", "overview")["summary"].split(", from ")[0]
    for name, _ in reports.values():
        put(knowledge_base, name, f"Of {name}.", "--locator", "p. 1")
    for report, (name, about) in reports.items():
        written = shown(knowledge_base, "report", *report.split(" "))
        ((subject, statement, locator),) = section(written, "notes")
        assert (statement, locator) == (f"Of {name}.", "p. 1")
        assert subject == about
        findings = json.dumps({**written["sections"], "notes": None}, ensure_ascii=False)
        assert f"Of {name}." not in findings
    own = shown(knowledge_base, "report", "source", "mine")
    assert len(section(own, "notes")) == len(reports)
    assert own["summary"].endswith(" 5 of them are notes.")
    assert csv_rows(*links) == counted
    again = shown(knowledge_base, "report", "overview")["summary"].split(", from ")[0]
    assert again == overview
    assert failed(knowledge_base) == []


def test_a_text_is_no_code_in_a_terminal(knowledge_base: str) -> None:
    put(knowledge_base, "gwadar", "a\x1b[31mb\u202ec [bold]d")
    table = answer("--db", knowledge_base, "show", "gwadar")
    assert "a\\u001b[31mb\\u202ec [bold]d  mine" in table
    table = answer("--db", knowledge_base, "query", "findings", "--kind", "note")
    assert "a\\u001b[31mb\\u202ec [bold]d  Gwadar Port  mine" in table


def test_notes_come_and_go_with_their_migration(engine: Engine, knowledge_base: str) -> None:
    put(knowledge_base, "facility", "Roads first.")
    query = ("--db", knowledge_base, "sql", "SELECT code, findings FROM v_links", "-f", "csv")
    counted = answer(*query)
    with migrating(engine) as connection:
        downgrade(connection, "0027")
        names = ("v_links", "v_findings", "v_countries")
        counts = [text(f"SELECT count(*) FROM {name}") for name in names]  # noqa: S608
        assert all(connection.scalar(number) for number in counts)
        assert not connection.scalar(select(finding.c.kind).where(finding.c.kind == "note"))
        upgrade(connection)
    assert answer(*query) == counted
    rebuild(engine)
    assert notes(knowledge_base) == [("", "facility", "Roads first.", "command line")]
    assert failed(knowledge_base) == []


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("gwadar", " \n"), 2, "The text of the note is empty."),
        (("nowhere at all", "x"), 4, "No entity is known as 'nowhere at all'."),
        (("gwadar", "x", "--tier", "9"), 2, "tier"),
        (("gwadar", "a\udcff"), 2, "is not valid UTF-8"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(
    engine: Engine, knowledge_base: str, words: tuple[str, ...], code: int, message: str
) -> None:
    assert message in put(knowledge_base, *words, code=code)
    with reading(engine) as connection:
        assert connection.scalar(select(source.c.id).where(source.c.key == "mine")) is None
        assert connection.scalar(select(finding.c.kind).where(finding.c.kind == "note")) is None
