"""Execute questions: compile them to SQL, stream the rows, and add the lists page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from bricoop.db.dialect import all_of, found_first
from bricoop.domain.amounts import LARGEST
from bricoop.domain.cells import Row
from bricoop.domain.english import as_subject
from bricoop.domain.limits import (
    ANSWER_COLUMNS,
    CONDITION_VALUES,
    FILTER_VALUES,
    GROUPING_TERMS,
    NAME_LENGTH,
    QUESTION_VALUES,
    RAW_CONDITIONS,
    SEARCH_LENGTH,
    Limit,
)
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.conditions.compiler import Narrower
from bricoop.query.conditions.parser import count_values, parse, refuse_too_many
from bricoop.query.conditions.raw_cells import raw_condition
from bricoop.query.nouns.noun import Field
from bricoop.query.plan import Plan
from bricoop.query.question import ALL, Answer, Question

#: Number of rows whose lists are read by one statement each.
_PAGE = 1000


def execute(connection: Connection, question: Question, *, spelled_out: bool = False) -> Answer:
    """Return the answer to a question; its rows are streamed, in constant memory.

    Args:
        connection: an open connection.
        question: the question.
        spelled_out: whether groups are labelled for people: `(all)` for subtotals, `(not recorded)`
            for missing values.

    Raises:
        UsageError: a field, filter or value does not fit the noun.
        NotFoundError: a filter names something that is not in the database.
        AmbiguousNameError: a filter names several entities or sources.
    """
    plan = plan_for(connection, question)
    if question.grouping is not None:
        from bricoop.query.groups.answer import grouped  # noqa: PLC0415 (only groups need it)

        conditions = list(_conditions(connection, question, plan))
        return grouped(connection, question, plan, conditions, spelled_out=spelled_out)
    fields = question.fields()
    statement = _statement(connection, question, plan)
    rows = rows_of(connection, plan, fields, statement)
    return Answer(noun_of(question.noun), fields, rows)


def count(connection: Connection, question: Question) -> int:
    """Return the number of rows or groups of a question, regardless of its limit and offset."""
    if question.grouping is not None:
        every = replace(question, limit=None, offset=0)
        return sum(1 for _ in execute(connection, every).rows)
    question.fields()
    plan, conditions = narrowed(connection, question)
    rows = plan.tables.needed(*conditions)
    statement = select(func.count()).select_from(rows).where(*conditions)
    return connection.execute(statement).scalar_one()


def identities(connection: Connection, question: Question) -> Select[Any]:
    """Select the ids, as `identity`, of the rows of a question.

    For groups, these are the ids of all rows that were grouped.
    """
    if question.grouping is not None:
        question = replace(question, grouping=None, sort="", limit=None, offset=0)
    plan, conditions = narrowed(connection, question)
    order = [] if question.limit is None and not question.offset else _order(question, plan)
    return _page(question, plan, conditions, order)


def narrowed(connection: Connection, question: Question) -> tuple[Plan, list[Any]]:
    """Return the plan of a question's noun, and the conditions that its rows have to meet."""
    plan = plan_for(connection, question)
    return plan, list(_conditions(connection, question, plan))


def plan_of(noun: str) -> Plan:
    """Return the plan of a noun; only the module of that noun is imported."""
    plan: Plan = import_module(f"bricoop.query.plans.{noun_of(noun).name}").PLAN
    return plan


def plan_for(connection: Connection, question: Question) -> Plan:
    """Return the plan of a question's noun, narrowed to rows that can be in the answer.

    Expressions of two narrowed plans must not be in one statement, as each computes its own rows.
    """
    plan = plan_of(question.noun)
    return plan if plan.narrowing is None else plan.narrowing(connection, question)


def _statement(connection: Connection, question: Question, plan: Plan) -> Select[Any]:
    columns = [plan.scalars[field.name].label(field.name) for field in _scalars(question, plan)]
    conditions = list(_conditions(connection, question, plan))
    order = _order(question, plan)
    owner = _owner(plan)
    ids = (owner.label("owner"), plan.identity.label("identity"))
    statement: Select[Any] = select(*ids, *columns).order_by(*order)
    rows = plan.tables.needed(plan.identity, owner, *columns, *order)
    if plan.narrowing is not None:
        # The rows are computed: a subquery with their ids would compute them a second time.
        rows = plan.tables.needed(plan.identity, owner, *columns, *order, *conditions)
        return _limited(statement.select_from(rows).where(*conditions), question)
    if question.limit is not None or question.offset:
        # The ids of the page are selected first, so that skipped rows are read from few tables.
        page = _page(question, plan, conditions, order).subquery("page")
    elif conditions:
        page = found_first(connection, _page(question, plan, conditions, [])).subquery("page")
    else:
        return statement.select_from(rows)
    return statement.select_from(rows.join(page, page.c.identity == plan.identity))


def _page(question: Question, plan: Plan, conditions: list[Any], order: list[Any]) -> Select[Any]:
    """Select the ids of the rows that meet some conditions, within the question's limit."""
    tables, identity = plan.tables, plan.identity
    rows = tables.needed(identity, *conditions, *order)
    if order and tables.twin is not None and tables.can_stand_in(identity, *conditions, *order):
        rows, is_one = tables.twin
        conditions = [is_one, *map(tables.standing_in, conditions)]
        order, identity = [*map(tables.standing_in, order)], tables.standing_in(identity)
    ids = select(identity.label("identity")).select_from(rows)
    return _limited(ids.where(*conditions).order_by(*order), question)


def _limited(statement: Select[Any], question: Question) -> Select[Any]:
    limit = None if question.limit is None else min(question.limit, LARGEST)
    return statement.limit(limit).offset(min(question.offset, LARGEST) or None)


def _order(question: Question, plan: Plan) -> list[Any]:
    order = [_ordered_by(plan, field, downward=downward) for field, downward in question.order()]
    return [*order, *plan.ties, plan.identity]


def _ordered_by(plan: Plan, field: Field, *, downward: bool) -> Any:
    by = plan.order.get(field.name, plan.scalars[field.name])
    sorted_by: Any = by.desc() if downward else by.asc()
    # Missing values sort last on both databases and in both directions. NULLS LAST is left out for
    # columns that are never NULL, because PostgreSQL would not use their index with it.
    return sorted_by if plan.tables.is_always(by) else sorted_by.nulls_last()


def _conditions(connection: Connection, question: Question, plan: Plan) -> Iterator[Any]:
    _refuse_nul(question)
    _refuse_unbounded(question)
    if plan.always is not None and not question.is_of_all:
        yield plan.always
    narrower = Narrower(connection, noun_of(question.noun), plan)
    for name, values in question.filters.items():
        if name != ALL and values:
            yield narrower.filtered(name, values)
    if question.where:
        yield all_of(map(narrower.stated, question.where))
    if question.search:
        yield _search_condition(connection, question, plan)
    if question.raw:
        yield all_of(raw_condition(connection, plan, text) for text in question.raw)


def _search_condition(connection: Connection, question: Question, plan: Plan) -> Any:
    if plan.about is None:
        message = f"{as_subject(question.noun)} cannot be searched."
        raise UsageError(message, "Narrow them with --where.")
    from bricoop.lookup.fulltext import matching  # noqa: PLC0415 (few questions search)
    from bricoop.query.search.close_names import almost_named  # noqa: PLC0415 (the same)

    matches = plan.about.in_(matching(connection, question.search))
    ids = almost_named(connection, question.search)
    return or_(matches, plan.about.in_(ids)) if ids else matches


def _refuse_nul(question: Question) -> None:
    """Reject NUL: PostgreSQL's text cannot contain it, and SQLite ends the text at it."""
    texts = (
        question.search,
        *question.where,
        *question.raw,
        *(value for values in question.filters.values() for value in values),
    )
    if any("\0" in text for text in texts):
        raise UsageError("A condition contains a NUL character, which text cannot contain.")


def _refuse_unbounded(question: Question) -> None:
    """Reject questions that would take a database more than a second or two (`docs/limits.md`)."""
    for name, values in question.filters.items():
        option = name.replace("_", "-")
        refuse_too_many(len(values), f"--{option} has", FILTER_VALUES)
    for name, texts in question.filters.items():
        longest = max(map(len, texts), default=0)
        if longest > NAME_LENGTH.value:
            message = f"--{name.replace('_', '-')} has a value of {longest:,} characters"
            raise UsageError(f"{message}: at most {NAME_LENGTH.value:,}.", "Shorten it.")
    _refuse_longer("--raw", question.raw, RAW_CONDITIONS)
    _refuse_longer("--columns", question.columns, ANSWER_COLUMNS)
    if question.grouping is not None:
        _refuse_longer("--group-by", question.grouping.by, GROUPING_TERMS)
        _refuse_longer("--measure", question.grouping.measures, GROUPING_TERMS)
    if len(question.search) > SEARCH_LENGTH.value:
        message = f"The text to search for has {len(question.search):,} characters"
        raise UsageError(f"{message}: at most {SEARCH_LENGTH.value:,}.", "Shorten it.")
    compared = sum(count_values(parse(text)) for text in question.where)
    refuse_too_many(compared, "All conditions together compare", CONDITION_VALUES)
    together = compared + len(question.raw) + sum(map(len, question.filters.values()))
    refuse_too_many(together, "All filters and conditions together have", QUESTION_VALUES)


def _refuse_longer(option: str, values: Sequence[str], limit: Limit) -> None:
    if len(values) > limit.value:
        message = f"{option} was given {len(values):,} times: at most {limit.value:,}."
        raise UsageError(message, "Ask several questions.")


def _scalars(question: Question, plan: Plan) -> list[Any]:
    return [field for field in question.fields() if field.name in plan.scalars]


def _owner(plan: Plan) -> Any:
    """Return the id of the entity that owns a row's lists; the row's own id if it has none."""
    return plan.identity if plan.about is None else plan.about


def rows_of(
    connection: Connection, plan: Plan, fields: Sequence[Field], statement: Select[Any]
) -> Iterator[Row]:
    """Yield the rows of a statement, completed by their lists, which are read page by page.

    Args:
        connection: an open connection.
        plan: the plan of the noun.
        fields: the fields of the rows, in order.
        statement: selects the id of the entity that a row is about, the id of the row, and then the
            fields that are not lists.
    """
    gathered = [
        (index, plan.lists[field.name])
        for index, field in enumerate(fields)
        if field.name in plan.lists
    ]
    streamed = statement.execution_options(yield_per=_PAGE)
    for page in connection.execute(streamed).partitions():
        ids = [list(dict.fromkeys(row[index] for row in page)) for index in (0, 1)]
        lists = [
            (at, members.of_row, members.gather(connection, ids[members.of_row]))
            for at, members in gathered
        ]
        for row in page:
            # After the two ids, the cells are in the order of the fields, without the lists.
            owner, identity, *cells = row
            for index, of_row, values in lists:
                cells.insert(index, values.get(identity if of_row else owner) or [])
            yield tuple(cells)
