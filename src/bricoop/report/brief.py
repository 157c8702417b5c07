"""A report on one page: its figures, a chart, a map, the largest rows, and where the rest is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from bricoop.report.amounts import NOTED
from bricoop.report.blocks import Chart, Extent, KeyFigures, Line, Map, Note, Part, Table, Text
from bricoop.report.data import METHOD, METHOD_TITLE, counted
from bricoop.report.sections import Report, Section, cited

#: What one page has room for.
_FIGURES, _TABLES, _ROWS, _LEAST, _LETTERS, _NOTES = 6, 3, 5, 3, 500, 2
_AMOUNTS = "amounts"
#: The section of the numbers that a comparison compares: they are its key figures.
_NUMBERS = "numbers"
#: Charts that say more than others about any subject.
_FIRST = ("money_by_year", "projects_by_year")
#: What a page does without first: where each value was read, and how the data came in.
_LEFT_OUT = frozenset(
    {"names", "values", "terms", "loads", "quality", "differences", "by_source", "alone", METHOD}
)


def brief_of(report: Report, whole: str = "") -> Report:
    """Return a report that fits a page.

    Args:
        report: the whole report.
        whole: the command that prints the whole report.
    """
    summary: list[Part] = [*_texts(report), *_figures(report), *_numbers(report)]
    drawings: list[Part] = [*_drawings(report)]
    tables: list[Part] = [*islice(_tables(report), _TABLES)]
    sources = counted(len(report.sources), "sources")
    rest = f"One page of a longer report, which cites {sources}."
    notes: list[Part] = [*islice(_notes(report), _NOTES), Note(rest)]
    method: list[Part] = [Note(f"The whole report: {whole}")] if whole else []
    parts: tuple[tuple[Sequence[Part], str, str], ...] = (
        (summary, "glance", "At a glance"), (drawings, "drawings", "Charts"),
        (tables, "rows", "In detail"), (notes, "notes", "Notes"), (method, METHOD, METHOD_TITLE),
    )  # fmt: skip
    sections = tuple(Section(name, title, tuple(some)) for some, name, title in parts if some)
    return _with(report, sections)


def shorter(report: Report) -> Report | None:
    """Return a report on one page with less on it; None where nothing is left to leave out.

    Rows go first, then tables from the last, and in the end the drawings; what stands at a glance
    stays.
    """
    sections = {section.name: section for section in report.sections}
    rows, drawings = sections.get("rows"), sections.get("drawings")
    if rows is not None:
        sections["rows"] = replace(rows, parts=_fewer(rows.parts))
    elif drawings is not None:
        sections["drawings"] = replace(drawings, parts=drawings.parts[:-1])
    else:
        return None
    return _with(report, tuple(one for one in sections.values() if one.parts))


def _fewer(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return tables of which the longest have a row less, or without the last of them."""
    tables = [part for part in parts if isinstance(part, Table)]
    most = max((len(one.lines) for one in tables if not one.is_whole), default=0) - 1
    if most < _LEAST:
        return tuple(tables[:-1])
    return tuple(_cut(one, most) for one in tables)


def _with(report: Report, sections: tuple[Section, ...]) -> Report:
    """Return a report with other sections, and the sources that these cite."""
    keys = set(cited(sections))
    sources = tuple(one for one in report.sources if one.key in keys)
    return replace(report, sections=sections, sources=sources, brief=True)


def _parts(report: Report) -> Iterator[tuple[Section, Part]]:
    yield from ((section, part) for section in report.sections for part in section.parts)


def _texts(report: Report) -> Iterator[Text]:
    """Yield the beginning of the first text, whose end is in the whole report."""
    for _, part in _parts(report):
        if isinstance(part, Text) and part.paragraphs:
            text = part.paragraphs[0]
            if len(text) > _LETTERS:
                text = f"{text[:_LETTERS].rsplit(' ', 1)[0]} …"
            yield replace(part, paragraphs=(text,))
            return


def _figures(report: Report, most: int | None = _FIGURES) -> Iterator[KeyFigures]:
    figures = [
        one for _, part in _parts(report) if isinstance(part, KeyFigures) for one in part.figures
    ]
    # Money, which has a unit, comes first.
    figures.sort(key=lambda one: not one.unit)
    if figures:
        yield KeyFigures(tuple(figures[:most]))


def _numbers(report: Report) -> Iterator[Table]:
    """Yield the tables of the numbers that a report compares."""
    for section, part in _parts(report):
        if section.name == _NUMBERS and isinstance(part, Table) and part.lines:
            yield replace(part, title=part.title or section.title)


def _drawings(report: Report) -> Iterator[Chart | Map]:
    """Yield one chart and one map, or two charts where there is no map."""
    charts = [part for _, part in _parts(report) if isinstance(part, Chart)]
    charts.sort(key=lambda one: _FIRST.index(one.name) if one.name in _FIRST else len(_FIRST))
    maps = [part for _, part in _parts(report) if isinstance(part, Map)]
    yield from charts[: 1 if maps else 2]
    yield from maps[:1]


def _tables(report: Report) -> Iterator[Table]:
    """Yield the largest projects, and what other tables begin with."""
    of_projects = [
        part for _, part in _parts(report) if isinstance(part, Table) and _has_amounts(part)
    ]
    if of_projects:
        yield _largest(report, of_projects)
    others = [
        (section, part)
        for section, part in _parts(report)
        if isinstance(part, Table) and part.lines and not _is_detail(section, part)
    ]
    # Money comes first; the others stay in their order.
    for section, part in sorted(others, key=lambda one: one[0].name != "money"):
        yield _cut(replace(part, title=_title(section, part)), _ROWS)


def _title(section: Section, part: Table) -> str:
    """Return the heading of a table that no longer stands in its section."""
    alone = sum(isinstance(one, Table) for one in section.parts) == 1
    if not part.title or (alone and section.name != "money"):
        return section.title
    if section.name == "money":
        return part.title
    # Kenya: Money, and Money by financier, which says it again.
    whole, _, last = section.title.rpartition(": ")
    return f"{whole if whole and part.title.startswith(last) else section.title}: {part.title}"


def _is_detail(section: Section, part: Table) -> bool:
    """Return whether a page does without a table, or has it at a glance."""
    named = {column.name for column in part.columns}
    detailed = section.name in {*_LEFT_OUT, _NUMBERS} or section.name.startswith("link_")
    return detailed or bool(named & {_AMOUNTS, "step"})


def _has_amounts(part: Table) -> bool:
    return any(column.name == _AMOUNTS for column in part.columns)


def _largest(report: Report, tables: Sequence[Table]) -> Table:
    """Return the projects with the largest amounts, once each, under the columns of the first."""
    columns = tables[0].columns
    place = next(number for number, one in enumerate(columns) if one.name == _AMOUNTS)
    lines = {
        (line.cells[0], line.citations): line
        for part in tables
        if part.columns == columns
        for line in part.lines
    }
    known = sorted(lines.values(), key=lambda line: -_amount(line, place))
    extent = Extent(_number_of_projects(report) or len(known), "projects", "largest")
    note = next(filter(None, map(_how_counted, tables)), "")
    return Table(columns, tuple(known[:_ROWS]), "Largest projects", note, extent=extent)


def _number_of_projects(report: Report) -> int | None:
    """Return how many projects a report is about, where one of its figures says so."""
    figures = (figure for one in _figures(report, None) for figure in one.figures)
    number = next((one.value for one in figures if one.name == "projects"), None)
    return None if number is None else int(number)


def _how_counted(table: Table) -> str:
    return table.note[table.note.find(NOTED) :] if NOTED in table.note else ""


def _amount(line: Line, place: int) -> Decimal:
    return max(line.cells[place], default=Decimal(-1))


def _cut(part: Table, rows: int) -> Table:
    """Return the first rows of a table, which says of how many they are."""
    if len(part.lines) <= rows or part.is_whole:
        return part
    extent = part.extent or Extent(len(part.lines))
    return replace(part, lines=part.lines[:rows], extent=extent)


def _notes(report: Report) -> Iterator[Note]:
    yield from (
        part
        for section, part in _parts(report)
        if isinstance(part, Note) and section.name == "money"
    )
