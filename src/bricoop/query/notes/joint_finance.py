"""Joint finance, which a filter by financier leaves out because it has no single financier."""

from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, and_, func, select

from bricoop.query.catalog import noun_of
from bricoop.query.conditions.compiler import NOT, Narrower
from bricoop.query.execute import narrowed, plan_of
from bricoop.query.question import Question

_FILTER, _JOINT = "financier", "joint_financiers"


def joint_rows(connection: Connection, question: Question) -> int:
    """Count the rows of joint finance by the financiers of a question that it leaves out.

    Args:
        connection: must see the same database state as the question.
        question: the question; the result is 0 unless it filters finance by financier.
    """
    values = question.filters.get(_FILTER, ())
    names = tuple(value for value in values if not value.startswith(NOT))
    if question.noun != "finance" or not names or _JOINT in question.filters:
        return 0
    filters = {
        name: filter_values for name, filter_values in question.filters.items() if name != _FILTER
    }
    others = replace(
        question, filters=filters, columns=(), sort="", limit=None, offset=0, grouping=None
    )
    plan = plan_of(question.noun)
    joint = Narrower(connection, noun_of(question.noun), plan).filtered(_JOINT, names)
    conditions: list[ColumnElement[bool]] = [joint, *narrowed(connection, others)[1]]
    rows = plan.tables.needed(*conditions)
    statement = select(func.count()).select_from(rows).where(and_(*conditions))
    return int(connection.execute(statement).scalar_one())


def joint_note(connection: Connection, question: Question) -> str:
    """Return a sentence about the rows that `joint_rows` counts; empty if there are none."""
    number = joint_rows(connection, question)
    if not number:
        return ""
    names = [value for value in question.filters[_FILTER] if not value.startswith(NOT)]
    financier = names[0] if len(names) == 1 else "one of them"
    rows, are = ("row", "is") if number == 1 else ("rows", "are")
    joint = f"{number:,} more {rows} {are} joint finance with {financier}"
    return f"{joint}, not assigned to a single financier."
