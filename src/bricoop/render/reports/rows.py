"""Parts of a report as rows that every form draws alike: headings, cells, and who says so."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bricoop.domain.amounts import grouped, to_the_cent
from bricoop.query.citations import Citation
from bricoop.render.reports.references import marks
from bricoop.render.table import Heading
from bricoop.render.values import for_people
from bricoop.report.parts import Chart, KeyFigures, Map, Number, Table
from bricoop.report.sections import Report

_SAID_BY = Heading("Source")
Rows = tuple[list[Heading], list[list[Any]]]


def figure_text(value: Number | None, unit: str = "") -> str:
    """Return a figure for people: money to the cent with what it is in, a number as it is."""
    if value is None:
        return "none"
    if isinstance(value, Decimal):
        return f"{to_the_cent(value)} {unit}" if unit else grouped(value)
    return f"{value:,} {unit}".rstrip()


def table_rows(report: Report, part: Table) -> Rows:
    """Return the headings and rows of a table; the last cell says who says so, where any does."""
    headings = [Heading(one.label, number=one.number, coded=one.coded) for one in part.columns]
    money = [one.money for one in part.columns]
    cells = [
        [
            to_the_cent(cell) if is_money and isinstance(cell, Decimal) else cell
            for cell, is_money in zip(line.cells, money, strict=True)
        ]
        for line in part.lines
    ]
    return _cited(report, headings, cells, [line.citations for line in part.lines])


def figure_rows(report: Report, part: KeyFigures) -> Rows:
    """Return key figures as rows: the figure, of what, how it was counted, and who says so."""
    headings = [Heading("Figure", number=True), Heading("Of")]
    counts = any(one.counted for one in part.figures)
    cells = [
        [figure_text(one.value, one.unit), one.label, *([one.counted] if counts else [])]
        for one in part.figures
    ]
    headings += [Heading("Counted by")] if counts else []
    return _cited(report, headings, cells, [one.citations for one in part.figures])


def chart_rows(part: Chart) -> Rows:
    """Return what a chart shows as rows: a category, and the figure of each series."""
    headings = [Heading(part.category), *(Heading(one.name, number=True) for one in part.series)]
    rows = [
        [name, *(_plain(one.values[place], part.unit) for one in part.series)]
        for place, name in enumerate(part.categories)
    ]
    return headings, rows


def map_rows(part: Map) -> Rows:
    """Return the countries of a map, the largest figure first."""
    headings = [Heading("Country"), Heading("Code"), Heading(part.measure, number=True)]
    shades = sorted(part.shades, key=lambda one: (-one.value, one.name))
    return headings, [[one.name, one.alpha3, _plain(one.value, part.unit)] for one in shades]


def points_said(part: Map) -> str:
    """Return in a sentence how many places a map shows."""
    if not part.points:
        return ""
    number = len(part.points)
    return f"{number:,} place{'' if number == 1 else 's'} on the map."


def _plain(value: Number | None, unit: str) -> str:
    if value is None:
        return ""
    return to_the_cent(value) if unit and isinstance(value, Decimal) else for_people(value)


def _cited(
    report: Report,
    headings: list[Heading],
    cells: list[list[Any]],
    citations: Sequence[Sequence[Citation]],
) -> Rows:
    if not any(citations):
        return headings, cells
    said = [[*row, marks(report, given)] for row, given in zip(cells, citations, strict=True)]
    return [*headings, _SAID_BY], said
