"""Showing one entity: by any of its names, with who says what and why one value is chosen."""

import json
from typing import Any

import pytest

from support.command_line import answer, run

pytestmark = pytest.mark.later_on_postgresql


def shown(address: str, name: str) -> dict[str, Any]:
    entity: dict[str, Any] = json.loads(answer("--db", address, "show", name, "-f", "json"))
    return entity


def load(address: str, noun: str, text: str, key: str, tier: int) -> None:
    source = ("--source", key, "--source-title", key, "--tier", str(tier))
    result = run("--db", address, "load", noun, "-", *source, stdin=text)
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("Guadal Port", "gwadar-port"),
        ("Hanbantota Port", "hambantota-port"),
        ("Tanzania-2050 Strategy", "kazakhstan-2050-strategy"),
        ("Indonesian Manufacturing 4.0", "making-indonesia-4-0"),
        ("Bright Avenue plan", "nurly-zhol"),
        ("China Import and Export Bank", "export-import-bank-of-china"),
        ("Silk Road Fund Limited", "silk-road-fund"),
        ("Compagnia Italiana Forme Acciaio (CIFA)", "compagnia-italiana-forme-acciaio"),
        ("China–Egyptian Suez Economic and Trade Cooperation Zone", "china-egypt-teda-suez-zone"),
    ],
)
def test_a_name_as_the_paper_prints_it_finds_the_right_thing(
    knowledge_base: str, printed: str, key: str
) -> None:
    entity = shown(knowledge_base, printed)
    assert entity["key"] == key
    assert printed != entity["name"]
    (alias,) = {
        (alias["kind"], alias["source"]) for alias in entity["aliases"] if alias["name"] == printed
    }
    assert alias == ("as-printed", "manufacturing-cooperation-paper")


def test_every_part_of_an_entity_names_its_source_and_place(knowledge_base: str) -> None:
    entity = shown(knowledge_base, "China Railway Express")
    for section in ("aliases", "links", "relations", "claims", "statistics"):
        assert entity[section], section
        assert all(row["source"] and row["locator"] for row in entity[section])
    assert {claim["field"] for claim in entity["claims"]} >= {"name", "kind", "status", "countries"}
    assert [row["value"] for row in entity["statistics"]] == [14000]


def test_a_better_source_is_shown_and_the_other_stands_beside_it_with_the_reason(
    knowledge_base: str,
) -> None:
    load(knowledge_base, "projects", "name,status\nGwadar Port,operation\n", "ministry", 1)
    load(knowledge_base, "projects", "name,status\nGwadar Port,cancelled\n", "tweet", 8)
    entity = shown(knowledge_base, "Gwadar Port")
    (disagreement,) = entity["disagreements"]
    assert (disagreement["field"], disagreement["shown"]) == ("status", "operation")
    assert "tier" in disagreement["why"]
    assert [(claim["source"], claim["value"]) for claim in disagreement["claims"]] == [
        ("ministry", "operation"), ("manufacturing-cooperation-paper", "implementation"),
        ("tweet", "cancelled"),
    ]  # fmt: skip
    rows = json.loads(answer("--db", knowledge_base, "query", "projects", "--name", "gwadar port",
                             "--columns", "status", "-f", "json"))  # fmt: skip
    assert rows == [{"status": "operation"}]
    for format_ in ("table", "markdown"):
        text = answer("--db", knowledge_base, "show", "Gwadar Port", "-f", format_)
        assert "Disagreements" in text
        assert all(
            word in text for word in ("operation", "cancelled", "tweet", disagreement["why"])
        )


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [("2015", "2015-03", False), ("2015-03", "2015-03-09", False), ("2015", "2016-03", True),
     ("2015-03", "2015-04-01", True)],
)  # fmt: skip
def test_a_date_within_another_does_not_contradict_it(
    knowledge_base: str, first: str, second: str, *, differ: bool
) -> None:
    load(knowledge_base, "projects", f"name,started\nGwadar Port,{first}\n", "one", 3)
    load(knowledge_base, "projects", f"name,started\nGwadar Port,{second}\n", "two", 3)
    fields = [
        disagreement["field"]
        for disagreement in shown(knowledge_base, "gwadar-port")["disagreements"]
    ]
    assert ("started" in fields) == differ


def test_a_name_that_means_several_things_lists_them_with_their_keys(knowledge_base: str) -> None:
    result = run("--db", knowledge_base, "show", "Silk")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "silk-road-fund" in result.stderr
    assert "silk-road-economic-belt" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_country_an_organization_a_link_and_an_agreement_are_shown(knowledge_base: str) -> None:
    assert "China–Belarus Industrial Park" in answer("--db", knowledge_base, "show", "白俄罗斯")
    assert "Acquisition of CIFA by Zoomlion" in answer("--db", knowledge_base, "show", "Zoomlion")
    link = answer("--db", knowledge_base, "show", "设施联通")
    assert "Piraeus Port" in link
    assert "171" in answer("--db", knowledge_base, "show", "belt-and-road-cooperation-documents")


def test_equal_facts_of_several_records_are_one_row_with_all_sources(knowledge_base: str) -> None:
    text = "id,name,countries,links\n{0}1,Kuri Dam,Kenya,facility\n"
    for key, tier in (("a", 5), ("b", 6)):
        load(knowledge_base, "projects", text.format(key), key, tier)
    page = answer("--db", knowledge_base, "show", "Kuri Dam")
    sections = {lines[0]: lines[2:] for lines in map(str.splitlines, page.split("\n\n"))}
    for title in ("Names", "Links", "Relations"):
        (row,) = sections[title]
        assert row.endswith("a; b    line 2; line 2"), row
    assert len(shown(knowledge_base, "Kuri Dam")["links"]) == 2
