"""Tests of reports in every format: content, safety of text from sources, accessibility."""

import html
import io
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bricoop.render.reports.bars import drawn as character_lines
from bricoop.render.reports.charts import short
from bricoop.render.reports.data import write_report_json
from bricoop.render.reports.markdown import write_report_markdown
from bricoop.render.reports.page import page_of
from bricoop.render.reports.text import write_report_text
from bricoop.report.blocks import Chart, ChartKind, Series
from support.command_line import answer, run
from support.databases import mainly_sqlite
from support.demonstration_report import EVIL, demonstration
from support.processes import HANGS

pytestmark = pytest.mark.later_on_postgresql

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)  # fmt: skip
BOMB = "<script>alert(1)</script>"


def drawn(write: Any) -> str:
    """Return the demonstration report as a writer writes it."""
    out = io.StringIO()
    write(demonstration(), out)
    return out.getvalue()


def test_every_part_as_plain_text(snapshot: SnapshotAssertion) -> None:
    text = drawn(write_report_text)
    assert text == snapshot
    assert "\x1b" not in text


def test_every_part_as_markdown(snapshot: SnapshotAssertion) -> None:
    text = drawn(write_report_markdown)
    assert text == snapshot
    assert "\x1b" not in text
    assert BOMB not in text


def test_every_part_as_json(snapshot: SnapshotAssertion) -> None:
    text = drawn(write_report_json)
    data = json.loads(text)
    assert text == snapshot
    kinds = {block["type"] for section in data["sections"].values() for block in section["parts"]}
    assert kinds == {"figures", "chart", "map", "text", "note", "table"}
    row = data["sections"]["words"]["parts"][3]["rows"][0]
    assert row["name"] == EVIL
    assert row["citations"] == [
        {"source": "paper", "locator": "3.2"},
        {"source": "data", "locator": "row 7"},
    ]


class _Reader(HTMLParser):
    """Collects the elements of a page, with their attributes, and its texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Collect a text."""
        self.texts.append(data)


@pytest.fixture(scope="module")
def page() -> str:
    """The demonstration report as an HTML page."""
    return page_of(demonstration())


def test_a_page_needs_nothing_else_and_runs_nothing(page: str) -> None:
    document = _Reader(page)
    tags = {tag for tag, _ in document.elements}
    assert not tags & {"script", "img", "iframe", "link", "object", "embed", "form", "image", "use"}
    for tag, attributes in document.elements:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in {"href", "src", "xlink:href"}:
                assert str(value).startswith(("#", "https://example.org/", "http://x/")), value
    assert BOMB not in page
    assert "\x1b" not in page
    assert "url(http" not in page
    assert html.escape(BOMB, quote=False) in page


def test_a_page_is_put_together_for_those_who_do_not_see_it(page: str) -> None:
    document = _Reader(page)
    tags = [tag for tag, _ in document.elements]
    assert tags.count("h1") == 1
    assert {"main", "header", "footer", "nav"} <= set(tags)
    assert ("html", {"lang": "en"}) in document.elements
    ids = [attributes["id"] for _, attributes in document.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {
        str(attributes["href"])[1:]
        for _, attributes in document.elements
        if str(attributes.get("href", "")).startswith("#")
    }
    assert targets <= set(ids)
    assert {"source-1", "source-2"} <= targets
    for tag, attributes in document.elements:
        if tag == "th":
            assert attributes["scope"] in {"row", "col"}
        if tag == "svg":
            assert attributes["aria-hidden"] == "true"
    # Each drawing is followed by a table with its figures.
    assert tags.count("figure") == 6
    assert tags.count("table") == 1 + 5


def test_drawings_take_their_colours_from_the_page(page: str) -> None:
    for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        assert not re.findall(r'(?:fill|stroke)="#[0-9a-f]+', drawing)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


@pytest.mark.parametrize(
    ("value", "text"), [(14, "14"), (1_500_000, "1.5 m"), (7_270_000_000, "7.3 bn"), (2.5, "2.50")]
)
def test_labels_in_drawings_are_short(value: float, text: str) -> None:
    assert short(value) == text


def test_a_report_goes_into_files_by_their_endings(knowledge_base: str, tmp_path: Path) -> None:
    command = ("--db", knowledge_base, "report", "country", "Belarus")
    for name, begins in (("a.html", "<!doctype html>"), ("a.md", "# Belarus"), ("a.json", "{")):
        path = tmp_path / name
        assert f"Wrote the report to {path}." in run(*command, "-o", str(path)).stderr
        assert path.read_text(encoding="utf-8").startswith(begins)


def test_a_pdf_where_its_printer_is(knowledge_base: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    result = run("--db", knowledge_base, "report", "country", "Belarus", "-o", str(path))
    if result.exit_code:
        assert "pip install 'bricoop[pdf]'" in result.stderr
        pytest.skip("WeasyPrint, or a library that it needs, is not installed")
    from pypdf import PdfReader  # noqa: PLC0415 (nothing else reads PDF)

    document = PdfReader(path)
    text = " ".join(page_read.extract_text() for page_read in document.pages)
    assert "Belarus" in text
    assert "Sources" in text


FORMS = {
    "bibtex": r"^@\w+\{[\w.:-]+,$",
    "ris": r"^TY  - \w+\r?$",
    "csl-json": r'^    "id": "[\w.-]+",$',
}


@pytest.mark.parametrize("form", FORMS)
@mainly_sqlite
def test_bibliographies_for_reference_managers(
    knowledge_base: str, form: str, snapshot: SnapshotAssertion
) -> None:
    command = ("--db", knowledge_base, "report", "country", "Belarus")
    text = answer(*command, "--cite", form)
    assert text == snapshot(name=form)
    sources = json.loads(answer(*command, "-f", "json"))["sources"]
    assert len(re.findall(FORMS[form], text, re.MULTILINE)) == len(sources)


@pytest.mark.parametrize("form", FORMS)
@mainly_sqlite
def test_no_source_breaks_a_bibliography(knowledge_base: str, form: str) -> None:
    source_options = ("--source", "evil", "--source-title", "A } title @book{x,\nTY  - BOOK\n\\input{x} %",
             "--tier", "7", "--authors", "Ministry {of} A & B", "--published", "2020-05",
             "--url", "https://example.org/a_b?c={d}%20")  # fmt: skip
    bare = "name,countries\nBare thing,Tuvalu\n"
    assert (
        run("--db", knowledge_base, "load", "projects", "-", *source_options, stdin=bare).exit_code
        == 0
    )
    text = answer("--db", knowledge_base, "report", "country", "Tuvalu", "--cite", form)
    assert len(re.findall(FORMS[form], text, re.MULTILINE)) == 1
    if form == "bibtex":
        assert text.replace("\\{", "").replace("\\}", "").count("{") == text.replace(
            "\\{", ""
        ).replace("\\}", "").count("}")
        assert "\\input" not in text.replace("\\textbackslash{}input", "")
    if form == "csl-json":
        (entry,) = json.loads(text)
        assert entry["issued"] == {"date-parts": [[2020, 5]]}


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_a_browser_finds_nothing_that_keeps_anybody_out(page: str, tmp_path: Path) -> None:
    import axe_core_python  # noqa: PLC0415 (the one test that needs it)

    axe = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    tested = re.sub(r'<meta http-equiv="Content-Security-Policy".*?>', "", page)
    assert tested.count("(prefers-color-scheme: dark)") == 1
    run_it = """
const violations = colours => axe.run().then(
  found => found.violations.map(x => [x.id, x.impact, colours]));
addEventListener('load', async () => {
  const light = await violations('light');
  for (const style of document.querySelectorAll('style'))
    style.textContent = style.textContent.replace('(prefers-color-scheme: dark)', 'all');
  const dark = await violations('dark');
  const said = document.createElement('pre'); said.id = 'found';
  said.textContent = JSON.stringify([[...light, ...dark],
    performance.getEntriesByType('resource').map(x => x.name),
    getComputedStyle(document.body).backgroundColor]);
  document.body.append(said);
});
"""
    path = tmp_path / "page.html"
    path.write_text(f"{tested}<script>{axe}</script><script>{run_it}</script>", encoding="utf-8")
    browser = subprocess.run(
        [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000",
         f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=HANGS, check=True,
    )  # fmt: skip
    reported = re.search(r'<pre id="found">(.*?)</pre>', browser.stdout, re.DOTALL)
    assert reported, "the page was not looked at"
    violations, requests, background = json.loads(html.unescape(reported[1]))
    assert max(int(colour) for colour in re.findall(r"\d+", background)) < 64, "it became dark"
    assert [violation for violation in violations if violation[1] in {"serious", "critical"}] == []
    assert requests == []


def test_a_course_over_time_fits_a_narrow_terminal() -> None:
    series = (
        Series("A dataset with a long name, and its edition", (1, None, 3)),
        Series("B", (2,) * 3),
    )
    chart = Chart("x", "X", ChartKind.LINES, "Year", ("2015", "2016", "2017"), series, "USD")
    lines = [*character_lines(chart, 60)]
    assert [len(line) <= 60 for line in lines] == [True] * 3
    assert lines[:2] == [f"  {series[0].name}", "    2015 ▃ █ 2017  most in 2017: 3 USD"]
    assert lines[2].startswith("  B  2015")


def test_lines_of_a_chart_in_characters_have_one_scale() -> None:
    series = (Series("Kenya", (0, 200)), Series("Mali", (0, 100)))
    chart = Chart("n", "N", ChartKind.LINES, "Year", ("2018", "2019"), series)
    high, low = character_lines(chart, 100)
    assert "▁█ 2019  most in 2019: 200" in high
    assert "▁▅ 2019  most in 2019: 100" in low
