"""Tests of every kind of report: formats, citations, brief form, commands, and figures."""

import io
import json
import re
import shlex
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from syrupy.assertion import SnapshotAssertion

from bricoop.db.engine import reading
from bricoop.query.entity.citations import Citation
from bricoop.render.data import to_json
from bricoop.render.reports.data import report_data
from bricoop.render.reports.page import page_of
from bricoop.render.reports.pdf import on_paper
from bricoop.render.reports.text import write_report_text
from bricoop.report.blocks import Chart, Column, Extent, KeyFigures, Line, Map, Table
from bricoop.report.brief import brief_of, shorter
from bricoop.report.data import METHOD
from bricoop.report.kinds import KINDS, report
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section
from support.command_line import answer, run, undated
from support.loading import Load
from support.ministry import EXAMPLES, reports_of
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql


@pytest.fixture(scope="module")
def filled(ministry: Standing) -> str:
    """A knowledge base with the seeds, and a source with rows of most nouns."""
    return ministry.address


@pytest.fixture(scope="module")
def reports(ministry: Standing) -> dict[str, Report]:
    """One report of each kind, by the name of the kind."""
    return reports_of(ministry)


def blocks(report_: Report, *kinds: type) -> Iterator[Any]:
    """Yield the blocks of some types of a report, except those of the section on commands."""
    sections = [section for section in report_.sections if section.name != METHOD]
    yield from (
        block for section in sections for block in section.parts if isinstance(block, kinds)
    )


def test_there_is_an_example_of_every_kind() -> None:
    assert {kind for kind, *_ in EXAMPLES} == {kind.name for kind in KINDS}


def test_the_documentation_lists_the_sections_of_each_report(reports: dict[str, Report]) -> None:
    page = (Path(__file__).parents[1] / "docs/reports.md").read_text(encoding="utf-8")
    for kind, report_ in reports.items():
        rows = re.findall(rf"^\| `{kind}` \| (`.*`) \|$", page, re.MULTILINE)
        listed = re.findall(r"`(\w+)`", rows[0])
        names = [section.name for section in report_.sections if section.name != METHOD]
        assert set(names) <= set(listed), kind


@pytest.mark.parametrize("arguments", EXAMPLES, ids=lambda arguments: arguments[0])
def test_the_page_of_each_kind(
    filled: str, arguments: tuple[str, ...], snapshot: SnapshotAssertion
) -> None:
    text = answer("--db", filled, "report", *arguments, "-f", "markdown")
    # Times of the test run differ each time.
    text = undated(re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "MOMENT", text))
    assert text == snapshot(name=arguments[0])


def test_every_row_and_every_figure_says_who_says_so(reports: dict[str, Report]) -> None:
    for kind, report_ in reports.items():
        keys = {entry.key for entry in report_.sources}
        cited = set()
        for table in blocks(report_, Table):
            for line in table.lines:
                assert line.citations, (kind, table.title, line.cells)
                cited |= {citation.source for citation in line.citations}
        for figures in blocks(report_, KeyFigures):
            for figure in figures.figures:
                assert figure.citations, (kind, figure.name)
                assert figure.counted or not figure.unit, (kind, figure.name)
        for drawn in blocks(report_, Chart, Map):
            assert drawn.citations, (kind, drawn.name)
        assert cited <= keys


def test_every_kind_has_a_form_of_one_page(filled: str, reports: dict[str, Report]) -> None:
    for kind, *names in EXAMPLES:
        brief = json.loads(answer("--db", filled, "report", kind, *names, "--brief", "-f", "json"))
        assert brief["brief"] is True
        assert brief["title"] == reports[kind].title
        rows = [
            row for section in brief["sections"].values() for block in section["parts"]
            for row in block.get("rows", ())
        ]  # fmt: skip
        assert len(rows) <= 20
        keys = {entry["key"] for entry in brief["sources"]}
        cited = {citation["source"] for row in rows for citation in row["citations"]}
        assert cited <= keys <= {entry.key for entry in reports[kind].sources}
        note = brief["sections"]["notes"]["parts"][-1]["text"]
        assert "One page of a longer report, which cites" in note
        (whole,) = brief["sections"][METHOD]["parts"]
        assert f"bricoop report {kind}" in whole["text"]


def test_the_summary_of_a_project_is_a_sentence(filled: str) -> None:
    text = answer("--db", filled, "report", "project", "Orsha Line")
    assert "A railway in Belarus, under implementation; started in 2017-03." in text


def test_a_financier_is_cited_by_sources_that_name_it(engine: Engine, load: Load) -> None:
    load("projects", "key,name,financiers\nport,Port,CDB\nroad,Road,\n", source="press")
    load("projects", "key,name,status\nport,Port,completed\n", source="silent")
    load("finance", "id,project,kind,financier\n1,road,commitment,CDB\n", source="bank")
    with reading(engine) as connection:
        result = report(connection, Request("financier", ("CDB",)))
    assert result.summary == "China Development Bank funds 2 projects, according to 2 sources."
    (figures,) = [block for block in result.sections[0].parts if isinstance(block, KeyFigures)]
    citations = {(citation.source, citation.locator) for citation in figures.figures[0].citations}
    assert citations == {("press", "1 project"), ("bank", "1 project")}


def test_commands_stand_in_the_section_on_how_figures_were_made(reports: dict[str, Report]) -> None:
    for kind, report_ in reports.items():
        sections = report_data(report_)["sections"]
        method = sections.pop(METHOD, None)
        assert "bricoop" not in to_json(list(sections.values())), kind
        commands = (
            [row["command"] for block in method["parts"] for row in block["rows"]] if method else []
        )
        assert all(command.startswith("bricoop ") for command in commands)
        assert len(set(commands)) == len(commands)
    assert METHOD in {section.name for section in reports["gaps"].sections}


def test_the_commands_of_a_report_show_the_rows_of_its_figures(
    filled: str, reports: dict[str, Report]
) -> None:
    section = next(section for section in reports["gaps"].sections if section.name == METHOD)
    (table,) = section.parts
    assert isinstance(table, Table)
    missing = {
        f"{block.title.partition(':')[0].lower()} with {line.cells[0]}": line.cells[1]
        for block in blocks(reports["gaps"], Table)
        for line in block.lines
    }
    for title, command in (map(str, line.cells) for line in table.lines):
        _, _, lacking = title.partition(": ")
        _, *arguments = shlex.split(command)
        assert answer("--db", filled, *arguments, "--count") == f"{missing[lacking]}\n", command


@pytest.mark.parametrize(
    ("extent", "shown", "sentence"),
    [
        (Extent(42, "financiers", "largest"), 10, "The 10 largest of 42 financiers."),
        (Extent(42, "financiers", "largest"), 42, ""),
        (Extent(3628, "projects", "latest"), 50, "The 50 latest of 3,628 projects."),
        (
            Extent(7, "loads", ranked="with the most rows"),
            5,
            "The 5 with the most rows, of 7 loads.",
        ),
    ],
)
def test_a_table_says_how_many_rows_it_shows(extent: Extent, shown: int, sentence: str) -> None:
    assert extent.sentence(shown) == sentence


def test_a_table_that_is_cut_says_how_many_rows_are_left_and_of_how_many() -> None:
    cited = (Citation("paper", "3"),)
    lines = tuple(Line((str(number),), cited) for number in range(10))
    extent = Extent(42, "financiers", "largest")
    columns = (Column("name", "Name"),)
    tables = (
        Table(columns, lines, "Money by financier", "Rule signed.", extent=extent),
        Table(columns, lines[:5], "Links", is_whole=True),
    )
    whole = Report("country", "k", "Kenya", "", "", (Section("money", "Money", tables),), (), 1)
    brief: Report | None = brief_of(whole)
    notes = []
    while brief is not None:
        financier_tables = [
            table for table in blocks(brief, Table) if table.title == "Money by financier"
        ]
        notes += [(len(table.lines), table.heading_note) for table in financier_tables]
        assert {len(table.lines) for table in blocks(brief, Table) if table.title == "Links"} <= {5}
        brief = shorter(brief)
    assert (5, "The 5 largest of 42 financiers. Rule signed.") in notes
    assert (3, "The 3 largest of 42 financiers. Rule signed.") in notes


def test_every_kind_is_made_in_every_form(reports: dict[str, Report]) -> None:
    for kind, report_ in reports.items():
        out = io.StringIO()
        write_report_text(report_, out)
        assert report_.title in out.getvalue(), kind
        page = page_of(report_)
        assert page.count("<h1") == 1, kind
        assert on_paper(page).count("var(--s") < page.count("var(--s") or "<svg" not in page, kind
        for section in report_.sections:
            assert f'<section id="{section.name}"' in page, (kind, section.name)


def test_no_money_stands_without_its_rule(reports: dict[str, Report]) -> None:
    for report_ in reports.values():
        for figures in blocks(report_, KeyFigures):
            assert all(
                "signed, version 1" in figure.counted for figure in figures.figures if figure.unit
            )
        for chart in blocks(report_, Chart):
            assert not chart.unit or "signed, version 1" in chart.note


def test_figures_of_a_country_are_those_of_questions(
    filled: str, reports: dict[str, Report]
) -> None:
    for kind, filters in (
        ("country", "--country"),
        ("link", "--link"),
        ("financier", "--financier"),
    ):
        name = {arguments[0]: arguments[1] for arguments in EXAMPLES if len(arguments) > 1}[kind]
        figures = {
            figure.name: figure.value
            for block in blocks(reports[kind], KeyFigures)
            for figure in block.figures
        }
        for noun in ("projects", "agreements", "policies"):
            if noun in figures:
                arguments = ("query", noun, filters, name, "--count")
                assert answer("--db", filled, *arguments) == f"{figures[noun]}\n"


def test_money_of_reports_is_that_of_totals(filled: str, reports: dict[str, Report]) -> None:
    text = answer("--db", filled, "total", "--financier", "CDB", "-f", "json")
    (figure,) = json.loads(text, parse_float=Decimal)["figures"]
    (funding,) = [
        key_figure
        for block in blocks(reports["financier"], KeyFigures)
        for key_figure in block.figures
        if key_figure.unit
    ]
    assert (funding.value, funding.unit) == (Decimal(str(figure["amount"])), figure["unit"])
    assert funding.value == Decimal("100.25")


def test_a_project_knows_what_it_belongs_to(reports: dict[str, Report]) -> None:
    (table,) = [section for section in reports["project"].sections if section.name == "relatives"]
    rows = [line.cells for block in table.parts if isinstance(block, Table) for line in block.lines]
    assert rows == [("part", "Orsha Line", "orsha-line")]


def test_the_rule_and_the_base_may_be_others(filled: str) -> None:
    text = answer("--db", filled, "report", "country", "Belarus", "--rule", "pledged")
    assert "159.25 nominal USD" in text
    assert "Rule pledged, version 1" in text
    text = answer("--db", filled, "report", "country", "Belarus", "--base", "stated")
    assert "700.00 CNY" in text


def test_reports_that_cannot_be_made_say_why(filled: str) -> None:
    for arguments, code, message in (
        (("project", "Orsha Hubb"), 4, "Orsha Hub"),
        (("link", "facilty"), 4, "facilit"),
        (("compare", "Belarus"), 2, "needs 2 to 4 names, and there is 1"),
        (("compare", "Belarus", "CDB"), 2, "cannot be compared"),
        (("compare", "Belarus", "BY"), 2, "named twice"),
        (("country", "Belarus", "--rule", "sined"), 4, "signed"),
        (("source", "nobody"), 4, "bricoop query sources"),
    ):
        refused = run("--db", filled, "report", *arguments)
        assert (refused.exit_code, refused.stdout) == (code, ""), refused.stderr
        assert message in refused.stderr


def test_what_sources_do_not_record_is_not_invented(knowledge_base: str) -> None:
    source_options = ("--source", "notes", "--source-title", "My notes", "--tier", "7")
    bare = "name\nBare thing\n"
    assert (
        run("--db", knowledge_base, "load", "projects", "-", *source_options, stdin=bare).exit_code
        == 0
    )
    text = answer("--db", knowledge_base, "report", "project", "Bare thing")
    assert "A project. It is described by 1 source." in text
    assert "Money" not in text


@pytest.mark.parametrize("kind", ["country", "overview", "financier", "link", "source"])
def test_reports_on_a_real_dataset(africa: Standing, kind: str) -> None:
    names = {
        "country": "Kenya", "overview": "", "financier": "China Ministry of Commerce",
        "link": "people", "source": "aidata-gcdf-3",
    }[kind]  # fmt: skip
    with reading(africa.engine) as connection:
        result = report(connection, Request(kind, tuple(filter(None, (names,)))))
    assert list(blocks(result, Chart))
    assert list(blocks(result, Map))
    for table in blocks(result, Table):
        assert all(line.citations for line in table.lines)
        assert len(table.lines) <= 50
    if kind == "country":
        arguments = ("query", "projects", "--country", "Kenya", "--count")
        figures = {
            figure.name: figure.value
            for block in blocks(result, KeyFigures)
            for figure in block.figures
        }
        assert answer("--db", africa.address, *arguments) == f"{figures['projects']}\n"
