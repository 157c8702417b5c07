"""Answer grouped questions: aggregate, add shares, sort, and apply limit and offset."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection

from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.groups.aggregate import ResultGroup, Tallier, Tally
from bricoop.query.groups.labels import for_people
from bricoop.query.groups.shares import SHARE, Shares
from bricoop.query.plan import Plan
from bricoop.query.question import Answer, Question, sort_keys

#: Sort order within a dimension: known values, then missing ones, then subtotals.
_KNOWN, _NOTHING, _SUBTOTAL = 0, 1, 2


def grouped(
    connection: Connection,
    question: Question,
    plan: Plan,
    conditions: Sequence[ColumnElement[bool]],
    *,
    spelled_out: bool,
) -> Answer:
    """Return the groups of a question.

    Args:
        connection: an open connection.
        question: a question with a grouping.
        plan: the plan of its noun.
        conditions: SQL conditions on the rows to group.
        spelled_out: whether missing values and subtotals are labelled in words.

    Raises:
        UsageError: rows cannot be grouped by a field, a measure does not fit, or a sum would mix
            figures of different units.
    """
    grouping = question.grouping
    if grouping is None or question.columns:
        message = "--columns cannot be used with groups."
        raise UsageError(message, "Use --group-by and --measure.")
    noun = noun_of(question.noun)
    tallier = Tallier(connection, noun, plan, grouping, conditions)
    tally = tallier.tally()
    shares = Shares(tallier, tally) if grouping.share else None
    groups = _ordered(tally, question.sort, shares)
    fields, rows, notes = tally.fields, [group.row for group in groups], tally.notes
    if shares is not None:
        fields, rows, notes = shares.fields, shares.rows(groups), (*notes, *shares.notes)
    if spelled_out:
        fields, rows = for_people(
            tally.dimensions, fields, [group.grouping_set for group in groups], rows
        )
    end = None if question.limit is None else question.offset + question.limit
    return Answer(noun, fields, iter(rows[question.offset : end]), notes)


def _ordered(tally: Tally, sort: str, shares: Shares | None) -> list[ResultGroup]:
    """Sort groups as requested; subtotals come after the groups that they total.

    By default, groups by a single field are sorted by the first measure, largest first, within each
    source and unit of its figures; other groups by their dimensions.
    """
    groups = sorted(tally.groups, key=_by_dimensions(tally))
    if sort:
        # Sorting is stable, so the least significant key is sorted by first.
        for name, downward in reversed(sort_keys(sort)):
            if shares is not None and name == SHARE:
                groups = _by_value(tally, groups, shares.of, downward=downward)
            else:
                groups = _sorted(tally, groups, name, downward=downward)
        return groups
    depth, first = len(tally.dimensions), len(tally.non_additive)
    if (
        depth - first == 1
        and tally.non_additive == (*range(first),)
        and not tally.dimensions[-1].is_time
    ):
        by_measure = _sorted(tally, groups, tally.measures[0].name, downward=True)
        return sorted(by_measure, key=_by_dimensions(tally, first))
    return groups


def _sorted(
    tally: Tally, groups: list[ResultGroup], key: str, *, downward: bool
) -> list[ResultGroup]:
    names = [field.name for field in tally.fields]
    # A measure may be named as requested (`sum:amount_usd`) or by its column (`sum_amount_usd`).
    name = key.replace("-", "_").replace(":", "_")
    if name not in names:
        near = nearest(name, {normalise(known): known for known in names})
        hint = f"Did you mean: {'; '.join(near)}? " if near else ""
        message = f"These groups have no column {key!r} to sort by."
        raise UsageError(message, f"{hint}They have: {', '.join(names)}.")
    column = names.index(name)
    begins = dict(zip(_column_offsets(tally), tally.dimensions, strict=True))
    if column in begins and begins[column].ordered_by:
        # People see the name, not the code: sort by the name.
        named = column + begins[column].ordered_by
        return _by_value(
            tally, groups, lambda group: _in_order(group.row[named]), downward=downward
        )
    return _by_value(tally, groups, lambda group: group.row[column], downward=downward)


def _by_value(
    tally: Tally, groups: list[ResultGroup], value: Callable[[ResultGroup], Any], *, downward: bool
) -> list[ResultGroup]:
    """Sort groups by a value; groups without the value come after them, and subtotals last."""
    depth = len(tally.dimensions)
    own = [group for group in groups if len(group.grouping_set) == depth]
    known = [group for group in own if value(group) is not None]
    known.sort(key=value, reverse=downward)
    unknown = [group for group in own if value(group) is None]
    return [*known, *unknown, *(group for group in groups if len(group.grouping_set) != depth)]


def _in_order(value: Any) -> Any:
    """Return the sort key of a value: for text its normal form, by which rows are sorted too."""
    return normalise(value) if isinstance(value, str) else value


def _column_offsets(tally: Tally) -> list[int]:
    """Return the index of each dimension's first column."""
    offsets, offset = [], 0
    for dimension in tally.dimensions:
        offsets.append(offset)
        offset += len(dimension.fields)
    return offsets


def _by_dimensions(tally: Tally, first: int | None = None) -> Callable[[ResultGroup], Any]:
    """Return the sort key of groups by all dimensions, or by the first few of them."""
    offsets = _column_offsets(tally)[:first]

    def key(group: ResultGroup) -> Any:
        return [
            (_SUBTOTAL, "")
            if index not in group.grouping_set
            else (_NOTHING, "")
            if group.row[offset] is None
            else (_KNOWN, _in_order(group.row[offset + dimension.ordered_by]), group.row[offset])
            for index, (offset, dimension) in enumerate(
                zip(offsets, tally.dimensions, strict=False)
            )
        ]

    return key
