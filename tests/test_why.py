"""Why the totals of two sources differ: steps that add up, and the rows behind each of them."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.errors import BricoopError, NotFoundError, UsageError
from bricoop.query.question import Question
from bricoop.totals.parse import counting_of
from bricoop.totals.total import total
from bricoop.totals.why.causes import Cause
from bricoop.totals.why.comparison import Comparison
from bricoop.totals.why.difference import Difference, difference
from bricoop.totals.why.listing import listed
from bricoop.totals.why.parse import comparison_of
from support.loading import Load
from support.standing import Standing
from support.two_lists import LEFT, RIGHT

pytestmark = pytest.mark.later_on_postgresql

YEARS: dict[str, tuple[str, ...]] = {"year": ("2010..2014",)}
LOANS = {**YEARS, "instrument": ("loan",)}


def compared(
    lists: Standing, rule: str = "all", base: str | None = None, **more: Any
) -> Comparison:
    """Return the comparison of both lists."""
    left_source, right_source = more.pop("sources", (LEFT, RIGHT))
    question = Question("finance", more.pop("filters", YEARS), **more)
    with reading(lists.engine) as connection:
        return comparison_of(
            connection, left_source, right_source, counting_of(question, rule, base)
        )


def explained(
    lists: Standing, rule: str = "all", base: str | None = None, **more: Any
) -> Difference:
    """Return why the totals of both lists differ."""
    with_candidates = more.pop("with_candidates", True)
    comparison = compared(lists, rule, base, **more)
    with reading(lists.engine) as connection:
        return difference(connection, comparison, with_candidates=with_candidates)


def steps_of(result: Difference) -> dict[str, tuple[int, int, Decimal | int]]:
    """Return the rows and the money of each step that has any."""
    return {
        step.cause.value: (step.left_rows, step.right_rows, step.amount)
        for step in result.steps
        if step.left_rows or step.right_rows or step.amount
    }


def details_of(result: Difference, step: str) -> dict[str, tuple[int, Decimal | int]]:
    """Return the rows and the money of the details of a step."""
    (chosen,) = (each for each in result.steps if each.cause == step)
    return {
        detail.name: (detail.left_rows + detail.right_rows, detail.amount)
        for detail in chosen.details
    }


def listed_rows(lists: Standing, step: str, rule: str = "all", **more: Any) -> list[dict[str, Any]]:
    """Return the rows of a step."""
    comparison = compared(lists, rule, **more)
    with reading(lists.engine) as connection:
        return list(listed(connection, comparison, step).by_name())


def pairs(rows: list[dict[str, Any]]) -> list[tuple[str | None, str | None]]:
    """Return the ids of rows, side by side."""
    return [(row["left_id"], row["right_id"]) for row in rows]


def test_the_steps_lead_from_one_total_to_the_other(lists: Standing) -> None:
    result = explained(lists)
    assert result.left_figure.amount == 808
    assert result.right_figure.amount == Decimal("1340.75")
    assert steps_of(result) == {
        "filters": (1, 1, -20 + 6),
        "base": (1, 0, -7),
        "only-left": (4, 0, -3 - 40 - 31 - 17),
        "only-right": (0, 6, 8 + 500 + 13 + 41 + 33 + 17),
        "duplicates": (0, 1, 59),
        "parts": (2, 4, Decimal(-300) + 120 + Decimal("150.25") - 90 + 50 + 45),
        "amounts": (5, 5, Decimal("-9.50") + 5 + 1 + 2 + 0),
    }
    assert [step.cause for step in result.steps] == list(Cause)
    assert result.amount == Decimal("532.75")
    assert result.unit == "nominal USD"
    assert result.remainder == 0


def test_a_rule_leaves_out_one_of_a_pair(lists: Standing) -> None:
    result = explained(lists, "signed", filters=LOANS)
    assert steps_of(result) == {
        "filters": (1, 1, -14),
        "rule": (1, 0, -50 - 50),
        "base": (1, 0, -7),
        "only-left": (4, 0, -91),
        "only-right": (0, 5, 8 + 13 + 41 + 33 + 17),
        "parts": (1, 2, Decimal("-29.75")),
        "amounts": (3, 3, Decimal("-9.50") + 2 + 0),
    }
    # Of the money that is rolled over, the row itself is among the other amounts.
    assert details_of(result, "rule") == {"pledges": (1, -50), "rolled-over": (0, -50)}
    assert details_of(result, "filters") == {"year": (2, -14)}
    assert details_of(result, "base") == {"no-amount": (1, -7)}


def test_the_rows_of_one_source_are_described(lists: Standing) -> None:
    result = explained(lists)
    assert details_of(result, "only-left") == {
        "candidates-strong": (1, -40),
        "candidates-same-project": (1, -31),
        "unnamed": (1, -3),
        "largest": (1, -40),
    }
    assert details_of(result, "only-right") == {
        "candidates-strong": (1, 41),
        "candidates-same-project": (1, 33),
        "not-recommended": (2, 508),
        "umbrella": (1, 500),
        "status-committed": (1, 13),
        "largest": (1, 500),
    }
    # The two rows with like names that are different by decision are no candidates.
    assert [note for note in result.notes if "open candidates" in note] == [
        "2 rows only in loans have open candidates, worth 71.00.",
        "2 rows only in news have open candidates, worth 74.00.",
    ]
    assert "`bricoop match --left loans --right news` lists them." in result.notes[-1]
    brief = explained(lists, with_candidates=False)
    assert "candidates-strong" not in details_of(brief, "only-left")
    assert steps_of(brief) == steps_of(result)
    assert not any("candidates" in note for note in brief.notes)


QUESTIONS: dict[str, dict[str, Any]] = {
    "everything": {"filters": {}},
    "years": {},
    "one-year": {"filters": {"year": ("2012",)}},
    "loans": {"filters": LOANS},
    "grants": {"filters": {"instrument": ("grant",)}},
    "no-umbrellas": {"filters": {"umbrella": ("no",)}},
    "country": {"filters": {"country": ("Kenya",)}},
    "elsewhere": {"filters": {"country": ("Mali",)}},
    "committed": {"filters": {"status": ("committed",)}},
    "large": {"filters": {}, "where": ("amount_usd >= 50", "date < 2014")},
    "words": {"filters": {}, "search": "kuriba"},
    "cells": {"filters": {}, "raw": ("kind=commitment",)},
}


@pytest.mark.parametrize(
    ("rule", "sources", "question"),
    [
        *((rule, (LEFT, RIGHT), name) for rule in ("all", "signed") for name in QUESTIONS),
        ("pledged", (RIGHT, LEFT), "everything"),
        ("recommended", (RIGHT, "press"), "elsewhere"),
        ("all", (RIGHT, "press"), "everything"),
        ("all", ("press", LEFT), "years"),
    ],
)
def test_the_steps_add_up_whatever_is_asked(
    lists: Standing, rule: str, sources: tuple[str, str], question: str
) -> None:
    more = {**QUESTIONS[question], "sources": sources}
    comparison = compared(lists, rule, "nominal", **more)
    result = explained(lists, rule, "nominal", with_candidates=False, **more)
    assert result.remainder == 0
    for key, figure in zip(sources, (result.left_figure, result.right_figure), strict=True):
        alone = replace(
            comparison.counting.question,
            filters={**comparison.counting.question.filters, "source": (key,)},
        )
        with reading(lists.engine) as connection:
            (own,) = total(connection, replace(comparison.counting, question=alone)).figures
        assert (figure.amount, figure.rows) == (own.amount, own.rows)
    rows = [
        sum(getattr(step, name) for step in result.steps) for name in ("left_rows", "right_rows")
    ]
    assert rows == [result.left_figure.rows, result.right_figure.rows]
    changes: defaultdict[str, Decimal] = defaultdict(Decimal)
    with reading(lists.engine) as connection:
        for row in listed(connection, comparison, "everything").by_name():
            changes[row["step"]] += row["change"]
    assert {step: change for step, change in changes.items() if change} == {
        step.cause.value: step.amount for step in result.steps if step.amount
    }


def test_the_way_back_has_the_same_steps(lists: Standing) -> None:
    there, back = explained(lists), explained(lists, sources=(RIGHT, LEFT))
    other = {"only-left": "only-right", "only-right": "only-left"}
    assert steps_of(back) == {
        other.get(step, step): (right_rows, left_rows, -amount)
        for step, (left_rows, right_rows, amount) in steps_of(there).items()
    }


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("filters", [("L2", "N2"), ("L17", "N17")]),
        ("base", [("L4", "N4")]),
        ("only-left", [("L6", None), ("L14", None), ("L15", None), ("L5", None)]),
        ("duplicates", [(None, "N8b")]),
        ("parts", [("L7", "N7b"), (None, "N7"), ("L10", "N10"), (None, "N10b")]),
        ("amounts", [("L1", "N1"), ("L3", "N3"), ("L9", "N9"), ("L8", "N8"), ("L16", "N16")]),
        ("rule", []),
    ],
)  # fmt: skip
def test_the_rows_of_a_step_stand_side_by_side(
    lists: Standing, step: str, expected: list[tuple[str | None, str | None]]
) -> None:
    assert pairs(listed_rows(lists, step)) == expected


def test_a_row_is_listed_with_what_explains_it(lists: Standing) -> None:
    row, other = listed_rows(lists, "filters")
    assert {name: value for name, value in row.items() if value is not None} == {
        "step": "filters", "family": row["family"], "left_id": "L2", "left_project": "Mabo Harbour",
        "left_status": "completed", "left_date": "2014", "left_amount": 20, "left_counts": True,
        "right_id": "N2", "right_project": "Port at Mabo", "right_status": "completed",
        "right_date": "2015", "right_amount": 21, "right_counts": False, "change": -20,
        "reason": "year",
    }  # fmt: skip
    assert other["family"] != row["family"]
    assert [row["reason"] for row in listed_rows(lists, "duplicates")] == ["repeats N8"]
    pledge, rolled_over = listed_rows(lists, "rule", "signed", filters=LOANS)
    assert (pledge["left_id"], pledge["right_id"], pledge["reason"]) == ("L3", "N3", "pledges")
    assert (rolled_over["right_id"], rolled_over["left_id"]) == ("N16", None)
    assert (rolled_over["change"], rolled_over["right_amount"]) == (-50, 80)


def test_rows_of_one_source_are_listed_with_their_candidates(lists: Standing) -> None:
    rows = listed_rows(lists, "only-right")
    assert [(row["right_id"], row["change"]) for row in rows] == [
        ("N12", 500), ("N6", 41), ("N14", 33), ("N15", 17), ("N13", 13), ("N11", 8),
    ]  # fmt: skip
    candidates = {
        row["right_id"]: (row["candidate"], row["candidate_id"], row["candidate_name"])
        for row in rows
        if row["candidate"]
    }
    assert candidates == {
        "N6": ("strong", "L6", "Zembe Cement Works"), "N14": ("same project", None, None),
    }  # fmt: skip
    # Each source has its own name of a project that is one by decision.
    assert {row["right_project"] for row in rows} >= {"Hilo airfield"}


def test_decisions_count_that_concern_rows_of_the_question(lists: Standing) -> None:
    refs = {(row.left_ref, row.right_ref) for row in explained(lists).decisions}
    assert ("loans/finance/L9", "press/finance/P9") in refs
    assert ("loans/projects/L15", "news/projects/N15") not in refs
    assert len(refs) == 14
    grants = explained(lists, filters={"instrument": ("grant",)}).decisions
    assert sorted(row.left_ref for row in grants) == [
        "loans/finance/L10", "news/finance/N10b", "news/finance/N8", "news/finance/N8b",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        ({"sources": (LEFT, "The loans")}, UsageError, "Both names mean the source loans."),
        ({"sources": (LEFT, "lones")}, NotFoundError, "No source is known as 'lones'."),
        ({"filters": {"source": (LEFT,)}}, UsageError, "has no filter on sources"),
        ({"base": "constant"}, UsageError, "No row of loans has an amount in the base constant."),
        ({"filters": {"country": ("Atlantis",)}}, NotFoundError, "Atlantis"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(
    lists: Standing, more: dict[str, Any], error: type[BricoopError], message: str
) -> None:
    with pytest.raises(error) as refused:
        explained(lists, **more)
    assert message in refused.value.message


def test_an_unknown_step_is_refused(lists: Standing) -> None:
    with pytest.raises(NotFoundError) as refused:
        listed_rows(lists, "onlyleft")
    assert "Did you mean: only-left" in refused.value.hint


MONEY_ROWS = "id,project,kind,amount_usd,date\n"


def test_a_project_is_no_candidate_once_all_its_deals_are_paired(
    engine: Engine, load: Load
) -> None:
    projects = "id,name,countries\n1,Kisi Weir,Kenya\n3,Rehabilitation of Kisi Weir,Kenya\n"
    load("projects", projects, source="loans")
    money = "m1,Kisi Weir,commitment,50,2012\nm3,Rehabilitation of Kisi Weir,commitment,50,2012\n"
    load("finance", MONEY_ROWS + money, source="loans")
    load("projects", "id,name,countries\n2,Kisi River Weir,Kenya\n", source="news")
    load("finance", MONEY_ROWS + "n2,Kisi River Weir,commitment,50,2012\n", source="news")
    standing = Standing("", engine, load)
    assert [row["candidate_id"] for row in listed_rows(standing, "only-left")] == ["2", "2"]
    head = "left,right,relation,reviewer,decided_at\n"
    load("decisions", f"{head}loans/finance/m1,news/finance/n2,same-deal,me,2026-11-01\n")
    (row,) = listed_rows(standing, "only-left")
    assert (row["left_id"], row["candidate"]) == ("m3", None)
    more = "n4,Kisi River Weir,commitment,50,2013\n"
    load("finance", MONEY_ROWS + "n2,Kisi River Weir,commitment,50,2012\n" + more, source="news")
    (row,) = listed_rows(standing, "only-left")
    assert (row["left_id"], row["candidate_id"]) == ("m3", "2")
    (other,) = listed_rows(standing, "only-right")
    assert (other["right_id"], other["candidate"]) == ("n4", "same project")


def test_reviewers_who_disagree_pair_nothing(engine: Engine, load: Load) -> None:
    for source, name in (("loans", "Kisi Weir"), ("news", "Bridge of Pela")):
        load("projects", f"id,name,countries\n1,{name},Kenya\n", source=source)
        load("finance", f"{MONEY_ROWS}1,{name},commitment,50,2012\n", source=source)
    head = "left,right,relation,reviewer,decided_at\n"
    pair = "loans/finance/1,news/finance/1"
    standing = Standing("", engine, load)
    for rows, step in (
        (f"{pair},same-deal,me,2026-11-01\n", "amounts"),
        (f"{pair},different,you,2026-11-02\n", "only-left"),
        (f"{pair},same-deal,you,2026-11-03\n", "amounts"),
        (f"{pair},part-of,you,2026-11-04\n{pair},part-of,me,2026-11-04\n", "parts"),
    ):
        load("decisions", head + rows)
        result = explained(standing, with_candidates=False)
        assert step in steps_of(result)
        assert result.remainder == 0
