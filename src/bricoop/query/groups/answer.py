"""Counted groups become an answer: with shares, in order, and no more of them than asked for."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection

from bricoop.domain.closeness import nearest
from bricoop.domain.names import normalise
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.groups.tally import Row, Tallier, Tally
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.plan import Plan
from bricoop.query.question import Answer, Question

_ADDITIVE = {"count", "sum"}
_PERCENT = Decimal("0.01")
#: Where a group stands among those of its level: known values, nothing recorded, subtotals.
_KNOWN, _NOTHING, _SUBTOTAL = 0, 1, 2
Group = tuple[int, Row]


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
        message = "Groups have no columns to choose."
        raise UsageError(message, "--group-by and --measure say what they show.")
    noun = noun_of(question.noun)
    tally = Tallier(connection, noun, plan, grouping, conditions).tally()
    groups = _ordered(tally, question.sort)
    if spelled_out:
        groups = _spelled_out(tally, groups)
    fields, rows = tally.fields, [row for _, row in groups]
    if grouping.share:
        fields, rows = _with_shares(tally, groups)
    end = None if question.limit is None else question.offset + question.limit
    return Answer(noun, fields, iter(rows[question.offset : end]), tally.notes)


def _ordered(tally: Tally, sort: str) -> list[Group]:
    """Return the groups in the order that is asked for; subtotals come after what they total."""
    groups = sorted(tally.groups, key=_by_dimensions(tally))
    if sort:
        return _sorted(tally, groups, sort)
    if len(tally.dimensions) == 1 and not tally.dimensions[0].is_time:
        return _sorted(tally, groups, f"-{tally.measures[0].name}")
    return groups


def _sorted(tally: Tally, groups: list[Group], sort: str) -> list[Group]:
    names = [field.name for field in tally.fields]
    name = sort.removeprefix("-").replace("-", "_")
    if name not in names:
        near = nearest(name, {normalise(one): one for one in names})
        hint = f"Did you mean: {'; '.join(near)}? " if near else ""
        message = f"These groups have no column {sort.removeprefix('-')!r} to sort by."
        raise UsageError(message, f"{hint}They have: {', '.join(names)}.")
    at, depth = names.index(name), len(tally.dimensions)
    own = [one for one in groups if one[0] == depth]
    known = [one for one in own if one[1][at] is not None]
    known.sort(key=lambda one: one[1][at], reverse=sort.startswith("-"))
    unknown = [one for one in own if one[1][at] is None]
    return [*known, *unknown, *(one for one in groups if one[0] != depth)]


def _places(tally: Tally) -> list[int]:
    """Return at which column each dimension begins."""
    places, at = [], 0
    for one in tally.dimensions:
        places.append(at)
        at += len(one.fields)
    return places


def _spelled_out(tally: Tally, groups: list[Group]) -> list[Group]:
    places = _places(tally)
    spelled = []
    for level, row in groups:
        cells = list(row)
        for place, at in enumerate(places):
            if cells[at] is None:
                cells[at] = "(all)" if place >= level else "(not recorded)"
        spelled.append((level, tuple(cells)))
    return spelled


def _by_dimensions(tally: Tally) -> Callable[[Group], Any]:
    places = _places(tally)

    def key(group: Group) -> Any:
        level, row = group
        return [
            (_SUBTOTAL, "")
            if place >= level
            else (_NOTHING, "")
            if row[at] is None
            else (_KNOWN, row[at])
            for place, at in enumerate(places)
        ]

    return key


def _with_shares(tally: Tally, groups: list[Group]) -> tuple[tuple[Field, ...], list[Row]]:
    first = tally.measures[0]
    if first.kind not in _ADDITIVE:
        message = f"There is no share of a {first.kind}."
        raise UsageError(message, "Make a count or a sum the first measure.")
    at = [field.name for field in tally.fields].index(first.name)
    depth = len(tally.dimensions)
    total = sum(Decimal(row[at] or 0) for level, row in groups if level == depth)
    running, rows = Decimal(0), []
    for level, row in groups:
        value = Decimal(row[at] or 0)
        cumulative = None
        if level == depth:
            running += value
            cumulative = _percent(running, total)
        rows.append((*row, _percent(value, total), cumulative))
    shares = (
        Field("share", f"percent of the {first.kind}", Type.DECIMAL, in_table=True),
        Field("cumulative_share", "with the groups above", Type.DECIMAL, in_table=True),
    )
    return (*tally.fields, *shares), rows


def _percent(part: Decimal, whole: Decimal | int) -> Decimal | None:
    return (part * 100 / whole).quantize(_PERCENT) if whole else None
