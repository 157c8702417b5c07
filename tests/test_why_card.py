"""Cards of differences: what they hold, what changes them, and what is refused."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import decision, record, source
from bricoop.errors import UsageError
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.question import Question
from bricoop.render.data import to_json
from bricoop.totals.parse import counting_of
from bricoop.totals.rules import rule_of
from bricoop.totals.why.card import DifferenceCard, difference_card_of, read_any_card
from bricoop.totals.why.parse import comparison_of
from bricoop.totals.why.verify import DifferenceVerdict, verify_difference
from support.command_line import answer, run
from support.loading import Load
from support.standing import Standing
from support.two_lists import LEFT, MONEY, RIGHT, ROWS, decisions, load_lists

pytestmark = pytest.mark.later_on_postgresql

YEARS = {"year": ("2010..2014",)}


def card_data(engine: Engine, rule: str = "all") -> dict[str, Any]:
    """Return the card of the difference of both lists."""
    counting = counting_of(Question("finance", YEARS), rule)
    with reading(engine) as connection:
        comparison = comparison_of(connection, LEFT, RIGHT, counting)
        return difference_card_of(connection, comparison)


def written(folder: Path, data: dict[str, Any]) -> Path:
    """Write a card to a file."""
    path = folder / "card.json"
    path.write_text(to_json(data), encoding="utf-8")
    return path


def verified(engine: Engine, path: Path) -> DifferenceVerdict:
    """Verify the card of a difference."""
    card = read_any_card(path)
    assert isinstance(card, DifferenceCard)
    with reading(engine) as connection:
        return verify_difference(connection, card)


def changed_decisions(verdict: DifferenceVerdict) -> list[tuple[str, str, bool]]:
    """Return the references of decisions that changed, and whether they are new."""
    return [
        (change.decision.left_ref, change.decision.right_ref, change.is_new)
        for change in verdict.total.decisions
    ]


def test_a_card_holds_both_totals_and_the_steps(lists: Standing, tmp_path: Path) -> None:
    data = card_data(lists.engine)
    assert (data["card"], data["form"]) == ("bricoop difference card", 1)
    assert (data["left_source"], data["right_source"]) == (LEFT, RIGHT)
    figures = {figure["source"]: figure["amount"] for figure in data["total"]["figures"]}
    assert figures == {LEFT: "808", RIGHT: "1340.75"}
    assert sum(Decimal(step["amount"]) for step in data["steps"]) == Decimal("1340.75") - 808
    # Also the one by which two rows are one project, and none on what is different anyway.
    assert len(data["total"]["decisions"]["rows"]) == 15
    verdict = verified(lists.engine, written(tmp_path, data))
    assert verdict.same
    assert (verdict.steps, verdict.total.decisions) == ((), ())


def test_the_rule_of_a_card_counts_again(lists: Standing, tmp_path: Path) -> None:
    path = written(tmp_path, card_data(lists.engine, "signed"))
    assert rule_of(str(path)) == rule_of("signed")


def test_a_decision_changes_the_steps_and_not_the_totals(
    engine: Engine, load: Load, tmp_path: Path, knowledge_base: str
) -> None:
    load_lists(load)
    path = written(tmp_path, card_data(engine))
    decided = load("decisions", decisions(("L6 same-deal N6",)), source="me").load_id
    verdict = verified(engine, path)
    assert (verdict.same, verdict.total.same) == (False, True)
    assert [step.now.cause for step in verdict.steps] == ["only-left", "only-right", "amounts"]
    assert [step.now.amount - step.before.amount for step in verdict.steps] == [40, -41, 1]
    assert changed_decisions(verdict) == [("loans/finance/L6", "news/finance/N6", True)]
    text = run("--db", knowledge_base, "verify", str(path))
    assert text.exit_code == 3
    assert text.stdout.startswith("Changed: the steps between the totals of loans and news.\n")
    assert "The totals themselves: Same, under the rule all, version 1" in text.stdout
    now = "Decision used now, and not on the card: loans/finance/L6 same-deal news/finance/N6 (me"
    assert now in text.stdout
    data = json.loads(run("--db", knowledge_base, "verify", str(path), "--json").stdout)
    assert [step["step"] for step in data["steps"]] == ["only-left", "only-right", "amounts"]
    assert data["steps"][0] == {
        "step": "only-left", "before": {"left_rows": 4, "right_rows": 0, "amount": -91},
        "now": {"left_rows": 3, "right_rows": 0, "amount": -51},
    }  # fmt: skip
    assert [change["right_ref"] for change in data["total"]["decisions"]] == ["news/finance/N6"]
    assert (data["same"], data["total"]["same"]) == (False, True)
    undo_load(engine, decided or 0)
    assert verified(engine, path).same
    assert answer("--db", knowledge_base, "verify", str(path)).startswith("Same: the steps")


def test_a_decision_that_is_taken_back_is_named(engine: Engine, load: Load, tmp_path: Path) -> None:
    load_lists(load)
    path = written(tmp_path, card_data(engine))
    load("decisions", decisions(("L1 unsure N1",)).replace("11-01", "11-02"), source="me")
    verdict = verified(engine, path)
    assert changed_decisions(verdict) == [("loans/finance/L1", "news/finance/N1", False)]
    assert not verdict.same


def test_decisions_that_are_missing_are_named_with_their_file(
    engine: Engine, load: Load, tmp_path: Path, knowledge_base: str
) -> None:
    load_lists(load)
    path = written(tmp_path, card_data(engine))
    with reading(engine) as connection:
        (decided,) = set(connection.scalars(select(decision.c.load_id)))
    undo_load(engine, decided)
    verdict = verified(engine, path)
    assert (len(changed_decisions(verdict)), len(verdict.steps)) == (15, 7)
    text = run("--db", knowledge_base, "verify", str(path))
    assert text.stdout.startswith("Incomplete: the steps between the totals of loans and news.")
    assert "Load decisions.csv by `bricoop decisions load`, or what" in text.stdout


def test_a_row_changes_totals_and_steps(engine: Engine, load: Load, tmp_path: Path) -> None:
    load_lists(load)
    path = written(tmp_path, card_data(engine))
    changed = ROWS[RIGHT].replace("loan,90.50,", "loan,90.75,")
    load("finance", MONEY + changed, source=RIGHT, tier=6)
    verdict = verified(engine, path)
    assert (verdict.same, verdict.total.same) == (False, False)
    ((step),) = verdict.steps
    assert (step.now.cause, step.now.amount - step.before.amount) == ("amounts", Decimal("0.25"))
    assert [(row.id, row.before, row.now) for row in verdict.total.rows] == [
        ("N1", Decimal("90.50"), Decimal("90.75"))
    ]


def test_a_base_without_a_source_of_the_card_says_so(
    engine: Engine, load: Load, tmp_path: Path, knowledge_base: str
) -> None:
    load_lists(load)
    path = written(tmp_path, card_data(engine))
    with reading(engine) as connection:
        statement = select(record.c.load_id).join(source, source.c.id == record.c.source_id)
        loads = set(connection.scalars(statement.where(source.c.key == RIGHT)))
    for number in sorted(loads, reverse=True):
        undo_load(engine, number)
    assert verified(engine, path).total.missing
    text = run("--db", knowledge_base, "verify", str(path))
    assert text.exit_code == 3
    assert text.stdout.startswith("Incomplete: the steps between the totals of loans and news.")
    assert "This knowledge base has no records of the source news (The news)" in text.stdout


def _amount(data: dict[str, Any]) -> None:
    data["steps"][3]["amount"] = "-92"


def _moved(data: dict[str, Any]) -> None:
    data["steps"][3]["left_rows"] -= 1


def _without_a_step(data: dict[str, Any]) -> None:
    del data["steps"][0]


def _decision(data: dict[str, Any]) -> None:
    data["total"]["decisions"]["rows"][0][1] = "part-of"


def _exchanged(data: dict[str, Any]) -> None:
    data["left_source"], data["right_source"] = data["right_source"], data["left_source"]


def _figure(data: dict[str, Any]) -> None:
    data["total"]["figures"][0]["amount"] = "809"


def _key(data: dict[str, Any]) -> None:
    data["summary"] = "mine"


def _form(data: dict[str, Any]) -> None:
    data["form"] = 2


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_amount, "its steps and the rest of it disagree"),
        (_moved, "its steps and the rest of it disagree"),
        (_without_a_step, "its steps and the rest of it disagree"),
        (_decision, "its decisions and the rest of it disagree"),
        (_exchanged, "its sources and the rest of it disagree"),
        (_figure, "its figures and the rest of it disagree"),
        (_key, "summary"),
        (_form, "has the format 2, which this version of bricoop does not know"),
    ],
)
def test_an_altered_card_is_refused(
    lists: Standing, tmp_path: Path, damage: Callable[[dict[str, Any]], None], message: str
) -> None:
    data = card_data(lists.engine)
    damage(data)
    with pytest.raises(UsageError) as refused:
        read_any_card(written(tmp_path, data))
    assert message in refused.value.message


@pytest.mark.parametrize("damage", [_amount, _moved, _without_a_step])
def test_steps_that_do_not_add_up_are_refused_whatever_their_digest(
    lists: Standing, tmp_path: Path, damage: Callable[[dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    data = card_data(lists.engine)
    damage(data)
    path = written(tmp_path, data)
    monkeypatch.setattr("bricoop.totals.why.card.digest_of", lambda _: data["digest"])
    with pytest.raises(UsageError) as refused:
        read_any_card(path)
    assert "its steps and the rest of it disagree" in refused.value.message
