"""Tests that invalid rules, questions, memos and cards are refused with file and key."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bricoop.errors import BricoopError
from bricoop.query.saved import read_question
from bricoop.report.changes import read_figures
from bricoop.report.memo import read_memo
from bricoop.totals.card import read_card
from bricoop.totals.rules import rule_of
from support.cards import Card

pytestmark = pytest.mark.later_on_postgresql

READERS: dict[str, Callable[[Path], object]] = {
    "rule": lambda path: rule_of(str(path)),
    "question": read_question,
    "memo": read_memo,
}


def refused(read: Callable[[Path], object], path: Path, content: str | bytes) -> str:
    """Return the message with which a file is refused."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BricoopError) as caught:
        read(path)
    assert path.name in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", READERS)
def test_toml_that_costs_much_is_refused_before_it_is_read(tmp_path: Path, kind: str) -> None:
    path, read = tmp_path / "it.toml", READERS[kind]
    assert "nested more than 32 levels deep" in refused(read, path, "x = " + "[" * 5000)
    assert "a key of more than 32 parts" in refused(read, path, "a." * 5000 + "a = 1")
    assert "is larger than 1 MiB" in refused(read, path, "#" * (1024**2 + 1))
    assert "out of range" in refused(read, path, "version = 1e99999999999999999999")
    assert "is not UTF-8 text: see line 2" in refused(read, path, b"\ntitle = '\xe9'")
    assert '"a\\u001b" is not a known key' in refused(read, path, '"a\\u001b" = 1')


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("rule", 'version = 1\ntitle = "a\\u0000"', "title holds a NUL character"),
        (
            "rule",
            'version = 99999999999999999999\ntitle = "x"',
            "version must be a whole number of",
        ),
        (
            "rule",
            "version = 1\ntitle = 'x'\nspeaker = ['best']",
            "speaker is a list; it must be text",
        ),
        ("question", 'noun = "projects"\nlimit = 99999999999999999999', "limit must be a whole"),
        ("question", 'noun = "projects"\nlimit = 1e3', "limit is a number; it must be a whole"),
        (
            "question",
            f'noun = "projects"\nwhere = {["kind = port"] * 501}',
            "where must have at most",
        ),
        ("memo", 'title = "x"\nparts = []', "parts is empty"),
        (
            "memo",
            'title = "x"\n[[parts]]\ntext = "a"\nnames = ["b"]',
            "parts[1].names is for reports",
        ),
        ("memo", 'title = "x"\n[[parts]]\ntotal = { limit = -1 }', "parts[1].total.limit must be"),
        ("memo", 'title = "x"\n[[parts]]\nquestion = {}', "parts[1].question.noun is missing"),
    ],
)
def test_a_fault_is_named_by_its_key(tmp_path: Path, kind: str, text: str, message: str) -> None:
    assert message in refused(READERS[kind], tmp_path / "it.toml", text)


CARDS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "exponent": (lambda it: it["rows"][0].__setitem__(2, "1e9999999"), "rows[1][3] is '1e9999999'"),
    "infinite": (lambda it: it.update(knowledge_base=float("inf")), "is not valid JSON"),
    "negative": (lambda it: it.update(knowledge_base=-1), "knowledge_base must be a whole number"),
    "huge": (lambda it: it.update(knowledge_base=10**30), "knowledge_base must be a whole number"),
    "surrogate": (lambda it: it.update(made="\ud800"), "is not valid JSON"),
    "nul": (lambda it: it.update(made="\0"), "holds a NUL character"),
    "noun": (lambda it: it["question"].update(noun="projects"), "question.noun is 'projects'"),
    "rule": (
        lambda it: it["rule"].update(titel="x"),
        "rule.titel is not a known key. Did you mean",
    ),
    "filter": (
        lambda it: it["question"]["filters"].update(kind=[1]),
        "question.filters.kind[1] is",
    ),
    "rows": (lambda it: it["rows"].append(["a", "b"]), "rows[3] must have 3 items"),
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_that_was_changed_is_refused_by_its_key(card: Card, name: str) -> None:
    path = card()
    content = json.loads(path.read_text(encoding="utf-8"))
    change, message = CARDS[name]
    change(content)
    assert message in refused(read_card, path, json.dumps(content))


def test_json_that_costs_much_is_refused(card: Card) -> None:
    path = card()
    content = json.loads(path.read_text(encoding="utf-8"))
    content["knowledge_base"] = "HERE"
    text = json.dumps(content)
    deep = text.replace('"HERE"', '1, "more": ' + "[" * 200_000)
    assert "nested too deeply" in refused(read_card, path, deep)
    assert "knowledge_base is out of range" in refused(
        read_card, path, text.replace('"HERE"', "1e400")
    )


def test_kept_figures_that_cost_much_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "memo.figures.json"
    assert read_figures(path) == ()
    template = '{"bricoop report figures": [{"knowledge_base": 1, "figures": {"a": %s}}]}'
    figure = {"title": "t", "label": "l", "value": "1e9999999", "unit": "u"}
    assert "figures.a.value is '1e9999999'" in refused(
        read_figures, path, template % json.dumps(figure)
    )
    assert "is a list; it must be an object" in refused(
        read_figures, path, template % ("[" * 200_000)
    )
