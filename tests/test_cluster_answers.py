"""What decisions join is shown once by every surface, with what each source states; and undone."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bricoop.ingest.undo.undo_load import undo_load
from support.command_line import answer, run
from support.damages import failed
from support.joined import decide, load_sources
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

#: The project that three sources name, and the bank that two do.
ROAD, BANK = "road-to-lake-kuri", "kuri-lending-house"
NOUNS = (
    "countries", "projects", "agreements", "financiers", "organizations", "links", "statistics",
    "findings", "finance", "locations", "sources", "records", "disagreements",
)  # fmt: skip
REPORTS = (
    "country Kenya", "project Kuri-Signs", "project Lake-Kuri-Road", "financier KLH",
    "link facility", "source atlas", "overview",
)  # fmt: skip
QUESTIONS = {
    **{f"query {noun}": ("query", noun, "-f", "json") for noun in NOUNS},
    **{f"report {words}": ("report", *words.replace("-", " ").split(" ", 1), "-f", "json")
       for words in REPORTS},
    "groups": ("query", "projects", "--group-by", "country,kind,source", "-f", "json"),
    "sums": ("query", "finance", "--group-by", "financier,source", "--measure",
             "sum:amount_usd", "-f", "json"),
    "search": ("search", "kuri", "-f", "json"),
    "show road": ("show", "lake-kuri-road", "-f", "json"),
    "show bank": ("show", "KLH", "-f", "json"),
    "map": ("query", "projects", "--name", "kuri", "-f", "geojson"),
    "words": ("query", "projects", "--search", "kuri lending", "-f", "json"),
    "name": ("query", "finance", "--financier", "lending house", "--count"),
    "chart": ("query", "projects", "--group-by", "kind", "--chart", "bar"),
    "sql": ("sql", "SELECT * FROM v_projects ORDER BY key", "-f", "json"),
}  # fmt: skip


class Roads(NamedTuple):
    """A knowledge base with decisions, and answers before them, after their undo, and with them."""

    address: str
    before: dict[str, str]
    after: dict[str, str]
    now: dict[str, str]


def answers(address: str) -> dict[str, str]:
    """Return the answers to all questions, without the version and the day of reports."""
    texts = {name: answer("--db", address, *words) for name, words in QUESTIONS.items()}
    volatile = re.compile(r'"(knowledge_base|made)": ?("[^"]*"|\d+)')
    return {name: volatile.sub(r'"\1": 0', text) for name, text in texts.items()}


@pytest.fixture(scope="module")
def roads(standing: Standing) -> Iterator[Roads]:
    """Ask before decisions, undo them, ask again, and decide again for all tests."""
    load_sources(standing.load)
    before = answers(standing.address)
    undo_load(standing.engine, decide(standing.load))
    after = answers(standing.address)
    decide(standing.load)
    with standing.unwritten():
        yield Roads(standing.address, before, after, answers(standing.address))


def rows(roads: Roads, *words: str) -> list[dict[str, Any]]:
    """Return the rows of a question about what has `kuri` in its name, or of other filters."""
    answered: list[dict[str, Any]] = json.loads(answer("--db", roads.address, *words, "-f", "json"))
    return answered


def shown(roads: Roads, name: str) -> Any:
    """Return an answer in JSON."""
    return json.loads(roads.now[name])


def section(report: dict[str, Any], name: str) -> str:
    """Return a section of a report as text."""
    return json.dumps(report["sections"][name], ensure_ascii=False)


@pytest.mark.parametrize("name", QUESTIONS)
def test_after_an_undo_every_answer_is_as_before(roads: Roads, name: str) -> None:
    assert roads.after[name] == roads.before[name]
    assert roads.now[name] != roads.before[name]


@pytest.mark.parametrize("name", [name for name, words in QUESTIONS.items() if words[0] == "query"])
def test_without_decisions_every_answer_is_as_before(roads: Roads, name: str) -> None:
    result = run("--db", roads.address, *QUESTIONS[name], "--unmerged")
    if name == "query sources":
        assert (result.exit_code, result.stdout) == (2, "")
        assert "No such option: --unmerged" in result.stderr
        return
    assert result.stdout == roads.before[name]
    apart = "--unmerged shows 1 cluster as 3 projects and 1 cluster as 2 organizations.\n"
    assert apart in result.stderr


def test_decisions_leave_nothing_wrong(roads: Roads) -> None:
    assert failed(roads.address) == []


def test_a_project_is_one_row_with_the_values_of_the_best_sources(roads: Roads) -> None:
    (road,) = rows(roads, "query", "projects", "--name", "lake kuri")
    expected = {
        "key": ROAD, "name": "Road to Lake Kuri", "kind": "road", "kinds": ["road", "corridor"],
        "status": "implementation", "started": "2011", "capacity": 120, "capacity_unit": "km",
        "countries": ["KEN", "UGA"], "links": ["facility", "trade"], "description": "Two lanes",
        "financiers": ["Kuri Lending House"], "sources": ["atlas", "bulletin", "census"],
    }  # fmt: skip
    assert {name: road[name] for name in expected} == expected


@pytest.mark.parametrize("typed", [ROAD, "lake-kuri-road", "kuri-highway"])
def test_the_key_of_each_means_the_project(roads: Roads, typed: str) -> None:
    questions: list[tuple[str, ...]] = [
        ("projects", "--key", typed),
        ("projects", "--where", f"key = {typed}"),
        ("projects", "--where", f"name = {typed}", "--where", f"not key = {typed}"),
        ("finance", "--project", typed, "--where", f"project_key = {typed}"),
        ("locations", "--project-key", typed),
        ("statistics", "--subject", typed, "--subject-key", typed),
        ("findings", "--subject", typed),
        ("records", "--about-key", typed, "--kind", "projects"),
        ("disagreements", "--about", typed, "--field", "kind"),
    ]
    for words in questions:
        counts = {"finance": 4, "locations": 2, "records": 3}
        expected = 0 if "not" in words[-1] else counts.get(words[0], 1)
        assert answer("--db", roads.address, "query", *words, "--count") == f"{expected}\n", words


def test_an_unknown_key_is_not_hidden_by_joined_ones(roads: Roads) -> None:
    def note(*filters: str) -> str:
        return run("--db", roads.address, "query", "projects", *filters).stderr

    assert "No row has key" not in note("--key", "kuri-highway", "--kind", "port")
    assert "No row has key 'kuri-highways'." in note("--key", "kuri-highways")


def test_an_organization_is_one_row(roads: Roads) -> None:
    for noun in ("organizations", "financiers"):
        (bank,) = rows(roads, "query", noun, "--name", "klh")
        expected = {"key": BANK, "kind": "commercial-bank", "projects": 1}
        assert {name: bank[name] for name in expected} == expected
    (loan,) = rows(roads, "query", "agreements", "--name", "kuri")
    assert loan["organizations"] == ["Kuri Lending House"]


def test_facts_stay_those_of_their_sources(roads: Roads) -> None:
    columns = ("--columns", "project_key,source,amount,financier", "--sort", "amount")
    money = rows(roads, "query", "finance", "--country", "Kenya", *columns)
    assert [tuple(row.values()) for row in money] == [
        (ROAD, "census", 5, None),
        (ROAD, "census", 7, "Kuri Lending House"),
        (ROAD, "bulletin", 90, "Kuri Lending House"),
        (ROAD, "atlas", 100, "Kuri Lending House"),
    ]
    locations = rows(roads, "query", "locations", "--country", "Uganda", "--columns", "name,source")
    assert [tuple(row.values()) for row in locations] == [
        ("Kuri Town", "atlas"), ("Lake Kuri", "census"),
    ]  # fmt: skip
    records = rows(roads, "query", "records", "--about", ROAD, "--kind", "projects")
    assert [(row["source"], row["external_id"], json.loads(row["fields"])["name"])
            for row in records] == [
        ("atlas", "1", "Lake Kuri Road"), ("bulletin", "b1", "Road to Lake Kuri"),
        ("census", "c1", "Kuri Highway"),
    ]  # fmt: skip


def test_groups_count_the_cluster_once(roads: Roads) -> None:
    groups = rows(roads, "query", "projects", "--name", "kuri", "--group-by", "kind")
    assert {row["kind"]: row["count"] for row in groups} == {
        "bridge": 1, "facility": 1, "road": 1, "supplies": 1,
    }  # fmt: skip
    by_country = rows(roads, "query", "projects", "--name", "kuri", "--group-by", "country")
    assert {row["country"]: row["count"] for row in by_country} == {"KEN": 4, "UGA": 1}
    sums = rows(roads, "query", "finance", "--country", "Kenya", "--group-by", "financier",
                "--measure", "sum:amount_usd", "--add-sources")  # fmt: skip
    assert [(row["financier"], row["sum_amount_usd"]) for row in sums] == [
        ("Kuri Lending House", 197), (None, 5),
    ]  # fmt: skip


def test_search_finds_it_once_by_the_names_of_all(roads: Roads) -> None:
    for words, source in (
        ('"lake kuri road"', "atlas"), ("kuri highway", "census"), ("库里公路", "census"),
        ("KLR", "atlas"), ("two lanes", "bulletin"), ("floods", "census"),
    ):  # fmt: skip
        projects = [hit for hit in rows(roads, "search", words) if hit["kind"] == "project"]
        assert [hit["key"] for hit in projects] == [ROAD], words
        assert projects[0]["sources"] == [source]
    hits = {hit["key"]: hit for hit in rows(roads, "search", "KLH")}
    assert hits.keys() == {BANK, "kuri-loan", ROAD}
    # The name is cited from a source that uses it.
    assert {tuple(hit["sources"]) for hit in hits.values()} == {("bulletin",)}


def test_show_has_the_values_of_every_source(roads: Roads) -> None:
    profile = shown(roads, "show road")
    assert (profile["key"], profile["name"]) == (ROAD, "Road to Lake Kuri")
    statuses = {
        claim["source"]: claim["value"] for claim in profile["claims"] if claim["field"] == "status"
    }
    assert statuses == {"atlas": "completed", "bulletin": "implementation", "census": "completed"}
    assert {location["source"] for location in profile["locations"]} == {"atlas", "census"}
    assert [row["source"] for row in profile["finance"]] == [
        "atlas", "bulletin", "census", "census",
    ]  # fmt: skip
    bank = shown(roads, "show bank")
    assert bank["key"] == BANK
    assert {alias["name"]: alias["source"] for alias in bank["aliases"]} == {
        "Kuri Lending House": "atlas", "KLH": "bulletin",
    }  # fmt: skip


def test_what_differs_is_a_disagreement_of_both_sources(roads: Roads) -> None:
    differing = {
        (row["field"], row["shown_source"], row["source"])
        for row in rows(roads, "query", "disagreements", "--about", "kuri-highway")
    }
    assert differing == {
        ("name", "bulletin", "atlas"), ("name", "bulletin", "census"),
        ("status", "bulletin", "atlas"), ("status", "bulletin", "census"),
        ("started", "bulletin", "atlas"), ("kind", "atlas", "census"),
        ("amount_usd", "bulletin", "atlas"), ("amount_usd", "bulletin", "census"),
    }  # fmt: skip
    assert not json.loads(roads.before["query disagreements"])


def test_show_says_what_was_made_one_by_whom_and_why(roads: Roads) -> None:
    members = shown(roads, "show road")["members"]
    fields = ("source", "id", "key", "name", "locator", "relation", "reviewer", "decided_at", "why",
              "decision_source", "decision_locator")  # fmt: skip
    assert [tuple(member[name] for name in fields) for member in members] == [
        ("bulletin", "b1", ROAD, "Road to Lake Kuri", "line 2", *[None] * 6),
        ("atlas", "1", "lake-kuri-road", "Lake Kuri Road", "line 2", "same-project", "Ann",
         "2026-11-01", "Same lake and year", "desk", "line 2"),
        ("census", "c1", "kuri-highway", "Kuri Highway", "line 2", "same-project", "Ben",
         "2026-11-02", None, "desk", "line 3"),
    ]  # fmt: skip
    bank = shown(roads, "show bank")["members"]
    assert [(member["source"], member["id"], member["key"], member["reviewer"])
            for member in bank] == [
        ("atlas", "kuri lending house", BANK, None), ("bulletin", None, "klh", "Ann"),
    ]  # fmt: skip
    decisions = shown(roads, "show bank")["decisions"]
    assert [(entry["verdict"], entry["relation"], entry["why"]) for entry in decisions] == [
        ("joined", "same", "Its own website"),
    ]  # fmt: skip
    for profile in (json.loads(roads.before["show road"]), json.loads(roads.before["show bank"])):
        assert (profile["members"], profile["decisions"]) == ([], [])


def test_show_says_that_an_earlier_key_means_another_one(roads: Roads) -> None:
    result = run("--db", roads.address, "show", "Lake-Kuri-Road")
    expected = f"lake-kuri-road is one with {ROAD} by a decision of Ann (2026-11-01).\n"
    assert result.stderr == expected
    assert "One by decision\nSource    Id  Key" in result.stdout
    assert run("--db", roads.address, "show", ROAD).stderr == ""


def test_reports_say_what_is_one_and_cite_the_decisions(roads: Roads) -> None:
    project = shown(roads, "report project Lake-Kuri-Road")
    ending = (
        "It is described by 3 sources. It is one by decision with Lake Kuri Road and Kuri Highway."
    )
    assert project["summary"].endswith(ending)
    assert '{"source": "desk", "locator": "line 3"}' in section(project, "members")
    assert [source["key"] for source in project["sources"]].count("desk") == 1
    for name in ("report country Kenya", "report overview", "report link facility"):
        report = shown(roads, name)
        glance = section(report, "glance")
        assert "By decision, 3 projects of different sources count as 1." in glance, name
        assert '{"source": "desk", "locator": "2 decisions"}' in glance
        assert "By decision" not in roads.before[name]
    assert "from 4 sources." in shown(roads, "report country Kenya")["summary"]
    assert "One by decision" in section(shown(roads, "report financier KLH"), "members")


def test_a_country_report_has_it_once_and_cites_all_sources(roads: Roads) -> None:
    report = shown(roads, "report country Kenya")
    assert report["summary"].startswith("The knowledge base has 4 projects, 1 agreement and ")
    facility = section(report, "link_facility")
    assert "Road to Lake Kuri" in facility
    assert "100.00; 90.00; 5.00" in answer("--db", roads.address, "report", "country", "Kenya")
    assert not {"Lake Kuri Road", "Kuri Highway"} & set(re.findall(r'"([^"]+)"', facility))
    for source in ("atlas", "bulletin", "census"):
        assert source in facility
    assert "Kuri Highway" in section(report, "differences")


def test_a_project_report_has_the_money_places_and_parts_of_all(roads: Roads) -> None:
    report = shown(roads, "report project Lake-Kuri-Road")
    assert report["key"] == ROAD
    stated = report["sections"]["money"]["parts"][0]["rows"]
    assert [row["amount"] for row in stated] == [100, 90, 5, 7]
    assert all(town in section(report, "places") for town in ("Kuri Town", "Lake Kuri"))
    # The whole is named by its id, and in `census` by a key that is not the canonical one.
    relatives = section(report, "relatives")
    assert all(name in relatives for name in ("Kuri Bridges", "Kuri Toll Booths", "Kuri Signs"))
    assert ROAD in section(shown(roads, "report project Kuri-Signs"), "relatives")


def test_other_reports_have_it_once(roads: Roads) -> None:
    assert (
        "funds 1 project, according to 3 sources" in shown(roads, "report financier KLH")["summary"]
    )
    before, now = json.loads(roads.before["report overview"]), shown(roads, "report overview")
    number = [re.search(r"(\d+) projects", report["summary"]) for report in (before, now)]
    assert [int(match[1]) for match in number if match] == [23, 21]
    source = shown(roads, "report source atlas")
    assert "contributed 5 records, which describe 2 projects, 1 organization" in source["summary"]
    link = section(shown(roads, "report link facility"), "projects")
    assert link.count("Road to Lake Kuri") == 1
    assert "Kuri Highway" not in link


def test_a_map_has_one_feature_with_all_its_places(roads: Roads) -> None:
    (feature,) = shown(roads, "map")["features"]
    assert feature["properties"]["key"] == ROAD
    assert feature["geometry"] == {
        "type": "MultiPoint", "coordinates": [[36.8, -1.2], [36.9, -1.3]],
    }  # fmt: skip


def test_views_have_it_once(roads: Roads) -> None:
    for view, column, number in (
        ("v_projects", "key", 1), ("v_finance", "project_key", 4), ("v_locations", "project_key", 2),
        ("v_statistics", "subject_key", 1), ("v_records", "about_key", 13),
        ("v_disagreements", "about_key", 8),
    ):  # fmt: skip
        sql = f"SELECT count(*) AS n FROM {view} WHERE {column} = '{ROAD}'"  # noqa: S608 (of the test)
        assert rows(roads, "sql", sql) == [{"n": number}], view
        sql = f"SELECT * FROM {view} WHERE {column} IN ('lake-kuri-road', 'kuri-highway')"  # noqa: S608
        assert rows(roads, "sql", sql) == [], view


def test_diff_shows_the_decisions_of_a_load(roads: Roads) -> None:
    load_id = str(max(row["key"] for row in rows(roads, "query", "loads")))
    changes = rows(roads, "diff", load_id)
    assert {(row["change"], row["noun"]) for row in changes} == {("new", "decisions")}
    assert {row["name"]: row["after"] for row in changes if row["field"] == "reviewer"} == {
        "atlas/projects/1 same-project bulletin/projects/b1": "Ann",
        "census/projects/c1 same-project atlas/projects/1": "Ben",
        "organization:kuri lending house same organization:klh": "Ann",
    }
    assert len([row for row in changes if row["field"] == "why"]) == 2


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("projects --key kuri-highway", "atlas bulletin census desk"),
        ("projects --key kuri-signs", "census"),
        ("finance --project kuri-highway --source atlas", "atlas desk"),
        ("organizations --name klh", "atlas bulletin census desk"),
        ("disagreements --about kuri-highway --field kind", "atlas census desk"),
        ("disagreements --about gwadar", ""),
        ("sources --key census", "census"),
    ],
)
def test_the_provenance_of_rows_has_all_sources_and_the_decisions(
    roads: Roads, tmp_path: Path, words: str, keys: str
) -> None:
    path = tmp_path / "rows.csv"
    answer("--db", roads.address, "query", *words.split(), "-o", str(path), "--provenance")
    provenance = json.loads(path.with_name("rows.csv.provenance.json").read_text(encoding="utf-8"))
    assert [source["key"] for source in provenance["sources"]] == keys.split()
