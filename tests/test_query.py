"""Questions with every noun, filter and field; results are equal on both databases."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.errors import AmbiguousNameError, NotFoundError, UsageError
from bricoop.lookup.entities import find_entity
from bricoop.query.catalog import NOUNS, noun_of
from bricoop.query.execute import count, execute, plan_of
from bricoop.query.grouping import Grouping
from bricoop.query.nouns.noun import Noun
from bricoop.query.provenance import provenance_of
from bricoop.query.question import Question
from bricoop.query.search.hits import SearchRequest, search
from support.loading import Load
from support.standing import Standing

pytestmark = pytest.mark.reads

VALUES = {
    ("projects", "status"): "implementation", ("projects", "year"): "2008",
    ("projects", "financier"): "CDB", ("projects", "kind"): "port",
    ("countries", "region"): "Europe", ("agreements", "kind"): "contract",
    ("agreements", "year"): "2014", ("policies", "kind"): "national strategy",
    ("policies", "year"): "2015..2017", ("financiers", "kind"): "fund",
    ("organizations", "kind"): "enterprise", ("findings", "kind"): "prospect",
    ("sources", "kind"): "standard", ("sources", "tier"): "4", ("sources", "year"): "2015",
    ("finance", "kind"): "pledge", ("finance", "year"): "..2013", ("loads", "kind"): "findings",
    ("statistics", "year"): "2013", ("statistics", "subject"): "Belt and Road countries",
    ("statistics", "indicator"): "trade", ("findings", "subject"): "Made in China 2025",
    ("finance", "country"): "Pakistan", ("finance", "source"): "mine", ("loads", "name"): "links", ("sources", "name"): "paper", ("findings", "name"): "capacity",
    ("finance", "project"): "gwadar", ("finance", "name"): "gwadar", ("links", "name"): "资金",
    ("policies", "name"): "silk road", ("organizations", "country"): "Italy",
    ("financiers", "country"): "CN", ("agreements", "name"): "cooperation documents",
    ("locations", "precision"): "exact", ("locations", "project"): "gwadar",
    ("locations", "country"): "Pakistan", ("locations", "name"): "gwadar",
    ("locations", "source"): "mine", ("locations", "link"): "trade",
    ("records", "kind"): "finance", ("records", "about"): "Kenya", ("records", "load"): "13",
    ("records", "source"): "mine", ("records", "name"): "Alpha",
    ("agreements", "region"): "Eastern Africa", ("policies", "region"): "Europe",
    ("disagreements", "about"): "Gamma", ("disagreements", "kind"): "project",
    ("disagreements", "country"): "Mali", ("disagreements", "source"): "manufacturing-two",
    ("disagreements", "region"): "Africa", ("disagreements", "name"): "gamma",
    ("decisions", "source"): "mine", ("decisions", "relation"): "unsure",
    ("decisions", "reviewer"): "an", ("decisions", "name"): "projects/3",
    ("decisions", "load"): "26",
    ("financiers", "name"): "丝路", ("organizations", "name"): "council",
}  # fmt: skip
DEFAULTS = {
    "link": "trade", "country": "China", "source": "manufacturing-cooperation-paper",
    "region": "Southern Asia", "sector": "210..", "status": "pledged", "project_kind": "port",
    "name": "belarus", "financier": "CHEXIM", "year": "2018", "all": "yes",
}  # fmt: skip

PROJECTS = (
    "id,name,status,countries,links,financiers,started,completed,sector\n"
    "1,Alpha,pledged,Kenya,trade,CDB,2010,,210\n"
    "2,Beta,completed,Kenya; Mali,facility,,2012,2015,\n"
    "3,Gamma,,Mali,trade; people,CDB; ICBC,,2013-05,\n"
)
FINANCE = (
    "project,kind,financier,amount,currency,date\nGwadar,pledge,CHEXIM,5.10,CNY,2012\n"
    "Alpha,commitment,ICBC,40,USD,2020\n"
)
LOCATIONS = (
    "project,name,latitude,longitude,precision\nGwadar,Harbour,25.11,62.33,exact\n"
    "Alpha,Nairobi,-1.28,36.82,adm2\n"
)

DECISIONS = {
    "mine": "mine/projects/1,mine/projects/2,different,Ana,2026-11-30,,-3.5",
    "manufacturing-two": "mine/projects/3,mine/projects/2,unsure,Bo,2026-12,No map,",
}


def rows_of(engine: Engine, noun: str, *columns: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a question."""
    filters = {
        name: value if isinstance(value, tuple) else (value,) for name, value in values.items()
    }
    sort = filters.pop("sort", ("",))[0]
    with reading(engine) as connection:
        return list(execute(connection, Question(noun, filters, columns, sort)).rows)


@pytest.fixture(scope="module")
def filled(standing: Standing) -> Iterator[Engine]:
    """A knowledge base with some rows of every noun."""
    standing.load("projects", PROJECTS, source="mine")
    standing.load("finance", FINANCE, source="mine")
    standing.load("finance", "project,kind\nBeta,pledge\n", source="manufacturing-two")
    standing.load("locations", LOCATIONS, source="mine")
    standing.load(
        "locations",
        "project,latitude,longitude,precision\nBeta,1,1,near\n",
        source="manufacturing-two",
    )
    standing.load("projects", "name,status\nGamma,committed\nAlpha,completed\n", source="mine")
    standing.load(
        "organizations",
        "name,kind,country\nCDB,fund,Italy\n",
        source="manufacturing-two",
    )
    standing.load("projects", "name,status\nGamma,pledged\n", source="manufacturing-two")
    standing.load("policies", "name,countries\nVision 2030,Kenya\n", source="mine")
    standing.load(
        "agreements", "name,countries,signed\nLoan to Kenya,Kenya,2014-05\n", source="mine"
    )
    standing.load("statistics", "subject,indicator,value\nKenya,track laid,472\n", source="mine")
    standing.load("findings", "kind,statement,subject\nchallenge,Debt grew.,Kenya\n", source="mine")
    for source, row in DECISIONS.items():
        heading = "left,right,relation,reviewer,decided_at,why,score\n"
        standing.load("decisions", f"{heading}{row}\n", source=source)
    with standing.unwritten():
        yield standing.engine


@pytest.mark.later_on_postgresql
@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
def test_every_filter_narrows(filled: Engine, noun: Noun) -> None:
    everything = rows_of(filled, noun.name)
    for name in (option.name for option in noun.filters if option.name != "all"):
        value = VALUES.get((noun.name, name), DEFAULTS.get(name, ""))
        some = rows_of(filled, noun.name, **{name: value})
        assert all(row in everything for row in some)
        assert 0 < len(some) < len(everything), (noun.name, name)


def test_filters_and_plans_agree_with_the_catalogue() -> None:
    for noun in NOUNS:
        plan = plan_of(noun.name)
        assert {option.name for option in noun.filters} - {"all"} == {*plan.filters, *plan.related}
        assert {field.name for field in noun.fields} == {*plan.scalars, *plan.lists} - {
            *plan.related
        }
        assert {field.name for field in noun.fields if not field.sortable} == set(plan.lists)
        assert ("all" in {option.name for option in noun.filters}) == (
            plan.always is not None and noun.name not in {"financiers", "sources"}
        )


@pytest.mark.later_on_postgresql
@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
def test_rows_sort_by_every_field_and_nothing_recorded_comes_last(
    filled: Engine, noun: Noun
) -> None:
    for field in noun.fields:
        if not field.sortable:
            continue
        for sort in (field.name, f"-{field.name}"):
            values = [row[0] for row in rows_of(filled, noun.name, field.name, sort=sort)]
            known = [value for value in values if value is not None]
            assert values == known + [None] * (len(values) - len(known))
            if field.name not in {"name", "link", "locator", "project", "subject", "about"}:
                assert known == sorted(known, reverse=sort.startswith("-"))


def test_a_filter_twice_means_either_and_two_filters_mean_both(filled: Engine) -> None:
    either = rows_of(filled, "projects", "name", country=("Kenya", "Mali"))
    assert [row[0] for row in either] == ["Alpha", "Beta", "Gamma"]
    both = rows_of(filled, "projects", "name", country=("Kenya", "Mali"), link="trade")
    assert [row[0] for row in both] == ["Alpha", "Gamma"]


@pytest.mark.parametrize(
    "typed",
    [
        "facility",
        "fac",
        "facilities connectivity",
        "facility interconnection",
        "设施联通",
        "FACILITY",
    ],
)
def test_a_link_is_known_by_code_names_and_beginning(engine: Engine, typed: str) -> None:
    with reading(engine) as connection:
        assert find_entity(connection, typed, [noun_link()]).key == "link-facility"


def noun_link() -> Any:
    """Return the kind of links."""
    from bricoop.domain.vocabularies import EntityKind  # noqa: PLC0415

    return EntityKind.LINK


def test_facility_lists_every_railway_and_port_of_the_paper(engine: Engine) -> None:
    rows = rows_of(
        engine, "projects", "name", "countries", link="facility", kind=("railway", "port")
    )
    assert dict(rows) == {
        "Budapest–Belgrade Railway": ["HUN", "SRB"],
        "China–Laos Railway": ["CHN", "LAO"],
        "China–Thailand Railway": ["CHN", "THA"],
        "Gwadar Port": ["PAK"],
        "Hambantota Port": ["LKA"],
        "Jakarta–Bandung High-speed Railway": ["IDN"],
        "Khalifa Port": ["ARE"],
        "Piraeus Port": ["GRC"],
    }


def test_statistics_list_every_figure_of_the_paper(engine: Engine) -> None:
    values = {row[0] for row in rows_of(engine, "statistics", "value")}
    stated = (
        "6.4 14.5 7270000000 38.6 62 171 123 29 14000 30 6000000000000 4 15600000000 11.9 300000"
    )
    assert {Decimal(figure) for figure in stated.split()} <= values
    ((value, unit, note),) = (
        row
        for row in rows_of(engine, "statistics", "value", "unit", "note")
        if row[0] == Decimal(600_000_000_000)
    )
    assert (value, unit) == (Decimal(600_000_000_000), None)
    assert note


def test_countries_are_those_of_which_something_is_recorded(engine: Engine) -> None:
    recorded = rows_of(engine, "countries", "alpha3")
    assert 10 < len(recorded) < 40
    assert ("BLR",) in recorded
    assert ("TCD",) not in recorded
    assert len(rows_of(engine, "countries", "alpha3", all="yes")) == 250
    row = rows_of(
        engine, "countries", "projects", "agreements", "policies", "statistics", name="china"
    )
    assert all(number > 0 for number in row[0])


def test_a_page_and_a_count(filled: Engine) -> None:
    with reading(filled) as connection:
        names = [row[0] for row in execute(connection, Question("projects", {}, ("name",))).rows]
        page = Question("projects", {}, ("name",), limit=3, offset=2)
        assert [row[0] for row in execute(connection, page).rows] == names[2:5]
        assert count(connection, page) == len(names)


def test_demanded_fields_are_there() -> None:
    demanded = {
        "projects": "key name kind status countries links financiers started completed sources",
        "countries": "key name alpha2 alpha3 region projects agreements policies statistics",
        "statistics": "indicator subject value unit qualifier period source locator",
        "findings": "kind link statement source locator",
        **dict.fromkeys(("agreements", "policies", "financiers", "organizations", "links", "sources", "loads"), "key name kind"),
    }  # fmt: skip
    for noun, fields in demanded.items():
        assert set(fields.split()) <= {field.name for field in noun_of(noun).fields}


@pytest.mark.parametrize(
    ("question", "error", "message"),
    [
        (Question("projects", {}, ("nmae",)), UsageError, "no field 'nmae'"),
        (Question("projects", {}, (), "countries"), UsageError, "cannot be sorted"),
        (Question("projects", {"kind": ("castle",)}), UsageError, "industrial-park"),
        (Question("projects", {"year": ("x",)}), UsageError, "2013..2018"),
        (Question("projects", {"country": ("Belarsu",)}), NotFoundError, "Belarus"),
        (Question("projects", {"link": ("f",)}), AmbiguousNameError, "link-finance"),
        (Question("projects", {"colour": ("red",)}), UsageError, "no field or filter"),
        (Question("castles"), NotFoundError, "projects"),
        (Question("sources", {"tier": ("9",)}), UsageError, "no tier"),
    ],
)
def test_what_cannot_be_asked_says_what_can(
    engine: Engine, question: Question, error: type[Exception], message: str
) -> None:
    with reading(engine) as connection, pytest.raises(error) as caught:
        list(execute(connection, question).rows)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Guadal Port", "gwadar-port"), ("Hanbantota", "hambantota-port"), ("瓜达尔港", "gwadar-port"),
        ("tanzania 2050", "kazakhstan-2050-strategy"), ("Bright Avenue plan", "nurly-zhol"),
        ("CIFA", "compagnia-italiana-forme-acciaio"), ("BY", "belarus"), ("blr", "belarus"), ("gwadar-port", "gwadar-port"),
        ("indonesian manufacturing", "making-indonesia-4-0"), ("Biélorussie", "belarus"),
    ],
)  # fmt: skip
def test_any_spelling_finds_the_thing(engine: Engine, typed: str, key: str) -> None:
    with reading(engine) as connection:
        assert find_entity(connection, typed).key == key


@pytest.mark.parametrize("nasty", ["'; DROP TABLE entity; --", "%", "_", "\\", '"', "🛤"])
def test_what_is_typed_is_never_sql(engine: Engine, nasty: str) -> None:
    with reading(engine) as connection:
        for filters in ({"name": (nasty,)}, {"source": (nasty,)}):
            try:
                assert list(execute(connection, Question("projects", filters)).rows) == []
            except (NotFoundError, AmbiguousNameError):
                continue
    assert rows_of(engine, "projects")


@pytest.mark.parametrize(("year", "periods"), [("2013", set()), ("2019", {"..2019-03"})])
def test_an_open_period_counts_as_of_its_one_date(
    engine: Engine, load: Load, year: str, periods: set[str]
) -> None:
    load(
        "statistics", "subject,indicator,value,period\nKenya,track,1,..2019-03\nKenya,x,2,2020..\n"
    )
    rows = rows_of(engine, "statistics", "period", year=year, subject="Kenya")
    assert {row[0] for row in rows} == periods
    assert rows_of(engine, "statistics", "period", year="2020..", subject="Kenya") == [("2020..",)]


def test_a_financier_counts_the_projects_that_it_funds(engine: Engine, load: Load) -> None:
    load("projects", "name,financiers,contractors\nOne,Minsk Bank,\nTwo,,Minsk Bank\n")
    load("finance", "project,kind,financier\nThree,pledge,Minsk Bank\n")
    counted = rows_of(engine, "financiers", "projects", name="minsk")
    assert counted == [(len(rows_of(engine, "projects", "key", financier="Minsk Bank")),)] == [(2,)]
    assert rows_of(engine, "organizations", "projects", name="minsk") == [(3,)]


def test_money_is_shown_with_its_project_and_its_own_id(engine: Engine, load: Load) -> None:
    load(
        "projects",
        "id,name,kind,status,sector,countries\n1,Alpha,port,completed,21040,Kenya; Africa; Mali\n",
    )
    load(
        "finance",
        "id,project,kind,amount,currency,url\nm-7,Alpha,pledge,1234567.891,CNY,https://example.org/7\n"
        "m-8,Alpha,commitment,2,CNY,\n",
    )
    columns = (
        "project", "countries", "country_names", "status", "project_kind", "sector", "external_id",
        "url",
    )  # fmt: skip
    with reading(engine) as connection:
        question = Question("finance", {"source": ("notes",)}, columns, "-amount")
        rows = list(execute(connection, question).rows)
        by_id = list(
            execute(connection, Question("finance", {"external_id": ("m-8",)}, ("kind",))).rows
        )
    of_project = (
        "Alpha",
        ["KEN", "MLI"],
        ["Kenya", "Mali", "Africa"],
        "completed",
        "port",
        "21040",
    )
    assert rows == [
        (*of_project, "m-7", "https://example.org/7"),
        (*of_project, "m-8", None),
    ]
    assert by_id == [("commitment",)]


def test_an_organization_that_was_named_in_a_cell_has_the_sources_that_name_it(
    engine: Engine, load: Load
) -> None:
    load("projects", "name,financiers,contractors\nDam,First Bank,Builder\n", source="one")
    load("finance", "project,kind,financier\nDam,pledge,Second Bank\n", source="two")
    load("finance", "project,kind,financier\nDam,pledge,First Bank; Third Bank\n", source="three")
    load("agreements", "name,organizations\nTreaty,Second Bank; Party\n", source="four")
    load("organizations", "name,kind\nBuilder,enterprise\n", source="five")
    expected = {
        "First Bank": ["one", "three"], "Builder": ["five", "one"], "Second Bank": ["four", "two"],
        "Third Bank": ["three"], "Party": ["four"],
    }  # fmt: skip
    with reading(engine) as connection:
        for name, sources in expected.items():
            question = Question("organizations", where=(f"name = '{name}'",), columns=("sources",))
            assert list(execute(connection, question).rows) == [(sources,)]
            assert [source.key for source in provenance_of(connection, question).sources] == sources
            for key in sources:
                of_source = Question("organizations", {"source": (key,)}, ("name",))
                assert (name,) in list(execute(connection, of_source).rows)
        (row,) = execute(connection, Question("financiers", {"source": ("two",)}, ("name",))).rows
        assert row == ("Second Bank",)
        question = Question("organizations", {"source": ("four",)}, grouping=Grouping(("source",)))
        assert sorted(execute(connection, question).rows) == [("four", 2), ("two", 1)]
        request = SearchRequest("bank", sources=("three",))
        names = [row[3] for row in search(connection, request).rows]
    assert {"First Bank", "Third Bank"} <= {*names}
    assert "Second Bank" not in names


def test_rows_and_groups_sort_by_several_fields(engine: Engine, load: Load) -> None:
    more = "4,Delta,pledged,Mali,trade,CDB,2012,,\n5,Eps,pledged,,,,,,\n"
    load("projects", PROJECTS + more, source="mine")
    rows = rows_of(engine, "projects", "name", source="mine", sort="status,-started,name")
    assert [name for (name,) in rows] == ["Beta", "Delta", "Alpha", "Eps", "Gamma"]
    with reading(engine) as connection:
        by = Grouping(("status", "started"), ("count",))
        question = Question(
            "projects", {"source": ("mine",)}, sort="-count,status,-started", grouping=by
        )
        groups = [row[:2] for row in execute(connection, question).rows]
        assert groups == [
            ("completed", "2012"), ("pledged", "2012"), ("pledged", "2010"), ("pledged", None),
            (None, None),
        ]  # fmt: skip
        with pytest.raises(UsageError, match="no field 'strated'"):
            execute(connection, Question("projects", sort="name,strated"))
