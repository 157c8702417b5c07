"""Verifying a card in a knowledge base that lacks a source of the card."""

import json
from io import StringIO
from pathlib import Path

from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.question import Question
from bricoop.render.data import to_json
from bricoop.render.verification import write_verdict_text
from bricoop.totals.card import card_of, read_card
from bricoop.totals.parse import counting_of
from bricoop.totals.verify import Verdict, verify
from support.cards import HEADER, ROWS, Card
from support.command_line import run
from support.loading import Load

LACKS = (
    "This knowledge base has no records of the source more (The more), of which the card counts 1 "
    "row. Load finance.csv as the source more first, or use --db to name the knowledge base that "
    "has it."
)


def verdict(engine: Engine, path: Path) -> Verdict:
    with reading(engine) as connection:
        return verify(connection, read_card(path))


def printed(result: Verdict) -> str:
    out = StringIO()
    write_verdict_text(result, "card.json", out)
    return out.getvalue()


def test_a_source_that_is_missing_is_named_with_its_files(
    engine: Engine, load: Load, card: Card
) -> None:
    more = load("finance", HEADER + "9,Port,commitment,1000\n", source="more")
    path = card()
    undo_load(engine, more.load_id or 0)
    result = verdict(engine, path)
    assert not result.same
    assert [difference.way[0] for difference in result.different] == ["notes"]
    (missing,) = result.missing
    assert (missing.key, missing.rows, missing.files) == ("more", 1, ("finance.csv",))
    lines = printed(result).splitlines()
    assert lines[0].startswith("Incomplete, under the rule signed")
    assert lines[1] == LACKS
    assert lines[2:4] == ["Counted: bricoop total --country Kenya", "notes: 120.10 nominal USD"]
    assert [line.partition(":")[0] for line in lines[4:]] == ["No longer noted"]
    load("finance", HEADER + "9,Port,commitment,1000\n", source="more")
    assert verdict(engine, path).same


def test_no_figure_without_a_source_is_added_when_the_only_source_is_missing(
    sqlite_template: Path, card: Card
) -> None:
    path = card()
    content = json.loads(path.read_text(encoding="utf-8"))
    result = run("--db", str(sqlite_template), "verify", str(path))
    assert (result.exit_code, "None" in result.stdout) == (3, False)
    assert len(result.stdout.splitlines()) == 3
    data = json.loads(run("--db", str(sqlite_template), "verify", str(path), "--json").stdout)
    files = ["projects.csv", "finance.csv"]
    loads = [load["file"] for load in content["sources"][0]["loads"]]
    assert data["missing"] == [
        {"key": "notes", "title": "The notes", "rows": 2, "files": loads, "decisions": 0}
    ]
    assert set(loads) <= set(files)
    assert (data["others"], data["different"]) == ([], [])
    reasons = {row["why"] for row in data["rows"]}
    assert reasons == {"Its source is not in this knowledge base."}


def test_a_card_that_asks_for_a_missing_source_says_what_to_load(
    engine: Engine, load: Load, sqlite_template: Path, tmp_path: Path
) -> None:
    load("projects", "name,countries\nPort,Kenya\n", source="more")
    load("finance", HEADER + ROWS, source="more")
    path = tmp_path / "card.json"
    with reading(engine) as connection:
        counting = counting_of(Question("finance", {"source": ("more",)}), "signed")
        path.write_text(to_json(card_of(connection, counting)), encoding="utf-8")
    result = run("--db", str(sqlite_template), "verify", str(path))
    message = f"No source is known as 'more'. {LACKS.replace('1 row', '2 rows')}"
    assert (result.exit_code, result.stderr) == (4, f"Error: {message}\n")
