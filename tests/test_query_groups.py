"""Grouped questions, compared with groups that the tests count independently."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.errors import UsageError
from bricoop.query.execute import count, execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from support.grouped import (
    CODES,
    FINANCE,
    HOME,
    PROJECTS,
    as_dicts,
    asked,
    dollars,
    fill,
    of_countries,
)
from support.loading import Load
from support.standing import Standing

pytestmark = [pytest.mark.reads, pytest.mark.later_on_postgresql]


@pytest.fixture(scope="module")
def filled(standing: Standing) -> Iterator[Engine]:
    """A knowledge base with what is grouped."""
    fill(standing.load)
    with standing.unwritten():
        yield standing.engine


def test_projects_by_country_count_in_each_and_say_so(filled: Engine) -> None:
    answer = asked(filled, "projects", "country")
    rows = as_dicts(answer)
    expected = {code: len(rows) for code, rows in of_countries(PROJECTS, HOME).items()}
    assert {row["country"]: row["count"] for row in rows} == expected
    assert {row["country_name"] for row in rows} == {"Kenya", "Mali", "Chad", None}
    assert [row["count"] for row in rows] == sorted(expected.values(), reverse=True)
    more = sum(expected.values()) - len(PROJECTS)
    assert len(answer.notes) == 1
    assert f"{more} more than the {len(PROJECTS)} rows" in answer.notes[0]


def test_years_stand_in_their_order_and_what_has_none_last(filled: Engine) -> None:
    rows = as_dicts(asked(filled, "projects", "year"))
    expected: dict[str | None, int] = defaultdict(int)
    for project in PROJECTS:
        expected[project["announced"][:4] or None] += 1
    assert [row["year"] for row in rows] == ["2013", "2014", "2015", None]
    assert {row["year"]: row["count"] for row in rows} == expected
    months = as_dicts(asked(filled, "projects", "announced:month"))
    assert [row["announced_month"] for row in months] == ["2013", "2014-05", "2015-06", None]


def test_groups_are_made_by_region_and_by_what_the_project_is(filled: Engine) -> None:
    region = {
        "Kenya": "Eastern Africa",
        "Mali": "Western Africa",
        "Chad": "Middle Africa",
        "": None,
    }
    expected: dict[str | None, set[str]] = defaultdict(set)
    for row in PROJECTS:
        for name in row["countries"].split("; "):
            expected[region[name]].add(row["name"])
    rows = as_dicts(asked(filled, "projects", "subregion"))
    assert {row["subregion"]: row["count"] for row in rows} == {
        name: len(own) for name, own in expected.items()
    }
    everywhere = as_dicts(asked(filled, "projects", "region"))
    assert {row["region"]: row["count"] for row in everywhere} == {
        "Africa": sum(1 for row in PROJECTS if row["countries"]),
        None: sum(1 for row in PROJECTS if not row["countries"]),
    }
    status = {row["name"]: row["status"] or None for row in PROJECTS}
    money: dict[str | None, Decimal] = defaultdict(Decimal)
    for row in FINANCE:
        money[status[row["project"]]] += dollars(row) or 0
    by_status = asked(filled, "finance", "status", measures=("sum:amount_usd",))
    assert {row["status"]: row["sum_amount_usd"] for row in as_dicts(by_status)} == money


def test_groups_by_country_are_sorted_by_the_names_that_are_shown(filled: Engine) -> None:
    for sort, order in (("country", 1), ("-country", -1), ("country_name", 1)):
        rows = as_dicts(asked(filled, "projects", "country", sort=sort))
        assert [row["country_name"] for row in rows] == [*["Chad", "Kenya", "Mali"][::order], None]


def test_groups_are_sorted_and_limited(filled: Engine) -> None:
    names = ("country", "status")
    by_count = as_dicts(asked(filled, "projects", *names, sort="-count"))
    assert [row["count"] for row in by_count] == sorted(
        (row["count"] for row in by_count), reverse=True
    )
    assert (
        as_dicts(asked(filled, "projects", *names, sort="-count", limit=2, offset=1))
        == (by_count[1:3])
    )
    with reading(filled) as connection:
        grouping = Grouping(names)
        filters = {"source": ("mine",)}
        assert count(connection, Question("projects", filters, grouping=grouping)) == len(by_count)
    by_share = as_dicts(asked(filled, "finance", "currency", "year", measures=("sum:amount",),
                              share=True, sort="-share"))  # fmt: skip
    shares = [row["share"] for row in by_share]
    assert shares == sorted(shares, reverse=True)
    with pytest.raises(UsageError, match="Did you mean: count"):
        asked(filled, "projects", *names, sort="cuont")


def test_what_is_not_wanted_is_left_out_before_groups_are_made(filled: Engine) -> None:
    rows = as_dicts(asked(filled, "projects", "country", where=("country = Kenya",)))
    # Projects in Kenya may lie in other countries too, which are groups as well.
    assert {row["country"] for row in rows} == {"KEN", "MLI", "TCD"}
    (row,) = [row for row in rows if row["country"] == "KEN"]
    assert row["count"] == len(of_countries(PROJECTS, HOME)["KEN"])


@pytest.mark.parametrize(
    ("noun", "by", "measure", "message"),
    [
        ("projects", "contry", "count", "Did you mean: country"),
        ("projects", "colour", "count", "Possible"),
        ("finance", "amount", "count", "cannot be grouped by 'amount'"),
        ("projects", "name:year", "count", "cannot be grouped"),
        ("projects", "started:week", "count", "FIELD:month"),
        ("projects", "country", "sum", "needs a field"),
        ("projects", "country", "total:x", "There is no measure 'total'"),
        ("projects", "country", "sum:amount_usd", "Finance rows have amount_usd"),
        ("projects", "country", "sum:name", "for the measure sum"),
        ("locations", "country", "sum:latitude", "for the measure sum"),
        ("projects", "country", "min:kind", "for the measure min"),
    ],
)
def test_what_cannot_be_counted_says_what_can(
    quick: Engine, noun: str, by: str, measure: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        asked(quick, noun, by, measures=(measure,), filters={})
    assert message in str(caught.value)


def test_things_of_one_name_stay_apart(engine: Engine, load: Load) -> None:
    load("projects", "id,key,name\n1,gift-a,Gift\n2,gift-b,Gift\n", source="mine")
    load("finance", "project,kind,amount_usd\ngift-a,pledge,1\ngift-b,pledge,2\n", source="mine")
    rows = as_dicts(asked(engine, "finance", "project", measures=("sum:amount_usd",)))
    sums = {(row["project"], row["project_key"], row["sum_amount_usd"]) for row in rows}
    assert sums == {("Gift", "gift-a", 1), ("Gift", "gift-b", 2)}


def test_people_read_names_words_and_cents(filled: Engine) -> None:
    question = Question(
        "finance",
        {"source": ("mine",)},
        grouping=Grouping(("country", "currency"), ("sum:amount_usd", "count"), subtotals=True),
    )
    with reading(filled) as connection:
        exact = as_dicts(execute(connection, question))
        answer = execute(connection, question, spelled_out=True)
        headings = [field.heading for field in answer.fields]
        rows = list(answer.rows)
    assert headings == [
        "country", "currency", "sum amount usd", "count", "in", "with", "without",
    ]  # fmt: skip
    assert {row[0] for row in rows} == {"Kenya", "Mali", "Chad", "(not recorded)", "(all)"}
    assert rows[-1][:2] == ("(all)", "(all)")
    for row, known in zip(rows, exact, strict=True):
        assert row[2] == known["sum_amount_usd"].quantize(Decimal("0.01"))
        assert row[3] == known["count"]


def test_groups_have_no_columns_to_choose(quick: Engine) -> None:
    with pytest.raises(UsageError, match="cannot be used with groups"):
        asked(quick, "projects", "country", columns=("name",), filters={})


def test_every_field_that_can_makes_groups_of_every_noun(filled: Engine) -> None:
    from bricoop.query.catalog import NOUNS  # noqa: PLC0415 (one test's)
    from bricoop.query.nouns.noun import Type  # noqa: PLC0415 (the same)

    for noun in NOUNS:
        with reading(filled) as connection:
            number = count(connection, Question(noun.name))
        for field in noun.fields:
            if field.type in {Type.DECIMAL, Type.FLOAT}:
                continue
            rows = as_dicts(asked(filled, noun.name, field.name, filters={}, add_sources=True))
            total = sum(row["count"] for row in rows)
            assert total >= number if field.many else total == number, (noun.name, field.name)


@pytest.mark.parametrize("by", ["status", "country"])
def test_the_different_values_of_a_list_are_counted(filled: Engine, by: str) -> None:
    expected: dict[str | None, set[str | None]] = defaultdict(set)
    for row in PROJECTS:
        codes = {CODES[name] for name in row["countries"].split("; ") if name}
        own = {row["status"] or None} if by == "status" else codes or {None}
        for group in own:
            expected[group] |= codes
    answer = asked(filled, "projects", by, measures=("distinct:country",), subtotals=True)
    *groups, total = as_dicts(answer)
    counts = {row[by]: row["distinct_country"] for row in groups}
    assert counts == {group: len(codes) for group, codes in expected.items()}
    assert total["distinct_country"] == 3
