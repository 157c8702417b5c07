"""Tests of figure cards that were counted with decisions: which they were, and which are now."""

import json
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bricoop.api.opening import engine_of
from bricoop.db.engine import reading
from bricoop.errors import UsageError
from bricoop.ingest.clusters.set_quorum import set_quorum
from bricoop.ingest.seeds import set_up
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.question import Question
from bricoop.render.data import to_json
from bricoop.render.verification import write_verdict_json, write_verdict_text
from bricoop.totals.card import card_of, digest_of, read_card
from bricoop.totals.classify import Counting
from bricoop.totals.parse import counting_of
from bricoop.totals.rule import Step
from bricoop.totals.rules import rule_of
from bricoop.totals.verify import ChangedQuorum, Verdict, verify
from support.decided_money import decision_rows
from support.loading import Load, loading

pytestmark = pytest.mark.later_on_postgresql

PROJECTS = "id,name,countries\n"
MONEY = "id,project,kind,amount_usd\n"
PAIRED = "a/1 same-deal b/2"
PART = "b:3 part-of a:1"


def fill(load: Load, *decisions: str) -> int:
    """Load the money of two sources, and decisions; return the load of the decisions."""
    load("projects", f"{PROJECTS}1,Kuri Road,Kenya\n", source="a", tier=5)
    load("finance", f"{MONEY}1,Kuri Road,commitment,100\n", source="a", tier=5)
    load("projects", f"{PROJECTS}2,Road to Kuri,Kenya\n3,Kuri Bridge,Kenya\n", source="b", tier=4)
    money = "2,Road to Kuri,commitment,90\n3,Kuri Bridge,commitment,7\n"
    load("finance", MONEY + money, source="b", tier=4)
    return decide(load, *decisions) if decisions else 0


def decide(load: Load, *decisions: str) -> int:
    """Load decisions; return the id of the load."""
    load_id = load("decisions", decision_rows(decisions), source="mine", tier=6).load_id
    assert load_id is not None
    return load_id


def write(engine: Engine, path: Path, *, add: bool = True) -> Path:
    """Write the card of the total of all money."""
    with reading(engine) as connection:
        counting = counting_of(Question("finance", {"country": ("Kenya",)}), "signed", add=add)
        path.write_text(to_json(card_of(connection, counting)), encoding="utf-8")
    return path


def counted_again(engine: Engine, path: Path) -> tuple[Verdict, str]:
    """Return the result of verifying a card, and what is printed of it."""
    with reading(engine) as connection:
        verdict = verify(connection, read_card(path))
    out = StringIO()
    write_verdict_text(verdict, "card.json", out)
    return verdict, out.getvalue()


def test_a_card_has_the_decisions_that_it_was_counted_with(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    fill(load, PAIRED, PART, "a:1 different b:3 you", "a/1 different b/3")
    path = write(engine, tmp_path / "card.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    # Reviewers disagree on the bridge, and `different` changes nothing where nothing is joined.
    used = [["a/finance/1", "same-deal", "b/finance/2", "me", "2026-11-01"]]
    assert content["decisions"] == {"digest": digest_of(used), "rows": used, "quorum": 1}
    assert content["form"] == 2
    verdict, _ = counted_again(engine, path)
    assert (verdict.same, verdict.missing, verdict.different) == (True, (), ())


def test_the_digest_of_decisions_is_that_of_another_knowledge_base(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    fill(load, PAIRED, PART)
    path = write(engine, tmp_path / "card.json")
    other = engine_of(str(tmp_path / "other.sqlite"))
    set_up(other)
    other_load = loading(other, tmp_path)
    decide(other_load, PAIRED, PART)
    other_load("projects", f"{PROJECTS}9,Elsewhere,Mali\n", source="z")
    fill(other_load)
    again = write(other, tmp_path / "again.json")
    cards = [json.loads(card.read_text(encoding="utf-8")) for card in (path, again)]
    assert cards[0]["decisions"] == cards[1]["decisions"]
    assert len(cards[0]["decisions"]["rows"]) == 2
    verdict, _ = counted_again(other, path)
    assert (verdict.same, verdict.decisions) == (True, ())
    other.dispose()


def test_decisions_that_are_gone_or_new_are_named(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    first = fill(load, PAIRED)
    path = write(engine, tmp_path / "card.json")
    second = decide(load, PART)
    verdict, text = counted_again(engine, path)
    # A whole and its part, both of the better source now, count as flagged.
    assert verdict.same
    assert [(change.decision.relation, change.is_new) for change in verdict.decisions] == [
        ("part-of", True)
    ]
    assert (
        "Decision used now, and not on the card: b/projects/3 part-of a/projects/1 (me, 2026-11-01)"
    ) in text
    undo_load(engine, second)
    undo_load(engine, first)
    verdict, text = counted_again(engine, path)
    (figure,) = verdict.figures
    assert (figure.before, figure.by) == (Decimal(97), Decimal(100))
    assert "Decision no longer used: a/finance/1 same-deal b/finance/2 (me, 2026-11-01)" in text
    out = StringIO()
    write_verdict_json(verdict, out)
    (change,) = json.loads(out.getvalue())["decisions"]
    assert (change["left_ref"], change["is_new"]) == ("a/finance/1", False)
    assert {row.id: row.why for row in verdict.rows} == {
        "1": "It counts now, and did not when the card was written."
    }


def test_steps_that_are_gone_or_new_are_named_once(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    first = fill(load, PAIRED)
    path = write(engine, tmp_path / "card.json")
    undo_load(engine, first)
    verdict, text = counted_again(engine, path)
    assert "The step same-deal no longer exists: it left out 1 row, 100.00.\n" in text
    assert "Different now: left out" not in text
    (undone,) = (each for each in verdict.different if each.name.endswith(".same-deal"))
    assert (undone.before["rows"], undone.now) == (1, None)
    without = write(engine, tmp_path / "without.json")
    decide(load, PAIRED)
    verdict, text = counted_again(engine, without)
    assert "The step same-deal is new: it leaves out 1 row, 100.00.\n" in text
    out = StringIO()
    write_verdict_json(verdict, out)
    (new,) = (
        each for each in json.loads(out.getvalue())["different"] if "same-deal" in each["name"]
    )
    assert (new["before"], new["now"]["rows"]) == (None, 1)


def test_a_raised_quorum_is_named(engine: Engine, load: Load, tmp_path: Path) -> None:
    fill(load, PAIRED)
    path = write(engine, tmp_path / "card.json")
    set_quorum(engine, 2)
    verdict, text = counted_again(engine, path)
    assert verdict.quorum == ChangedQuorum(1, 2)
    for line in (
        "Noted differently now: Sources were added together, with no decisions on what",
        "No longer a source of these figures: mine (The mine).",
        "The quorum has changed: 2 reviewers must agree now before a decision joins (1 on the card).",
    ):
        assert f"\n{line}" in text
    assert "key: -" not in text
    assert "step: -" not in text
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["decisions"]["quorum"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert counted_again(engine, path)[0].quorum is None


def test_decisions_of_another_source_here_are_the_same(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    number = fill(load, PAIRED)
    path = write(engine, tmp_path / "card.json")
    undo_load(engine, number)
    load("projects", f"{PROJECTS}9,Elsewhere,Mali\n", source="z")
    _, text = counted_again(engine, path)
    assert (
        "This knowledge base has no decisions of the source mine (The mine), and lacks 1 decision "
        "that the card was counted with. Load decisions.csv by `bricoop decisions load`, or what "
    ) in text
    load("decisions", decision_rows((PAIRED,)), source="theirs", tier=6)
    verdict, _ = counted_again(engine, path)
    assert (verdict.same, verdict.missing, verdict.different) == (True, (), ())


def test_another_reviewer_or_day_is_another_decision(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    first = fill(load, PAIRED)
    path = write(engine, tmp_path / "card.json")
    undo_load(engine, first)
    decide(load, f"{PAIRED} you")
    verdict, _ = counted_again(engine, path)
    assert verdict.same
    assert [(change.decision.reviewer, change.is_new) for change in verdict.decisions] == [
        ("you", True), ("me", False),
    ]  # fmt: skip


def test_a_deal_that_one_source_states_twice_changes_its_own_figure(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    fill(load)
    path = write(engine, tmp_path / "card.json", add=False)
    decide(load, "b/2 same-deal b/3")
    verdict, text = counted_again(engine, path)
    assert {figure.source: figure.by for figure in verdict.figures} == {"a": 0, "b": -7}
    assert "It is now left out by the step duplicates." in text
    assert "Decision used now" in text


def test_decisions_on_a_missing_source_are_not_named(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    fill(load, PAIRED)
    path = write(engine, tmp_path / "card.json")
    other = engine_of(str(tmp_path / "other.sqlite"))
    set_up(other)
    other_load = loading(other, tmp_path)
    other_load("projects", f"{PROJECTS}1,Kuri Road,Kenya\n", source="a", tier=5)
    verdict, text = counted_again(other, path)
    assert [source.key for source in verdict.missing] == ["b", "mine"]
    assert verdict.decisions == ()
    assert "Decision" not in text
    other.dispose()


def test_many_changed_decisions_are_counted(engine: Engine, load: Load, tmp_path: Path) -> None:
    fill(load)
    path = write(engine, tmp_path / "card.json")
    decide(load, *(f"{PAIRED} reviewer-{number}" for number in range(12)))
    verdict, text = counted_again(engine, path)
    assert len(verdict.decisions) == 12
    assert text.count("Decision used now, and not on the card") == 10
    assert "Decisions used now or on the card only: 2 more; --json lists all." in text


def test_a_card_of_the_first_format_says_nothing_of_decisions(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    fill(load, PAIRED)
    path = write(engine, tmp_path / "card.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["decisions"]
    path.write_text(json.dumps(content | {"form": 1}), encoding="utf-8")
    verdict, text = counted_again(engine, path)
    assert (verdict.same, verdict.decisions, verdict.unstated_decisions) == (True, (), 1)
    assert "Counted with 1 decision now; the card does not say which it was counted with." in text


def test_the_rule_of_a_card_may_have_steps_with_names_that_were_free_once(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    fill(load)
    path = tmp_path / "card.json"
    for name in ("duplicates", "same-deal"):
        step = Step(name, "Mine", ("kind = pledge",))
        rule = replace(rule_of("signed"), name="mine", steps=(step,))
        with reading(engine) as connection:
            content = card_of(connection, Counting(Question("finance"), rule, rule.price_base))
        path.write_text(to_json(content), encoding="utf-8")
        assert counted_again(engine, path)[0].same
        text = f'[[steps]]\nname = "{name}"\ntitle = "Mine"\nleave_out = ["kind = pledge"]\n'
        file = tmp_path / "mine.toml"
        file.write_text(f'version = 1\ntitle = "Mine"\n{text}', encoding="utf-8")
        with pytest.raises(UsageError, match="already used or reserved"):
            rule_of(str(file))


def test_a_decision_twice_on_a_card_is_refused(engine: Engine, load: Load, tmp_path: Path) -> None:
    fill(load, PAIRED)
    path = write(engine, tmp_path / "card.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    content["decisions"]["rows"] *= 2
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UsageError, match=r"decisions\.rows\[2\] repeats"):
        read_card(path)
