"""Notes on rows that a question leaves out only because a filtered field is empty."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Connection,
    ScalarSelect,
    Subquery,
    and_,
    func,
    select,
)

from bricoop.domain.english import agree, singular
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.conditions.comparisons import no
from bricoop.query.conditions.compiler import NOT, Narrower
from bricoop.query.conditions.parser import And, Comparison, Condition, Not, Or, parse
from bricoop.query.execute import narrowed, plan_of
from bricoop.query.notes.joint_finance import joint_note
from bricoop.query.notes.name_readings import readings
from bricoop.query.nouns.noun import Type
from bricoop.query.plan import Plan
from bricoop.query.question import ALL, Question

Sql = ColumnElement[bool]


def unrecorded(
    connection: Connection, question: Question, *, names_sources: bool = False
) -> tuple[str, ...]:
    """Return a sentence for each filtered field that is empty in rows matching everything else.

    These rows might match if their source had recorded the field. One count is run for each
    filtered field that may be empty. Negated conditions (`!`, `not`, `!=`) hold for empty fields,
    so they leave no rows out. There are further sentences on joint finance, which a filter by
    financier leaves out, and on partial or ambiguous names and how they were resolved.

    Args:
        connection: must see the same database state as the question.
        question: the question; its order, limit, columns and grouping are ignored.
        names_sources: whether sentences name the rows of the question's sources, which are given,
            instead of rows that match everything else.
    """
    joint = joint_note(connection, question)
    listed = [f"{joint} --joint-financiers in place of --financier lists them."] if joint else []
    read_as = readings(connection, question)
    return (
        *read_as,
        *listed,
        *_Unrecorded(connection, question, names_sources=names_sources).notes(),
    )


def without_fields(connection: Connection, question: Question, called: str) -> tuple[str, ...]:
    """Return only the sentences on empty fields: "122 more projects have no country".

    Args:
        connection: must see the same database state as the question.
        question: the question, as `unrecorded` takes it.
        called: what its rows are called, in the plural.
    """
    return tuple(_Unrecorded(connection, question, called).notes())


_SOURCE = "source"


class _Unrecorded:
    """Counts the rows that one question leaves out because a field is empty."""

    def __init__(
        self,
        connection: Connection,
        question: Question,
        called: str = "rows",
        *,
        names_sources: bool = False,
    ) -> None:
        self._names_sources = names_sources
        self._called = called
        self._connection = connection
        self._noun = noun_of(question.noun)
        self._plan = plan_of(question.noun)
        self._question = question
        self._where = [parse(text) for text in question.where]

    def notes(self) -> Iterator[str]:
        for name in dict.fromkeys(self._filtered()):
            if self._is_always_recorded(name):
                continue
            others = self._others(name)
            plan, conditions = narrowed(self._connection, others)
            narrower = Narrower(self._connection, self._noun, plan)
            empty = _empty(narrower, name)
            if empty is None:
                continue
            number = self._count(plan, [empty, *conditions, *self._rest(narrower, name)])
            if number:
                rows = singular(self._called) if number == 1 else self._called
                of_sources = ""
                if self._names_sources:
                    of_sources, others = " of these sources", _without_sources(others)
                more = f"{number:,} more {rows}{of_sources}"
                yield _sentence(more, number, name, self._type(name), alone=not _narrows(others))

    def _filtered(self) -> Iterator[str]:
        """Yield the names of the fields that filters and conditions compare without negation."""
        for name, values in self._question.filters.items():
            if name != ALL and any(not value.startswith(NOT) for value in values):
                yield self._canonical(name)
        for condition in self._where:
            yield from map(self._canonical, _compared(condition))

    def _canonical(self, name: str) -> str:
        """Return the name of a field's filter if it differs: `country` for `countries`."""
        field = self._noun.field(name)
        return field.filter or name if field is not None else name

    def _type(self, name: str) -> Type:
        field = self._noun.field(name) or self._plan.related.get(name)
        return Type.TEXT if field is None else field.type

    def _is_always_recorded(self, name: str) -> bool:
        column = self._plan.scalars.get(name)
        if name in self._plan.never_empty:
            return True
        return column is not None and _always_recorded(self._plan, column)

    def _others(self, name: str) -> Question:
        """Return the question without the filters and conditions on one field."""
        question = self._question
        filters = {
            filter_name: values
            for filter_name, values in question.filters.items()
            if self._canonical(filter_name) != name
            or all(value.startswith(NOT) for value in values)
        }
        where = tuple(
            text
            for text, condition in zip(question.where, self._where, strict=True)
            if not self._is_on(condition, name)
        )
        return replace(
            question, filters=filters, where=where, columns=(), sort="", limit=None, grouping=None
        )

    def _rest(self, narrower: Narrower, name: str) -> Iterator[Sql]:
        """Yield the conditions that compare the field and others, for rows where it is empty."""
        for condition in self._where:
            if self._is_on(condition, name) and not isinstance(condition, Comparison):
                yield narrower.sql(self._fitting(condition, name))
                # Rows without the field can still match: `kind = port or status = planned`.
                yield no(narrower.sql(condition))

    def _is_on(self, condition: Condition, name: str) -> bool:
        return name in map(self._canonical, _compared(condition))

    def _fitting(self, condition: Condition, name: str, *, negated: bool = False) -> Condition:
        """Replace each comparison of a field, unless negated, by `is empty`."""
        match condition:
            case Comparison(field) if self._canonical(field) == name and not negated:
                return Comparison(field, "empty", ())
            case Not(inner):
                return Not(self._fitting(inner, name, negated=not negated))
            case And(operands):
                return And(
                    tuple(self._fitting(operand, name, negated=negated) for operand in operands)
                )
            case Or(operands):
                return Or(
                    tuple(self._fitting(operand, name, negated=negated) for operand in operands)
                )
        return condition

    def _count(self, plan: Plan, conditions: list[Sql]) -> int:
        rows = plan.tables.needed(*conditions)
        statement = select(func.count()).select_from(rows).where(and_(*conditions))
        return self._connection.execute(statement).scalar_one()


def _empty(narrower: Narrower, name: str) -> Sql | None:
    """Return the condition that a field is empty; None if it never is."""
    try:
        return narrower.empty(name)
    except UsageError:
        # Filters such as `link` for finance are not fields of the row and cannot be empty.
        return None


def _compared(condition: Condition, *, negated: bool = False) -> Iterator[str]:
    """Yield the fields that a condition compares with values, without negated comparisons."""
    match condition:
        case Comparison(field, operator):
            if operator != "empty" and not negated:
                yield field
        case Not(inner):
            yield from _compared(inner, negated=not negated)
        case And(operands) | Or(operands):
            for operand in operands:
                yield from _compared(operand, negated=negated)


def _without_sources(question: Question) -> Question:
    filters = {name: values for name, values in question.filters.items() if name != _SOURCE}
    return replace(question, filters=filters)


def _narrows(question: Question) -> bool:
    """Return whether a question has any filter or condition."""
    return bool(question.filters or question.where or question.raw or question.search)


def _always_recorded(plan: Plan, column: ColumnElement[object]) -> bool:
    """Return whether an expression is never NULL, or is too expensive to check."""
    if isinstance(column, ScalarSelect) or plan.tables.is_always(column):
        return True
    return isinstance(column, Column) and isinstance(column.table, CTE | Subquery)


def _sentence(more: str, number: int, name: str, type_: Type, *, alone: bool) -> str:
    label = name.replace("_", " ")
    if type_ is Type.YES_NO:
        label = f"value for {label}"
    elif type_ is Type.DATE and label != "date":
        label = f"{label} date"
    others = "" if alone else f" {agree(number, 'matches', 'match')} everything else and"
    return f"{more}{others} {agree(number, 'has', 'have')} no {label}."
