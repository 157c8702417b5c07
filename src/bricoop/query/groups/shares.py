"""Shares: of all rows, each counted once, within each source and within what sums are in."""

from collections.abc import Sequence
from decimal import Decimal

from bricoop.errors import UsageError
from bricoop.query.groups.columns import Row
from bricoop.query.groups.counting import Group
from bricoop.query.groups.measures import COUNT, SUM
from bricoop.query.groups.spelled import CUMULATIVE
from bricoop.query.groups.tally import Kept, Tallier, Tally, Told
from bricoop.query.nouns.noun import Field, Type

_PERCENT = Decimal("0.01")


def with_shares(
    tallier: Tallier, tally: Tally, groups: Sequence[Told]
) -> tuple[tuple[Field, ...], list[Row], list[str]]:
    """Return the columns and rows of groups with their shares of the first measure, and notes.

    What groups add up to is told only where no row comes in several of them.

    Raises:
        UsageError: there are no shares of the measure, or its figures do not go together.
    """
    first = tally.measures[0]
    if first.kind not in {COUNT, SUM}:
        message = f"There is no share of a {first.kind}."
        raise UsageError(message, "Make a count or a sum the first measure.")
    wholes = {group: _number(value) for group, value in tallier.wholes(tally.apart).items()}
    at = [field.name for field in tally.fields].index(first.name)
    together: dict[Group, Decimal] = {}
    for one in groups:
        if len(one.kept) == len(tally.dimensions):
            part = _part(one, tally.apart)
            together[part] = together.get(part, Decimal(0)) + _number(one.row[at])
    running, rows = dict.fromkeys(wholes, Decimal(0)), []
    for one in groups:
        part, value = _part(one, tally.apart), _number(one.row[at])
        share, cumulative = _percent(value, wholes[part]), None
        if len(one.kept) == len(tally.dimensions) and together[part] == wholes[part]:
            running[part] += value
            cumulative = _percent(running[part], wholes[part])
        rows.append((*one.row, share, cumulative))
    shares = (
        Field("share", f"percent of the {first.kind}", Type.DECIMAL, in_table=True),
        Field(
            CUMULATIVE,
            "with the groups above",
            Type.DECIMAL,
            in_table=True,
            label="so far",
        ),
    )
    return (*tally.fields, *shares), rows, _notes(tally, together, wholes)


def _notes(tally: Tally, together: dict[Group, Decimal], wholes: dict[Group, Decimal]) -> list[str]:
    notes = []
    if tally.apart:
        names = " and ".join(tally.dimensions[place].name for place in tally.apart)
        notes.append(f"Shares are within each {names}.")
    if any(value != wholes[part] for part, value in together.items()):
        notes.append("Shares are of what there is, counted once: together they are more than 100.")
    return notes


def _part(told: Told, apart: Kept) -> Group:
    """Return of what is kept apart the part in which a group is."""
    return tuple(told.group[told.kept.index(place)] for place in apart)


def _number(value: Decimal | int | None) -> Decimal:
    return Decimal(value or 0)


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part * 100 / whole).quantize(_PERCENT) if whole else None
