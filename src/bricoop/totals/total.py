"""Counts totals: figures with their units, and the waterfall of each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

from sqlalchemy import Connection, select

from bricoop.db.schema import knowledge_base, source
from bricoop.domain.amounts import WIDE, to_the_cent
from bricoop.domain.english import counted
from bricoop.errors import UsageError
from bricoop.totals.classify import BY_DECISION, ROLLED_OVER, WORSE_SIDE, Counting, marked
from bricoop.totals.decided_wholes import wholes_by_decision
from bricoop.totals.parents import circular_projects
from bricoop.totals.rule import Base, Parents, Rollovers, Speaker
from bricoop.totals.sums import Sum, sums_of
from bricoop.totals.used_decisions import number_of_decisions

#: A note on several figures; the command line adds the option that adds them up.
APART = "Several sources may cover the same money, so each has its own total."


@dataclass(frozen=True)
class WaterfallStep:
    """The rows and money that a step leaves out.

    Attributes:
        step: the name of the step.
        title: a description of the rows.
        rows: the number of rows that are left out.
        without_amount: the number of those without an amount in the price base.
        amount: the sum of the amounts that are left out.
        reduced: the number of rows that stay with a reduced amount.
    """

    step: str
    title: str
    rows: int
    without_amount: int
    amount: Decimal
    reduced: int = 0


@dataclass(frozen=True)
class Figure:
    """A sum, and the waterfall from all rows down to it.

    Attributes:
        source: key of the source; None if several sources are added together, or if there are no
            rows.
        title: the source's title.
        unit: the unit of the sum, such as `nominal USD`, `constant 2021 USD` or `CNY`; None if no
            row has an amount.
        all_rows: the number of rows that are considered.
        all_without_amount: the number of those without an amount in the price base.
        all_amount: the sum of all amounts, of which many do not count.
        falls: the rows and money that each step leaves out, in order.
        rows: the number of rows that count; each has an amount.
        amount: their sum.
        estimated_rows: the number of those with an amount that the source estimated.
        estimated: the sum of the estimated amounts without what is rolled over.
    """

    source: str | None
    title: str | None
    unit: str | None
    all_rows: int
    all_without_amount: int
    all_amount: Decimal
    falls: tuple[WaterfallStep, ...]
    rows: int
    amount: Decimal
    estimated_rows: int
    estimated: Decimal


@dataclass(frozen=True)
class Total:
    """The figures of a counting: one per source, or one of all.

    Attributes:
        counting: the question and the rule.
        figures: the figures in the order of the keys of sources.
        notes: remarks on the figures for readers.
        knowledge_base: version of the knowledge base.
    """

    counting: Counting
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    knowledge_base: int


def total(connection: Connection, counting: Counting) -> Total:
    """Count the money of a question by a rule.

    The sum does not depend on the order of rows or on the database: amounts are exact decimals.

    Raises:
        UsageError: the amounts of a figure have several price years or currencies, or a
            condition is invalid.
        NotFoundError: a filter has an unknown name.
    """
    sums = _sums(connection, counting)
    titles = {row.id: row for row in connection.execute(select(source).order_by(source.c.key))}
    figures = []
    order = [number for number in (None, *titles) if number in sums]
    for number in order:
        row = None if number is None else titles[number]
        key, title = (row.key, row.title) if row is not None else (None, None)
        figures.append(_figure(counting, key, title, sums[number]))
    if not figures:
        figures.append(_figure(counting, None, None, {}))
    version = connection.scalar(select(knowledge_base.c.version)) or 0
    counted_sums = [sums[number][None] for number in order]
    notes = (
        *_notes(connection, counting, sums),
        *_several_kinds(figures, counted_sums),
        *_raised(figures, counted_sums),
        *_circular(connection, counting),
    )
    return Total(counting, tuple(figures), notes, version)


def _sums(connection: Connection, counting: Counting) -> dict[int | None, dict[int | None, Sum]]:
    """Return sums by source (None: all) and by index of the step (None: rows that count)."""
    rows = marked(connection, counting)
    step_sums: dict[int | None, dict[int | None, Sum]] = defaultdict(lambda: defaultdict(Sum))
    for (source_id, step), subtotal in sums_of(connection, rows, (rows.c.source_id, rows.c.step)):
        subtotal.sources.add(source_id)
        step_sums[None if counting.add_sources else source_id][step].add(subtotal)
    return step_sums


def _figure(
    counting: Counting, key: str | None, title: str | None, sums: dict[int | None, Sum]
) -> Figure:
    every = Sum()
    for step_sum in sums.values():
        every.add(step_sum)
    counted_sum = sums.get(None, Sum())
    unit = _unit(counting, key, every.units)
    falls = [
        WaterfallStep(
            step.name,
            step.title,
            step_sum.rows,
            step_sum.rows - step_sum.with_amount,
            step_sum.amount,
        )
        for position, step in enumerate(counting.steps)
        for step_sum in (sums.get(position, Sum()),)
        if step_sum.rows or step not in BY_DECISION
    ]
    if counting.rule.rollovers is Rollovers.LEAVE_OUT:
        step = ROLLED_OVER
        falls.append(
            WaterfallStep(step.name, step.title, 0, 0, counted_sum.rolled_over, counted_sum.reduced)
        )
    return Figure(
        source=key,
        title=title,
        unit=unit,
        all_rows=every.rows,
        all_without_amount=every.rows - every.with_amount,
        all_amount=every.amount,
        falls=tuple(falls),
        rows=counted_sum.rows,
        amount=WIDE.subtract(counted_sum.amount, counted_sum.rolled_over),
        estimated_rows=counted_sum.estimated_rows,
        estimated=counted_sum.estimated,
    )


def _unit(counting: Counting, key: str | None, units: set[Any]) -> str | None:
    if not units:
        return None
    if len(units) == 1:
        return counting.base.unit(units.pop())
    # Refused and not converted: the rows state no rate or deflator that could be cited.
    units_text = ", ".join(counting.base.unit(unit) for unit in sorted(units))
    where = f" of {key}" if key else ""
    name = "price_year" if counting.base is Base.CONSTANT else "currency"
    first = min(units)
    hint = (
        f"Ask for one of them: --where '{name} = {first}'; or for nominal dollars: --base nominal."
    )
    raise UsageError(f"Amounts{where} are in {units_text}, which cannot be added.", hint)


def _raised(figures: Sequence[Figure], sums: Sequence[Sum]) -> Iterator[str]:
    """Yield a note on each figure with adjusted amounts that exceed the amounts."""
    for figure, figure_sum in zip(figures, sums, strict=False):
        if figure_sum.raised:
            rows = counted(figure_sum.raised, "rows")
            of = f" of {figure.source}" if figure.source else ""
            yield (
                f"{ROLLED_OVER.name}: {rows}{of} with an adjusted amount larger than the amount. "
                f"There the step adds {to_the_cent(figure_sum.raised_by)} {figure.unit}."
            )


def _circular(connection: Connection, counting: Counting) -> Iterator[str]:
    """Yield a note if wholes or parts are left out, and projects are parts of each other."""
    is_flagged = counting.rule.parents is Parents.AS_FLAGGED
    if is_flagged and WORSE_SIDE not in counting.steps:
        return
    pairs = wholes_by_decision(connection)
    if number := len(circular_projects(connection, pairs, stated=not is_flagged)):
        yield (
            f"{number:,} projects name each other as their wholes, in a circle: none of them is"
            " left out for the others."
        )


def _notes(
    connection: Connection, counting: Counting, sums: dict[int | None, dict[int | None, Sum]]
) -> Iterator[str]:
    """Yield a note on what several sources may state twice."""
    if len(sums) > 1:
        yield APART
        return
    by_step = chain.from_iterable(source_sums.values() for source_sums in sums.values())
    if len({number for step_sum in by_step for number in step_sum.sources}) > 1:
        yield _added(connection, counting)


def _added(connection: Connection, counting: Counting) -> str:
    """Return the note on sources that were added together: what is known to be the same."""
    if counting.rule.speaker is Speaker.EVERY:
        return (
            "Sources were added together, and every row of each counts by this rule: what several "
            "of them state counts more than once."
        )
    number = number_of_decisions(connection, counting)
    used = counted(number, "decisions") if number else "no decisions"
    return (
        f"Sources were added together, with {used} on what is the same or a part. Projects that "
        "they name differently, and that nobody has decided on, count more than once: bricoop "
        "match proposes pairs."
    )


def _several_kinds(figures: Sequence[Figure], sums: Sequence[Sum]) -> Iterator[str]:
    """Yield a note on each figure that adds up several kinds of finance."""
    for figure, figure_sum in zip(figures, sums, strict=False):
        if len(figure_sum.kinds) > 1:
            of = f" of {figure.source}" if figure.source and len(figures) > 1 else ""
            kinds = ", ".join(sorted(figure_sum.kinds))
            yield f"The rule counts several kinds of flow{of}: {kinds}."
