"""Tests of figure cards: unchanged figures, and explanations of changes."""

import hashlib
import json
import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.errors import BricoopError, UsageError
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.question import Question
from bricoop.render.data import to_json
from bricoop.render.verification import _write_different, write_verdict_text
from bricoop.totals.card import card_of, digest_of, read_card
from bricoop.totals.card_contents import Different
from bricoop.totals.parse import counting_of
from bricoop.totals.verify import Verdict, verify
from support.cards import HEADER, ROWS, Card
from support.loading import Load

pytestmark = pytest.mark.later_on_postgresql


def verdict(engine: Engine, path: Path) -> Verdict:
    """Return the result of verifying a card."""
    with reading(engine) as connection:
        return verify(connection, read_card(path))


def test_a_card_says_how_its_figure_came_about(card: Card) -> None:
    content = json.loads(card().read_text(encoding="utf-8"))
    assert content["question"] == {"noun": "finance", "filters": {"country": ["Kenya"]}}
    assert (content["rule"]["name"], content["rule"]["version"], content["base"]) == (
        "signed",
        1,
        "nominal",
    )
    assert content["rows"] == [["notes", "1", "100.1"], ["notes", "2", "20"]]
    (figure,) = content["figures"]
    assert (figure["source"], figure["unit"], figure["amount"]) == ("notes", "nominal USD", "120.1")
    (source,) = content["sources"]
    assert source["key"] == "notes"
    assert all(len(load["sha256"]) == 64 and load["file"] for load in source["loads"])


def test_counted_again_it_is_the_same_also_after_loads_that_do_not_matter(
    engine: Engine, load: Load, card: Card
) -> None:
    path = card()
    assert verdict(engine, path).same
    load("projects", "name,countries\nRoad,Mali\n", source="others")
    result = verdict(engine, path)
    assert result.same
    assert result.knowledge_base == result.card_version + 1
    (figure,) = result.figures
    assert (figure.before, figure.by) == (Decimal("120.1"), Decimal(0))


def test_a_figure_of_one_source_is_the_same_after_others_are_loaded(
    engine: Engine, load: Load, card: Card, tmp_path: Path
) -> None:
    path = card()
    together = tmp_path / "together.json"
    together.write_text(card(add=True).read_text(encoding="utf-8"), encoding="utf-8")
    card()
    load("projects", "name,status,countries\nQuay,completed,Kenya\n", source="others")
    load("finance", HEADER + "1,Quay,commitment,50\n2,Port,commitment,8\n", source="others")
    result = verdict(engine, path)
    assert (result.same, result.rows) == (True, ())
    assert [(figure.source, figure.now, figure.by) for figure in result.figures] == [
        ("notes", Decimal("120.1"), Decimal(0))
    ]
    assert [(other.source, other.now) for other in result.others] == [("others", Decimal(58))]
    # If sources are added together, another source changes the figure.
    assert not verdict(engine, together).same


def test_a_figure_of_nothing_is_changed_by_the_first_source(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    path = tmp_path / "card.json"
    counting = counting_of(Question("finance", {"country": ("Kenya",)}), "signed")
    with reading(engine) as connection:
        path.write_text(to_json(card_of(connection, counting)), encoding="utf-8")
    load("projects", "name,status,countries\nPort,completed,Kenya\n")
    load("finance", HEADER + ROWS)
    result = verdict(engine, path)
    assert not result.same
    assert not result.others


def test_a_changed_row_is_named_with_its_load(engine: Engine, load: Load, card: Card) -> None:
    path = card()
    number = load("finance", HEADER + ROWS.replace("100.10", "100.11")).load_id
    result = verdict(engine, path)
    assert not result.same
    (row,) = result.rows
    assert (row.source, row.id, row.before, row.now) == (
        "notes", "1", Decimal("100.1"), Decimal("100.11")
    )  # fmt: skip
    assert (row.load, row.file, row.why) == (number, "finance.csv", "The amount has changed.")
    (figure,) = result.figures
    assert figure.by == Decimal("0.01")
    undo_load(engine, number or 0)
    assert verdict(engine, path).same


def test_new_rows_and_rows_that_are_left_out_now_are_named(
    engine: Engine, load: Load, card: Card
) -> None:
    path = card()
    load(
        "finance",
        HEADER + ROWS.replace("2,Port,commitment", "2,Port,pledge") + "4,Port,contract,1\n",
    )
    changes = {row.id: (row.before, row.now, row.why) for row in verdict(engine, path).rows}
    assert changes == {
        "2": (20, None, "It is now left out by the step pledges."),
        "4": (None, 1, "It is new."),
    }


def test_rows_that_are_gone_undone_or_elsewhere_are_told_apart(
    engine: Engine, load: Load, card: Card
) -> None:
    extra = load("finance", HEADER + "9,Port,commitment,1000\n", source="more")
    path = card()
    undo_load(engine, extra.load_id or 0)
    load("projects", "name,status,countries\nPort,completed,Mali\n")
    reasons = {row.id: row.why for row in verdict(engine, path).rows}
    assert reasons["9"] == "It is no longer recorded: its load was undone."
    assert "no longer finds it" in reasons["1"]


def test_a_card_of_added_sources_is_one_figure(engine: Engine, load: Load, card: Card) -> None:
    load("finance", HEADER + "1,Port,commitment,5\n", source="ministry", tier=1)
    path = card(add=True)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert [(figure["source"], figure["amount"]) for figure in content["figures"]] == [(None, "5")]
    assert verdict(engine, path).same


def put(content: dict[str, Any], *path: Any, value: Any) -> None:
    """Put a value into nested data."""
    *way, last = path
    for step in way:
        content = content[step]
    content[last] = value


ALTERED: tuple[tuple[tuple[Any, ...], Any, str], ...] = (
    (("figures", 0, "amount"), "999", "figures and the rest"),
    (("rows", 0, 2), "999", "rows and the rest"),
    (("rule", "steps", 0, "leave_out"), ["kind = loan"], "rule and the rest"),
    (("rows",), 7, "rows is a whole number; it must be a list"),
    (("base",), "yen", "base is 'yen'. It must be one of: nominal"),
    (("form",), 3, "does not know"),
    (("decisions", "digest"), "0", "decisions and the rest"),
    (("card",), "other", "is not a figure card"),
    (("figures",), [], "figures is empty"),
    (("figures", 0, "rows"), 99, "figures and the rest"),
    (("figures", 0, "source"), None, "figures cannot be so where add_sources is false"),
    (("add_sources",), True, "figures cannot be so where add_sources is true"),
    (("signature",), "true", "signature"),
    (("question",), {"noun": "unicorns"}, "unicorns"),
)


@pytest.mark.parametrize(("location", "value", "message"), ALTERED)
def test_a_card_that_was_altered_is_refused(
    card: Card, location: tuple[Any, ...], value: Any, message: str
) -> None:
    path = card()
    content = json.loads(path.read_text(encoding="utf-8"))
    put(content, *location, value=value)
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(BricoopError, match=message):
        read_card(path)


Forger = Callable[[dict[str, Any]], object]


def forged(path: Path, forge: Forger) -> Path:
    """Change a card and update its digests."""
    content = json.loads(path.read_text(encoding="utf-8"))
    forge(content)
    rule = {key: value for key, value in content["rule"].items() if key != "digest"}
    raw = orjson.dumps(rule, option=orjson.OPT_SORT_KEYS)
    content["rule"]["digest"] = hashlib.sha256(raw).hexdigest()[:12]
    content["digest"] = digest_of(content["rows"])
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def repeat(content: dict[str, Any], name: str) -> None:
    """Repeat an entry of a list of a card."""
    content[name].append(content[name][0])


FORGED: dict[str, tuple[Forger, str]] = {
    "a row twice": (lambda content: repeat(content, "rows"), r"rows\[3\] repeats"),
    "another amount of a row first": (
        lambda content: content["rows"].insert(0, ["notes", "1", "9"]), r"rows\[2\] repeats",
    ),
    "a figure twice": (lambda content: repeat(content, "figures"), r"figures\[2\] repeats"),
    "a source twice": (lambda content: repeat(content, "sources"), r"sources\[2\] repeats"),
    "a figure of all besides": (
        lambda content: content["figures"].append({**content["figures"][0], "source": None}),
        "figures cannot be so",
    ),
    "a row without a figure": (
        lambda content: content["rows"].append(["other", "1", "5"]), "figures and the rest",
    ),
    "another rule under the name of a shipped one": (
        lambda content: put(content, "rule", "steps", value=[]),
        "its rule is named signed, version 1, but is not bricoop's rule",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_card_that_contradicts_itself_is_refused_whatever_its_digests(
    card: Card, name: str
) -> None:
    forge, message = FORGED[name]
    with pytest.raises(UsageError, match=message):
        read_card(forged(card(), forge))


def test_a_figure_in_another_unit_is_not_the_same(engine: Engine, card: Card) -> None:
    path = forged(
        card(), lambda content: put(content, "figures", 0, "unit", value="constant 2021 EUR")
    )
    result = verdict(engine, path)
    (figure,) = result.figures
    assert (result.same, result.rows) == (False, ())
    assert (figure.unit, figure.unit_before) == ("nominal USD", "constant 2021 EUR")
    out = StringIO()
    write_verdict_text(result, "card.json", out)
    assert "notes: 120.10 nominal USD (was 120.10 constant 2021 EUR)" in out.getvalue()


def test_all_else_that_a_card_says_is_compared(engine: Engine, card: Card) -> None:
    def forge(content: dict[str, Any]) -> None:
        put(content, "figures", 0, "estimated", value="5")
        put(content, "figures", 0, "everything", "amount", value="1")
        put(content, "figures", 0, "falls", 0, "amount", value="8")
        put(content, "sources", 0, "title", value="World \x1b[31mBank")
        put(content, "sources", 0, "loads", 0, "sha256", value="0" * 64)
        put(content, "notes", value=["Confirmed by an auditor."])

    result = verdict(engine, forged(card(), forge))
    # The figure is right, with the same rows.
    assert result.same
    number = max(
        int(difference.name.split(".")[3])
        for difference in result.different
        if "loads" in difference.name
    )
    assert {difference.name: difference.before for difference in result.different} == {
        "figures.notes.estimated": "5",
        "figures.notes.everything.amount": "1",
        "figures.notes.falls.pledges.amount": "8",
        "sources.notes.title": "World \x1b[31mBank",
        f"sources.notes.loads.{number}.sha256": "0" * 64,
        "notes.Confirmed by an auditor.": "Confirmed by an auditor.",
    }
    out = StringIO()
    write_verdict_text(result, "card.json", out)
    for line in (
        "Different now: notes, amount that the source estimates: 0.00 (was 5.00).",
        "Different now: everything that the question finds in notes, amount: 127.10 (was 1.00).",
        "Different now: left out of notes by the step pledges, amount: 7.00 (was 8.00).",
        "No longer noted: Confirmed by an auditor.",
    ):
        assert line in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_amounts_that_differ_by_less_than_a_cent_are_told_apart(
    engine: Engine, load: Load, card: Card
) -> None:
    path = forged(card(), lambda content: put(content, "notes", value=[""]))
    load("finance", HEADER + ROWS.replace("100.10", "100.1011"))
    text = told(engine, path)
    assert "notes: 120.1011 nominal USD, +0.0011 (was 120.1)\n" in text
    assert "amount: 127.1011 (was 127.1)." in text
    assert re.search(r"\b100\.1 +100\.1011\b", text)
    assert "No longer noted: an empty note\n" in text


def test_a_source_may_have_dots_in_its_name() -> None:
    way = ("figures", "a.b", "falls", "my.step", "rows")
    out = StringIO()
    _write_different([Different(way, 1234, 5)], out)
    assert (
        out.getvalue()
        == "Different now: left out of a.b by the step my.step, rows: 5 (was 1,234).\n"
    )


def told(engine: Engine, path: Path) -> str:
    """Return what is printed of a card that is counted again."""
    out = StringIO()
    write_verdict_text(verdict(engine, path), "card.json", out)
    return out.getvalue()


def test_what_was_counted_and_by_which_rule_is_said(engine: Engine, card: Card) -> None:
    def forge(content: dict[str, Any]) -> None:
        put(content, "rule", "version", value=7)
        put(content, "rule", "steps", value=content["rule"]["steps"][:1])

    out = StringIO()
    write_verdict_text(verdict(engine, card()), "card.json", out)
    assert "Counted: bricoop total --country Kenya\n" in out.getvalue()
    assert "--rule all --base stated\n" in told(engine, card(rule="all", base="stated"))
    assert "does not come with" not in out.getvalue()
    out = StringIO()
    path = forged(card(), forge)
    result = verdict(engine, path)
    write_verdict_text(result, "card.json", out)
    assert "Counted: bricoop total --country Kenya --rule card.json\n" in out.getvalue()
    # The command passes the card itself as the rule.
    assert counting_of(Question("finance"), str(path)).rule == result.counting.rule
    assert (
        "The rule does not come with this version of bricoop. It leaves out: "
        "Pledges, which are not binding (kind = pledge or status = pledged)."
    ) in out.getvalue()


@pytest.mark.parametrize("text", ["", "[1]", "[" * 100_000, "{"])
def test_a_file_that_is_no_card_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "card.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BricoopError, match=r"card\.json"):
        read_card(path)
