"""Ranges of dates include their last day, in filters and conditions alike."""

from collections.abc import Iterator
from typing import Any

import pytest

import bricoop
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

PROJECTS = (
    "id,name,started,completed,sector\nA,Alpha,2019-12-31,2020-01-01,21010\n"
    "B,Beta,2019-12,,21099\nC,Chi,2019,,220\nD,Delta,2020-01-01,,23010\nE,Epsilon,2018-12-31,,\n"
)
FIGURES = (
    "subject,indicator,value,period\nKenya,track,1,2018..2019-12-31\nKenya,track,2,2019-12-31\n"
    "Kenya,track,3,2020\nKenya,track,4,2018-12-31\nKenya,track,5,2018\n"
)


@pytest.fixture(scope="module")
def base(standing: Standing) -> Iterator[bricoop.KnowledgeBase]:
    """An open knowledge base with projects that begin around the turn of a year."""
    standing.load("projects", PROJECTS)
    standing.load("statistics", FIGURES)
    standing.load(
        "finance", "id,project,kind,date\n1,Alpha,pledge,2019-12-31\n2,Beta,pledge,2020-01-01\n"
    )
    with standing.unwritten(), bricoop.open(standing.address) as opened:
        yield opened


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"started": "..2019"}, "ABCE"),
        ({"started": "2019"}, "ABC"),
        ({"started": "2019..2019"}, "ABC"),
        ({"started": "2019-12"}, "AB"),
        ({"started": "..2019-12"}, "ABCE"),
        ({"started": "2020.."}, "D"),
        ({"year": "..2019"}, "ABCE"),
        ({"year": "2019"}, "ABC"),
        ({"year": "2020"}, "AD"),
        ({"where": "started <= 2019"}, "ABCE"),
        ({"where": "started > 2019"}, "D"),
        ({"where": "started < 2019"}, "E"),
        ({"where": "started >= 2019-12"}, "ABD"),
        ({"where": "year <= 2019"}, "ABCE"),
        ({"where": "sector = 210..220"}, "ABC"),
        ({"sector": "210"}, "AB"),
    ],
)
def test_a_span_includes_the_last_day_of_its_end(
    base: bricoop.KnowledgeBase, filters: dict[str, Any], names: str
) -> None:
    rows = base.query("projects", source="notes", columns="name", **filters)
    assert "".join(sorted(row.name[0] for row in rows)) == names


@pytest.mark.parametrize(
    ("year", "values"),
    [
        ("..2018", "145"),
        ("2018-06..2018-07", "15"),
        ("2019", "12"),
        ("2019-12-31", "12"),
        ("2020", "3"),
    ],
)
def test_a_figure_is_of_the_years_that_its_period_touches(
    base: bricoop.KnowledgeBase, year: str, values: str
) -> None:
    rows = base.query("statistics", source="notes", year=year, columns="value")
    assert sorted(str(row.value) for row in rows) == list(values)


def test_money_of_the_last_day_of_a_year_is_of_that_year(base: bricoop.KnowledgeBase) -> None:
    rows = base.query("finance", year="..2019", columns="external_id", source="notes")
    assert [row.external_id for row in rows] == ["1"]
