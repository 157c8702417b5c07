"""The report on a country: every row is cited, and every citation is in the bibliography."""

import json
import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from test_cli import answer, run


def report(address: str, name: str, format_: str = "json") -> str:
    return answer("--db", address, "report", "country", name, "-f", format_)


@pytest.mark.parametrize("format_", ["table", "markdown", "json"])
def test_a_report_with_agreements_money_and_disagreeing_sources(
    knowledge_base: str, format_: str, snapshot: SnapshotAssertion
) -> None:
    files = {
        "projects": "name,kind,status,countries,links,financiers,started\n"
        "Orsha Hub,facility,completed,Belarus; Russia,trade; facility,CDB; Bank of Minsk,2015\n",
        "agreements": "name,kind,countries,signed\nMinsk Pact,memorandum,China; Belarus,2014-12\n",
        "statistics": "subject,indicator,value,unit,period,qualifier\n"
        "Belarus,exports to China,1234567.8,USD,2018,nearly\nOrsha Hub,workers,40,people,,\n",
        "findings": "kind,statement,subject\nchallenge,Winters are long.,Belarus\n",
        "organizations": "name,kind,country\nBank of Minsk,commercial-bank,Belarus\n",
    }
    for noun, text in files.items():
        given = ("--source", "ministry", "--source-title", "Report of *the* ministry", "--tier", "1",
                 "--authors", "A. Author", "--published", "2020")  # fmt: skip
        assert run("--db", knowledge_base, "load", noun, "-", *given, stdin=text).exit_code == 0
    assert report(knowledge_base, "Belarus", format_) == snapshot


@pytest.mark.parametrize("name", ["Belarus", "China", "Pakistan", "Italy", "Kazakhstan"])
def test_every_row_is_cited_by_a_number_of_the_bibliography(knowledge_base: str, name: str) -> None:
    made: dict[str, Any] = json.loads(report(knowledge_base, name))
    for title, section in made["sections"].items():
        if title != "links":
            assert all(row["citations"] for row in section["rows"]), title
    for format_, numbered in (("table", r"^\[(\d+)\] "), ("markdown", r"^(\d+)\. ")):
        text = report(knowledge_base, name, format_)
        listed = re.findall(numbered, text, re.MULTILINE)
        marks = re.findall(r"\[(\d+)\\?\] (?:Abstract|\d)", text.replace("\\", ""))
        assert listed == [str(number) for number in range(1, len(made["sources"]) + 1)]
        assert set(marks) == set(listed)


def test_the_five_links_stand_in_their_order_with_their_counts(knowledge_base: str) -> None:
    made = json.loads(report(knowledge_base, "BY"))
    rows = made["sections"]["links"]["rows"]
    assert [row["code"] for row in rows] == ["policy", "facility", "trade", "finance", "people"]
    for row in rows:
        asked = ("--country", "Belarus", "--link", row["code"], "--count")
        for noun in ("projects", "agreements", "policies"):
            assert answer("--db", knowledge_base, "query", noun, *asked) == f"{row[noun]}\n"


def test_findings_are_those_of_the_links_of_its_projects(knowledge_base: str) -> None:
    sections = json.loads(report(knowledge_base, "Pakistan"))["sections"]
    found = {name.removeprefix("findings_") for name in sections if name.startswith("findings_")}
    asked = ("query", "projects", "--country", "PK", "-f", "json", "--columns", "links")
    rows = json.loads(answer("--db", knowledge_base, *asked))
    assert found == {link for row in rows for link in row["links"]}
    assert found


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
    wanted = report(knowledge_base, "Belarus", "markdown")
    for name in ("belarus", "BY", "BLR", "白俄罗斯", "Biélorussie", "Беларусь"):
        assert report(knowledge_base, name, "markdown") == wanted


def test_figures_about_the_country_are_told_from_those_about_its_projects(
    knowledge_base: str,
) -> None:
    asked = ("--db", knowledge_base, "query", "statistics", "--country", "China", "--count")
    own = answer(*asked).strip()
    summary = answer("--db", knowledge_base, "report", "country", "China").splitlines()[3]
    about = "10 about its projects, agreements and policies"
    assert f"{own} figures about the country and {about}, on the word" in summary
