"""Turns the groups of a query into charts and maps: axis, series, units and limits."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from bricoop.domain.amounts import WIDE
from bricoop.domain.english import counted, plural
from bricoop.domain.vocabularies import label
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.execute import plan_of
from bricoop.query.groups.dimensions import Dimension, dimension
from bricoop.query.groups.measures import DISTINCT, measure
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer, Question
from bricoop.report.blocks import Chart, ChartKind, Map, Number, Series, Shade
from bricoop.report.chart_choice import ChartChoice

NOT_RECORDED = "not recorded"
#: Groups of different values of these are never added up: they become series, not bars.
_SERIES_DIMENSIONS = ("source", "currency", "price_year", "unit")
#: The most bars of a chart, unless `--limit` asks for more.
MOST_BARS = 20
#: Of longer timelines, bars are drawn only for times with groups, without gaps.
_MAX_TIME_BARS = 60
#: The most lines of a chart; more could not be told apart.
MOST_LINES = 6
#: The name of a bar, and its figure; None where the time has no group.
_Bar = tuple[str, Number | None]
#: Years or months of a timeline; longer ones are drawn without gaps, which would fill the chart.
_MAX_TIMELINE = 400
_MONTHS = 12
#: Measures that can be summed over groups, so that small groups can be joined as "others".
_ADDITIVE = ("count", "sum")
_MEASURE_LABELS = {
    "sum": "Sum of", "mean": "Mean of", "median": "Median of", "min": "Minimum of",
    "max": "Maximum of", "count": "Number of values of",
    "distinct": "Number of different",
}  # fmt: skip


@dataclass(frozen=True)
class _Group:
    """A group to be drawn: labels of its dimensions, code of its country, figure and unit."""

    names: tuple[str | None, ...]
    code: str | None
    value: Number | None
    unit: str


def check_chart(question: Question, choice: ChartChoice) -> None:
    """Refuse a question that cannot be drawn, before it is run.

    Raises:
        UsageError: it has no groups, several measures, or no dimension that the chart needs, such
            as a date for a line or the country for a map.
    """
    grouping = question.grouping
    if grouping is None or not grouping.by:
        message = "A chart draws groups, and the question asks for none."
        raise UsageError(message, "Say with --group-by what they are made by, such as country.")
    for option, is_on in (("--subtotals", grouping.subtotals), ("--share", grouping.share)):
        if is_on:
            raise UsageError(
                f"A chart draws no {option.removeprefix('--')}.", f"Leave {option} out."
            )
    if len(grouping.measures) > 1:
        message = f"A chart draws one measure, not {len(grouping.measures)}."
        raise UsageError(message, f"Such as: --measure {grouping.measures[0]}.")
    dimensions = _dimensions(question, grouping.by)
    if choice is ChartChoice.LINE and not any(dimension_.is_time for dimension_ in dimensions):
        message = "A line goes along time, and no group is made by a date."
        raise UsageError(message, "Add one: --group-by year, or a date as started:year.")
    if choice is ChartChoice.MAP and not any(
        dimension_.name == "country" for dimension_ in dimensions
    ):
        message = "A map shows countries, and no group is made by them."
        raise UsageError(message, "Make them so: --group-by country.")


def charts_of(question: Question, answer: Answer, choice: ChartChoice) -> tuple[Chart | Map, ...]:
    """Return the charts, or the map, of the groups of an answer.

    Sources, currencies and price years are never added up: each is a series of its own, and each
    unit a chart of its own. Years without groups are gaps.

    Args:
        question: the question, accepted by `check_chart`.
        answer: its groups; for bars all of them, because `--limit` applies to each chart.
        choice: the kind of chart.

    Raises:
        UsageError: there are no groups with a figure, or too many series for the chart.
    """
    return _ChartBuilder(question, answer, choice).parts()


def _dimensions(question: Question, names: Iterable[str]) -> list[Dimension]:
    noun, plan = noun_of(question.noun), plan_of(question.noun)
    return [dimension(noun, plan, name) for name in dict.fromkeys(map(str.strip, names))]


class _ChartBuilder:
    """Makes the charts of one answer."""

    def __init__(self, question: Question, answer: Answer, choice: ChartChoice) -> None:
        grouping = question.grouping
        by = () if grouping is None else grouping.by
        # A query that several sources may answer is grouped by source even if it does not say so,
        # because their records of the same project must not be added up.
        unasked = answer.fields[0].name == "source" and "source" not in by
        self._dimensions = _dimensions(question, ("source", *by) if unasked else by)
        self._measure = measure(
            answer.noun or noun_of(question.noun), plan_of(question.noun), _measure_name(question)
        )
        self._choice = choice
        self._noun = question.noun
        self._limit = question.limit
        self._offset = question.offset
        self._axis = self._axis_of(len(by))
        self._groups = [self._group(cells, answer.fields) for cells in answer.by_name()]

    def parts(self) -> tuple[Chart | Map, ...]:
        """Return the charts: one for each unit, and for bars one for each series of a unit."""
        groups = [group for group in self._groups if group.value is not None]
        if not groups:
            raise UsageError("There is nothing to draw: no group has a figure.")
        if self._choice is ChartChoice.MAP:
            return (self._map(groups),)
        charts: list[Chart] = []
        times = self._times(groups)
        for unit in dict.fromkeys(group.unit for group in groups):
            unit_groups = [group for group in groups if group.unit == unit]
            charts += (
                self._lines(unit_groups, unit)
                if self._choice is ChartChoice.LINE
                else self._bars(unit_groups, times)
            )
        if not charts:
            message = "There is nothing to draw: --limit and --offset leave no group."
            raise UsageError(message, "Raise the limit, or leave the offset out.")
        return tuple(charts)

    def _axis_of(self, dimension_count: int) -> int:
        """Return the index of the dimension that is the axis of the chart."""
        positions = range(len(self._dimensions))
        if self._choice is ChartChoice.LINE:
            return next(position for position in positions if self._dimensions[position].is_time)
        if self._choice is ChartChoice.MAP:
            return next(
                position for position in positions if self._dimensions[position].name == "country"
            )
        candidates = [
            position
            for position in positions
            if self._dimensions[position].name not in _SERIES_DIMENSIONS
        ]
        return candidates[0] if candidates else len(self._dimensions) - dimension_count

    def _group(self, cells: dict[str, Any], fields: Sequence[Field]) -> _Group:
        kinds = {field.name: field for field in fields}
        names = tuple(
            _cell_label(kinds[field.name], cells[field.name])
            for field in map(_label_field, self._dimensions)
        )
        axis = self._dimensions[self._axis]
        code = cells.get("country") if axis.name == "country" else None
        field = self._measure.field
        unit = cells.get(f"{field.name}_base") if field is not None else None
        return _Group(names, code, cells[self._measure.name], unit or "")

    def _series(self, group: _Group) -> str:
        """Return the name of the series of a group: its labels other than that of the axis."""
        others = [name for position, name in enumerate(group.names) if position != self._axis]
        return ", ".join(name or NOT_RECORDED for name in others)

    def _by_series(self, groups: Sequence[_Group]) -> dict[str, list[_Group]]:
        by_series: dict[str, list[_Group]] = {}
        for group in groups:
            by_series.setdefault(self._series(group), []).append(group)
        return by_series

    def _bars(self, groups: Sequence[_Group], times: Sequence[str]) -> Iterator[Chart]:
        """Yield a chart of bars for each series."""
        for name, series_groups in self._by_series(groups).items():
            bars: list[_Bar] = [
                (group.names[self._axis] or NOT_RECORDED, group.value or 0)
                for group in series_groups
            ]
            if times:
                figures = dict(bars)
                bars = [(time, figures.get(time)) for time in times]
            bars, note = self._limited(bars)
            if not bars:
                continue
            series = Series(name or self._measure_label, tuple(value for _, value in bars))
            categories = tuple(bar for bar, _ in bars)
            yield self._chart(
                ChartKind.BARS, categories, (series,), series_groups[0].unit, name, note
            )

    def _times(self, groups: Sequence[_Group]) -> list[str]:
        """Return the times of all charts, so that their bars are aligned.

        Empty where the axis is not time, or `--limit` or `--offset` selects some bars.
        """
        is_time = self._dimensions[self._axis].is_time
        if not is_time or self._limit is not None or self._offset:
            return []
        times_of_groups = {group.names[self._axis] for group in groups}
        known_times = sorted(time for time in times_of_groups if time is not None)
        timeline = _timeline(known_times) if known_times else ()
        times = timeline if len(timeline) <= _MAX_TIME_BARS else known_times
        return [*times, *([NOT_RECORDED] if None in times_of_groups else ())]

    def _limited(self, bars: Sequence[_Bar]) -> tuple[list[_Bar], str]:
        """Return the bars within the limit, and a note on how many of all these are."""
        if self._limit is not None or self._offset:
            end = None if self._limit is None else self._offset + self._limit
            shown = [*bars[self._offset : end]]
            is_cut = len(shown) < len(bars)
            return shown, f"{len(shown):,} of {len(bars):,} groups are drawn." if is_cut else ""
        if len(bars) > MOST_BARS and not self._dimensions[self._axis].is_time:
            note = f"The {MOST_BARS} largest of {len(bars):,}; --limit draws more."
            return self._largest(bars), note
        return [*bars], ""

    def _largest(self, bars: Sequence[_Bar]) -> list[_Bar]:
        """Return the largest bars, and one with the sum of the others if they can be summed."""
        ordered = sorted(bars, key=lambda bar: -(bar[1] or 0))
        first, rest = ordered[:MOST_BARS], ordered[MOST_BARS:]
        if self._measure.kind not in _ADDITIVE or self._counts_twice:
            return first
        return [*first, (f"{len(rest):,} others", _sum(value or 0 for _, value in rest))]

    @property
    def _counts_twice(self) -> bool:
        """Whether a row may be in several groups, so that their sum would count it twice."""
        return self._dimensions[self._axis].pairs is not None

    def _lines(self, groups: Sequence[_Group], unit: str) -> Iterator[Chart]:
        """Yield the chart of one unit, with a line for each series."""
        dated = [group for group in groups if group.names[self._axis] is not None]
        if not dated:
            raise UsageError("There is nothing to draw: no group has a date.")
        times = _timeline(sorted({group.names[self._axis] or "" for group in dated}))
        series = []
        for name, series_groups in self._by_series(dated).items():
            values = {group.names[self._axis]: group.value for group in series_groups}
            series.append(
                Series(name or self._measure_label, tuple(values.get(time) for time in times))
            )
        if len(series) > MOST_LINES:
            message = (
                f"There are {len(series)} lines, and no more than {MOST_LINES} can be told apart."
            )
            raise UsageError(message, "Narrow the question, or draw bars: --chart bar.")
        undated = len(groups) - len(dated)
        note = f"Not drawn: {counted(undated, 'groups')} without a date." if undated else ""
        yield self._chart(ChartKind.LINES, times, tuple(series), unit, "", note)

    def _chart(
        self,
        kind: ChartKind,
        categories: tuple[str, ...],
        series: tuple[Series, ...],
        unit: str,
        name: str,
        note: str = "",
    ) -> Chart:
        axis = _dimension_label(self._dimensions[self._axis])
        title = f"{self._measure_label} by {axis}{f': {name}' if name else ''}"
        return Chart("groups", title, kind, axis.capitalize(), categories, series, unit, note)

    def _map(self, groups: Sequence[_Group]) -> Map:
        """Return the map of groups by country; refuse several series or units."""
        series_units = list(dict.fromkeys((self._series(group), group.unit) for group in groups))
        if len(series_units) > 1:
            names = "; ".join(" in ".join(filter(None, pair)) for pair in series_units[:3])
            message = f"A map shows one figure for each country, and there are several: {names}."
            raise UsageError(message, "Keep one of them with a filter, such as --source.")
        in_countries = [group for group in groups if group.code is not None]
        shades = tuple(
            Shade(group.code or "", group.names[self._axis] or "", group.value or 0)
            for group in in_countries
        )
        without_country = len(groups) - len(in_countries)
        note = (
            f"Not drawn: {counted(without_country, 'groups')} without a country."
            if without_country
            else ""
        )
        return Map(
            "groups",
            f"{self._measure_label} by country",
            self._measure_label,
            shades,
            (),
            groups[0].unit,
            note,
        )

    @property
    def _measure_label(self) -> str:
        """The measure in words, such as `Sum of amounts`."""
        measure_ = self._measure
        if measure_.field is None:
            rows = noun_of(self._noun).name.replace("_", " ")
            return f"Number of {'finance rows' if rows == 'finance' else rows}"
        name = "amounts" if measure_.field.money else measure_.field.heading
        if measure_.kind == DISTINCT:
            # The headings of dates and of yes-or-no fields are adjectives, such as "started", which
            # have no plural.
            is_noun = measure_.field.money or measure_.field.type is Type.TEXT
            name = plural(name) if is_noun else f"values of {name}"
        return f"{_MEASURE_LABELS[measure_.kind]} {name}"


def _measure_name(question: Question) -> str:
    return "count" if question.grouping is None else question.grouping.measures[0]


def _label_field(dimension_: Dimension) -> Field:
    """Return the field of a dimension that is shown, such as the name rather than the key."""
    return next((field for field in dimension_.fields if field.in_table), dimension_.fields[0])


def _dimension_label(dimension_: Dimension) -> str:
    """Return a dimension in words: `month` for `date_month`, `year started` for `started_year`."""
    date, _, unit = dimension_.name.rpartition("_")
    if not (dimension_.is_time and date and unit in {"year", "month"}):
        return dimension_.name.replace("_", " ")
    return unit if date == "date" else f"{unit} {date.replace('_', ' ')}"


def _cell_label(field: Field, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return label(str(value)) if field.coded else str(value)


def _timeline(times: Sequence[str]) -> tuple[str, ...]:
    """Return all years or months from the first to the last.

    Times of mixed precision, such as `2015` and `2015-06`, are returned as they are.
    """
    if len({len(time) for time in times}) > 1 or len(times[0]) not in {4, 7}:
        return tuple(times)
    first, last = (_time_number(time) for time in (times[0], times[-1]))
    if last - first > _MAX_TIMELINE:
        return tuple(times)
    monthly = len(times[0]) > len("2019")
    return tuple(_time_label(number, monthly=monthly) for number in range(first, last + 1))


def _time_number(time: str) -> int:
    """Return a year, or the months since year 0 of a month, to count with."""
    year, _, month = time.partition("-")
    return int(year) * _MONTHS + int(month) - 1 if month else int(year)


def _time_label(number: int, *, monthly: bool) -> str:
    """Return the year or month of a number made by `_time_number`."""
    return f"{number // _MONTHS:04}-{number % _MONTHS + 1:02}" if monthly else f"{number:04}"


def _sum(values: Iterable[Number]) -> Number:
    """Return the sum of figures; decimals are added exactly."""
    total: Number = 0
    for value in values:
        total = WIDE.add(total, value) if isinstance(value, Decimal) else total + value
    return total


def largest(values: Iterable[Number | None]) -> Number:
    """Return the largest figure; zero where there is none."""
    return max((value for value in values if value is not None), default=Decimal(0))


def runs(values: Sequence[Number | None]) -> Iterator[tuple[int, int]]:
    """Yield the indexes of neighbouring figures to be joined by a line; None breaks the line."""
    for before, after in pairwise(range(len(values))):
        if values[before] is not None and values[after] is not None:
            yield before, after
