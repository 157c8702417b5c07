"""How rows stand to a question and its rule: inside or outside, counted or left out, and why."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import finance
from bricoop.domain.amounts import WIDE
from bricoop.domain.batches import in_batches
from bricoop.query.execute import identities
from bricoop.query.question import Question
from bricoop.totals.classify import Counting, marked

_BATCH = 1000
_SOURCE = "source"


class Standing(NamedTuple):
    """How a row stands to a question and its rule.

    Attributes:
        is_inside: whether the question finds it.
        outside: the filters and conditions that it does not meet, as options without dashes.
        step: the name of the step that leaves it out; None if none does.
        amount: its amount in the price base; None without one.
        rolled_over: the part of the amount that the rule leaves out as rolled over.
        is_avoided: whether its source leaves it out of its own totals.
    """

    is_inside: bool
    outside: tuple[str, ...]
    step: str | None
    amount: Decimal | None
    rolled_over: Decimal
    is_avoided: bool

    @property
    def added(self) -> Decimal | None:
        """What it adds to a total if it counts."""
        return None if self.amount is None else WIDE.subtract(self.amount, self.rolled_over)

    @property
    def counts(self) -> bool:
        """Whether it adds its amount to the total of its source."""
        return self.is_inside and self.step is None and self.amount is not None


def standings(
    connection: Connection, counting: Counting, record_ids: Collection[int]
) -> dict[int, Standing]:
    """Return how rows of finance stand to a question and its rule, by the ids of their records.

    Args:
        connection: an open connection.
        counting: the question, which names its sources in the filter `source`, and the rule.
        record_ids: the records.
    """
    inside = _marks(connection, counting, record_ids)
    outside = [number for number in record_ids if number not in inside]
    if not outside:
        return inside
    question = counting.question
    everything = replace(question, filters=_of_sources(question), where=(), raw=(), search="")
    elsewhere = _marks(connection, replace(counting, question=everything), outside)
    unmet: dict[int, list[str]] = {number: [] for number in elsewhere}
    for name, single in _conditions(question):
        meeting = _meeting(connection, single, elsewhere)
        for number in elsewhere.keys() - meeting:
            unmet[number].append(name)
    return inside | {
        number: standing._replace(is_inside=False, outside=tuple(unmet[number]))
        for number, standing in elsewhere.items()
    }


def _marks(
    connection: Connection, counting: Counting, record_ids: Collection[int]
) -> dict[int, Standing]:
    rows = marked(connection, counting)
    columns = (rows.c.identity, rows.c.step, rows.c.amount, rows.c.adjusted, finance.c.counted)
    statement = select(*columns).join(finance, finance.c.record_id == rows.c.identity)
    marks = {}
    for batch in in_batches(sorted(record_ids), _BATCH):
        of_batch = statement.where(in_values(connection, rows.c.identity, batch))
        for number, step, amount, adjusted, counted in connection.execute(of_batch):
            rolled_over = Decimal(0)
            if amount is not None and adjusted is not None:
                rolled_over = WIDE.subtract(amount, adjusted)
            name = None if step is None else counting.steps[step].name
            is_avoided = counted is False
            marks[number] = Standing(
                is_inside=True,
                outside=(),
                step=name,
                amount=amount,
                rolled_over=rolled_over,
                is_avoided=is_avoided,
            )
    return marks


def _of_sources(question: Question) -> dict[str, tuple[str, ...]]:
    return {_SOURCE: question.filters[_SOURCE]}


def _conditions(question: Question) -> Iterator[tuple[str, Question]]:
    """Yield each filter and condition of a question as a question of its own, with its name."""
    plain = Question(question.noun)
    for name, values in question.filters.items():
        if name != _SOURCE and values:
            yield name.replace("_", "-"), replace(plain, filters={name: values})
    for text in question.where:
        yield f"where {text}", replace(plain, where=(text,))
    for text in question.raw:
        yield f"raw {text}", replace(plain, raw=(text,))
    if question.search:
        yield f"search {question.search}", replace(plain, search=question.search)


def _meeting(connection: Connection, question: Question, record_ids: Collection[int]) -> set[int]:
    """Return those of some records that a question finds."""
    rows = identities(connection, question).subquery("rows")
    meeting: set[int] = set()
    for batch in in_batches(sorted(record_ids), _BATCH):
        condition = in_values(connection, rows.c.identity, batch)
        meeting |= set(connection.scalars(select(rows.c.identity).where(condition)))
    return meeting
