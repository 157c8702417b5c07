"""`bricoop why`: what it prints and writes in each format, and what it refuses."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

import bricoop
from bricoop.db.engine import reading
from bricoop.report.blocks import Table
from bricoop.report.kinds import report
from bricoop.report.request import Request
from bricoop.report.sections import Report
from support.command_line import answer, run
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

WHY = ("why", "loans", "news", "--year", "2010..2014", "--rule", "all")


@pytest.mark.parametrize("format_", ["table", "markdown"])
def test_the_steps_for_people(lists: Standing, format_: str, snapshot: SnapshotAssertion) -> None:
    result = run("--db", lists.address, *WHY, "-f", format_)
    assert result.exit_code == 0
    assert result.stdout == snapshot(name=format_)
    assert result.stderr == snapshot(name="notes")


def test_the_steps_as_data(lists: Standing) -> None:
    data = json.loads(answer("--db", lists.address, *WHY, "-f", "json"), parse_float=Decimal)
    steps = {step["step"]: step for step in data.pop("steps")}
    rule = data.pop("rule")
    assert (rule["name"], rule["version"], len(rule["digest"])) == ("all", 1, 12)
    left_figure, right_figure = data.pop("left"), data.pop("right")
    assert (left_figure["source"], left_figure["amount"], left_figure["all_rows"]) == (
        "loans",
        808,
        13,
    )
    assert (
        right_figure["source"], right_figure["amount"], right_figure["all_without_amount"],
    ) == (
        "news", Decimal("1340.75"), 1,
    )  # fmt: skip
    notes = data.pop("notes")
    assert "2 rows only in loans have open candidates, worth 71.00." in notes
    assert data == {
        "question": {
            "noun": "finance", "filters": {"year": ["2010..2014"], "source": ["loans", "news"]},
        },
        "base": "nominal", "knowledge_base": data["knowledge_base"], "unit": "nominal USD",
        "difference": Decimal("532.75"), "remainder": 0, "decisions": 14,
    }  # fmt: skip
    assert list(steps) == [
        "filters", "rule", "base", "only-left", "only-right", "duplicates", "parts", "amounts",
    ]  # fmt: skip
    assert steps["filters"] == {
        "step": "filters", "title": "The same deals, which the question finds in one of them only",
        "left_rows": 1, "right_rows": 1, "amount": -14,
        "details": [
            {
                "detail": "year", "title": "outside by year", "left_rows": 1, "right_rows": 1,
                "amount": -14,
            }
        ],
    }  # fmt: skip


def test_the_steps_are_rows_in_every_other_format(lists: Standing, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(answer("--db", lists.address, *WHY, "-f", "csv"))))
    *steps, last = (row for row in rows if not row["detail"])
    assert (steps[0]["step"], steps[-1]["step"], last["step"]) == ("left", "remainder", "right")
    assert sum(Decimal(row["amount"]) for row in steps) == Decimal(last["amount"])
    assert {(row["left_source"], row["right_source"], row["rule"]) for row in rows} == {
        ("loans", "news", "all")
    }
    for name in ("rows.xlsx", "rows.parquet", "rows.ndjson", "rows.tsv"):
        answer("--db", lists.address, *WHY, "-o", str(tmp_path / name))
        assert (tmp_path / name).stat().st_size


def test_the_rows_of_a_step(lists: Standing, snapshot: SnapshotAssertion) -> None:
    assert answer("--db", lists.address, *WHY, "--list", "amounts") == snapshot
    rows = json.loads(answer("--db", lists.address, *WHY, "--list", "only-left", "-f", "json"))
    assert [(row["left_id"], row["right_id"], row["change"]) for row in rows] == [
        ("L6", None, -40), ("L14", None, -31), ("L15", None, -17), ("L5", None, -3),
    ]  # fmt: skip
    limited = answer("--db", lists.address, *WHY, "--list", "amounts", "--limit", "2", "-f", "csv")
    assert len(limited.splitlines()) == 3
    empty = run("--db", lists.address, *WHY, "--list", "rule")
    assert (empty.exit_code, "No rows." in empty.stderr) == (0, True)


def test_no_money_is_no_difference(lists: Standing) -> None:
    text = answer("--db", lists.address, "why", "loans", "news", "--country", "Mali")
    first, *_ = text.splitlines()
    assert first == "No finance rows of loans or news match this question (rule signed, version 1)."


def test_the_sign_of_the_difference_is_in_words(lists: Standing) -> None:
    more, less, same = (
        answer("--db", lists.address, "why", *sources, "--rule", "all", *filters).splitlines()[0]
        for sources, filters in (
            (("loans", "news"), ("--year", "2010..2014")),
            (("news", "loans"), ("--year", "2010..2014")),
            (("loans", "news"), ("--where", "external_id = L15, N15")),
        )
    )
    ends = "under the rule all, version 1."
    assert more == f"news counts 532.75 nominal USD more than loans, {ends}"
    assert less == f"loans counts 532.75 nominal USD less than news, {ends}"
    assert same == f"loans and news count the same {ends}"


def test_a_card_is_written_once(lists: Standing, tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    result = run("--db", lists.address, *WHY, "--card", str(card))
    assert f"Wrote a card of 30 rows to {card}." in result.stderr
    assert answer("--db", lists.address, "verify", str(card)).startswith("Same: the steps")
    assert run("--db", lists.address, *WHY, "--card", str(card)).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("loans", "loans"), 2, "Both names mean the source loans."),
        (("loans", "lones"), 4, "No source is known as 'lones'."),
        (("loans",), 2, "Missing argument"),
        (("loans", "news", "--source", "news"), 2, "No such option: --source"),
        (("loans", "news", "--list", "onlyleft"), 4, "Did you mean: only-left"),
        (("loans", "news", "--limit", "3"), 2, "--limit is for the rows of --list"),
        (("loans", "news", "--list", "parts", "--card", "c.json"), 2, "Use one at a time."),
        (("loans", "news", "--rule", "sined"), 4, "Did you mean: signed?"),
        (("loans", "news", "--base", "constant"), 2, "Compare them in another price base"),
    ],
)
def test_what_cannot_be_explained_is_refused(
    lists: Standing, arguments: tuple[str, ...], code: int, message: str
) -> None:
    refused = run("--db", lists.address, "why", *arguments)
    assert (refused.exit_code, message in refused.stderr) == (code, True), refused.stderr
    assert "Traceback" not in refused.stderr


def test_python_explains_as_the_command_does(lists: Standing) -> None:
    with bricoop.open(lists.address) as base:
        explained = base.why("loans", "news", rule="all", year="2010..2014")
        assert explained.amount == Decimal("532.75")
        assert explained.remainder == 0
        with pytest.raises(bricoop.UsageError, match="has no filter on sources"):
            base.why("loans", "news", source="loans")
        with pytest.raises(TypeError, match="rule"):
            base.why("loans", "news", rul="all")


def tables_of(whole: Report) -> list[Table]:
    """Return the tables of the section on why totals differ."""
    blocks = [
        block for section in whole.sections if section.name == "why" for block in section.parts
    ]
    return [block for block in blocks if isinstance(block, Table)]


def test_reports_show_the_steps(lists: Standing) -> None:
    with reading(lists.engine) as connection:
        of_source = report(connection, Request("source", ("loans",), "all"))
        compared = report(connection, Request("compare", ("Kenya", "Mali"), "all"))
        without = report(connection, Request("source", ("manufacturing-cooperation-paper",)))
    tables = tables_of(of_source)
    assert [table.title for table in tables] == [
        "From the total of loans to that of news", "From the total of loans to that of press",
    ]  # fmt: skip
    steps = {line.cells[0]: line.cells[-1] for line in tables[0].lines}
    assert (steps["left"], steps["right"]) == (Decimal("813.5"), Decimal("1361.75"))
    assert steps["remainder"] == 0
    assert "rule" not in steps
    assert [command.text for command in tables[0].commands] == [
        "bricoop why loans news --rule all --list STEP"
    ]
    # Nothing is decided on Mali.
    (table,) = tables_of(compared)
    assert table.title == "Kenya: from the total of loans to that of news"
    assert tables_of(without) == []
