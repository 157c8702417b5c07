"""A lake gives the answers of the database that it was exported from, by the same statements."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bricoop.lake.export import export_lake
from bricoop.query.catalog import NOUNS
from support.command_line import answer, csv_rows
from support.lake_questions import QUESTIONS, ask, fill_lake
from support.standing import Standing

pytestmark = [pytest.mark.later_on_postgresql, pytest.mark.reads]


class Both(NamedTuple):
    """A knowledge base and the lake of it, by their addresses."""

    database: str
    lake: str


@pytest.fixture(scope="module")
def both(standing: Standing, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Load sources that disagree, decide what is one, and export a lake."""
    fill_lake(standing.load)
    folder = tmp_path_factory.mktemp("lake") / "exports"
    export_lake(standing.engine, folder)
    with standing.unwritten():
        yield Both(standing.address, f"lake:{folder}")


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_lake_answers_as_its_database(both: Both, name: str) -> None:
    of_database = ask(both.database, QUESTIONS[name])
    assert len(of_database[0]) > len("[]\n") or of_database[1], "the question has an answer"
    assert ask(both.lake, QUESTIONS[name]) == of_database


def without_cells(data: Any) -> Any:
    """Return a result without the cells that its values were read from."""
    if isinstance(data, list):
        return list(map(without_cells, data))
    if not isinstance(data, dict):
        return data
    return {
        name: type(value)() if name in {"raw", "cells"} else without_cells(value)
        for name, value in data.items()
    }


def test_sums_in_a_lake_have_all_their_digits(both: Both) -> None:
    words = ("query", "finance", "--source", "ledger", "--group-by", "currency",
             "--measure", "sum:amount")  # fmt: skip
    by_currency = {row["currency"]: row for row in csv_rows("--db", both.lake, *words)}
    assert by_currency["CNY"]["sum_amount"] == "112345678901234567889.123456"


@pytest.mark.parametrize("words", ["show lake-kuri-road", "show KLH", "report financier KLH"])
def test_details_have_all_but_the_cells_as_read(both: Both, words: str) -> None:
    of_database, of_lake = (
        json.loads(ask(address, (*words.split(), "-f", "json"))[0]) for address in both
    )
    assert without_cells(of_database) != of_database
    assert of_lake == without_cells(of_database)


def test_the_views_of_a_lake_have_the_rows_of_questions(both: Both) -> None:
    for noun in NOUNS:
        query = f"SELECT count(*) AS rows FROM {noun.view}"  # noqa: S608 (bricoop's own name)
        ((number,),) = (
            row.values()
            for row in json.loads(answer("--db", both.lake, "sql", query, "-f", "json"))
        )
        assert number == int(answer("--db", both.database, "query", noun.name, "--count")), noun
    query = "SELECT project, amount, amount_usd, countries, adjusted_usd FROM v_finance"
    ordered = f"{query} WHERE source = 'ledger' ORDER BY external_id"
    rows = csv_rows("--db", both.lake, "sql", ordered)
    assert [row["amount"] for row in rows][:2] == [
        "12345678901234567890.123456", "99999999999999999999",
    ]  # fmt: skip
    assert [rows[1][name] for name in ("countries", "adjusted_usd")] == ["KEN", "60.5"]


def test_a_card_of_the_database_holds_in_its_lake(both: Both, tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    answer("--db", both.database, "total", "--country", "Kenya", "--card", str(card))
    assert ask(both.lake, ("verify", str(card))) == ask(both.database, ("verify", str(card)))
