"""Parts of a report as rows that every form draws alike: headings, cells, and who says so."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bricoop.domain.amounts import grouped, to_the_cent
from bricoop.query.citations import Citation
from bricoop.render.reports.references import marks
from bricoop.render.table import Heading
from bricoop.render.values import for_people
from bricoop.report.blocks import Chart, Column, KeyFigures, Map, Number, Table
from bricoop.report.sections import Report

_SAID_BY = Heading("Source")
#: So much of the name of a project stands in the list of places.
_LABEL = 60
Rows = tuple[list[Heading], list[list[Any]]]


def figure_text(value: Number | None, unit: str = "") -> str:
    """Return a figure for people: money to the cent with what it is in, a number as it is."""
    if value is None:
        return "none"
    if isinstance(value, Decimal):
        return f"{to_the_cent(value)} {unit}" if unit else grouped(value)
    return f"{value:,} {unit}".rstrip()


def shown_columns(part: Table) -> list[int]:
    """Return the places of the columns that people see: an empty one keeps no room.

    A column that has its usual value in every row, such as the country in a report on that
    country, is left out as well; data formats have all columns.
    """
    shown = [
        place
        for place, column in enumerate(part.columns)
        if any(for_people(line.cells[place]) not in {"", column.usual} for line in part.lines)
    ]
    return shown or [*range(len(part.columns))]


def table_rows(report: Report, part: Table) -> Rows:
    """Return the headings and rows of a table; the last cell says who says so, where any does."""
    places = shown_columns(part)
    columns = [part.columns[place] for place in places]
    headings = [
        Heading(
            one.label,
            number=one.number,
            coded=one.coded,
            grouped_from=None if one.identifies else 1_000,
        )
        for one in columns
    ]
    cells = [
        [
            cell_text(column, line.cells[place])
            for column, place in zip(columns, places, strict=True)
        ]
        for line in part.lines
    ]
    return _cited(report, headings, cells, [line.citations for line in part.lines])


def cell_text(column: Column, value: Any) -> Any:
    """Return a cell in which money is written to the cent; several amounts are told apart."""
    if column.money and isinstance(value, Decimal):
        return to_the_cent(value)
    if column.money and isinstance(value, list | tuple):
        return "; ".join(cell_text(column, one) for one in value)
    return value


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


def places_listed(part: Map) -> list[tuple[str, str]]:
    """Return the places of a map in the order of their names, each with what is there.

    Rows of one place stand together, so that its name and position are said once.
    """
    found: dict[str, list[str]] = {}
    for one in part.points:
        position = f"{one.latitude:.3f}, {one.longitude:.3f} ({one.precision})"
        place = f"{one.name} {position}" if one.name else position
        label = one.label.removeprefix(f"{one.name}: ") if one.name else one.label
        label = label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
        found.setdefault(place, []).append(label)
    return [(place, "; ".join(dict.fromkeys(found[place]))) for place in sorted(found)]


def _plain(value: Number | None, unit: str) -> str:
    if value is None:
        return ""
    return to_the_cent(value) if unit and isinstance(value, Decimal) else figure_text(value)


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
