"""Groups become charts and maps: what is drawn along which axis, and what stays a series apart."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from bricoop.domain.amounts import WIDE
from bricoop.domain.grammar import plural
from bricoop.domain.vocabularies import label
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.execute import plan_of
from bricoop.query.groups.dimensions import Dimension, dimension
from bricoop.query.groups.measures import DISTINCT, measure
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer, Question, Row
from bricoop.report.blocks import Chart, ChartKind, Map, Number, Series, Shade
from bricoop.report.chart_choice import ChartChoice

NOT_RECORDED = "not recorded"
#: What groups are never added up across, so that it names series and no bars of its own.
_APART = ("source", "currency", "price_year", "unit")
#: More bars than this are drawn only where a limit asks for them.
MOST_BARS = 20
#: Of longer courses of time, only those are drawn of which something is recorded.
_MOST_TIMES = 60
#: More lines than this nobody tells apart.
MOST_LINES = 6
#: The name of a bar, and its figure; None where nothing is recorded.
_Bar = tuple[str, Number | None]
#: A longer course of time than this is drawn without its gaps.
_LONGEST = 400
_MONTHS = 12
#: Measures that add up: those of several groups can be one bar.
_ADDING = ("count", "sum")
_WORDS = {
    "sum": "Sum of", "mean": "Mean of", "median": "Median of", "min": "Minimum of",
    "max": "Maximum of", "count": "Number of values of",
    "distinct": "Number of different",
}  # fmt: skip


@dataclass(frozen=True)
class _Group:
    """A group as it is drawn: its value of each dimension, its code of a country, its figure."""

    names: tuple[str | None, ...]
    code: str | None
    value: Number | None
    unit: str


def check_chart(question: Question, choice: ChartChoice) -> None:
    """Look whether a question can be drawn at all, before anything is asked.

    Raises:
        UsageError: it asks for no groups, for several measures, or for none of what the chart
            needs.
    """
    grouping = question.grouping
    if grouping is None or not grouping.by:
        message = "A chart draws groups, and the question asks for none."
        raise UsageError(message, "Say with --group-by what they are made by, such as country.")
    for option, given in (("--subtotals", grouping.subtotals), ("--share", grouping.share)):
        if given:
            raise UsageError(
                f"A chart draws no {option.removeprefix('--')}.", f"Leave {option} out."
            )
    if len(grouping.measures) > 1:
        message = f"A chart draws one measure, not {len(grouping.measures)}."
        raise UsageError(message, f"Such as: --measure {grouping.measures[0]}.")
    own = _dimensions(question, grouping.by)
    if choice is ChartChoice.LINE and not any(one.is_time for one in own):
        message = "A line goes along time, and no group is made by a date."
        raise UsageError(message, "Add one: --group-by year, or a date as started:year.")
    if choice is ChartChoice.MAP and not any(one.name == "country" for one in own):
        message = "A map shows countries, and no group is made by them."
        raise UsageError(message, "Make them so: --group-by country.")


def charts_of(question: Question, answer: Answer, choice: ChartChoice) -> tuple[Chart | Map, ...]:
    """Return the charts or the map of groups.

    Sources, currencies and price years are kept apart: each is a series of its own, or a chart of
    its own where figures are in something else. Years of which nothing is recorded are gaps.

    Args:
        question: what was asked; `check_chart` has accepted it.
        answer: its groups, as data; of bars all, since each chart has as many as the limit says.
        choice: how they are drawn.

    Raises:
        UsageError: there are no groups, or the chart cannot hold so many series.
    """
    return _Drawn(question, answer, choice).parts()


def _dimensions(question: Question, names: Iterable[str]) -> list[Dimension]:
    noun, plan = noun_of(question.noun), plan_of(question.noun)
    return [dimension(noun, plan, one) for one in dict.fromkeys(map(str.strip, names))]


class _Drawn:
    """Draws the groups of one answer."""

    def __init__(self, question: Question, answer: Answer, choice: ChartChoice) -> None:
        grouping = question.grouping
        by = () if grouping is None else grouping.by
        # Groups are counted by source unasked, where several may tell of one thing.
        unasked = answer.fields[0].name == "source" and "source" not in by
        self._dimensions = _dimensions(question, ("source", *by) if unasked else by)
        self._measure = measure(
            answer.noun or noun_of(question.noun), plan_of(question.noun), _measured(question)
        )
        self._fields = [one.name for one in answer.fields]
        self._choice = choice
        self._noun = question.noun
        self._limit = question.limit
        self._offset = question.offset
        self._axis = self._axis_of(len(by))
        self._groups = [self._group(row, answer.fields) for row in answer.rows]

    def parts(self) -> tuple[Chart | Map, ...]:
        """Return the charts, one for each unit and for bars one for each series."""
        groups = [one for one in self._groups if one.value is not None]
        if not groups:
            raise UsageError("There is nothing to draw: no group has a figure.")
        if self._choice is ChartChoice.MAP:
            return (self._map(groups),)
        parts: list[Chart] = []
        times = self._times(groups)
        for unit in dict.fromkeys(one.unit for one in groups):
            own = [one for one in groups if one.unit == unit]
            parts += (
                self._lines(own, unit)
                if self._choice is ChartChoice.LINE
                else self._bars(own, times)
            )
        if not parts:
            message = "There is nothing to draw: --limit and --offset leave no group."
            raise UsageError(message, "Raise the limit, or leave the offset out.")
        return tuple(parts)

    def _axis_of(self, asked: int) -> int:
        """Return the place of the dimension along which groups are drawn."""
        places = range(len(self._dimensions))
        if self._choice is ChartChoice.LINE:
            return next(place for place in places if self._dimensions[place].is_time)
        if self._choice is ChartChoice.MAP:
            return next(place for place in places if self._dimensions[place].name == "country")
        own = [place for place in places if self._dimensions[place].name not in _APART]
        return own[0] if own else len(self._dimensions) - asked

    def _group(self, row: Row, fields: Sequence[Field]) -> _Group:
        cells = dict(zip(self._fields, row, strict=True))
        kinds = {one.name: one for one in fields}
        names = tuple(
            _shown(kinds[one.name], cells[one.name]) for one in map(_read, self._dimensions)
        )
        axis = self._dimensions[self._axis]
        code = cells.get("country") if axis.name == "country" else None
        field = self._measure.field
        unit = cells.get(f"{field.name}_base") if field is not None else None
        return _Group(names, code, cells[self._measure.name], unit or "")

    def _series(self, group: _Group) -> str:
        """Return the name of the series that a group belongs to: empty where there is one alone."""
        others = [name for place, name in enumerate(group.names) if place != self._axis]
        return ", ".join(name or NOT_RECORDED for name in others)

    def _by_series(self, groups: Sequence[_Group]) -> dict[str, list[_Group]]:
        found: dict[str, list[_Group]] = {}
        for one in groups:
            found.setdefault(self._series(one), []).append(one)
        return found

    def _bars(self, groups: Sequence[_Group], times: Sequence[str]) -> Iterator[Chart]:
        for name, own in self._by_series(groups).items():
            bars: list[_Bar] = [
                (one.names[self._axis] or NOT_RECORDED, one.value or 0) for one in own
            ]
            if times:
                there = dict(bars)
                bars = [(time, there.get(time)) for time in times]
            bars, note = self._some(bars)
            if not bars:
                continue
            series = Series(name or self._what, tuple(value for _, value in bars))
            categories = tuple(bar for bar, _ in bars)
            yield self._chart(ChartKind.BARS, categories, (series,), own[0].unit, name, note)

    def _times(self, groups: Sequence[_Group]) -> list[str]:
        """Return the bars along time: those of all charts, so that they stand below each other.

        They are none where groups are of something else, or only some are asked for.
        """
        is_time = self._dimensions[self._axis].is_time
        if not is_time or self._limit is not None or self._offset:
            return []
        named = {one.names[self._axis] for one in groups}
        known = sorted(one for one in named if one is not None)
        course = _course(known) if known else ()
        times = course if len(course) <= _MOST_TIMES else known
        return [*times, *([NOT_RECORDED] if None in named else ())]

    def _some(self, bars: Sequence[_Bar]) -> tuple[list[_Bar], str]:
        """Return the bars of a chart that are asked for, and which of how many these are."""
        if self._limit is not None or self._offset:
            end = None if self._limit is None else self._offset + self._limit
            shown = [*bars[self._offset : end]]
            left = len(shown) < len(bars)
            return shown, f"{len(shown):,} of {len(bars):,} groups are drawn." if left else ""
        if len(bars) > MOST_BARS and not self._dimensions[self._axis].is_time:
            note = f"The {MOST_BARS} largest of {len(bars):,}; --limit draws more."
            return self._largest(bars), note
        return [*bars], ""

    def _largest(self, bars: Sequence[_Bar]) -> list[_Bar]:
        """Return the largest bars, and where that makes sense one for all others."""
        ordered = sorted(bars, key=lambda bar: -(bar[1] or 0))
        first, rest = ordered[:MOST_BARS], ordered[MOST_BARS:]
        if self._measure.kind not in _ADDING or self._counts_twice:
            return first
        return [*first, (f"{len(rest):,} others", _added(value or 0 for _, value in rest))]

    @property
    def _counts_twice(self) -> bool:
        """Whether a row may be in several groups, so that groups do not add up."""
        return self._dimensions[self._axis].pairs is not None

    def _lines(self, groups: Sequence[_Group], unit: str) -> Iterator[Chart]:
        dated = [one for one in groups if one.names[self._axis] is not None]
        if not dated:
            raise UsageError("There is nothing to draw: no group has a date.")
        times = _course(sorted({one.names[self._axis] or "" for one in dated}))
        series = []
        for name, own in self._by_series(dated).items():
            values = {one.names[self._axis]: one.value for one in own}
            series.append(Series(name or self._what, tuple(values.get(time) for time in times)))
        if len(series) > MOST_LINES:
            message = (
                f"There are {len(series)} lines, and no more than {MOST_LINES} can be told apart."
            )
            raise UsageError(message, "Narrow the question, or draw bars: --chart bar.")
        left = len(groups) - len(dated)
        note = f"Not drawn: {_counted(left)} without a date." if left else ""
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
        axis = _said(self._dimensions[self._axis])
        title = f"{self._what} by {axis}{f': {name}' if name else ''}"
        return Chart("groups", title, kind, axis.capitalize(), categories, series, unit, note)

    def _map(self, groups: Sequence[_Group]) -> Map:
        apart = list(dict.fromkeys((self._series(one), one.unit) for one in groups))
        if len(apart) > 1:
            names = "; ".join(" in ".join(filter(None, one)) for one in apart[:3])
            message = f"A map shows one figure for each country, and there are several: {names}."
            raise UsageError(message, "Keep one of them with a filter, such as --source.")
        lying = [one for one in groups if one.code is not None]
        shades = tuple(
            Shade(one.code or "", one.names[self._axis] or "", one.value or 0) for one in lying
        )
        left = len(groups) - len(lying)
        note = f"Not drawn: {_counted(left)} without a country." if left else ""
        return Map(
            "groups", f"{self._what} by country", self._what, shades, (), groups[0].unit, note
        )

    @property
    def _what(self) -> str:
        """What is measured, in words."""
        one = self._measure
        if one.field is None:
            rows = noun_of(self._noun).name.replace("_", " ")
            return f"Number of {'finance rows' if rows == 'finance' else rows}"
        name = "amounts" if one.field.money else one.field.heading
        if one.kind == DISTINCT:
            # Dates, and what is so or not, are named by adjectives.
            is_noun = one.field.money or one.field.type is Type.TEXT
            name = plural(name) if is_noun else f"values of {name}"
        return f"{_WORDS[one.kind]} {name}"


def _measured(question: Question) -> str:
    return "count" if question.grouping is None else question.grouping.measures[0]


def _read(one: Dimension) -> Field:
    """Return the field of a dimension that people read."""
    return next((field for field in one.fields if field.in_table), one.fields[0])


def _said(one: Dimension) -> str:
    """Return what groups are made by, in words: `month`, but `year started`."""
    date, _, part = one.name.rpartition("_")
    if not (one.is_time and date and part in {"year", "month"}):
        return one.name.replace("_", " ")
    return part if date == "date" else f"{part} {date.replace('_', ' ')}"


def _shown(field: Field, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return label(str(value)) if field.coded else str(value)


def _counted(number: int) -> str:
    return "1 group" if number == 1 else f"{number:,} groups"


def _course(times: Sequence[str]) -> tuple[str, ...]:
    """Return all years or months from the first to the last; dates of other forms as they are."""
    if len({len(one) for one in times}) > 1 or len(times[0]) not in {4, 7}:
        return tuple(times)
    first, last = (_number(one) for one in (times[0], times[-1]))
    if last - first > _LONGEST:
        return tuple(times)
    monthly = len(times[0]) > len("2019")
    return tuple(_time(one, monthly=monthly) for one in range(first, last + 1))


def _number(time: str) -> int:
    year, _, month = time.partition("-")
    return int(year) * _MONTHS + int(month) - 1 if month else int(year)


def _time(number: int, *, monthly: bool) -> str:
    return f"{number // _MONTHS:04}-{number % _MONTHS + 1:02}" if monthly else f"{number:04}"


def _added(values: Iterable[Number]) -> Number:
    """Return the exact sum of figures."""
    total: Number = 0
    for one in values:
        total = WIDE.add(total, one) if isinstance(one, Decimal) else total + one
    return total


def largest(values: Iterable[Number | None]) -> Number:
    """Return the largest of some figures; zero of none."""
    return max((one for one in values if one is not None), default=Decimal(0))


def runs(values: Sequence[Number | None]) -> Iterator[tuple[int, int]]:
    """Yield the places of neighbours that both have a figure: between others a line is broken."""
    for left, right in pairwise(range(len(values))):
        if values[left] is not None and values[right] is not None:
            yield left, right
