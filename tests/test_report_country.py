"""Tests of the report on a country: citations, links, findings, and countries without data."""

import json
import re
from typing import Any

import pytest

from support.command_line import answer, run

pytestmark = pytest.mark.later_on_postgresql


def report(address: str, name: str, format_: str = "json") -> str:
    return answer("--db", address, "report", "country", name, "-f", format_)


@pytest.mark.parametrize("format_", ["table", "markdown"])
def test_a_report_without_money_or_financiers_says_so(knowledge_base: str, format_: str) -> None:
    text = report(knowledge_base, "Pakistan", format_)
    assert "No source states any money." in text
    assert "No source names a financier of its projects." in text
    assert "Its economic corridor with China is the example of a country" in text
    data = json.loads(report(knowledge_base, "Pakistan"))
    assert data["subtitle"] == "PK · PAK · Southern Asia, Asia"
    assert data["summary"] == "The knowledge base has 2 projects for Pakistan, from 1 source."
    (source,) = data["sources"]
    assert (source["kind"], source["tier"], source["published"]) == ("article", 4, None)
    (corridor,) = tables(data["sections"]["link_policy"])
    assert (corridor["name"], corridor["kind"], corridor["status"]) == (
        "China–Pakistan Economic Corridor", "corridor", None,
    )  # fmt: skip
    (port,) = tables(data["sections"]["link_facility"])
    assert (port["name"], port["status"], port["country_names"]) == (
        "Gwadar Port", "implementation", ["Pakistan"],
    )  # fmt: skip
    commands = [row["command"] for row in tables(data["sections"]["method"])]
    assert commands == ["bricoop report link policy", "bricoop report link facility"]


def tables(section: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of all tables of a section."""
    return [row for block in section["parts"] if block["type"] == "table" for row in block["rows"]]


@pytest.mark.parametrize("name", ["Belarus", "China", "Italy"])
def test_every_row_is_cited_by_a_number_of_the_bibliography(knowledge_base: str, name: str) -> None:
    data: dict[str, Any] = json.loads(report(knowledge_base, name))
    for format_, numbered in (("table", r"^\[(\d+)\] "), ("markdown", r"^(\d+)\. ")):
        text = report(knowledge_base, name, format_)
        listed = re.findall(numbered, text, re.MULTILINE)
        marks = re.findall(r"\[(\d+)\\?\] (?:Abstract|\d)", text.replace("\\", ""))
        assert set(listed) >= {str(number) for number in range(1, len(data["sources"]) + 1)}
        assert set(marks) <= set(listed)


def test_the_five_links_stand_in_their_order_with_their_counts(knowledge_base: str) -> None:
    data = json.loads(report(knowledge_base, "BY"))
    rows = tables(data["sections"]["links"])
    assert [row["code"] for row in rows] == ["policy", "facility", "trade", "finance", "people"]
    for row in rows:
        filters = ("--country", "Belarus", "--link", row["code"], "--count")
        for noun in ("projects", "agreements", "policies"):
            assert answer("--db", knowledge_base, "query", noun, *filters) == f"{row[noun]}\n"


def test_each_link_under_which_there_is_anything_has_its_section(knowledge_base: str) -> None:
    data = json.loads(report(knowledge_base, "Pakistan"))
    codes = {name.removeprefix("link_") for name in data["sections"] if name.startswith("link_")}
    rows = tables(data["sections"]["links"])
    assert codes - {"none"} == {
        row["code"] for row in rows if row["projects"] or row["agreements"] or row["policies"]
    }
    assert codes
    kinds = {row.get("kind") for code in codes for row in tables(data["sections"][f"link_{code}"])}
    assert not {"opportunity", "challenge", "prospect"} & kinds


def test_general_findings_of_a_link_are_in_its_own_report(knowledge_base: str) -> None:
    data = json.loads(report(knowledge_base, "Pakistan"))
    note = data["sections"]["link_facility"]["parts"][-1]
    assert note["type"] == "note"
    assert note["text"].endswith("in the report on the link.")
    commands = [row["command"] for row in tables(data["sections"]["method"])]
    assert "bricoop report link facility" in commands
    assert note["citations"]
    command = ("--db", knowledge_base, "query", "findings", "--link", "facility", "--count")
    assert note["text"].startswith(answer(*command).strip())


def test_what_comes_under_several_links_is_told_once(knowledge_base: str) -> None:
    rows = "name,countries,links\nBridge,Tuvalu,facility; trade\nBare,Tuvalu,\n"
    source_options = ("--source", "notes", "--source-title", "My notes", "--tier", "7")
    assert (
        run("--db", knowledge_base, "load", "projects", "-", *source_options, stdin=rows).exit_code
        == 0
    )
    sections = json.loads(report(knowledge_base, "Tuvalu"))["sections"]
    names = [
        row["name"] for name, section in sections.items() if name.startswith("link_")
        for row in tables(section) if "name" in row
    ]  # fmt: skip
    assert sorted(names) == ["Bare", "Bridge"]
    note, _ = [block for block in sections["link_trade"]["parts"] if block["type"] == "note"]
    assert note["text"] == "Also under this link, listed above: Bridge."
    assert [citation["source"] for citation in note["citations"]] == ["notes"]


@pytest.mark.parametrize("format_", ["table", "markdown", "json"])
def test_a_country_of_which_nothing_is_recorded_says_so_in_every_form(
    knowledge_base: str, format_: str
) -> None:
    text = report(knowledge_base, "Tuvalu", format_)
    assert "Nothing is recorded about Tuvalu" in text
    assert "no projects" not in text


def test_what_is_no_country_has_no_report(knowledge_base: str) -> None:
    for name, closest in (("Belarsu", "Belarus"), ("Kazakstan2", "Kazakhstan")):
        result = run("--db", knowledge_base, "report", "country", name)
        assert (result.exit_code, result.stdout) == (4, "")
        assert closest in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_the_same_report_is_made_in_any_spelling(knowledge_base: str) -> None:
    expected = report(knowledge_base, "Belarus", "markdown")
    for name in ("belarus", "BLR", "白俄罗斯"):
        assert report(knowledge_base, name, "markdown") == expected


def test_figures_about_the_country_are_told_from_those_about_its_projects(
    knowledge_base: str,
) -> None:
    command = ("--db", knowledge_base, "query", "statistics", "--country", "China", "--count")
    total = int(answer(*command))
    sections = json.loads(report(knowledge_base, "China"))["sections"]
    subjects = [row["subject"] for row in tables(sections["figures"])]
    assert set(subjects) == {"China"}
    others = [
        row for name, section in sections.items() if name.startswith(("link_", "other_figures"))
        for row in tables(section) if "indicator" in row
    ]  # fmt: skip
    assert total <= len(subjects) + len(others)
    assert "China" not in {row["subject"] for row in others}


def test_only_tables_with_amounts_say_how_amounts_are_counted(knowledge_base: str) -> None:
    files = {
        "projects": "name,countries,links\nOrsha Hub,Belarus,trade\nMinsk Yard,Belarus,facility\n",
        "finance": "project,kind,amount_usd\nMinsk Yard,commitment,5\n",
    }
    source = ("--source", "ministry", "--source-title", "Report of the ministry", "--tier", "1")
    for noun, text in files.items():
        run("--db", knowledge_base, "load", noun, "-", *source, stdin=text)
    sections = json.loads(report(knowledge_base, "Belarus"))["sections"]
    noted = {
        name: any(row["amounts"] for row in block["rows"])
        for name, section in sections.items()
        for block in section["parts"]
        if block.get("note", "").startswith("Amounts by rule")
    }
    assert noted == {"link_facility": True}
