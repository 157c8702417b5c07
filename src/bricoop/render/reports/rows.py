"""Conversion of the parts of a report into headings and rows, for all output formats."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bricoop.domain.amounts import grouped, to_the_cent
from bricoop.domain.english import counted
from bricoop.domain.names import shortened
from bricoop.domain.project_kinds.short_names import repeats
from bricoop.query.entity.citations import Citation
from bricoop.render.reports.references import marks
from bricoop.render.table import Heading
from bricoop.render.values import for_people
from bricoop.report.blocks import Chart, Column, KeyFigures, Line, Map, Number, Table
from bricoop.report.sections import Report

_SOURCE_HEADING = Heading("Source")
#: The maximum length of a label in the list of locations.
_LABEL_LENGTH = 60
Rows = tuple[list[Heading], list[list[Any]]]


def figure_text(value: Number | None, unit: str = "") -> str:
    """Return a figure as text: money to the cent with its unit, other numbers exactly."""
    if value is None:
        return "none"
    if isinstance(value, Decimal):
        return f"{to_the_cent(value)} {unit}" if unit else grouped(value)
    return f"{value:,} {unit}".rstrip()


def shown_columns(table: Table) -> list[int]:
    """Return the indexes of the columns to show; empty columns are omitted.

    A column with its usual value in every row, such as the country in a report on that country, is
    omitted as well. Data formats have all columns.
    """
    shown = [
        index
        for index, column in enumerate(table.columns)
        if not column.beside
        and any(for_people(line.cells[index]) not in {"", column.usual} for line in table.lines)
    ]
    return shown or [*range(len(table.columns))]


def table_rows(report: Report, table: Table) -> Rows:
    """Return headings and rows of a table, with citations in the last column if any."""
    indexes = shown_columns(table)
    columns = [table.columns[index] for index in indexes]
    headings = [
        Heading(
            column.label,
            number=column.number,
            coded=column.coded,
            grouped_from=None if column.identifies else 1_000,
        )
        for column in columns
    ]
    beside = {column.beside: index for index, column in enumerate(table.columns) if column.beside}
    cells = [
        [
            _with_beside(line, cell_text(column, line.cells[index]), beside.get(column.name))
            for column, index in zip(columns, indexes, strict=True)
        ]
        for line in table.lines
    ]
    return _cited(report, headings, cells, [line.citations for line in table.lines])


def _with_beside(line: Line, text: Any, index: int | None) -> Any:
    """Return the text of a cell, with that of another column in brackets if it says less."""
    other = None if index is None else line.cells[index]
    return f"{text} ({other})" if text and other and not repeats(str(other), str(text)) else text


def cell_text(column: Column, value: Any) -> Any:
    """Return the value of a cell, with money rounded to the cent and amounts joined."""
    if column.money and isinstance(value, Decimal):
        return to_the_cent(value)
    if column.money and isinstance(value, list | tuple):
        return "; ".join(cell_text(column, amount) for amount in value)
    return value


def figure_rows(report: Report, figures: KeyFigures) -> Rows:
    """Return key figures as rows: figure, label, counting rule if any, and citations."""
    headings = [Heading("Figure", number=True), Heading("Of")]
    counts = any(figure.counted for figure in figures.figures)
    cells = [
        [
            figure_text(figure.value, figure.unit),
            figure.label,
            *([figure.counted] if counts else []),
        ]
        for figure in figures.figures
    ]
    headings += [Heading("Counted by")] if counts else []
    return _cited(report, headings, cells, [figure.citations for figure in figures.figures])


def chart_rows(chart: Chart) -> Rows:
    """Return a chart as rows: the category, and the figure of each series."""
    headings = [
        Heading(chart.category),
        *(Heading(series.name, number=True) for series in chart.series),
    ]
    rows = [
        [name, *(_plain(series.values[index], chart.unit) for series in chart.series)]
        for index, name in enumerate(chart.categories)
    ]
    return headings, rows


def map_rows(map_: Map) -> Rows:
    """Return the countries of a map as rows, the largest figure first."""
    headings = [Heading("Country"), Heading("Code"), Heading(map_.measure, number=True)]
    shades = sorted(map_.shades, key=lambda shade: (-shade.value, shade.name))
    return headings, [
        [shade.name, shade.alpha3, _plain(shade.value, map_.unit)] for shade in shades
    ]


def points_sentence(map_: Map) -> str:
    """Return a sentence on the number of points of a map; empty for none."""
    if not map_.points:
        return ""
    return f"{counted(len(map_.points), 'places')} on the map."


def places_listed(map_: Map) -> list[tuple[str, str]]:
    """Return the locations of a map by name, each with the labels of its points.

    Points with the same name and position are merged.
    """
    labels: dict[str, list[str]] = {}
    for point in map_.points:
        position = f"{point.latitude:.3f}, {point.longitude:.3f} ({point.precision})"
        location = f"{point.name} {position}" if point.name else position
        label = point.label.removeprefix(f"{point.name}: ") if point.name else point.label
        labels.setdefault(location, []).append(shortened(label, _LABEL_LENGTH))
    return [(location, "; ".join(dict.fromkeys(labels[location]))) for location in sorted(labels)]


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
    rows = [[*row, marks(report, cited)] for row, cited in zip(cells, citations, strict=True)]
    return [*headings, _SOURCE_HEADING], rows
