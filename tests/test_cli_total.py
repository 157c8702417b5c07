"""`bricoop total`, `verify` and `rules`: what they print, write and refuse."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from support.command_line import answer, run

pytestmark = pytest.mark.later_on_postgresql

MONEY = (
    "id,project,kind,instrument,amount,currency,amount_usd,date,estimated,umbrella\n"
    "1,Orsha Hub,commitment,loan,700,CNY,100.1250,2014,,\n"
    "2,Orsha Hub,commitment,grant,,,20.5,2015,yes,\n"
    "3,Orsha Hub,pledge,loan,,,1000000,2016,,\n"
    "4,=cmd|' /C calc'!A1,commitment,loan,,,5000.25,2017,,yes\n"
)


@pytest.fixture
def filled(knowledge_base: str) -> str:
    """A knowledge base with the money of two projects."""
    projects = "name,status,countries\nOrsha Hub,completed,Belarus\n=cmd|' /C calc'!A1,,Belarus\n"
    for noun, text in (("projects", projects), ("finance", MONEY)):
        source = ("--source", "notes", "--source-title", "My *notes*", "--tier", "5")
        loaded = run("--db", knowledge_base, "load", noun, "-", *source, stdin=text)
        assert loaded.exit_code == 0, loaded.stderr
    return knowledge_base


@pytest.mark.parametrize("format_", ["table", "markdown"])
def test_a_total_with_its_waterfall(filled: str, format_: str, snapshot: SnapshotAssertion) -> None:
    text = answer("--db", filled, "total", "--country", "Belarus", "-f", format_)
    assert text == snapshot(name=format_)
    assert "signed" in text


def test_a_total_as_data(filled: str) -> None:
    text = answer("--db", filled, "total", "--country", "Belarus", "-f", "json")
    data = json.loads(text, parse_float=Decimal)
    rule = data.pop("rule")
    assert (rule["name"], rule["version"], rule["price_base"]) == ("signed", 1, "nominal")
    assert [(step["name"], step["leave_out"]) for step in rule["steps"]] == [
        ("pledges", ["kind = pledge", "status = pledged"]),
        ("called-off", ["status = cancelled, suspended"]),
        ("umbrellas", ["umbrella = yes"]),
        ("other-flows", ["kind = disbursement, repayment, guarantee"]),
        ("debt-relief", ["kind = forgiveness, rescheduling", "instrument = debt-relief"]),
    ]
    settings = ("title", "rollovers", "parents", "speaker", "sources")
    assert [rule[name] for name in settings] == [
        "Signed deals that were not cancelled", "leave-out", "as-flagged", "best", [],
    ]  # fmt: skip
    assert rule["about"].startswith("Commitments, investments and contracts, each counted once.")
    assert len(rule["digest"]) == 12
    (figure,) = data.pop("figures")
    assert data == {"base": "nominal", "add_sources": False, "knowledge_base": 3, "notes": []}
    falls = {fall["step"]: fall for fall in figure.pop("falls")}
    amounts = {"pledges": Decimal(1_000_000), "umbrellas": Decimal("5000.25")}
    steps = [*(step["name"] for step in rule["steps"]), "no-amount", "rolled-over"]
    assert list(falls) == steps
    for name, fall in falls.items():
        counts = {"rows": int(name in amounts), "without_amount": 0, "reduced": 0}
        assert {**counts, "amount": amounts.get(name, 0)}.items() <= fall.items()
    assert figure == {
        "source": "notes", "title": "My *notes*", "unit": "nominal USD", "all_rows": 4,
        "all_without_amount": 0, "all_amount": Decimal("1005120.875"), "rows": 2,
        "amount": Decimal("120.625"), "estimated_rows": 1, "estimated": Decimal("20.5"),
    }  # fmt: skip


def test_the_rows_of_a_waterfall_are_data_in_every_format(filled: str, tmp_path: Path) -> None:
    text = answer("--db", filled, "total", "--country", "BY", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    *amounts, last = [Decimal(row["amount"]) for row in rows]
    assert sum(amounts) == last == Decimal("120.625")
    assert {row["rule"] for row in rows} == {"signed"}
    for name in ("rows.xlsx", "rows.parquet", "rows.ndjson", "rows.tsv"):
        answer("--db", filled, "total", "--country", "BY", "-o", str(tmp_path / name))
        assert (tmp_path / name).stat().st_size
    parquet = tmp_path / "rows.parquet"
    answer("--db", filled, "total", "-o", str(parquet), "--provenance")
    assert (tmp_path / "rows.parquet.provenance.json").is_file()


def test_the_rows_of_a_step(filled: str) -> None:
    rows = json.loads(answer("--db", filled, "total", "--list", "umbrellas", "-f", "json"))
    assert [(row["amount_usd"], row["umbrella"]) for row in rows] == [(5000.25, True)]
    rows = json.loads(answer("--db", filled, "total", "--list", "counted", "-f", "json"))
    assert len(rows) == 2
    text = answer("--db", filled, "total", "--list", "umbrellas", "-f", "csv")
    assert "'=cmd" in text


def test_a_card_is_written_and_verified(filled: str, tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    result = run("--db", filled, "total", "--country", "Belarus", "--card", str(card))
    assert result.exit_code == 0
    assert f"Wrote a card of 2 rows to {card}." in result.stderr
    same = run("--db", filled, "verify", str(card))
    assert same.exit_code == 0
    assert same.stdout.startswith("Same, under the rule signed, version 1")
    text = MONEY.replace("100.1250", "100.25")
    assert (
        run("--db", filled, "load", "finance", "-", "--source", "notes", stdin=text).exit_code == 0
    )
    changed = run("--db", filled, "verify", str(card))
    assert changed.exit_code == 3
    assert "notes: 120.75 nominal USD, +0.12 (was 120.62)" in changed.stdout
    (row,) = json.loads(run("--db", filled, "verify", str(card), "--json").stdout)["rows"]
    assert (row["id"], row["before"], row["now"]) == ("1", 100.125, 100.25)


def test_a_total_says_what_it_cannot_do(filled: str, tmp_path: Path) -> None:
    for arguments, code, message in (
        (("--rule", "sined"), 4, "Did you mean: signed?"),
        (("--rule", str(tmp_path / "no.toml")), 3, "cannot be read"),
        (("--base", "yen"), 2, "There is no price base 'yen'"),
        (("--list", "umbrela"), 4, "Did you mean: umbrellas?"),
        (("--list", "counted", "--card", str(tmp_path / "c.json")), 2, "Use one at a time"),
        (("--country", "Atlantis"), 4, "Atlantis"),
        (("--card", str(tmp_path / "none" / "c.json")), 2, "cannot be written"),
    ):
        refused = run("--db", filled, "total", *arguments)
        assert (refused.exit_code, message in refused.stderr) == (code, True), refused.stderr
        assert "Traceback" not in refused.stderr
    assert run("--db", filled, "verify", str(tmp_path / "none.json")).exit_code == 3


def test_no_money_is_no_total(knowledge_base: str) -> None:
    text = answer("--db", knowledge_base, "total", "--country", "Belarus")
    assert text == "No finance rows match this question (rule signed, version 1).\n"


def test_the_rules_are_listed_and_explained(snapshot: SnapshotAssertion) -> None:
    assert answer("rules") == snapshot
    assert answer("rules", "show", "signed") == snapshot
    assert run("rules", "show", "sined").exit_code == 4
