"""Tests of the layout of reports on screens, phones and paper, and of brief reports."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bricoop.query.entity.citations import SourceEntry
from bricoop.render.reports.columns import layout_of
from bricoop.render.reports.markdown import write_report_markdown
from bricoop.render.reports.page import page_of
from bricoop.render.reports.pdf import on_paper, write_report_pdf
from bricoop.render.reports.references import reference
from bricoop.render.table import Heading
from bricoop.report.blocks import (
    Column,
    Line,
    Table,
)
from bricoop.report.brief import brief_of, shorter
from bricoop.report.sections import Report, Section
from support.long_report import CITED, COLUMNS, long_report
from support.processes import HANGS

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)  # fmt: skip


def weasyprint() -> Any:
    """Return the module weasyprint; skip the test where it or one of its libraries is missing."""
    try:
        import weasyprint as printer  # noqa: PLC0415 (optional)
    except (ImportError, OSError) as error:
        pytest.skip(f"WeasyPrint cannot be used: {error}")
    return printer


@pytest.fixture(scope="module")
def pages() -> Any:
    """The pages of the long report as WeasyPrint lays them out, with positions of boxes."""
    printer = weasyprint()
    page = on_paper(page_of(long_report(), paper=True))
    return printer.HTML(string=page).render().pages


def boxes(page: Any) -> Iterator[Any]:
    """Yield the layout boxes of a page."""
    yield from page._page_box.descendants()  # noqa: SLF001 (nothing public knows the positions)


def test_nothing_reaches_beyond_the_margins_of_paper(pages: Any) -> None:
    cited = 0
    for page in pages:
        edge = page.width - 16 / 25.4 * 96 + 1
        for box in boxes(page):
            text = getattr(box, "text", "")
            if text and text.strip():
                assert box.position_x + box.width <= edge, text
                cited += "line 91011" in text or "91011" in text
    assert cited == 51, "each row and the figure have all their citations"


def test_a_table_on_several_pages_repeats_its_headings_and_ends_no_page_with_them(
    pages: Any,
) -> None:
    table_count = 0
    for page in pages:
        for box in boxes(page):
            if type(box).__name__ == "TableBox":
                groups = [child for child in box.children if child.children]
                table_count += 1
                assert groups[0].is_header, "no heading"
                assert len(groups) > 1, "a heading without rows"
    assert table_count >= 3


def test_paper_has_page_numbers_the_date_and_the_state_of_the_data() -> None:
    weasyprint()
    from pypdf import PdfReader  # noqa: PLC0415 (nothing else reads PDF)

    out = io.BytesIO()
    write_report_pdf(long_report(rows=30), out)
    document = PdfReader(out)
    texts = [page.extract_text() for page in document.pages]
    for number, text in enumerate(texts, start=1):
        assert f"Page {number} of {len(texts)}" in text
        assert "Made on 2026-11-29 by bricoop 0.1.0 from knowledge base version 7" in text
        assert 'Kenya "}</style>' in text
    whole = " ".join(texts)
    assert all(f"project {number}" in " ".join(whole.split()) for number in range(30))
    assert "A source named other-19" in " ".join(whole.split())


def test_cards_show_money_in_short_with_the_exact_amount_below() -> None:
    page = page_of(long_report(rows=1))
    (value,) = re.findall(r'<span class="value">(.*?)</span>', page)
    assert value == "US$\u00a01.52\u00a0bn"
    assert '<span class="exact">1,520,000,000.00 nominal USD</span>' in page


def test_long_tables_are_folded_and_keep_every_row() -> None:
    page = page_of(long_report())
    assert len(re.findall(r'<tr class="rest">', page)) == 40
    assert len(re.findall(r'<tr class="rest-on-phones">', page)) == 5
    assert "Show all 50 rows" in page
    assert "Show all 20 sources" in page
    for name in re.findall(r'<input type="checkbox"[^>]* id="([^"]+)"', page):
        assert f'<label for="{name}">' in page
    assert 'type="checkbox"' not in page_of(long_report(rows=7, sources=3))
    assert 'type="checkbox"' not in page_of(long_report(), paper=True)
    assert all(f"project {number}<" in page for number in range(50))


def test_columns_without_values_or_with_the_usual_one_take_no_room() -> None:
    out = io.StringIO()
    write_report_markdown(long_report(rows=2), out)
    for text in (out.getvalue(), page_of(long_report(rows=2))):
        assert "Financiers" in text
        assert "Kind" not in text
        assert "Completed" not in text
        assert "Countries" not in text


def test_a_short_name_stands_behind_the_name_and_words_stay_whole() -> None:
    columns = (
        Column("name", "Name"),
        Column("short_name", "Short name", beside="name"),
        Column("url", "URL"),
    )
    lines = (
        Line(("Port of Kuri", "Kuri", "https://example.org/kuri/port"), CITED),
        Line(("Dam", None, "x")),
        Line(("Kuri Dam.", "KURI DAM", "x")),
        Line(("China donates pumps to a clinic in Kuri", "Pumps for a clinic in Kuri", "x")),
    )
    section = Section("rows", "Rows", (Table(columns, lines),))
    report = replace(long_report(), sections=(section,))
    page = page_of(report)
    assert "Short name" not in page
    assert '<th scope="row">Port of Kuri (Kuri)</th>' in page
    assert '<th scope="row">Dam</th>' in page
    # What nearly repeats the name stands there once.
    assert '<th scope="row">Kuri Dam.</th>' in page
    assert '<th scope="row">China donates pumps to a clinic in Kuri</th>' in page
    assert 'class="long">https' in page
    assert "line\u00a01234" in page


def test_decisions_of_a_person_are_those_of_a_reviewer_without_a_tier() -> None:
    key, nothing = "decisions-of-reviewer-a", (None,) * 6
    entry = SourceEntry(key, "Decisions of reviewer-a", "person", 6, *nothing)
    assert reference(entry).endswith(f"[reviewer; key {key}]")
    assert "[person, tier 6: " in reference(replace(entry, title="Remarks"))


def test_widths_leave_words_whole_and_add_up() -> None:
    headings = [
        Heading("Name"),
        Heading("Status"),
        Heading("Amount", number=True),
        Heading("Source"),
    ]
    rows = [["A name of many words " * 5, "implementation", "1,520,000,000.00", "[1] line 1234"]]
    layout = layout_of(headings, rows)
    assert sum(layout.shares) == pytest.approx(100, abs=0.1)
    assert layout.density == ""
    narrow = {len(word) for word in ("implementation", "1,520,000,000.00")}
    assert all(share > 100 * min(narrow) / 125 for share in layout.shares[1:3])
    many = layout_of(
        [Heading(f"Heading{number}") for number in range(12)], [["consideration"] * 12]
    )
    assert many.density
    labelled = layout_of(
        [Heading("Name"), Heading("Confirmation")], [["A name of many words " * 9, "yes"]]
    )
    assert labelled.shares[1] > 100 * 12 / 125


def test_labels_of_a_crowded_table_are_whole() -> None:
    row = ("commitment", "Export-Import Bank of China", "loan", "4,604,000,000.00", "CNY",
           "696,114,664.89", "758,660,392.03", "2021", "2018-09-01", "[1] line 10")  # fmt: skip
    labels_of = ("Kind", "Financier", "Instrument", "Amount", "Currency", "Nominal USD", "Constant USD",
                 "Prices of", "Date", "Source")  # fmt: skip
    numbers = {"Amount", "Nominal USD", "Constant USD"}
    layout = layout_of([Heading(label, number=label in numbers) for label in labels_of], [row])
    room = {"": 108, "dense": 124, "dense tiny": 146}[layout.density]
    for label, share in zip(labels_of, layout.shares, strict=True):
        assert share * room / 100 >= max(map(len, label.split())), label


MEASURE = """
onload = () => {
  const found = [...document.querySelectorAll('iframe')].map(frame => {
    const page = frame.contentDocument, width = frame.clientWidth;
    const wide = [...page.querySelectorAll('body *')].filter(one => {
      const box = one.getBoundingClientRect();
      return box.width > 0 && box.right > width + 1 && !one.closest('.scroll, svg, .skip');
    });
    const torn = [...page.querySelectorAll('.value')].filter(one =>
      one.getClientRects().length && one.clientHeight > 1.9 * parseFloat(page.defaultView.getComputedStyle(one).fontSize));
    return [width, page.documentElement.scrollHeight, wide.map(one => one.outerHTML.slice(0, 80)), torn.length];
  });
  const out = document.createElement('pre'); out.id = 'found';
  out.textContent = JSON.stringify(found); document.body.append(out);
};
"""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_a_page_fits_screens_and_phones_and_is_not_endless(tmp_path: Path) -> None:
    page = re.sub(r'<meta http-equiv="Content-Security-Policy".*?>', "", page_of(long_report()))
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    frames = "".join(
        f'<iframe src="page.html" style="border:0;width:{width}px;height:800px"></iframe>'
        for width in (390, 1280)
    )
    outer = tmp_path / "outer.html"
    outer.write_text(f"<!doctype html><body>{frames}<script>{MEASURE}</script>", encoding="utf-8")
    browser = subprocess.run(
        [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000",
         "--allow-file-access-from-files", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom",
         outer.as_uri()],
        capture_output=True, text=True, timeout=HANGS, check=True,
    )  # fmt: skip
    measured = re.search(r'<pre id="found">(.*?)</pre>', browser.stdout, re.DOTALL)
    assert measured, "the page was not measured"
    phone, desktop = json.loads(
        measured[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    )
    for width, height, wide, torn in (phone, desktop):
        assert wide == [], width
        assert torn == 0, width
        assert height < 6_000, width


def test_a_brief_report_is_one_page_of_paper() -> None:
    weasyprint()
    from pypdf import PdfReader  # noqa: PLC0415 (nothing else reads PDF)

    whole = long_report()
    others = Section(
        "others", "Others", (Table(COLUMNS[:2], (Line(("x " * 900, None), CITED),) * 9),)
    )
    brief = brief_of(
        replace(whole, sections=(*whole.sections, others)), "bricoop report country Kenya"
    )
    out = io.BytesIO()
    write_report_pdf(brief, out)
    (page,) = PdfReader(out).pages
    text = " ".join(page.extract_text().split())
    assert "Page 1 of 1" in text
    assert "US$ 1.52 bn" in text.replace("\u00a0", " ")
    assert "Largest projects" in text
    assert "The whole report: bricoop report country Kenya" in text
    assert "of 50 projects" in text
    assert "A source named data" in text
    assert "A source named other-1" not in text, "what the page does not cite"


def test_a_brief_comparison_keeps_its_numbers_whatever_fills_the_page() -> None:
    weasyprint()
    from pypdf import PdfReader  # noqa: PLC0415 (nothing else reads PDF)

    columns = (Column("what", "What"), Column("of_1", "Kenya", number=True))
    counts = (Line(("projects", 1234), CITED), Line(("agreements", 57), CITED))
    money = tuple(Line(("y " * 300, None), CITED) for _ in range(12))
    sections = (
        Section("numbers", "Numbers", (Table(columns, counts, is_whole=True),)),
        Section("money", "Money", (Table(COLUMNS[:2], money, is_whole=True),)),
    )
    brief: Report | None = brief_of(replace(long_report(), sections=sections))
    assert brief is not None
    out = io.BytesIO()
    write_report_pdf(brief, out)
    (page,) = PdfReader(out).pages
    text = " ".join(page.extract_text().split())
    assert "Numbers" in text
    assert all(word in text for word in ("1,234", "57"))
    while brief is not None:
        tables = [
            block
            for section in brief.sections
            for block in section.parts
            if isinstance(block, Table)
        ]
        assert [table.lines for table in tables if table.title == "Numbers"] == [counts]
        brief = shorter(brief)


def test_a_brief_report_has_less_and_less_until_nothing_is_left_to_leave_out() -> None:
    brief: Report | None = brief_of(long_report(), "bricoop report country Kenya")
    sizes = []
    while brief is not None:
        assert brief.brief
        tables = [
            block
            for section in brief.sections
            for block in section.parts
            if isinstance(block, Table)
        ]
        sizes.append((len(brief.sections), sum(len(table.lines) for table in tables)))
        brief = shorter(brief)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == (5, 5)
    assert sizes[-1] == (3, 0)
