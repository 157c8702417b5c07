"""Questions are answered: filters become SQL, rows come page by page, lists are gathered."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Select, func, select

from bricoop.domain.amounts import LARGEST
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.plan import Plan
from bricoop.query.question import Answer, Question, Row

#: Rows whose lists are gathered together.
_PAGE = 500
ALL = "all"


def ask(connection: Connection, question: Question) -> Answer:
    """Return the answer; its rows are read while they are taken, in constant memory.

    Raises:
        UsageError: a field, filter or value is not of the noun.
        NotFoundError: a filter names something that is not known.
        AmbiguousNameError: a filter names several things.
    """
    fields = question.fields()
    plan = plan_of(question.noun)
    statement = _statement(connection, question, plan)
    return Answer(noun_of(question.noun), fields, _rows(connection, question, plan, statement))


def count(connection: Connection, question: Question) -> int:
    """Return how many rows answer a question, whatever its limit and offset."""
    question.fields()
    plan = plan_of(question.noun)
    statement = select(func.count()).select_from(plan.rows)
    for condition in _conditions(connection, question, plan):
        statement = statement.where(condition)
    return connection.execute(statement).scalar_one()


def identities(connection: Connection, question: Question) -> Select[Any]:
    """Return the query for the numbers, named identity, of the rows that answer a question."""
    statement = _statement(connection, question, plan_of(question.noun))
    if question.limit is None and not question.offset:
        statement = statement.order_by(None)
    return statement.with_only_columns(statement.selected_columns.identity)


def plan_of(noun: str) -> Plan:
    """Return how the rows of a noun are read; only that noun's module is imported."""
    plan: Plan = import_module(f"bricoop.query.{noun_of(noun).name}").PLAN
    return plan


def _statement(connection: Connection, question: Question, plan: Plan) -> Select[Any]:
    columns = [plan.scalars[field.name].label(field.name) for field in _scalars(question, plan)]
    order, downward = question.order()
    by = plan.order.get(order.name, plan.scalars[order.name])
    statement: Select[Any] = select(plan.identity.label("identity"), *columns)
    return (
        statement.select_from(plan.rows)
        .where(*_conditions(connection, question, plan))
        # Where nothing is recorded comes last, on either database and in either direction.
        .order_by((by.desc() if downward else by.asc()).nulls_last(), *plan.ties, plan.identity)
        .limit(None if question.limit is None else min(question.limit, LARGEST))
        .offset(min(question.offset, LARGEST) or None)
    )


def _conditions(connection: Connection, question: Question, plan: Plan) -> Iterator[Any]:
    if plan.always is not None and ALL not in question.filters:
        yield plan.always
    for name, values in question.filters.items():
        if name == ALL or not values:
            continue
        condition = plan.filters.get(name)
        if condition is None:
            message = f"{question.noun.capitalize()} have no filter {name!r}."
            raise UsageError(message, f"They have: {', '.join(plan.filters)}.")
        yield condition(connection, values)


def _scalars(question: Question, plan: Plan) -> list[Any]:
    return [field for field in question.fields() if field.name in plan.scalars]


def _rows(
    connection: Connection, question: Question, plan: Plan, statement: Select[Any]
) -> Iterator[Row]:
    names = [field.name for field in question.fields()]
    places = {field.name: at for at, field in enumerate(_scalars(question, plan), start=1)}
    streamed = statement.execution_options(yield_per=_PAGE)
    for page in connection.execute(streamed).partitions():
        ids = [row[0] for row in page]
        lists = {name: plan.lists[name](connection, ids) for name in names if name in plan.lists}
        for row in page:
            yield tuple(
                row[places[name]] if name in places else lists[name].get(row[0], [])
                for name in names
            )
