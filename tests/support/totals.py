"""Totals of finance, and checks of their waterfalls."""

from typing import Any

from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.query.question import Question
from bricoop.totals.parse import counting_of
from bricoop.totals.total import Figure, Total, total
from bricoop.totals.waterfall_rows import waterfall

PROJECTS_HEADER = "id,name,parent,status,countries\n"
FINANCE_HEADER = "id,project,kind,umbrella,counted,amount_usd\n"


def total_of(engine: Engine, rule: str = "signed", base: str | None = None, **more: Any) -> Total:
    """Return a total of the sources of tests."""
    add = more.pop("add", False)
    filters = more.pop("filters", {})
    counting = counting_of(Question("finance", filters, **more), rule, base, add=add)
    with reading(engine) as connection:
        return total(connection, counting)


def figure(engine: Engine, rule: str = "signed", base: str | None = None, **more: Any) -> Figure:
    """Return the one figure of a total."""
    (source_figure,) = total_of(engine, rule, base, **more).figures
    return source_figure


def adds_up(counted_total: Total) -> None:
    """Assert that the rows of each waterfall add up to its result, in rows and in money."""
    for source_figure in counted_total.figures:
        rows = waterfall(counted_total).by_name()
        *steps, last = (row for row in rows if row["source"] == source_figure.source)
        sums = {name: sum(row[name] for row in steps) for name in ("rows", "amount")}
        assert sums == {name: last[name] for name in ("rows", "amount")}
        assert sum(row["without_amount"] for row in steps) == 0
        assert (last["rows"], last["amount"]) == (source_figure.rows, source_figure.amount)
