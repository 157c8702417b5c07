"""The section on money: totals by a counting rule, by year and by financier, with waterfalls."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Connection

from bricoop.domain.english import agree, counted
from bricoop.errors import UsageError
from bricoop.query.entity.citations import Citation
from bricoop.report.blocks import (
    Block,
    Chart,
    ChartKind,
    Column,
    Command,
    Extent,
    KeyFigure,
    KeyFigures,
    Line,
    Note,
    Series,
    Table,
)
from bricoop.report.sections import Section
from bricoop.report.tables import cells, options
from bricoop.totals.breakdown import Share, breakdown
from bricoop.totals.classify import Counting
from bricoop.totals.rows import COUNTED, EVERYTHING, marked_rows
from bricoop.totals.rules import is_shipped
from bricoop.totals.total import Figure, Total, total
from bricoop.totals.waterfall_rows import waterfall

#: Up to so many rows are cited by their locators; of more, only their number.
_MAX_CITED_ROWS = 3
#: Financiers are listed up to this number.
_MAX_FINANCIERS = 10
#: A comparison of up to so many rows is kept whole in a brief report.
_MAX_COMPARED_ROWS = 12
_NAME, _TITLE = "money", "Money"
#: The first and the last row of a waterfall, which are shown even if they are zero.
_ENDS = frozenset({EVERYTHING, COUNTED})
#: The figures of a step; one without any is not listed.
_FIGURES_OF_STEP = ("rows", "without_amount", "reduced", "amount")
_NO_FINANCIER = "not recorded"


def money_section(connection: Connection, counting: Counting) -> Section:
    """Return the section on the finance that a question selects, counted by a rule.

    Every figure names its rule and its unit, and cites its source.
    """
    try:
        result = total(connection, counting)
    except UsageError as error:
        # The amounts cannot be added up; the rest of the report is made all the same.
        return Section(_NAME, _TITLE, (Note(f"No total by {counting.rule.said}: {error.message}"),))
    figures = [figure for figure in result.figures if figure.all_rows]
    if not figures:
        return Section(_NAME, _TITLE, (Table((), (), empty="No source states any money."),))
    blocks: list[Block] = [KeyFigures(tuple(_key_figures(connection, result, figures)))]
    blocks += _year_charts(connection, counting, figures)
    blocks += _financier_table(connection, counting, figures)
    blocks += [_waterfall(result, figure) for figure in figures if _leaves_out(figure)]
    blocks += [Note(note) for note in result.notes]
    return Section(_NAME, _TITLE, tuple(blocks))


def money_compared(connection: Connection, countings: Mapping[str, Counting]) -> Section:
    """Return the section that compares the money of several subjects, by source.

    Args:
        connection: an open connection.
        countings: the question and the rule of each subject, by its name.
    """
    lines, notes = [], []
    total_notes: dict[str, None] = {}
    for name, counting in countings.items():
        try:
            result = total(connection, counting)
        except UsageError as error:
            notes.append(Note(f"No total of {name} by {counting.rule.said}: {error.message}"))
            continue
        rule = counting.rule.said
        total_notes.update(dict.fromkeys(result.notes))
        lines += [
            Line(
                (
                    name,
                    figure.title or "all",
                    figure.amount,
                    figure.unit,
                    figure.rows,
                    figure.all_rows,
                    rule,
                ),
                _citations(connection, counting, figure),
            )
            for figure in result.figures
            if figure.all_rows
        ]
    columns = (
        Column("subject", "Subject"),
        Column("source", "As stated by"),
        Column("amount", "Money", number=True, money=True),
        Column("unit", "Unit"),
        Column("rows", "Rows counted", number=True),
        Column("all_rows", "All rows", number=True),
        Column("rule", "Rule"),
    )
    # Rows of the same source are put together, so that its figures can be compared.
    lines.sort(key=lambda line: line.citations[0].source if line.citations else "")
    empty = "No source states any money."
    table = Table(columns, tuple(lines), empty=empty, is_whole=len(lines) <= _MAX_COMPARED_ROWS)
    return Section(_NAME, _TITLE, (table, *notes, *map(Note, total_notes)))


def _key_figures(
    connection: Connection, result: Total, figures: Sequence[Figure]
) -> Iterator[KeyFigure]:
    """Yield the total of each source as a key figure."""
    rule = result.counting.rule
    for figure in figures:
        how_counted = f"Rule {rule.said}; {figure.rows:,} of {counted(figure.all_rows, 'rows')}"
        if figure.estimated_rows:
            how_counted += f", {figure.estimated_rows:,} with an amount that the source estimated"
        yield KeyFigure(
            f"total_{figure.source or 'all'}".replace("-", "_"),
            f"{rule.title}, according to {figure.title}" if len(figures) > 1 else rule.title,
            figure.amount if figure.rows else None,
            figure.unit or "",
            how_counted,
            _citations(connection, result.counting, figure),
        )


def _citations(connection: Connection, counting: Counting, figure: Figure) -> tuple[Citation, ...]:
    """Return the citations of a figure: locators of its rows if few, else their number."""
    if figure.source is None:
        return tuple(
            Citation(key, row_count) for key, row_count in _counted_rows(connection, counting)
        )
    if figure.rows > _MAX_CITED_ROWS or not figure.rows:
        rows = (
            counted(figure.rows, "rows")
            if figure.rows
            else f"{counted(figure.all_rows, 'rows')}, none counts"
        )
        return (Citation(figure.source, rows),)
    return tuple(
        Citation(row.source, row.locator)
        for row in marked_rows(connection, counting)
        if row.step is None and row.source == figure.source
    )


def _counted_rows(connection: Connection, counting: Counting) -> Iterator[tuple[str, str]]:
    """Yield the key of each source of a total over all sources, and its number of counted rows."""
    numbers: dict[str, int] = {}
    for row in marked_rows(connection, counting):
        numbers[row.source] = numbers.get(row.source, 0) + (row.step is None)
    none_counts = not any(numbers.values())
    yield from (
        (key, counted(number, "rows")) for key, number in numbers.items() if number or none_counts
    )


def _year_charts(
    connection: Connection, counting: Counting, figures: Sequence[Figure]
) -> Iterator[Chart]:
    """Yield a chart of money by year for each unit, with a series for each source."""
    shares = breakdown(connection, counting, "year")
    dated = [int(share.name) for share in shares if share.name]
    if len(set(dated)) < 2:  # noqa: PLR2004 (one year is no course of time)
        return
    years = tuple(str(year) for year in range(min(dated), max(dated) + 1))
    for unit in dict.fromkeys(figure.unit for figure in figures if figure.rows):
        of_unit = [figure for figure in figures if figure.unit == unit and figure.rows]
        series = tuple(
            Series(figure.title or "", _amounts_by_year(years, shares, figure))
            for figure in of_unit
        )
        undated = sum(share.rows for share in shares if share.name is None)
        undated_note = (
            f" {counted(undated, 'rows')} without a year {agree(undated, 'is', 'are')} not shown."
            if undated
            else ""
        )
        yield Chart(
            "money_by_year",
            "Money by year",
            ChartKind.COLUMNS if len(series) == 1 else ChartKind.LINES,
            "Year",
            years,
            series,
            unit or "",
            f"Rule {counting.rule.said}, by the year of the commitment.{undated_note}",
            tuple(
                citation
                for figure in of_unit
                for citation in _citations(connection, counting, figure)
            ),
        )


def _amounts_by_year(
    years: Sequence[str], shares: Sequence[Share], figure: Figure
) -> tuple[Decimal | None, ...]:
    """Return the amounts of a source for each year; None where it has none."""
    amounts = {share.name: share.amount for share in shares if share.source == figure.source}
    return tuple(amounts.get(year) for year in years)


def _financier_table(
    connection: Connection, counting: Counting, figures: Sequence[Figure]
) -> Iterator[Table]:
    """Yield the table of money by financier, if there are at least two."""
    units = {figure.source: figure.unit for figure in figures}
    shares = sorted(breakdown(connection, counting, "financier"), key=lambda share: -share.amount)
    if len({share.name for share in shares}) < 2:  # noqa: PLR2004 (one is the total itself)
        return
    lines = [
        Line(
            (
                share.name or _NO_FINANCIER,
                share.source,
                share.rows,
                share.amount,
                units.get(share.source),
            ),
            tuple(_share_citations(share, figures)),
        )
        for share in shares[:_MAX_FINANCIERS]
    ]
    sources = {share.source for share in shares}
    only_source = next(iter(sources)) or "" if len(sources) == 1 else ""
    columns = (
        Column("financier", "Financier"),
        # One financier has a row for each source; with a single source, the column is hidden.
        Column("source", "Stated by", usual=only_source),
        Column("rows", "Rows", number=True),
        Column("amount", "Money", number=True, money=True),
        Column("unit", "Unit"),
    )
    note = f"Rule {counting.rule.said}. Joint finance is not assigned to one of its financiers."
    extent = Extent(len(shares), "financiers", "largest")
    yield Table(columns, tuple(lines), "Money by financier", note, extent=extent)


def _share_citations(share: Share, figures: Sequence[Figure]) -> Iterator[Citation]:
    """Yield the citations of a share: its source, or the sources of all figures."""
    rows = counted(share.rows, "rows")
    keys = [share.source] if share.source else [figure.source for figure in figures]
    yield from (Citation(key, rows) for key in keys if key)


def _leaves_out(figure: Figure) -> bool:
    """Return whether a rule leaves out any rows or amounts; only then a waterfall is shown."""
    return figure.rows != figure.all_rows or figure.amount != figure.all_amount


def _waterfall(result: Total, figure: Figure) -> Table:
    """Return the table of the steps by which a rule leaves out rows of a figure."""
    single = Total(result.counting, (figure,), (), result.knowledge_base)
    rows = list(waterfall(single).by_name())
    columns = (
        Column("step", "Step"),
        Column("title", "Rows"),
        Column("rows", "Number", number=True),
        Column("without_amount", "No amount", number=True),
        Column("amount", figure.unit or "Money", number=True, money=True),
    )
    lines = tuple(
        Line(
            cells(columns, row),
            _step_citations(figure, row["rows"] or row["reduced"]),
        )
        for row in rows
        if row["step"] in _ENDS or any(row[name] for name in _FIGURES_OF_STEP)
    )
    rule = result.counting.rule
    suffix = f" of {figure.title}" if len(result.figures) > 1 else ""
    note = (
        f"From all rows to those that count by rule {rule.said}; steps that leave out nothing are "
        "not listed."
    )
    of_step = Command(f"the rows of a step{suffix}", _list_command(result.counting, figure))
    title = f"How the total{suffix} was counted"
    return Table(columns, lines, title, note, commands=(of_step,))


def _list_command(counting: Counting, figure: Figure) -> str:
    """Return the command that lists the rows of a step, to be put in for STEP.

    A rule that does not come with bricoop is in a file whose path is not known here: FILE.
    """
    question, rule = counting.question, counting.rule
    filters = dict(question.filters)
    if figure.source:
        filters["source"] = (figure.source,)
    options_of = {"where": question.where, "raw": question.raw}
    options_of["search"] = (question.search,) if question.search else ()
    options_of["rule"] = (rule.name if is_shipped(rule) else "FILE",)
    if counting.base is not rule.price_base:
        options_of["base"] = (counting.base.value,)
    added = ("--add-sources",) if counting.add_sources else ()
    words = ("bricoop total", *options(filters), *options(options_of), *added, "--list STEP")
    return " ".join(words)


def _step_citations(figure: Figure, number: int) -> tuple[Citation, ...]:
    """Return the citation of a step: the source of the figure, with the number of rows."""
    return (Citation(figure.source, counted(abs(number), "rows")),) if figure.source else ()
