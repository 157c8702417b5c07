"""Tests of `--chart`: series, gaps, units, limits, refusals, and files."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.cells import cell_len

from bricoop.db.engine import reading
from bricoop.errors import UsageError
from bricoop.query.execute import execute
from bricoop.query.grouping import Grouping
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.provenance import Provenance, SourceBehind
from bricoop.query.question import Answer, Question
from bricoop.render.drawing.files import drawn_as
from bricoop.render.drawing.world import mapped
from bricoop.render.reports import maps
from bricoop.render.reports.shading import classes
from bricoop.report.blocks import Chart, ChartKind, Map, Number, Series, Shade
from bricoop.report.chart_choice import ChartChoice
from bricoop.report.group_charts import MOST_BARS, charts_of, check_chart
from bricoop.version import __version__
from support.command_line import answer, on_terminal, run
from support.examples import few_of
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

PROJECTS = (
    "id,name,kind,countries,started\n1,Aport,port,Kenya,2011\n2,Bport,port,Kenya,2012\n"
    "3,Croad,road,Mali,2015\n4,Droad,,,2015-06\n"
    "5,A very long name of a kind of undertaking,factory,Kenya; Mali,\n"
)
ABOUT = Provenance(__version__, 1, datetime(2026, 1, 2, tzinfo=UTC), {}, ())
MONEY = (
    "id,project,kind,amount,currency,date\n1,Aport,commitment,1500.25,CNY,2011\n"
    "2,Bport,commitment,500,CNY,2012\n3,Croad,commitment,70,USD,2015\n4,Croad,commitment,30,CNY,2015\n"
    "5,Droad,commitment,,,2015\n"
)


@pytest.fixture(scope="module")
def filled(standing: Standing) -> Iterator[Standing]:
    """A knowledge base with a few projects and their finance, and a second source of pledges."""
    standing.load("projects", PROJECTS)
    standing.load("finance", MONEY)
    many = "".join(f"{n},Tunnel,pledge,Bank {n},2011\n" for n in range(8))
    standing.load("finance", f"id,project,kind,financier,date\n{many}", source="many")
    with standing.unwritten():
        yield standing


def drawn(
    base: Standing, noun: str, by: str, choice: str, measure: str = "count", **filters: str
) -> tuple[Chart | Map, ...]:
    """Return the charts of groups of the rows of the source `notes`."""
    grouping = Grouping(tuple(by.split(",")), (measure,))
    all_filters = {"source": ("notes",), **{name: (value,) for name, value in filters.items()}}
    question = Question(noun, all_filters, grouping=grouping)
    check_chart(question, ChartChoice(choice))
    with reading(base.engine) as connection:
        return charts_of(question, execute(connection, question), ChartChoice(choice))


def test_years_without_rows_are_gaps_of_a_line(filled: Standing) -> None:
    (chart,) = drawn(filled, "projects", "started:year", "line")
    assert isinstance(chart, Chart)
    assert chart.categories == ("2011", "2012", "2013", "2014", "2015")
    assert [series.values for series in chart.series] == [(1, 1, None, None, 2)]
    assert chart.note.startswith("Not drawn: 1 group without a date.")
    (monthly,) = drawn(filled, "projects", "started:month", "line", started="2015-06")
    assert isinstance(monthly, Chart)
    assert monthly.categories == ("2015-06",)


def test_bars_along_time_stand_below_each_other(filled: Standing) -> None:
    charts = drawn(filled, "projects", "started:year,kind", "bar")
    categories = {chart.categories for chart in charts if isinstance(chart, Chart)}
    assert (len(charts) > 1, len(categories)) == (True, 1)
    (chart,) = drawn(filled, "projects", "started:year", "bar")
    (line,) = drawn(filled, "projects", "started:year", "line")
    assert isinstance(chart, Chart)
    assert isinstance(line, Chart)
    dated = [category for category in chart.categories if category.isdigit()]
    assert tuple(dated) == line.categories
    assert chart.series[0].values[: len(dated)] == line.series[0].values


def test_bars_in_different_units_have_the_same_years(filled: Standing) -> None:
    charts = drawn(filled, "finance", "year,currency", "bar", "sum:amount")
    years = [tuple(category for category in chart.categories if category.isdigit())
             for chart in charts if isinstance(chart, Chart)]  # fmt: skip
    assert years == [("2011", "2012", "2013", "2014", "2015")] * 2


@pytest.mark.parametrize(
    ("noun", "by", "measure", "title"),
    [
        ("finance", "date:month", "count", "Number of finance rows by month"),
        ("projects", "started:year", "distinct:country", "Number of different countries by year started"),
        ("projects", "kind", "distinct:started", "Number of different values of started by kind"),
        ("finance", "kind", "distinct:currency", "Number of different currencies by kind"),
    ],
)  # fmt: skip
def test_titles_name_what_is_measured(
    filled: Standing, noun: str, by: str, measure: str, title: str
) -> None:
    assert {chart.title for chart in drawn(filled, noun, by, "bar", measure)} == {title}


def test_currencies_are_charts_of_their_own(filled: Standing) -> None:
    charts = drawn(filled, "finance", "year,currency", "line", "sum:amount")
    assert [
        (chart.unit, chart.categories[0], [series.values for series in chart.series])
        for chart in charts if isinstance(chart, Chart)
    ] == [
        ("CNY", "2011", [(Decimal("1500.25"), Decimal(500), None, None, Decimal(30))]),
        ("USD", "2015", [(Decimal(70),)]),
    ]  # fmt: skip


def test_sources_are_series_of_their_own(filled: Standing) -> None:
    question = Question("projects", {"country": ("Kenya",)}, grouping=Grouping(("kind", "source")))
    with reading(filled.engine) as connection:
        charts = charts_of(question, execute(connection, question), ChartChoice.BAR)
    by_title = {chart.title: chart.categories for chart in charts if isinstance(chart, Chart)}
    assert by_title == {"Number of projects by kind: notes": ("factory", "port")}


def test_a_map_has_a_figure_for_each_country(filled: Standing) -> None:
    (drawing,) = drawn(filled, "projects", "country", "map")
    assert isinstance(drawing, Map)
    assert {shade.alpha3: shade.value for shade in drawing.shades} == {"KEN": 3, "MLI": 2}
    assert drawing.note.startswith("Not drawn: 1 group without a country.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--chart", "bar"), "A chart draws groups"),
        (("--chart", "bar", "--measure", "count"), "A chart draws groups"),
        (("--chart", "line", "--group-by", "country"), "A line goes along time"),
        (("--chart", "map", "--group-by", "year"), "A map shows countries"),
        (("--chart", "map", "--group-by", "country,year"), "A map shows one figure for each country"),
        (("--chart", "bar", "--group-by", "kind", "--subtotals"), "A chart draws no subtotals"),
        (("--chart", "bar", "--group-by", "kind", "--share"), "A chart draws no share"),
        (("--chart", "bar", "--group-by", "kind", "--measure", "count,min:date"), "one measure, not 2"),
        (("--chart", "bar", "--group-by", "kind", "-f", "csv"), "--format is for rows"),
        (("--chart", "bar", "--group-by", "kind", "--count"), "--count is for rows"),
        (("--chart", "bar", "--group-by", "kind", "-o", "x.csv"), "ending of no format of charts"),
        (("--chart", "bar", "--group-by", "kind", "--year", "1850"), "There is nothing to draw"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(
    filled: Standing, arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    options = [
        str(tmp_path / argument) if argument == "x.csv" else argument for argument in arguments
    ]
    refused = run("--db", filled.address, "query", "finance", *options)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert message in refused.stderr
    assert not list(tmp_path.iterdir())


def test_more_lines_than_can_be_told_apart_are_refused(filled: Standing) -> None:
    grouping = Grouping(("year", "financier"))
    question = Question("finance", {"source": ("many",)}, grouping=grouping)
    with reading(filled.engine) as connection:
        with pytest.raises(UsageError, match="There are 8 lines, and no more than 6"):
            charts_of(question, execute(connection, question), ChartChoice.LINE)
        assert len(charts_of(question, execute(connection, question), ChartChoice.BAR)) == 8


def test_of_many_bars_the_largest_are_drawn_and_one_for_the_others() -> None:
    rows = [(f"C{number:02}", number) for number in range(1, 31)]
    fields = (Field("currency", "", in_table=True), Field("count", "", Type.INTEGER))
    question = Question("finance", {}, grouping=Grouping(("currency",)))
    (chart,) = charts_of(question, Answer(None, fields, iter(rows)), ChartChoice.BAR)
    assert isinstance(chart, Chart)
    assert chart.title == "Number of finance rows by currency"
    assert len(chart.categories) == MOST_BARS + 1
    assert chart.categories[0] == "C30"
    assert chart.categories[-1] == "10 others"
    assert chart.series[0].values[-1] == sum(range(1, 11))
    assert chart.note == "The 20 largest of 30; --limit draws more."
    limited = replace(question, limit=30)
    (chart,) = charts_of(limited, Answer(None, fields, iter(rows)), ChartChoice.BAR)
    assert isinstance(chart, Chart)
    assert len(chart.categories) == 30


def test_a_saved_question_is_drawn(filled: Standing, tmp_path: Path) -> None:
    options = ("--group-by", "kind", "--source", "notes")
    path = tmp_path / "kinds.toml"
    drawn_at_once = answer(
        "--db", filled.address, "query", "projects", *options, "--chart", "bar", "--save", str(path)
    )
    assert (
        answer("--db", filled.address, "query", "--from", str(path), "--chart", "bar")
        == drawn_at_once
    )
    refused = run("--db", filled.address, "query", "--from", str(path), "--chart", "bar", "--count")
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_a_map_has_the_same_classes_in_a_file_and_in_a_terminal() -> None:
    figures = {
        "EGY": 52_200,
        "KEN": 409,
        "MLI": 73,
        "CIV": 6,
        "ETH": 640,
        "TZA": 5_600,
        "UGA": 4_900,
        "ZMB": 71,
    }
    shades = tuple(Shade(code, code, value) for code, value in figures.items())
    drawing = Map("groups", "Sum of amounts by country", "Sum", shades)
    steps = [(least, most) for _, least, most in maps.steps(shades)]
    assert steps == [(6, 71), (73, 409), (640, 4_900), (5_600, 52_200)]
    *_, terminal = mapped(drawing, 80)
    assert terminal == "░ 6 – 71  ▒ 73 – 409  ▓ 640 – 4,900  █ 5,600 – 52,200"
    picture = drawn_as([drawing], "svg", ABOUT, "bricoop query").decode()
    assert all(f"{text}</text>" in picture for text in ("6 – 71", "5,600 – 52,200"))


def test_a_map_in_a_file_shows_the_countries_that_have_figures() -> None:
    shades = tuple(Shade(code, code, value) for value, code in enumerate(("KEN", "MLI", "ZMB"), 1))
    picture = drawn_as([Map("groups", "M", "Sum", shades)], "svg", ABOUT, "bricoop query").decode()
    shapes = re.findall(r'd="M([-\d.]+),([-\d.]+)L[^"]*"[^>]*?fill="(#[0-9a-f]{6})"', picture)
    fills = Counter(fill for _, _, fill in shapes)
    width, height = map(float, re.findall(r'viewBox="0 0 (\d+) (\d+)"', picture)[0])
    shaded = [(float(x), float(y)) for x, y, fill in shapes if fills[fill] == 1]
    assert len(shaded) == 3
    assert all(0 < x < width and 0 < y < height for x, y in shaded)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3, 1000], [0, 1, 2, 3]), ([7, 7, 90], [0, 0, 3]), ([5, 5], [3, 3]), ([0, 1, 5], [0, 1, 3]),
        ([], []), ([Decimal(0), *map(Decimal, range(10, 17))], [0, 0, 1, 1, 2, 2, 3, 3]),
    ],
)  # fmt: skip
def test_classes_have_about_as_many_figures_each(values: list[Number], expected: list[int]) -> None:
    assert classes(values) == expected


@pytest.mark.parametrize(("width", "chart"), few_of(product((80, 140), ("bar", "line", "map")), 3))
def test_a_terminal_is_not_exceeded(filled: Standing, width: int, chart: str) -> None:
    by = {"bar": "project", "line": "year,currency", "map": "country"}[chart]
    command = ("--db", filled.address, "query", "finance", "--source", "notes", "--group-by", by)
    measure = ("--measure", "sum:amount") if chart == "line" else ()
    shown = on_terminal(width, *command, *measure, "--chart", chart)
    assert max(map(cell_len, shown.splitlines())) <= width


def test_a_pipe_gets_bars_with_exact_figures_and_no_colour(filled: Standing) -> None:
    command = ("--db", filled.address, "query", "finance", "--source", "notes", "--currency", "CNY")
    shown = answer(*command, "--group-by", "project", "--measure", "sum:amount", "--chart", "bar")
    title, first, second, *_ = shown.splitlines()
    assert title == "Sum of amounts by project (CNY)"
    assert first.startswith("Aport █")
    assert first.endswith("█ 1,500.25")
    assert second.startswith("Bport █")
    assert second.endswith(" 500")
    assert "\x1b" not in shown
    # 500 is a third of 1,500.25, and so is its bar.
    assert first.count("█") // second.count("█") == 3


def test_a_label_that_is_too_long_stands_above_its_bar(filled: Standing) -> None:
    command = ("--db", filled.address, "query", "projects", "--source", "notes")
    shown = answer(*command, "--group-by", "key", "--chart", "bar").splitlines()
    index = next(at for at, line in enumerate(shown) if line.startswith("a-very-long-name-of"))
    assert "█" not in shown[index]
    assert shown[index + 1].strip().startswith("█")


def test_files_are_svg_png_and_a_page_of_their_own(filled: Standing, tmp_path: Path) -> None:
    command = ("--db", filled.address, "query", "finance", "--source", "notes", "--group-by", "currency,year",
             "--measure", "sum:amount", "--chart", "line")  # fmt: skip
    for ending in ("svg", "png", "html"):
        path = tmp_path / f"chart.{ending}"
        result = run(*command, "-o", str(path))
        assert (result.exit_code, result.stdout) == (0, "")
        assert f"Wrote 2 charts to {path}." in result.stderr
    svg = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 (our own)
    assert "var(--" not in svg
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "chart.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert '<td class="number">1,500.25</td>' in page
    assert "<script" not in page


def test_names_from_files_are_text_in_charts_of_any_form(filled: Standing) -> None:
    (chart,) = drawn(filled, "projects", "kind", "bar")
    assert isinstance(chart, Chart)
    name = "<script>alert(1)</script>\x1b[31m"
    hostile = Chart(
        "groups", name, chart.kind, name, (name,) * len(chart.categories), chart.series, "USD", name
    )
    source = SourceBehind("s", name, name, None, name, name, name, ())
    page = drawn_as(
        [hostile], "html", replace(ABOUT, sources=(source,), notes=(name,)), name
    ).decode()
    assert "<script" not in page
    assert "\x1b" not in page


def test_bars_of_several_charts_in_one_unit_have_one_scale(filled: Standing) -> None:
    command = ("--db", filled.address, "query", "finance", "--source", "notes", "--currency", "CNY")
    by = ("--group-by", "currency,project", "--measure", "sum:amount", "--chart", "bar")
    lengths = [line.count("█") for line in answer(*command, *by).splitlines() if "█" in line]
    assert lengths[0] // lengths[1] == 3
    bars = [
        Chart("groups", name, ChartKind.BARS, "Kind", ("port",), (Series(name, (value,)),), "USD")
        for name, value in (("a", Decimal(400)), ("b", Decimal(100)))
    ]
    picture = drawn_as(bars, "svg", ABOUT, "bricoop query").decode()
    paths = re.findall(r'd="M0,[\d.]+L([\d.]+)', picture)
    assert max(map(float, paths)) > 3 * min(map(float, paths))


def test_a_limit_leaves_out_bars_and_no_source(filled: Standing) -> None:
    command = ("--db", filled.address, "query", "finance", "--group-by", "project,source")
    drawn_bars = run(*command, "--limit", "1", "--chart", "bar")
    titles = [line for line in drawn_bars.stdout.splitlines() if line.startswith("Number of")]
    assert [title.rpartition(": ")[2] for title in titles] == ["notes", "many"]
    assert sum("█" in line for line in drawn_bars.stdout.splitlines()) == 2
    assert "1 of 4 groups are drawn." in drawn_bars.stderr


def test_a_file_names_its_sources_and_its_question(filled: Standing, tmp_path: Path) -> None:
    command = (
        "--db",
        filled.address,
        "query",
        "finance",
        "--group-by",
        "project",
        "--chart",
        "bar",
    )
    for ending in ("svg", "html"):
        path = tmp_path / f"chart.{ending}"
        run(*command, "-o", str(path))
        text = " ".join(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8")).split())
        assert "[notes]" in text
        assert "[many]" in text
        assert "bricoop query finance --group-by project --measure count --chart bar" in text
        assert f"by bricoop {__version__} from knowledge base version" in text


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_notes_in_a_file_name_no_options(ending: str) -> None:
    note = "Several sources may record the same, so each is counted by itself. --add-sources adds them up."
    bar = Chart(
        "groups", "Rows", ChartKind.BARS, "Kind", ("port",), (Series("n", (1,)),), note=note
    )
    drawn_bar = drawn_as([bar], ending, replace(ABOUT, notes=(note,)), "bricoop query").decode()
    assert drawn_bar.count("so each is counted by itself.") >= 2
    assert "--add-sources" not in drawn_bar
