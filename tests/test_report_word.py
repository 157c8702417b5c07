"""Tests of reports as Word documents: headings, tables, pictures, citations, unsafe text."""

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from bricoop.errors import UsageError
from bricoop.render.reports.word import write_report_docx
from support.command_line import run
from support.demonstration_report import demonstration
from support.long_report import long_report

pytestmark = pytest.mark.later_on_postgresql


def written(report: Any) -> tuple[Any, dict[str, str]]:
    """Return a report as a Word document, and the XML files in it by name."""
    out = io.BytesIO()
    write_report_docx(report, out)
    with zipfile.ZipFile(out) as files:
        texts = {
            name: files.read(name).decode("utf-8")
            for name in files.namelist()
            if name.endswith(".xml")
        }
    return docx.Document(io.BytesIO(out.getvalue())), texts


def test_a_document_has_headings_tables_pictures_and_citations() -> None:
    document, _ = written(long_report())
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles[:3] == ["Title", "Subtitle", "Normal"]
    headings = [
        paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"
    ]
    assert headings == ["Figures", "Map", "Projects", "Sources"]
    assert len(document.inline_shapes) == 2
    money, projects = document.tables
    assert money.rows[1].cells[0].text == "1,520,000,000.00 nominal USD"
    assert len(projects.rows) == 51
    assert [cell.text for cell in projects.rows[0].cells] == [
        "Name", "Status", "Amount, nominal USD", "Financiers", "Started", "Source",
    ]  # fmt: skip
    last = [cell.text for cell in projects.rows[50].cells]
    assert last[0].endswith("project 49")
    assert last[-1] == "[1] line 1234, line 5678, line 91011"
    listed = [paragraph.text for paragraph in document.paragraphs if paragraph.text.startswith("[")]
    assert len([line for line in listed if "A source named" in line]) == 20


def test_headings_repeat_rows_stay_whole_and_pages_are_numbered() -> None:
    _, files = written(long_report(rows=3))
    body, footer = files["word/document.xml"], files["word/footer1.xml"]
    assert body.count("<w:tblHeader") == 2
    assert body.count("<w:cantSplit") == 2 + 4
    assert body.count('descr="') >= 2
    assert {"PAGE", "NUMPAGES"} <= {*footer.replace(">", "<").split("<")}
    assert "Made on 2026-11-29 by bricoop 0.1.0 from knowledge base version 7" in footer


def test_columns_fill_the_width_of_the_page() -> None:
    document, _ = written(long_report(rows=2))
    for table in document.tables:
        widths = [cell.width.cm for cell in table.rows[0].cells]
        assert sum(widths) == pytest.approx(17, abs=0.1)
        assert all(width > 0.5 for width in widths)


def test_every_part_with_text_that_would_do_harm() -> None:
    document, files = written(demonstration())
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "<script>alert(1)</script>" in text
    assert all("<script>" not in content for content in files.values())
    assert not {"\x1b", "\x00", "\ufffe"} & set("".join(files.values()))
    assert "Mine" in [
        paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 3"
    ]


def test_a_document_by_its_ending_and_a_clear_refusal_without_the_package(
    knowledge_base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "belarus.docx"
    command = ("--db", knowledge_base, "report", "country", "Belarus", "-o", str(path))
    assert f"Wrote the report to {path}." in run(*command).stderr
    assert docx.Document(str(path)).paragraphs[0].text == "Belarus"
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(UsageError, match="python-docx, which is not installed"):
        write_report_docx(demonstration(), io.BytesIO())
