"""Where sources differ on a subject: who says what where, what is shown, and which two differ."""

from collections.abc import Iterator
from typing import Any

from bricoop.domain.amounts import to_the_cent
from bricoop.domain.vocabularies import label
from bricoop.query.ask import ask
from bricoop.query.citations import Citation
from bricoop.query.groups.grouping import Grouping
from bricoop.query.question import Question
from bricoop.report.asking import Asking, Filters
from bricoop.report.parts import Column, Line, Table
from bricoop.report.sections import Section
from bricoop.report.tables import MOST, first_of

_COLUMNS = (
    Column("about", "About"),
    Column("field", "Field"),
    Column("shown", "Shown"),
    Column("says", "Other value"),
    Column("rule", "Why it is shown"),
)
_PAIRS = (
    Column("shown_source", "Source shown"),
    Column("source", "Other source"),
    Column("count", "Times", number=True),
)
_CODED = frozenset({"kind", "status", "sector"})


def differences(asking: Asking, filters: Filters) -> Iterator[Section]:
    """Yield the section of where sources differ, where they do."""
    number = asking.number("disagreements", filters)
    if not number:
        return
    rows = asking.rows("disagreements", filters, MOST)
    lines = tuple(Line(_cells(row), tuple(_cited(row))) for row in rows)
    made = Table(_COLUMNS, lines)
    if number > MOST:
        made = first_of(made, "disagreements", filters, number)
    parts = [made]
    pairs = _pairs(asking, filters)
    if len(pairs.lines) > 1:
        parts.append(pairs)
    yield Section("differences", "Where sources differ", tuple(parts))


def _pairs(asking: Asking, filters: Filters) -> Table:
    grouping = Grouping(("shown_source", "source"), ("count",), add_sources=True)
    answer = ask(asking.connection, Question("disagreements", filters, grouping=grouping))
    lines = tuple(
        Line(tuple(row), (Citation(row[0], None), Citation(row[1], None))) for row in answer.rows
    )
    return Table(_PAIRS, lines, "By pair of sources")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    if row["amount"] is not None:
        shown, says = (to_the_cent(row[name]) for name in ("shown_amount", "amount"))
        return row["about"], f"money ({row['unit']})", shown, says, row["rule"]
    coded = row["field"] in _CODED
    values = (label(row[name]) if coded else row[name] for name in ("shown", "says"))
    return (row["about"], row["field"].replace("_", " "), *values, row["rule"])


def _cited(row: dict[str, Any]) -> Iterator[Citation]:
    yield Citation(row["shown_source"], row["shown_locator"])
    yield Citation(row["source"], row["locator"])
