"""A report with more rows, words and sources than a page has room for."""

from decimal import Decimal

from bricoop.query.entity.citations import Citation, SourceEntry
from bricoop.report.blocks import (
    Chart,
    ChartKind,
    Column,
    KeyFigure,
    KeyFigures,
    Line,
    Map,
    Point,
    Series,
    Table,
)
from bricoop.report.sections import Report, Section

COLUMNS = (
    Column("name", "Name"),
    Column("kind", "Kind", coded=True),
    Column("status", "Status", coded=True),
    Column("amounts", "Amount, nominal USD", number=True, money=True),
    Column("country_names", "Countries", usual="Kenya"),
    Column("financiers", "Financiers"),
    Column("started", "Started"),
    Column("completed", "Completed"),
)
CITED = tuple(Citation("data", f"line {number}") for number in (1234, 5678, 91011))


def long_report(rows: int = 50, sources: int = 20) -> Report:
    """Return a report with a long table of wide rows, money, a chart, a map and many sources."""
    lines = tuple(
        Line(
            (
                f"China Eximbank provides a preferential buyer's credit for project {number}",
                None,
                "implementation",
                (Decimal(1520000000),),
                ["Kenya"],
                ["Export-Import Bank of China", "Unspecified Chinese Government Institution"],
                "2014-05-11",
                None,
            ),
            CITED,
        )
        for number in range(rows)
    )
    money = KeyFigure("total", "Money", Decimal(1520000000), "nominal USD", "Rule x", CITED)
    nairobi = Point(-1.29, 36.82, "Nairobi: project", "exact", "Nairobi")
    chart = Chart(
        "by_year",
        "By year",
        ChartKind.LINES,
        "Year",
        ("2015", "2016", "2017", "2018"),
        (
            Series("A long name of a dataset with its edition", (1, None, 3, 4)),
            Series("B", (2,) * 4),
        ),
    )
    sections = (
        Section("figures", "Figures", (KeyFigures((money,)), chart)),
        Section(
            "map", "Map", (Map("m", "Places", "Projects", (), (nairobi,) * 4, frame=("KEN",)),)
        ),
        Section("projects", "Projects", (Table(COLUMNS, lines, "Projects", "All of them."),)),
    )
    bibliography = tuple(
        SourceEntry(
            key, f"A source named {key}", "dataset", 5, None, "Institute", "2023", None, None, None
        )
        for key in ("data", *(f"other-{number}" for number in range(1, sources)))
    )
    return Report(
        "country", "KEN", 'Kenya "}</style>', "KE", "Summary.", sections, bibliography, 7, "0.1.0",
        "2026-11-29",
    )  # fmt: skip
