"""What the program does where optional packages are not installed."""

import re
from pathlib import Path
from typing import NamedTuple

import docx
import pytest
from pypdf import PdfReader

from support.one_process import Outcome, in_one_process

#: Python imports this module at its start, whatever it runs then.
_CUSTOMIZATION = "import sys\nfor name in {names!r}:\n    sys.modules[name] = None\n"
_HINT = "pip install 'bricoop[charts]'"
_NOTE = f"Charts and maps are tables here, as pictures need vl-convert-python. Install it: {_HINT}."
GROUPS = ("query", "projects", "--group-by", "country")
#: What is asked without the engine that draws.
DRAWN = {
    "overview.html": ("report", "overview", "-o", "overview.html"),
    "pakistan.html": ("report", "country", "Pakistan", "-o", "pakistan.html"),
    "all.pdf": ("report", "overview", "-o", "all.pdf"),
    "all.docx": ("report", "overview", "-o", "all.docx"),
    **{
        f"chart.{ending}": (*GROUPS, "--chart", "bar", "-o", f"chart.{ending}")
        for ending in ("svg", "png")
    },
    **{
        f"{chart}.html": (*GROUPS, "--chart", chart, "-o", f"{chart}.html")
        for chart in ("bar", "map")
    },
    **{chart: (*GROUPS, "--chart", chart) for chart in ("bar", "map")},
}
#: What is asked without any of these packages.
MISSING = ("duckdb", "pyarrow", "docx", "weasyprint", "psycopg", "babel")
NEEDING = {
    "parquet": ("query", "links", "-f", "parquet"),
    "lake": ("export", "lake", "x"),
    "docx": ("report", "overview", "-o", "x.docx"),
    "pdf": ("report", "overview", "-o", "x.pdf"),
    "postgresql": ("--db", "postgresql://nobody@127.0.0.1:9/none", "query", "links"),
    "babel": ("query", "projects", "--country", "Republic of Belarus", "--count"),
}


class Asked(NamedTuple):
    """What was asked in a folder without some packages, and the outcomes."""

    folder: Path
    outcomes: dict[str, Outcome]

    def page(self, name: str) -> str:
        """Return a page that was written."""
        return (self.folder / name).read_text(encoding="utf-8")


def without(
    names: tuple[str, ...], calls: dict[str, tuple[str, ...]], folder: Path, database: Path
) -> Asked:
    """Run commands in a process that cannot import packages."""
    customization = _CUSTOMIZATION.format(names=names)
    (folder / "sitecustomize.py").write_text(customization, encoding="utf-8")
    outcomes = in_one_process(
        [("--db", str(database), *call) for call in calls.values()],
        environment={"PYTHONPATH": str(folder)},
        folder=folder,
    )
    return Asked(folder, dict(zip(calls, outcomes, strict=True)))


@pytest.fixture(scope="module")
def plain(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """What is asked without the engine that draws."""
    return without(("vl_convert",), DRAWN, tmp_path_factory.mktemp("plain"), sqlite_template)


@pytest.fixture(scope="module")
def bare(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """What is asked without other packages."""
    return without(MISSING, NEEDING, tmp_path_factory.mktemp("bare"), sqlite_template)


@pytest.mark.parametrize("name", ["overview.html", "pakistan.html"])
def test_a_page_has_tables_in_place_of_charts_and_maps(plain: Asked, name: str) -> None:
    done = plain.outcomes[name]
    assert (done.code, done.output) == (0, "")
    assert done.errors.splitlines() == [f"Wrote the report to {name}.", _NOTE]
    page = plain.page(name)
    assert "<svg" not in page
    assert "data table</summary>" not in page
    figures = re.findall("<figure.*?</figure>.*?(?:<figure|</section>)", page, re.DOTALL)
    assert figures
    assert all("bricoop[charts]" in figure for figure in figures)
    assert all("<table" in figure or 'class="places"' in figure for figure in figures)


def test_paper_and_word_have_tables_too(plain: Asked) -> None:
    for name in ("all.pdf", "all.docx"):
        done = plain.outcomes[name]
        if "WeasyPrint" in done.errors:
            continue
        assert done.code == 0, done.errors
        assert _NOTE in done.errors
    document = docx.Document(str(plain.folder / "all.docx"))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert _NOTE in texts
    assert len(document.inline_shapes) == 0
    cells = {cell.text for table in document.tables for cell in table.columns[0].cells}
    assert {"Belarus", "Greece"} & cells
    if (plain.folder / "all.pdf").is_file():
        printed = "".join(page.extract_text() for page in PdfReader(plain.folder / "all.pdf").pages)
        assert "bricoop[charts]" in printed


@pytest.mark.parametrize("name", ["chart.svg", "chart.png"])
def test_a_picture_alone_is_refused_before_it_is_asked(plain: Asked, name: str) -> None:
    done = plain.outcomes[name]
    assert (done.code, done.output) == (2, "")
    assert done.errors == (
        "Error: Pictures of charts and maps need vl-convert-python, which is not installed."
        f" Install it: {_HINT}.\n"
    )
    assert not (plain.folder / name).exists()


@pytest.mark.parametrize("chart", ["bar", "map"])
def test_a_page_of_groups_has_their_figures(plain: Asked, chart: str) -> None:
    done = plain.outcomes[f"{chart}.html"]
    assert done.code == 0, done.errors
    assert _NOTE in done.errors.splitlines()
    page = plain.page(f"{chart}.html")
    assert "<svg" not in page
    assert "bricoop[charts]" in page
    assert "<td>Belarus</td>" in page


@pytest.mark.parametrize("chart", ["bar", "map"])
def test_the_terminal_draws_by_itself(plain: Asked, chart: str) -> None:
    done = plain.outcomes[chart]
    assert (done.code, "bricoop[charts]" in done.errors) == (0, False)
    assert done.output.strip()


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ("parquet", "Parquet needs pyarrow"),
        ("docx", "A Word document needs python-docx"),
        ("pdf", "A PDF needs WeasyPrint"),
        ("lake", "A lake needs pyarrow"),
    ],
)
def test_each_missing_package_is_named_with_its_extra(
    bare: Asked, extra: str, sentence: str
) -> None:
    done = bare.outcomes[extra]
    assert (done.code, done.output) == (2, "")
    assert done.errors.startswith(
        f"Error: {sentence}, which is not installed. Install it: pip install 'bricoop[{extra}]'."
    )
    assert not list(bare.folder.glob("x.*"))


def test_postgresql_without_its_driver_says_what_to_install(bare: Asked) -> None:
    done = bare.outcomes["postgresql"]
    assert done.code == 5
    assert (
        "PostgreSQL needs its driver. Install it: pip install 'bricoop[postgres]'." in done.errors
    )


def test_babel_is_not_needed(bare: Asked) -> None:
    done = bare.outcomes["babel"]
    assert done.code == 0, done.errors
    assert int(done.output) > 0
