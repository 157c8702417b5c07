"""Shortens a report to one page: key figures, a chart, a map, and the first rows of tables."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from bricoop.domain.english import counted_or_no
from bricoop.report.amounts import NOTE_PREFIX
from bricoop.report.blocks import Block, Chart, Extent, KeyFigures, Line, Map, Note, Table, Text
from bricoop.report.data import METHOD, METHOD_TITLE
from bricoop.report.sections import Report, Section, cited

#: The most of each on a page; where they do not fit, `shorter` takes more away.
_MAX_FIGURES, _MAX_TABLES, _MAX_ROWS, _MAX_NOTES = 6, 3, 5, 2
#: Tables are shortened to no fewer rows than this: then whole tables are left out.
_MIN_ROWS = 3
#: The most characters of a description.
_MAX_LETTERS = 500
_AMOUNTS = "amounts"
#: The section of a comparison whose table is kept whole, as key figures are in other reports.
_NUMBERS = "numbers"
#: Names of charts that are taken before any others.
_PREFERRED_CHARTS = ("money_by_year", "projects_by_year")
#: Sections of details, which are left out of a page.
_OMITTED_SECTIONS = frozenset(
    {
        "names",
        "values",
        "terms",
        "loads",
        "quality",
        "differences",
        "by_source",
        "alone",
        "why",
        METHOD,
    }
)


def brief_of(report: Report, whole: str = "") -> Report:
    """Return a short form of a report that in most cases fits one page.

    Args:
        report: the whole report.
        whole: the command that prints the whole report; empty to leave it out.
    """
    summary: list[Block] = [*_texts(report), *_figures(report), *_numbers(report)]
    drawings: list[Block] = [*_drawings(report)]
    tables: list[Block] = [*islice(_tables(report), _MAX_TABLES)]
    sources = counted_or_no(len(report.sources), "sources")
    source_note = f"One page of a longer report, which cites {sources}."
    notes: list[Block] = [*islice(_notes(report), _MAX_NOTES), Note(source_note)]
    method: list[Block] = [Note(f"The whole report: {whole}")] if whole else []
    contents: tuple[tuple[Sequence[Block], str, str], ...] = (
        (summary, "glance", "At a glance"), (drawings, "drawings", "Charts"),
        (tables, "rows", "In detail"), (notes, "notes", "Notes"), (method, METHOD, METHOD_TITLE),
    )  # fmt: skip
    sections = tuple(
        Section(name, title, tuple(blocks)) for blocks, name, title in contents if blocks
    )
    return _with_sections(report, sections)


def shorter(report: Report) -> Report | None:
    """Return a brief report with a little less in it; None where nothing more can be left out.

    Callers repeat this until the report fits a page. First rows of tables go, then whole tables,
    the last first, and then charts and maps. The section "At a glance" always stays.
    """
    sections = {section.name: section for section in report.sections}
    rows, drawings = sections.get("rows"), sections.get("drawings")
    if rows is not None:
        sections["rows"] = replace(rows, parts=_shortened(rows.parts))
    elif drawings is not None:
        sections["drawings"] = replace(drawings, parts=drawings.parts[:-1])
    else:
        return None
    return _with_sections(report, tuple(section for section in sections.values() if section.parts))


def _shortened(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Shorten the longest tables by one row; leave out the last table if all are short."""
    tables = [block for block in blocks if isinstance(block, Table)]
    max_rows = max((len(table.lines) for table in tables if not table.is_whole), default=0) - 1
    if max_rows < _MIN_ROWS:
        return tuple(tables[:-1])
    return tuple(_truncated(table, max_rows) for table in tables)


def _with_sections(report: Report, sections: tuple[Section, ...]) -> Report:
    """Return a report with other sections, and only the sources that these cite."""
    keys = set(cited(sections))
    sources = tuple(source for source in report.sources if source.key in keys)
    return replace(report, sections=sections, sources=sources, brief=True)


def _blocks(report: Report) -> Iterator[tuple[Section, Block]]:
    """Yield the blocks of a report, each with its section."""
    yield from ((section, block) for section in report.sections for block in section.parts)


def _texts(report: Report) -> Iterator[Text]:
    """Yield the beginning of the first text of a report."""
    for _, block in _blocks(report):
        if isinstance(block, Text) and block.paragraphs:
            text = block.paragraphs[0]
            if len(text) > _MAX_LETTERS:
                text = f"{text[:_MAX_LETTERS].rsplit(' ', 1)[0]} …"
            yield replace(block, paragraphs=(text,))
            return


def _figures(report: Report, max_figures: int | None = _MAX_FIGURES) -> Iterator[KeyFigures]:
    figures = [
        figure
        for _, block in _blocks(report)
        if isinstance(block, KeyFigures)
        for figure in block.figures
    ]
    # Money, which has a unit, comes first.
    figures.sort(key=lambda figure: not figure.unit)
    if figures:
        yield KeyFigures(tuple(figures[:max_figures]))


def _numbers(report: Report) -> Iterator[Table]:
    """Yield the table of row counts of a comparison."""
    for section, block in _blocks(report):
        if section.name == _NUMBERS and isinstance(block, Table) and block.lines:
            yield replace(block, title=block.title or section.title)


def _drawings(report: Report) -> Iterator[Chart | Map]:
    """Yield one chart and one map, or two charts where there is no map."""
    charts = [block for _, block in _blocks(report) if isinstance(block, Chart)]
    charts.sort(
        key=lambda chart: (
            _PREFERRED_CHARTS.index(chart.name)
            if chart.name in _PREFERRED_CHARTS
            else len(_PREFERRED_CHARTS)
        )
    )
    maps = [block for _, block in _blocks(report) if isinstance(block, Map)]
    yield from charts[: 1 if maps else 2]
    yield from maps[:1]


def _tables(report: Report) -> Iterator[Table]:
    """Yield a table of the largest projects, and the first rows of the other tables."""
    of_projects = [
        block for _, block in _blocks(report) if isinstance(block, Table) and _has_amounts(block)
    ]
    if of_projects:
        yield _largest(report, of_projects)
    others = [
        (section, table)
        for section, table in _blocks(report)
        if isinstance(table, Table) and table.lines and not _is_detail(section, table)
    ]
    # Money comes first; the others stay in their order.
    for section, table in sorted(others, key=lambda pair: pair[0].name != "money"):
        yield _truncated(replace(table, title=_title(section, table)), _MAX_ROWS)


def _title(section: Section, table: Table) -> str:
    """Return the heading of a table outside of its section, with that of the section if needed."""
    is_only_table = sum(isinstance(block, Table) for block in section.parts) == 1
    if not table.title or (is_only_table and section.name != "money"):
        return section.title
    if section.name == "money":
        return table.title
    # In a comparison or memo, "Kenya: Money" and "Money by financier" give
    # "Kenya: Money by financier", so that no heading says "Money" twice.
    whole, _, last = section.title.rpartition(": ")
    return f"{whole if whole and table.title.startswith(last) else section.title}: {table.title}"


def _is_detail(section: Section, table: Table) -> bool:
    """Return whether a table is left out of a page, or is on it already in another form."""
    names = {column.name for column in table.columns}
    detailed = section.name in {*_OMITTED_SECTIONS, _NUMBERS} or section.name.startswith("link_")
    return detailed or bool(names & {_AMOUNTS, "step"})


def _has_amounts(table: Table) -> bool:
    return any(column.name == _AMOUNTS for column in table.columns)


def _largest(report: Report, tables: Sequence[Table]) -> Table:
    """Return a table of the projects with the largest amounts.

    A project that is listed under several links is shown once. The columns are those of the first
    table; tables with others are left out.
    """
    columns = tables[0].columns
    position = next(number for number, column in enumerate(columns) if column.name == _AMOUNTS)
    lines = {
        (line.cells[0], line.citations): line
        for table in tables
        if table.columns == columns
        for line in table.lines
    }
    ordered = sorted(lines.values(), key=lambda line: -_amount(line, position))
    extent = Extent(_number_of_projects(report) or len(ordered), "projects", "largest")
    note = next(filter(None, map(_counting_note, tables)), "")
    return Table(columns, tuple(ordered[:_MAX_ROWS]), "Largest projects", note, extent=extent)


def _number_of_projects(report: Report) -> int | None:
    """Return the number of projects of a report from its key figures; None if they lack it."""
    figures = (figure for block in _figures(report, None) for figure in block.figures)
    number = next((figure.value for figure in figures if figure.name == "projects"), None)
    return None if number is None else int(number)


def _counting_note(table: Table) -> str:
    """Return the part of the note of a table that says how its amounts were counted."""
    return table.note[table.note.find(NOTE_PREFIX) :] if NOTE_PREFIX in table.note else ""


def _amount(line: Line, position: int) -> Decimal:
    """Return the largest amount of a row, or -1 where it has none, so that it is sorted last."""
    amounts = line.cells[position]
    exact = amounts if isinstance(amounts, list | tuple) else ()
    return max((amount for amount in exact if isinstance(amount, Decimal)), default=Decimal(-1))


def _truncated(table: Table, rows: int) -> Table:
    """Return a table with only its first rows, and an extent with the total number."""
    if len(table.lines) <= rows or table.is_whole:
        return table
    extent = table.extent or Extent(len(table.lines))
    return replace(table, lines=table.lines[:rows], extent=extent)


def _notes(report: Report) -> Iterator[Note]:
    """Yield the notes of the section on money, such as why there is no total."""
    yield from (
        block
        for section, block in _blocks(report)
        if isinstance(block, Note) and section.name == "money"
    )
