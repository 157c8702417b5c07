"""A report with a part of every kind, and with text that would do harm where it were trusted."""

from decimal import Decimal

from bricoop.query.entity.citations import Citation, SourceEntry
from bricoop.report.blocks import (
    Block,
    Chart,
    ChartKind,
    Column,
    KeyFigure,
    KeyFigures,
    Line,
    Map,
    Note,
    Point,
    Series,
    Shade,
    Table,
    Text,
)
from bricoop.report.sections import Report, Section

EVIL = "<script>alert(1)</script>\x1b[31m\x00\ufffe|*&"
CITED = (Citation("paper", "3.2"), Citation("data", "row 7"))
YEARS = ("2013", "2014", "2015", "2016")


def source(key: str, url: str) -> SourceEntry:
    """Return an entry of the bibliography."""
    title = f"Figures of <Things> {EVIL}"
    return SourceEntry(key, title, "dataset", 5, None, "Institute", "2023-11", url, "CC-BY", None)


def figures() -> KeyFigures:
    """Return a number of things, and a sum of money."""
    counted = "Rule signed, version 1; 8 of 16 rows"
    money = Decimal("220840694.385")
    return KeyFigures(
        (
            KeyFigure("projects", f"Projects {EVIL}", 14, citations=CITED),
            KeyFigure("total", "Money", money, "nominal USD", counted, CITED),
        )
    )


def drawings() -> tuple[Block, ...]:
    """Return a chart of every kind, and both kinds of maps."""
    one = (Series("Projects", (14, 3, None)),)
    several = (Series("done", (5, 2, 1)), Series(EVIL, (2, None, 0)))
    kinds = ("railway", f"park {EVIL}", "plant")
    money = (Series("All", tuple(Decimal(value) for value in (10**9, 5 * 10**9, 0, 7))),)
    lines = (Series("Belarus", (1, 2, None, 4)), Series("Kenya", (4, 3, 2, 1)))
    bars, grouped = ChartKind.BARS, ChartKind.GROUPED
    columns, course = ChartKind.COLUMNS, ChartKind.LINES
    note = f"Rule signed. {EVIL}"
    return (
        Chart("by_kind", f"By kind {EVIL}", bars, "Kind", kinds, one, citations=CITED),
        Chart("by_link", "By link", grouped, "Link", kinds, several),
        Chart("by_year", "Money", columns, "Year", YEARS, money, "nominal USD", note, CITED),
        Chart("course", "Course", course, "Year", YEARS, lines),
        Map("world", "World", "Projects", (Shade("KEN", "Kenya", 40), Shade("BLR", EVIL, 3))),
        Map("places", "Places", "Projects", (), (Point(53.9, 27.5, EVIL, "exact"),), note=note),
    )


def words() -> tuple[Block, ...]:
    """Return texts, a note, and tables with rows and without."""
    columns = (
        Column("name", "Name"),
        Column("kind", "Kind", coded=True),
        Column("money", "Money", number=True, money=True),
    )
    lines = (
        Line((EVIL, "industrial-park", Decimal("1234567.891")), CITED),
        Line(("Orsha | Hub", None, None), CITED),
    )
    own = "# Mine\n\nSome *text* <b>x</b> ![i](http://x/y.png) [a](javascript:alert(1))\n"
    return (
        Text((EVIL,), CITED),
        Text((own,), markdown=True),
        Note(f"To be known. {EVIL}", CITED),
        Table(columns, lines, f"Rows {EVIL}", f"Above {EVIL}"),
        Table(columns, ()),
    )


def demonstration() -> Report:
    """Return the report."""
    sections = (
        Section("figures", f"Figures {EVIL}", (figures(),)),
        Section("drawings", "Drawings", drawings()),
        Section("words", "Words", words()),
    )
    sources = (source("paper", "https://example.org/a?b=1&c=2"), source("data", "javascript:x"))
    title = f"A demonstration {EVIL}"
    return Report("country", "x", title, EVIL, f"It is {EVIL}.", sections, sources, 7, "0.1.0")
