"""Tests with random mutations of documents: each is used or refused with a message."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.errors import BricoopError
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.profile.profile_files import shipped as shipped_profiles
from bricoop.ingest.request import LoadRequest
from bricoop.query.execute import execute
from bricoop.query.question import Question
from bricoop.query.saved import read_question
from bricoop.render.data import to_json
from bricoop.report.changes import figures_data, read_figures
from bricoop.report.memo import memo_report, read_memo
from bricoop.settings import resource_folder
from bricoop.totals.card import card_of, read_card
from bricoop.totals.classify import Counting
from bricoop.totals.parse import counting_of
from bricoop.totals.rules import rule_of, shipped
from bricoop.totals.total import total
from bricoop.totals.verify import verify
from support.loading import loading
from support.mutations import mutated

PROFILE = """
title = "Parks"
required = ["No"]
[file]
encoding = "utf-8"
delimiter = ","
header_row = 1
[source]
key = "parks"
title = "List of parks"
tier = 6
kind = "dataset"
[styles]
decimal = ","
thousands = "."
signs = ["$"]
dates = ["%d.%m.%Y", "%Y"]
empty = ["n/a"]
[controls]
rows = 2
unique = ["No"]
sums = { Millions = "12.5" }
filled = { Park = 0.5 }
[columns]
Park = ["Name"]
[maps]
sectors = "sector-links"
[maps.kinds]
"port" = "port"
"zone" = "industrial-park"
[[records]]
noun = "projects"
id = ["No"]
needs = ["name"]
[records.fields]
key = { template = "park-{No}" }
name = "Park"
kind = { column = "Kind", map = "kinds", unmapped = "drop", without = ["New "] }
countries = { columns = ["Country", "Host"], all = true, separator = ";", add = ["China"] }
started = [{ column = "Start", date = true, estimated = "Estimated" }, { column = "Year" }]
links = { column = "Sector", map = "sectors" }
[[records]]
noun = "finance"
id = ["No"]
needs = ["amount"]
label = "money"
[records.fields]
project = { template = "park-{No}" }
kind = { constant = "commitment", when = { Kind = ["New *", "z*"] } }
financier = { column = "Banks", separator = ["|", ", "], whole = ["A, B"] }
amount = { column = "Millions", number = true, multiply = 1000000, blank = "0", unless = "No" }
currency = { constant = "USD" }
[[records]]
noun = "organizations"
id = ["Banks"]
each = ["Banks"]
separator = "|"
[records.fields]
name = "Banks"
"""
DATA = (
    "No,Name,Kind,Country,Host,Start,Estimated,Year,Sector,Banks,Millions\n"
    '1,Orsha,zone,Belarus,,31.12.2015,yes,,210,"A, B|C","$12,5"\n'
    "2,Suez,New port,Egypt;Sudan,n/a,2013,no,2013,32120,C,\n"
)
QUESTION = {
    "noun": "finance",
    "filters": {"country": ["Kenya"], "kind": ["!pledge", "commitment"]},
    "where": ["amount_usd > 1", "kind = commitment or kind = pledge"],
    "search": "port",
    "sort": "-count",
    "limit": 10,
    "grouping": {"by": ["kind"], "measures": ["count", "sum:amount_usd"], "subtotals": True},
}
MEMO = {
    "title": "Kenya",
    "rule": "signed",
    "parts": [
        {"text": "Hello *there*.", "title": "A"},
        {"report": "country", "names": ["Kenya"], "sections": ["money"]},
        {"total": {"filters": {"country": ["Kenya"]}}, "base": "nominal"},
        {"question": {"noun": "projects", "columns": ["name", "kind"], "limit": 3}},
    ],
}
CHANCE = st.tuples(st.randoms(use_true_random=False), st.integers(1, 3))
QUICKLY = settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
LONG = settings(QUICKLY, max_examples=3000)
Attempt = Callable[[tuple[Random, int]], None]


@pytest.fixture
def filled(quick: Engine, tmp_path: Path) -> Engine:
    """A small knowledge base with money."""
    load = loading(quick, tmp_path)
    load("projects", "name,kind,status,countries\nPort,port,completed,Kenya\n")
    load("finance", "id,project,kind,amount_usd\n1,Port,commitment,100.10\n2,Port,pledge,20\n")
    return quick


def toml(document: Any) -> bytes:
    """Return plain data as TOML, or other bytes if TOML cannot represent them."""
    try:
        return tomli_w.dumps(document).encode()
    except (TypeError, AttributeError, ValueError, RecursionError):
        return repr(document).encode("utf-8", "replace")


def attempt(use: Callable[[], object]) -> None:
    """Call a function that may raise a `BricoopError`; any other exception fails the test."""
    refusal = ""
    try:
        use()
    except BricoopError as error:
        refusal = error.message
        is_explained = bool(refusal)
    else:
        is_explained = True
    assert is_explained
    assert "\x1b" not in refusal
    assert "\u202e" not in refusal


def profiles(engine: Engine, folder: Path) -> Attempt:
    """Read mutated profiles, and a file by those that are valid."""
    own, data, path = tomllib.loads(PROFILE), folder / "parks.csv", folder / "parks.toml"
    data.write_text(DATA, encoding="utf-8")
    known = [tomllib.loads((resource_folder("profiles") / f"{name}.toml").read_text("utf-8"))
             for name in shipped_profiles()]  # fmt: skip

    def use() -> None:
        profile = profile_of(str(path))
        variant = next(iter(profile.variants), "")
        spec = profile.source
        load_file(engine, LoadRequest("", str(data), spec, profile=profile, variant=variant,
                                      form=profile.form, dry_run=True))  # fmt: skip

    def try_one(chance: tuple[Random, int]) -> None:
        random, times = chance
        document = own if random.random() < 0.9 else random.choice(known)
        path.write_bytes(toml(mutated(document, random, times)))
        attempt(use)

    return try_one


def rules(engine: Engine, folder: Path) -> Attempt:
    """Read mutated rules and count by them."""
    path = folder / "mine.toml"
    known = [tomllib.loads((resource_folder("rules") / f"{name}.toml").read_text("utf-8"))
             for name in shipped()]  # fmt: skip

    def use() -> None:
        rule = rule_of(str(path))
        with reading(engine) as connection:
            total(
                connection, Counting(Question("finance"), rule, rule.price_base, add_sources=False)
            )

    def try_one(chance: tuple[Random, int]) -> None:
        random, times = chance
        path.write_bytes(toml(mutated(random.choice(known), random, times)))
        attempt(use)

    return try_one


def questions(engine: Engine, folder: Path) -> Attempt:
    """Read mutated questions and answer them."""
    path = folder / "question.toml"

    def use() -> None:
        question = read_question(path)
        with reading(engine) as connection:
            list(execute(connection, question).rows)

    def try_one(chance: tuple[Random, int]) -> None:
        path.write_bytes(toml(mutated(QUESTION, *chance)))
        attempt(use)

    return try_one


def memos(engine: Engine, folder: Path) -> Attempt:
    """Read mutated memos with mutated figures, and render them."""
    path, figures_path = folder / "memo.toml", folder / "memo.figures.json"
    path.write_bytes(toml(MEMO))
    with reading(engine) as connection:
        figures = figures_data((), memo_report(connection, read_memo(path), ()))

    def use() -> None:
        memo, history = read_memo(path), read_figures(figures_path)
        with reading(engine) as connection:
            memo_report(connection, memo, history)

    def try_one(chance: tuple[Random, int]) -> None:
        random, times = chance
        whole = {"memo": MEMO, "figures": json.loads(to_json(figures))}
        random_one = random.choice(list(whole))
        whole[random_one] = mutated(whole[random_one], random, times)
        path.write_bytes(toml(whole["memo"]))
        figures_path.write_text(json.dumps(whole["figures"], default=str), encoding="utf-8")
        attempt(use)

    return try_one


def cards(engine: Engine, folder: Path) -> Attempt:
    """Read mutated cards and verify them."""
    path = folder / "card.json"
    counting = counting_of(Question("finance", {"country": ("Kenya",)}), "signed")
    with reading(engine) as connection:
        content = json.loads(to_json(card_of(connection, counting)))

    def use() -> None:
        card = read_card(path)
        with reading(engine) as connection:
            verify(connection, card)

    def try_one(chance: tuple[Random, int]) -> None:
        text = json.dumps(mutated(content, *chance), default=str)
        path.write_text(text, encoding="utf-8")
        attempt(use)

    return try_one


KINDS = [profiles, rules, questions, memos, cards]


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_document_is_used_or_refused(
    kind: Callable[[Engine, Path], Attempt], filled: Engine, tmp_path: Path
) -> None:
    QUICKLY(given(CHANCE)(kind(filled, tmp_path)))()


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_many_changed_documents_are_used_or_refused(
    kind: Callable[[Engine, Path], Attempt], filled: Engine, tmp_path: Path
) -> None:
    LONG(given(CHANCE)(kind(filled, tmp_path)))()


@pytest.mark.parametrize("kind", KINDS)
def test_the_documents_that_are_changed_are_right_before(
    kind: Callable[[Engine, Path], Attempt],
    filled: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(globals(), "mutated", lambda document, *_: document)
    monkeypatch.setitem(globals(), "attempt", lambda use: use())

    class First(Random):
        def random(self) -> float:
            return 0.0

    kind(filled, tmp_path)((First(1), 1))
