"""Money in reports: totals by a named rule, how they came about, and how they are spread."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Connection

from bricoop.domain.grammar import agree, counted
from bricoop.errors import UsageError
from bricoop.query.citations import Citation
from bricoop.report.blocks import (
    Chart,
    ChartKind,
    Column,
    Command,
    Extent,
    KeyFigure,
    KeyFigures,
    Line,
    Note,
    Part,
    Series,
    Table,
)
from bricoop.report.sections import Section
from bricoop.report.tables import options
from bricoop.totals.breakdown import Share, breakdown
from bricoop.totals.classify import Counting
from bricoop.totals.rows import COUNTED, EVERYTHING, marked_rows
from bricoop.totals.rules import is_shipped
from bricoop.totals.total import Figure, Total, total
from bricoop.totals.waterfall import waterfall

#: So many rows are cited one by one; of more, how many they are.
_CITED = 3
#: So many financiers are told apart.
_MOST = 10
#: A comparison of so many rows is not cut.
_COMPARED = 12
_NAME, _TITLE = "money", "Money"
#: The first and the last row of a waterfall, which are always there.
_ENDS = frozenset({EVERYTHING, COUNTED})
_NO_FINANCIER = "not recorded"


def money_section(connection: Connection, counting: Counting) -> Section:
    """Return the section on the money of a question, counted by a rule.

    Every figure has its rule, its base and the source that states it.
    """
    try:
        counted = total(connection, counting)
    except UsageError as error:
        # Amounts that cannot be added are no reason for a report not to be made.
        return Section(_NAME, _TITLE, (Note(f"No total by {counting.rule.said}: {error.message}"),))
    figures = [one for one in counted.figures if one.all_rows]
    if not figures:
        return Section(_NAME, _TITLE, (Table((), (), empty="No source states any money."),))
    parts: list[Part] = [KeyFigures(tuple(_key_figures(connection, counted, figures)))]
    parts += _years(connection, counting, figures)
    parts += _financiers(connection, counting, figures)
    parts += [_waterfall(counted, one) for one in figures if _leaves_out(one)]
    parts += [Note(note) for note in counted.notes]
    return Section(_NAME, _TITLE, tuple(parts))


def money_compared(connection: Connection, countings: Mapping[str, Counting]) -> Section:
    """Return the section that sets the money of several subjects side by side, by source.

    Args:
        connection: an open connection.
        countings: for each subject, by its name, what is counted.
    """
    lines, notes = [], []
    told: dict[str, None] = {}
    for name, counting in countings.items():
        try:
            counted = total(connection, counting)
        except UsageError as error:
            notes.append(Note(f"No total of {name} by {counting.rule.said}: {error.message}"))
            continue
        rule = counting.rule.said
        told.update(dict.fromkeys(counted.notes))
        lines += [
            Line(
                (name, one.title or "all", one.amount, one.unit, one.rows, one.all_rows, rule),
                _cited(connection, counting, one),
            )
            for one in counted.figures
            if one.all_rows
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
    # What a source states of each subject stands together.
    lines.sort(key=lambda line: line.citations[0].source if line.citations else "")
    empty = "No source states any money."
    table = Table(columns, tuple(lines), empty=empty, is_whole=len(lines) <= _COMPARED)
    return Section(_NAME, _TITLE, (table, *notes, *map(Note, told)))


def _key_figures(
    connection: Connection, counted: Total, figures: Sequence[Figure]
) -> Iterator[KeyFigure]:
    rule = counted.counting.rule
    for one in figures:
        said = f"Rule {rule.said}; {one.rows:,} of {_rows(one.all_rows)}"
        if one.estimated_rows:
            said += f", {one.estimated_rows:,} with an amount that the source estimated"
        yield KeyFigure(
            f"total_{one.source or 'all'}".replace("-", "_"),
            f"{rule.title}, according to {one.title}" if len(figures) > 1 else rule.title,
            one.amount if one.rows else None,
            one.unit or "",
            said,
            _cited(connection, counted.counting, one),
        )


def _cited(connection: Connection, counting: Counting, figure: Figure) -> tuple[Citation, ...]:
    if figure.source is None:
        return tuple(Citation(key, place) for key, place in _places(connection, counting))
    if figure.rows > _CITED or not figure.rows:
        rows = _rows(figure.rows) if figure.rows else f"{_rows(figure.all_rows)}, none counts"
        return (Citation(figure.source, rows),)
    return tuple(
        Citation(row.source, row.locator)
        for row in marked_rows(connection, counting)
        if row.step is None and row.source == figure.source
    )


def _places(connection: Connection, counting: Counting) -> Iterator[tuple[str, str]]:
    """Yield each source of rows that were added together, and how many of its rows count."""
    numbers: dict[str, int] = {}
    for row in marked_rows(connection, counting):
        numbers[row.source] = numbers.get(row.source, 0) + (row.step is None)
    yield from ((key, _rows(number)) for key, number in numbers.items())


def _years(
    connection: Connection, counting: Counting, figures: Sequence[Figure]
) -> Iterator[Chart]:
    """Yield a chart of each base that money is in, by year, with a series for each source."""
    shares = breakdown(connection, counting, "year")
    dated = [int(one.name) for one in shares if one.name]
    if len(set(dated)) < 2:  # noqa: PLR2004 (one year is no course of time)
        return
    years = tuple(str(year) for year in range(min(dated), max(dated) + 1))
    for unit in dict.fromkeys(one.unit for one in figures if one.rows):
        of_unit = [one for one in figures if one.unit == unit and one.rows]
        series = tuple(Series(one.title or "", _over(years, shares, one)) for one in of_unit)
        undated = sum(one.rows for one in shares if one.name is None)
        left = (
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
            f"Rule {counting.rule.said}, by the year of the commitment.{left}",
            tuple(citation for one in of_unit for citation in _cited(connection, counting, one)),
        )


def _over(
    years: Sequence[str], shares: Sequence[Share], figure: Figure
) -> tuple[Decimal | None, ...]:
    found = {one.name: one.amount for one in shares if one.source == figure.source}
    return tuple(found.get(year) for year in years)


def _financiers(
    connection: Connection, counting: Counting, figures: Sequence[Figure]
) -> Iterator[Table]:
    units = {one.source: one.unit for one in figures}
    shares = sorted(breakdown(connection, counting, "financier"), key=lambda one: -one.amount)
    if len({one.name for one in shares}) < 2:  # noqa: PLR2004 (one is the total itself)
        return
    lines = [
        Line(
            (one.name or _NO_FINANCIER, one.rows, one.amount, units.get(one.source)),
            tuple(_of_share(one, figures)),
        )
        for one in shares[:_MOST]
    ]
    columns = (
        Column("financier", "Financier"),
        Column("rows", "Rows", number=True),
        Column("amount", "Money", number=True, money=True),
        Column("unit", "Unit"),
    )
    note = f"Rule {counting.rule.said}. Joint finance is not assigned to one of its financiers."
    extent = Extent(len(shares), "financiers", "largest")
    yield Table(columns, tuple(lines), "Money by financier", note, extent=extent)


def _of_share(share: Share, figures: Sequence[Figure]) -> Iterator[Citation]:
    rows = _rows(share.rows)
    keys = [share.source] if share.source else [one.source for one in figures]
    yield from (Citation(key, rows) for key in keys if key)


def _leaves_out(figure: Figure) -> bool:
    """Return whether a rule leaves out anything of a figure; if not, nothing needs explaining."""
    return figure.rows != figure.all_rows or figure.amount != figure.all_amount


def _waterfall(counted: Total, figure: Figure) -> Table:
    one = Total(counted.counting, (figure,), (), counted.knowledge_base)
    rows = list(waterfall(one).rows)
    columns = (
        Column("step", "Step"),
        Column("title", "Rows"),
        Column("rows", "Number", number=True),
        Column("without_amount", "No amount", number=True),
        Column("amount", figure.unit or "Money", number=True, money=True),
    )
    lines = tuple(
        Line((step, title, number, without, amount), _of_step(figure, number or reduced))
        for _, step, title, number, without, reduced, amount, *_ in rows
        if step in _ENDS or number or without or reduced or amount
    )
    rule = counted.counting.rule
    of = f" of {figure.title}" if len(counted.figures) > 1 else ""
    note = (
        f"From all rows to those that count by rule {rule.said}; steps that leave out nothing are "
        "not listed."
    )
    of_step = Command(f"the rows of a step{of}", _command(counted.counting, figure))
    title = f"How the total{of} was counted"
    return Table(columns, lines, title, note, commands=(of_step,))


def _command(counting: Counting, figure: Figure) -> str:
    """Return the command that lists the rows of a step."""
    question, rule = counting.question, counting.rule
    filters = dict(question.filters)
    if figure.source:
        filters["source"] = (figure.source,)
    more = {"where": question.where, "raw": question.raw}
    more["search"] = (question.search,) if question.search else ()
    more["rule"] = (rule.name if is_shipped(rule) else "FILE",)
    if counting.base is not rule.price_base:
        more["base"] = (counting.base.value,)
    return " ".join(("bricoop total", *options(filters), *options(more), "--list STEP"))


def _of_step(figure: Figure, number: int) -> tuple[Citation, ...]:
    return (Citation(figure.source, _rows(abs(number))),) if figure.source else ()


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
