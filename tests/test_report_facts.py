"""Tests of what reports state: figures, rows, charts, maps and sources, as data."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bricoop.query.entity.citations import Citation
from bricoop.render.reports.references import by_source
from support.command_line import answer
from support.ministry import EXAMPLES
from support.report_outlines import OUTLINES, outline_of
from support.report_pages import data_tables, differences, plain, sections_of, texts_of
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

Data = dict[str, Any]
KINDS = [kind for kind, *_ in EXAMPLES]
PAPER = "manufacturing-cooperation-paper"


@pytest.fixture(scope="module")
def reported(ministry: Standing) -> Callable[[str, str], str]:
    """Return a report of a kind in a format."""
    names = {kind: names for kind, *names in EXAMPLES}

    def write(kind: str, format_: str) -> str:
        return answer("--db", ministry.address, "report", kind, *names[kind], "-f", format_)

    return write


@pytest.fixture(scope="module")
def data(reported: Callable[[str, str], str]) -> dict[str, Data]:
    """The data form of a report of each kind, by the name of the kind."""
    return {kind: json.loads(reported(kind, "json"), parse_float=Decimal) for kind in KINDS}


def blocks(report: Data, section: str, type_: str) -> list[Data]:
    """Return the blocks of a type in a section."""
    return [block for block in report["sections"][section]["parts"] if block["type"] == type_]


def rows(report: Data, section: str, *fields: str, table: int = 0) -> list[tuple[Any, ...]]:
    """Return fields of the rows of a section's table."""
    lines = blocks(report, section, "table")[table]["rows"]
    return [tuple(row[field] for field in fields) for row in lines]


def figures(report: Data, section: str) -> dict[str, tuple[Any, str]]:
    """Return the key figures of a section, with their units, by name."""
    return {
        figure["name"]: (figure["value"], figure["unit"])
        for block in blocks(report, section, "figures")
        for figure in block["figures"]
    }


def chart(report: Data, section: str, name: str) -> dict[str, dict[str, Any]]:
    """Return the values of each series of a chart, by category."""
    (block,) = [chart for chart in blocks(report, section, "chart") if chart["name"] == name]
    return {
        series["name"]: dict(zip(block["categories"], series["values"], strict=True))
        for series in block["series"]
    }


def cited(row: Data) -> list[tuple[str, str | None]]:
    """Return the sources and locators of a row, a figure or a block."""
    return [(citation["source"], citation["locator"]) for citation in row["citations"]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_has_its_sections_blocks_and_fields(data: dict[str, Data], kind: str) -> None:
    sections = data[kind]["sections"]
    assert {
        name: [outline_of(block) for block in section["parts"]]
        for name, section in sections.items()
    } == OUTLINES[kind]
    assert list(sections) == list(OUTLINES[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_data_and_page_have_the_same_rows_texts_and_sources(
    data: dict[str, Data], reported: Callable[[str, str], str], kind: str
) -> None:
    report, page = data[kind], reported(kind, "markdown")
    heading = f"# {report['title']}\n\n{report['subtitle']}\n\n{report['summary']}\n"
    assert plain(page).startswith(heading)
    numbers = {source["key"]: number for number, source in enumerate(report["sources"], start=1)}
    for key, number in numbers.items():
        assert f"\n{number}. " in page.partition(f"key {key}]")[0]
    tables = sections_of(page)
    titles = [section["title"] for section in report["sections"].values()]
    assert list(tables) == [*titles, "Sources"]
    for section in report["sections"].values():
        on_page = tables[section["title"]]
        in_data = [table for block in section["parts"] for table in data_tables(block)]
        for page_table, data_table in zip(on_page, in_data, strict=True):
            assert differences(page_table, data_table, numbers) == []
        for text in (text for block in section["parts"] for text in texts_of(block)):
            assert text in plain(page)


@pytest.mark.parametrize(
    ("kind", "key", "title", "summary"),
    [
        ("country", "belarus", "Belarus",
         ("The knowledge base has 3 projects, 1 agreement, 1 figure and 1 organization for Belarus,"
         " from 2 sources.")),
        ("project", "orsha-hub", "Orsha Hub",
         ("A facility in Belarus and Russia, completed; started in 2015. It is funded by China Development"
         " Bank and Bank of Minsk. It is described by 1 source.")),
        ("agreement", "minsk-pact", "Minsk Pact",
         "Memorandum of China and Belarus, signed 2014-12. It is described by 1 source."),
        ("financier", "china-development-bank", "China Development Bank",
         "China Development Bank funds 2 projects, according to 1 source."),
        ("source", "ministry", "Report of *the* <ministry>",
         ("Report of *the* <ministry> contributed 11 records, which describe 2 projects, 1 agreement,"
         " 2 organizations, 3 finance rows, 1 location, 2 figures and 1 finding.")),
        ("compare", "", "Belarus and Pakistan",
         "Belarus and Pakistan compared by what is recorded about each."),
    ],
)  # fmt: skip
def test_a_report_says_what_it_is_about(
    data: dict[str, Data], kind: str, key: str, title: str, summary: str
) -> None:
    report = data[kind]
    assert (report["kind"], report["key"], report["brief"]) == (kind, key, False)
    assert (report["title"], report["summary"]) == (title, summary)
    ministry = {
        "key": "ministry", "title": "Report of *the* <ministry>", "kind": "other", "tier": 1,
        "authors": "A. Author", "publisher": None, "published": "2020", "url": None,
        "licence": None, "note": None,
    }  # fmt: skip
    assert ministry in report["sources"]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("country", "1 more project has no country."),
        ("financier", "17 more projects have no financier."),
    ],
)
def test_a_report_says_what_may_belong_to_it(
    data: dict[str, Data], kind: str, sentence: str
) -> None:
    (note,) = blocks(data[kind], "glance", "note")
    left_out = "What has none is left out of this report, though it may belong here."
    assert note["text"] == f"{sentence} {left_out}"


@pytest.mark.parametrize("kind", ["overview", "country", "link", "source"])
def test_money_is_counted_by_rule_year_and_financier(data: dict[str, Data], kind: str) -> None:
    report = data[kind]
    assert figures(report, "money") == {"total_ministry": (Decimal("150.25"), "nominal USD")}
    (figure,) = blocks(report, "money", "figures")[0]["figures"]
    assert figure["counted"] == "Rule signed, version 1; 2 of 3 rows"
    assert cited(figure) == [("ministry", "line 2"), ("ministry", "line 3")]
    assert chart(report, "money", "money_by_year") == {
        "Report of *the* <ministry>": {"2015": Decimal("100.25"), "2016": 50}
    }
    assert rows(report, "money", "financier", "rows", "amount", "unit") == [
        ("China Development Bank", 1, Decimal("100.25"), "nominal USD"),
        ("Bank of Minsk", 1, 50, "nominal USD"),
    ]
    assert rows(report, "money", "step", "rows", "without_amount", "amount", table=1) == [
        ("everything", 3, 0, Decimal("159.25")),
        ("pledges", -1, 0, -9),
        ("counted", 2, 0, Decimal("150.25")),
    ]


def test_a_country_has_its_projects_agreements_statistics_and_findings(
    data: dict[str, Data],
) -> None:
    report = data["country"]
    assert [source["key"] for source in report["sources"]] == ["ministry", PAPER]
    assert figures(report, "glance") == {
        "projects": (3, ""), "agreements": (1, ""), "statistics": (1, ""), "organizations": (1, ""),
    }  # fmt: skip
    assert chart(report, "glance", "projects_by_year") == {
        "Projects": {"2015": 1, "2016": 0, "2017": 1}
    }
    fields = ("name", "kind", "status", "amounts", "financiers", "started")
    assert rows(report, "link_facility", *fields) == [
        ("Orsha Hub", "facility", "completed", [Decimal("150.25")],
         ["China Development Bank", "Bank of Minsk"], "2015"),
        ("Orsha Line", "railway", "implementation", [], ["China Development Bank"], "2017-03"),
    ]  # fmt: skip
    assert rows(report, "link_none", "name", "kind", "country_names", "signed") == [
        ("Minsk Pact", "memorandum", ["China", "Belarus"], "2014-12")
    ]
    assert rows(report, "figures", "indicator", "qualifier", "value", "unit", "period") == [
        ("exports to China", "nearly", Decimal("1234567.8"), "USD", "2018")
    ]
    assert rows(report, "organizations", "name", "kind") == [("Bank of Minsk", "commercial-bank")]
    assert ("challenge", "Winters are long.") in rows(report, "findings", "kind", "statement")
    hub, line = blocks(report, "link_facility", "table")[0]["rows"]
    assert cited(hub) == [("ministry", "line 2"), ("ministry", "line 3")]
    assert cited(line) == [("ministry", "line 3"), ("ministry", "line 4")]


def test_a_map_has_the_locations_of_projects_and_the_countries_around_them(
    data: dict[str, Data],
) -> None:
    orsha = {
        "latitude": Decimal("54.51"), "longitude": Decimal("30.42"), "label": "Orsha: Orsha Hub",
        "precision": "exact", "name": "Orsha",
    }  # fmt: skip
    for kind, section, frame in (
        ("country", "glance", ["BLR"]),
        ("project", "places", ["BLR", "RUS"]),
    ):
        (map_,) = blocks(data[kind], section, "map")
        assert (map_["points"], map_["shades"], map_["frame"]) == ([orsha], [], frame)
        assert cited(map_) == [("ministry", "1 location")]


@pytest.mark.parametrize("kind", ["financier", "source"])
def test_a_map_is_shaded_by_projects_of_each_country(data: dict[str, Data], kind: str) -> None:
    (map_,) = blocks(data[kind], "glance", "map")
    shades = [(shade["alpha3"], shade["name"], shade["value"]) for shade in map_["shades"]]
    assert shades == [("BLR", "Belarus", 2), ("RUS", "Russia", 1)]
    assert (map_["points"], map_["measure"]) == ([], "Projects")


def test_a_project_has_its_finance_participants_places_and_values(data: dict[str, Data]) -> None:
    report = data["project"]
    assert rows(report, "organizations", "relation", "name", "basis") == [
        ("funding", "Bank of Minsk", "stated"),
        ("funding", "China Development Bank", "stated"),
    ]
    assert rows(report, "places_of", "relation", "name") == [
        ("location", "Belarus"), ("location", "Russia"),
    ]  # fmt: skip
    assert rows(report, "links", "code", "basis") == [("facility", "stated"), ("trade", "stated")]
    fields = ("kind", "financier", "instrument", "amount", "currency", "amount_usd", "date")
    assert rows(report, "money", *fields) == [
        ("commitment", "China Development Bank", "loan", 700, "CNY", Decimal("100.25"), "2015"),
        ("commitment", "Bank of Minsk", "loan", None, None, 50, "2016"),
    ]
    assert figures(report, "money") == {"total_ministry": (Decimal("150.25"), "nominal USD")}
    assert rows(report, "places", "name", "latitude", "longitude", "precision") == [
        ("Orsha", Decimal("54.51"), Decimal("30.42"), "exact")
    ]
    assert rows(report, "relatives", "relation", "name", "key") == [
        ("part", "Orsha Line", "orsha-line")
    ]
    assert rows(report, "figures", "indicator", "qualifier", "value", "unit") == [
        ("workers", "exactly", 40, "people")
    ]
    assert dict(rows(report, "quality", "score", "points")) == {
        "source quality": 4, "completeness": 4, "implementation detail": 2, "loan detail": 2,
    }  # fmt: skip
    values = {
        field: (value, raw) for field, value, raw in rows(report, "values", "field", "value", "raw")
    }
    assert values["countries"] == (["BLR", "RUS"], "Belarus; Russia")
    assert values["status"] == ("completed", "")
    assert ("amount usd", "100.25") in rows(report, "terms", "field", "value")


def test_a_financier_has_the_money_of_its_own_rows_alone(data: dict[str, Data]) -> None:
    report = data["financier"]
    assert figures(report, "glance") == {"projects": (2, "")}
    assert figures(report, "money") == {"total_ministry": (Decimal("100.25"), "nominal USD")}
    assert rows(report, "money", "step", "rows", "amount") == [
        ("everything", 2, Decimal("109.25")), ("pledges", -1, -9), ("counted", 1, Decimal("100.25")),
    ]  # fmt: skip
    assert rows(report, "projects", "name", "links", "amounts") == [
        ("Orsha Hub", ["facility", "trade"], [Decimal("100.25")]), ("Orsha Line", ["facility"], []),
    ]  # fmt: skip
    assert chart(report, "glance", "projects_by_country") == {
        "Projects": {"Belarus": 2, "Russia": 1}
    }
    assert chart(report, "glance", "projects_by_link") == {
        "Projects": {"facilities connectivity": 2, "unimpeded trade": 1}
    }
    assert chart(report, "glance", "projects_by_status") == {
        "Projects": {"completed": 1, "implementation": 1}
    }
    names = rows(report, "names", "name", "kind", "language")
    assert ("国家开发银行", "translation", "zh") in names
    assert ("CDB", "abbreviation", None) in names


def test_an_agreement_has_its_parties_and_values(data: dict[str, Data]) -> None:
    report = data["agreement"]
    assert rows(report, "parties", "relation", "name", "kind", "basis") == [
        ("party", "Belarus", "country", "stated"), ("party", "China", "country", "stated"),
    ]  # fmt: skip
    assert rows(report, "names", "name", "kind") == [("Minsk Pact", "name")]
    assert rows(report, "values", "field", "value", "raw") == [
        ("countries", ["CHN", "BLR"], "China; Belarus"), ("kind", "memorandum", ""),
        ("name", "Minsk Pact", ""), ("signed", "2014-12", ""),
    ]  # fmt: skip
    every_row = [
        row for section in report["sections"].values() for row in section["parts"][0]["rows"]
    ]
    assert {tuple(cited(row)) for row in every_row} == {(("ministry", "line 2"),)}


def test_a_source_has_its_records_loads_and_scores(data: dict[str, Data]) -> None:
    report = data["source"]
    assert rows(report, "about", "field", "value") == [
        ("authors", "A. Author"),
        ("published", "2020"),
    ]
    counts = {name: value for name, (value, _) in figures(report, "glance").items()}
    assert counts == {
        "projects": 2, "agreements": 1, "organizations": 2, "finance": 3, "locations": 1,
        "statistics": 2, "findings": 1,
    }  # fmt: skip
    loads = rows(report, "loads", "kind", "profile", "rows_read", "rows_new", "rows_rejected")
    assert loads == [
        (noun, "native", number, number, 0)
        for noun, number in (
            ("finance", 3), ("organizations", 1), ("locations", 1), ("findings", 1),
            ("statistics", 2), ("agreements", 1), ("projects", 2),
        )
    ]  # fmt: skip
    digests = [digest for (digest,) in rows(report, "loads", "sha256")]
    assert all(len(digest) == 64 for digest in digests)
    assert len(set(digests)) == len(digests)
    scores = rows(report, "quality", "score", "points_1", "points_2", "points_4", "mean", "none")
    assert scores == [
        ("source quality", 0, 0, 2, "4.0", 0), ("completeness", 0, 0, 2, "4.0", 0),
        ("implementation detail", 1, 1, 0, "1.5", 0), ("loan detail", 0, 1, 0, "2.0", 1),
    ]  # fmt: skip


def test_a_comparison_has_the_differences_of_two_countries(data: dict[str, Data]) -> None:
    report = data["compare"]
    assert rows(report, "numbers", "what", "of_1", "of_2") == [
        ("projects", 3, 2), ("agreements", 1, 0), ("statistics", 1, 0),
    ]  # fmt: skip
    fields = ("subject", "amount", "unit", "rows", "all_rows", "rule")
    assert rows(report, "money", *fields) == [
        ("Belarus", Decimal("150.25"), "nominal USD", 2, 3, "signed, version 1")
    ]
    assert chart(report, "projects", "projects_by_year") == {
        "Belarus": {"2015": 1, "2016": 0, "2017": 1},
        "Pakistan": {"2015": 0, "2016": 0, "2017": 0},
    }
    assert chart(report, "projects", "projects_by_link") == {
        "Belarus": {"facilities connectivity": 2, "unimpeded trade": 2, "policy coordination": 0},
        "Pakistan": {"facilities connectivity": 2, "unimpeded trade": 0, "policy coordination": 1},
    }
    assert chart(report, "projects", "projects_by_status") == {
        "Belarus": {"implementation": 1, "completed": 1},
        "Pakistan": {"implementation": 1, "completed": 0},
    }
    assert rows(report, "alone", "subject", "name", "projects") == [
        ("Belarus", "China Development Bank", 2), ("Belarus", "Bank of Minsk", 1),
    ]  # fmt: skip
    first, *_ = blocks(report, "numbers", "table")[0]["rows"]
    assert cited(first) == [
        ("ministry", "2 projects of Belarus"), (PAPER, "1 project of Belarus"),
        (PAPER, "2 projects of Pakistan"),
    ]  # fmt: skip


def test_a_locator_that_is_cited_twice_is_listed_once() -> None:
    citations = [Citation(*pair) for pair in (("a", "1"), ("b", None), ("a", "2"), ("a", "1"))]
    assert by_source(citations) == {"a": ["1", "2"], "b": []}


def test_a_table_that_is_cut_says_of_how_many_rows(data: dict[str, Data]) -> None:
    (loads,) = blocks(data["overview"], "loads", "table")
    assert loads["note"] == "The 10 latest of 19 loads."
    assert len(loads["rows"]) == 10


@pytest.mark.parametrize("kind", ["overview", "gaps"])
def test_what_is_missing_is_counted_and_as_a_share(data: dict[str, Data], kind: str) -> None:
    shares = {
        what: (number, share)
        for what, number, share in rows(data[kind], "gaps", "what", "rows", "share")
    }
    # All but the ministry's two of the 19 projects lack a financier and finance; the hub has a place.
    assert shares["no financier"] == shares["no finance"] == (17, "89%")
    assert shares["no place on the map"] == (18, "95%")
    assert shares["no sector"] == (19, "100%")
    assert shares["no kind"] == (0, "0%")
    finance = rows(data[kind], "gaps", "what", "rows", "share", table=1)
    assert ("no maturity (of 3 loans)", 3, "100%") in finance
    drawn = chart(data[kind], "gaps", "missing_in_projects")["Projects"]
    assert drawn == {what: number for what, (number, _) in shares.items() if number}


def charts_by(report: Data) -> dict[str, dict[str, int]]:
    """Return the charts and shades of projects in the section with key figures, by name."""
    result = {
        block["name"]: chart(report, "glance", block["name"])["Projects"]
        for block in blocks(report, "glance", "chart")
        if block["name"].startswith("projects_by_")
    }
    (map_,) = blocks(report, "glance", "map")
    shades = {shade["name"]: shade["value"] for shade in map_["shades"]}
    return {**result, **({"shades": shades} if shades else {})}


@pytest.mark.parametrize(
    ("kind", "filters"),
    [("overview", ()), ("link", ("--link", "facility")), ("financier", ("--financier", "CDB"))],
)
def test_charts_and_maps_have_the_numbers_of_queries(
    ministry: Standing, data: dict[str, Data], kind: str, filters: tuple[str, ...]
) -> None:
    drawn = charts_by(data[kind])
    options = ("--db", ministry.address, "query", "projects", *filters)
    for name, field in (("projects_by_kind", "kind"), ("projects_by_status", "status")):
        groups = json.loads(answer(*options, "--group-by", field, "-f", "json"))
        expected = {
            (row[field] or "not recorded").replace("-", " "): row["count"] for row in groups
        }
        assert drawn.get(name, expected) == expected
    assert "projects_by_status" in drawn
    countries = json.loads(answer(*options, "--group-by", "country", "-f", "json"))
    shaded = {row["country_name"]: row["count"] for row in countries if row["country"]}
    assert drawn["shades"] == shaded
