"""What the program does where optional packages are not installed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader

#: Python imports this module at its start, whatever it runs then.
_CUSTOMIZATION = "import sys\nfor name in {names!r}:\n    sys.modules[name] = None\n"
_HINT = "pip install 'bricoop[charts]'"
_NOTE = f"Charts and maps are tables here, as pictures need vl-convert-python. Install it: {_HINT}."
GROUPS = ("query", "projects", "--group-by", "country")


class Without:
    """The program without some packages, as a process."""

    def __init__(self, folder: Path, database: Path, *names: str) -> None:
        """Make the packages impossible to import."""
        self._folder, self._database = folder, database
        (folder / "sitecustomize.py").write_text(
            _CUSTOMIZATION.format(names=names), encoding="utf-8"
        )

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Return the finished call."""
        return subprocess.run(
            (sys.executable, "-m", "bricoop", "--db", str(self._database), *arguments),
            cwd=self._folder, env={**os.environ, "PYTHONPATH": str(self._folder)}, check=False,
            capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip


@pytest.fixture
def plain(tmp_path: Path, sqlite_template: Path) -> Without:
    """Return the program without the engine that draws."""
    return Without(tmp_path, sqlite_template, "vl_convert")


@pytest.mark.parametrize("report", [("overview",), ("country", "Pakistan")], ids=" ".join)
def test_a_page_has_tables_in_place_of_charts_and_maps(
    plain: Without, tmp_path: Path, report: tuple[str, ...]
) -> None:
    done = plain.run("report", *report, "-o", "page.html")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == ["Wrote the report to page.html.", _NOTE]
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<svg" not in page
    assert "data table</summary>" not in page
    figures = re.findall("<figure.*?</figure>.*?(?:<figure|</section>)", page, re.DOTALL)
    assert figures
    assert all("bricoop[charts]" in figure for figure in figures)
    assert all("<table" in figure or 'class="places"' in figure for figure in figures)


def test_paper_and_word_have_tables_too(plain: Without, tmp_path: Path) -> None:
    for name in ("all.pdf", "all.docx"):
        done = plain.run("report", "overview", "-o", name)
        if "WeasyPrint" in done.stderr:
            continue
        assert done.returncode == 0, done.stderr
        assert _NOTE in done.stderr
    document = docx.Document(str(tmp_path / "all.docx"))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert _NOTE in texts
    assert len(document.inline_shapes) == 0
    cells = {cell.text for table in document.tables for cell in table.columns[0].cells}
    assert {"Belarus", "Greece"} & cells
    if (tmp_path / "all.pdf").is_file():
        printed = "".join(page.extract_text() for page in PdfReader(tmp_path / "all.pdf").pages)
        assert "bricoop[charts]" in printed


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_picture_alone_is_refused_before_it_is_asked(
    plain: Without, tmp_path: Path, ending: str
) -> None:
    done = plain.run(*GROUPS, "--chart", "bar", "-o", f"chart.{ending}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "Error: Pictures of charts and maps need vl-convert-python, which is not installed."
        f" Install it: {_HINT}.\n"
    )
    assert not (tmp_path / f"chart.{ending}").exists()


@pytest.mark.parametrize("chart", ["bar", "map"])
def test_a_page_of_groups_has_their_figures(plain: Without, tmp_path: Path, chart: str) -> None:
    done = plain.run(*GROUPS, "--chart", chart, "-o", "chart.html")
    assert done.returncode == 0, done.stderr
    assert _NOTE in done.stderr.splitlines()
    page = (tmp_path / "chart.html").read_text(encoding="utf-8")
    assert "<svg" not in page
    assert "bricoop[charts]" in page
    assert "<td>Belarus</td>" in page


@pytest.mark.parametrize("chart", ["bar", "map"])
def test_the_terminal_draws_by_itself(plain: Without, chart: str) -> None:
    done = plain.run(*GROUPS, "--chart", chart)
    assert (done.returncode, "bricoop[charts]" in done.stderr) == (0, False)
    assert done.stdout.strip()


MISSING = (
    (("pyarrow",), ("query", "links", "-f", "parquet"), "Parquet needs pyarrow", "parquet"),
    (
        ("docx",),
        ("report", "overview", "-o", "x.docx"),
        "A Word document needs python-docx",
        "docx",
    ),
    (("weasyprint",), ("report", "overview", "-o", "x.pdf"), "A PDF needs WeasyPrint", "pdf"),
)


@pytest.mark.parametrize(
    ("names", "call", "sentence", "extra"), MISSING, ids=lambda value: str(value)[:20]
)
def test_each_missing_package_is_named_with_its_extra(
    tmp_path: Path,
    sqlite_template: Path,
    names: tuple[str, ...],
    call: tuple[str, ...],
    sentence: str,
    extra: str,
) -> None:
    done = Without(tmp_path, sqlite_template, *names).run(*call)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        f"Error: {sentence}, which is not installed. Install it: pip install 'bricoop[{extra}]'."
    )
    assert not list(tmp_path.glob("x.*"))


def test_postgresql_without_its_driver_says_what_to_install(
    tmp_path: Path, sqlite_template: Path
) -> None:
    done = Without(tmp_path, sqlite_template, "psycopg").run(
        "--db", "postgresql://nobody@127.0.0.1:9/none", "query", "links"
    )
    assert done.returncode == 5
    assert (
        "PostgreSQL needs its driver. Install it: pip install 'bricoop[postgres]'." in done.stderr
    )


def test_babel_is_not_needed(tmp_path: Path, sqlite_template: Path) -> None:
    done = Without(tmp_path, sqlite_template, "babel").run(
        "query", "projects", "--country", "Republic of Belarus", "--count"
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0
