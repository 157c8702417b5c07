"""Counted groups become an answer: with shares, in order, and no more of them than asked for."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection

from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.groups.aggregate import Tallier, Tally, Told
from bricoop.query.groups.labels import for_people
from bricoop.query.groups.shares import SHARE, Shares
from bricoop.query.plan import Plan
from bricoop.query.question import Answer, Question, sort_keys

#: Where a group stands among those of its level: known values, nothing recorded, subtotals.
_KNOWN, _NOTHING, _SUBTOTAL = 0, 1, 2


def grouped(
    connection: Connection,
    question: Question,
    plan: Plan,
    conditions: Sequence[ColumnElement[bool]],
    *,
    spelled_out: bool,
) -> Answer:
    """Return the groups that a question asks for.

    Raises:
        UsageError: the rows cannot be put into groups so, a measure does not fit, or a sum would
            mix figures of different bases.
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
    fields, rows, notes = tally.fields, [one.row for one in groups], tally.notes
    if shares is not None:
        fields, rows, notes = shares.fields, shares.rows(groups), (*notes, *shares.notes)
    if spelled_out:
        fields, rows = for_people(tally.dimensions, fields, [one.kept for one in groups], rows)
    end = None if question.limit is None else question.offset + question.limit
    return Answer(noun, fields, iter(rows[question.offset : end]), notes)


def _ordered(tally: Tally, sort: str, shares: Shares | None) -> list[Told]:
    """Return the groups in the order that is asked for; subtotals come after what they total.

    Unasked, the groups of one field are in the order of the first measure, within each source and
    each of what its figures are in.
    """
    groups = sorted(tally.groups, key=_by_dimensions(tally))
    if sort:
        # The last key is sorted by first: what is sorted later keeps the order of equals.
        for name, downward in reversed(sort_keys(sort)):
            if shares is not None and name == SHARE:
                groups = _by_value(tally, groups, shares.of, downward=downward)
            else:
                groups = _sorted(tally, groups, name, downward=downward)
        return groups
    depth, first = len(tally.dimensions), len(tally.apart)
    if depth - first == 1 and tally.apart == (*range(first),) and not tally.dimensions[-1].is_time:
        by_measure = _sorted(tally, groups, tally.measures[0].name, downward=True)
        return sorted(by_measure, key=_by_dimensions(tally, first))
    return groups


def _sorted(tally: Tally, groups: list[Told], key: str, *, downward: bool) -> list[Told]:
    names = [field.name for field in tally.fields]
    # A measure may be named as it was asked for, sum:amount_usd, or as its column is called.
    name = key.replace("-", "_").replace(":", "_")
    if name not in names:
        near = nearest(name, {normalise(one): one for one in names})
        hint = f"Did you mean: {'; '.join(near)}? " if near else ""
        message = f"These groups have no column {key!r} to sort by."
        raise UsageError(message, f"{hint}They have: {', '.join(names)}.")
    at = names.index(name)
    begins = dict(zip(_places(tally), tally.dimensions, strict=True))
    if at in begins and begins[at].ordered_by:
        # Of a code that stands for a name, people see the name.
        named = at + begins[at].ordered_by
        return _by_value(tally, groups, lambda one: _in_order(one.row[named]), downward=downward)
    return _by_value(tally, groups, lambda one: one.row[at], downward=downward)


def _by_value(
    tally: Tally, groups: list[Told], value: Callable[[Told], Any], *, downward: bool
) -> list[Told]:
    """Return groups in the order of a value; those of which there is none, and subtotals, last."""
    depth = len(tally.dimensions)
    own = [one for one in groups if len(one.kept) == depth]
    known = [one for one in own if value(one) is not None]
    known.sort(key=value, reverse=downward)
    unknown = [one for one in own if value(one) is None]
    return [*known, *unknown, *(one for one in groups if len(one.kept) != depth)]


def _in_order(value: Any) -> Any:
    """Return what a value is ordered by: of a name its normal form, as rows are ordered by it."""
    return normalise(value) if isinstance(value, str) else value


def _places(tally: Tally) -> list[int]:
    """Return at which column each dimension begins."""
    places, at = [], 0
    for one in tally.dimensions:
        places.append(at)
        at += len(one.fields)
    return places


def _by_dimensions(tally: Tally, first: int | None = None) -> Callable[[Told], Any]:
    """Return what sorts groups by their dimensions, or by the first of them alone."""
    places = _places(tally)[:first]

    def key(group: Told) -> Any:
        return [
            (_SUBTOTAL, "")
            if place not in group.kept
            else (_NOTHING, "")
            if group.row[at] is None
            else (_KNOWN, _in_order(group.row[at + dimension.ordered_by]), group.row[at])
            for place, (at, dimension) in enumerate(zip(places, tally.dimensions, strict=False))
        ]

    return key
