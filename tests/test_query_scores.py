"""AidData's record-quality scores, compared with those in AidData's own dataset."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.query.execute import count, execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

SCORES = ("source_quality", "completeness", "implementation_detail", "loan_detail")
THEIRS = (
    "Source Quality Score", "Data Completeness Score", "Implementation Detail Score",
    "Loan Detail Score",
)  # fmt: skip


def scores(engine: Engine, *columns: str, **more: Any) -> dict[str, tuple[Any, ...]]:
    """Return the scores of projects by their keys."""
    filters = {name: (value,) for name, value in more.items()}
    question = Question("projects", filters, ("key", *(columns or SCORES)))
    with reading(engine) as connection:
        return {str(row[0]): tuple(row[1:]) for row in execute(connection, question).rows}


def test_they_are_those_that_aiddata_gives(africa: Standing, shared: Path) -> None:
    path = shared / "data" / "gcdf3_africa_sample.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    ours = scores(africa.engine, source="aidata-gcdf-3")
    assert len(rows) == len(ours) == 1243
    equal = dict.fromkeys(SCORES, 0)
    for row in rows:
        computed = ours[f"gcdf3-{row['AidData Record ID']}"]
        for name, value, column in zip(SCORES, computed, THEIRS, strict=True):
            equal[name] += ("" if value is None else str(value)) == row[column]
    # Five of theirs follow no formula: a place without its narrative, an end that is not counted.
    assert equal == {
        "source_quality": 1243,
        "completeness": 1243,
        "implementation_detail": 1238,
        "loan_detail": 1243,
    }


PROJECTS = (
    "id,name,status,sector,started,completed,planned_completion,located,financiers,implementers,"
    "official_sources,source_tiers\n"
)


@pytest.fixture(scope="module")
def known(standing: Standing) -> Iterator[Engine]:
    """A knowledge base with well, poorly and hardly documented projects."""
    standing.load(
        "projects",
        PROJECTS + "1,Full,completed,21030,2013,2015,,yes,CDB,CRBC,2,1; 7\n"
        "2,Bare,,,,,,,,,,\n3,Going,implementation,998,2013,,2020,,Unspecified Bank,CRBC,0,5; 7\n"
        "4,Press,pledged,,,,,,,,0,7\n5,Voices,,,,,,,,,,6; 7\n6,One,,,,,,,,,1,3\n",
        source="dataset",
        tier=5,
    )
    standing.load("projects", "name\nTold by a ministry\n", source="ministry", tier=1)
    standing.load(
        "finance",
        "id,project,kind,financier,instrument,amount,currency,date,date_estimated,interest_rate,"
        "maturity,grace_period,counted\n"
        "a,Full,commitment,CDB,loan,5,USD,2013,,2,20,5,yes\n"
        "b,Going,commitment,,,,,2013,yes,,,,\nc,Press,pledge,,loan,5,USD,,,,,,no\n",
        source="dataset",
        tier=5,
    )
    with standing.unwritten():
        yield standing.engine


def test_what_is_known_counts_and_what_is_not_is_empty(known: Engine) -> None:
    computed = scores(known)
    assert computed["full"] == (5, 5, 5, 5)
    # Only a scholarly source is known: no year, amount, flow or agencies.
    assert computed["bare"] == (3, 1, None, None)
    # Minus 1 each for an estimated year, no amount, an unspecified flow, an unnamed funder.
    assert computed["going"] == (3, 1, 3, None)
    assert computed["press"] == (1, 3, None, None)
    assert computed["voices"][0] == 2
    assert computed["one"][0] == 4
    assert computed["told-by-a-ministry"][0] == 4


def test_they_narrow_sort_and_group_and_are_given_only_where_asked_for(known: Engine) -> None:
    assert set(scores(known, "completeness", completeness="4..")) == {"full"}
    question = Question("projects", {"source": ("dataset",)}, sort="-completeness", limit=1)
    with reading(known) as connection:
        answer = execute(connection, question)
        assert "completeness" not in {field.name for field in answer.fields}
        assert next(answer.rows)[0] == "full"
        assert count(connection, Question("projects", where=("loan_detail is empty",))) > 1
        grouping = Grouping(("source_quality",), ("count", "mean:completeness"))
        rows = execute(
            connection, Question("projects", {"source": ("dataset",)}, grouping=grouping)
        )
        assert sum(row["count"] for row in rows.by_name()) == 6
