"""Measures of groups: count, distinct count, sum, mean, median, minimum and maximum."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from sqlalchemy import Connection, case, func

from bricoop.db.aggregates import Read, exact_end, exact_sum
from bricoop.domain.english import as_subject
from bricoop.errors import UsageError
from bricoop.query.groups.dimensions import Dimension, list_named
from bricoop.query.nouns.noun import Field, Noun, Type
from bricoop.query.plan import Plan
from bricoop.query.tables import Expression

COUNT, DISTINCT, SUM = "count", "distinct", "sum"
_NUMBERS = {Type.INTEGER, Type.DECIMAL}
_ORDERED = {*_NUMBERS, Type.DATE, Type.MOMENT, Type.FLOAT}
#: The kinds of measures, with the types of fields that they accept; None for any type.
_KINDS = {
    "count": None,
    "distinct": None,
    "sum": _NUMBERS,
    "mean": _NUMBERS,
    "median": _NUMBERS,
    "min": _ORDERED,
    "max": _ORDERED,
}
_DIVISION = Context(prec=50)
_MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True)
class Measure:
    """A measure of groups.

    Attributes:
        kind: `count`, `distinct`, `sum`, `mean`, `median`, `min` or `max`.
        field: the measured field; None to count rows.
        listed: for `distinct` of a list, the list whose values are counted; None for other fields.
    """

    kind: str
    field: Field | None = None
    listed: Dimension | None = None

    @property
    def name(self) -> str:
        """The name of its column."""
        return self.kind if self.field is None else f"{self.kind}_{self.field.name}"

    @property
    def type(self) -> Type:
        """The type of its values."""
        if self.field is None or self.kind in {"count", "distinct"}:
            return Type.INTEGER
        return Type.DECIMAL if self.kind in {"mean", "median"} else self.field.type

    @property
    def of_figures(self) -> Field | None:
        """The field whose figures it adds up or compares, which must have the same unit."""
        figures = self.kind not in {"count", "distinct"}
        return self.field if figures and self.field and self.field.type in _NUMBERS else None

    @property
    def is_money(self) -> bool:
        """Whether its values are money, which tables display to the cent."""
        return self.of_figures is not None and self.of_figures.money

    @property
    def identifies(self) -> bool:
        """Whether its values are identifiers, such as the first or last of some years."""
        return self.kind in {"min", "max"} and self.field is not None and self.field.identifies

    @property
    def adds_up(self) -> Field | None:
        """The field that it sums, if several sources may record the same figures of it."""
        return self.field if self.kind == SUM and self.field and self.field.based else None

    def selected(self, connection: Connection, plan: Plan) -> tuple[Sequence[Any], Read]:
        """Return the expressions to select for each group, and a function from them to the value.

        Medians and distinct values of a list have no expressions: `Counter` selects them in
        statements of their own.
        """
        if self.field is None or self.listed is not None:
            return ([func.count()], _first) if self.listed is None else ([], lambda _: 0)
        column = plan.scalars[self.field.name]
        match self.kind:
            case "median":
                return [], lambda _: None
            case "count" | "distinct":
                counted = column.distinct() if self.kind == "distinct" else column
                return [func.count(counted)], _first
            case "sum":
                return exact_sum(connection, column)
            case "mean":
                columns, read = exact_sum(connection, column)
                return [*columns, func.count(column)], lambda values: mean(
                    read(values[:-1]), values[-1]
                )
        return exact_end(connection, column, self.kind)


def _first(values: Sequence[Any]) -> Any:
    return values[0]


def mean(total: Decimal | int, number: int) -> Decimal | None:
    """Return a mean rounded to six decimals; None of no values."""
    if not number:
        return None
    return _DIVISION.divide(Decimal(total), Decimal(number)).quantize(_MILLIONTH, context=_DIVISION)


def measure(noun: Noun, plan: Plan, text: str) -> Measure:
    """Parse a measure: `count`, `sum:amount_usd`.

    Raises:
        UsageError: there is no such measure, or it does not accept the field's type.
    """
    kind, _, name = text.strip().replace("-", "_").partition(":")
    if kind not in _KINDS:
        raise UsageError(f"There is no measure {kind!r}.", f"There are: {', '.join(_KINDS)}.")
    if not name:
        if kind != COUNT:
            raise UsageError(f"A {kind} needs a field.", f"Write {kind}:FIELD.")
        return Measure(COUNT)
    listed = list_named(noun, plan, name) if kind == DISTINCT else None
    if listed is not None:
        return Measure(kind, Field(listed.name, "", many=True), listed)
    field, types = noun.field(name), _KINDS[kind]
    fitting = [
        candidate.name
        for candidate in noun.fields
        if not candidate.many and (types is None or candidate.type in types)
    ]
    if field is None or field.name not in fitting:
        possible = ", ".join(fitting) or "none"
        raise UsageError(
            f"{as_subject(noun.name)} have no field {name!r} for the measure {kind}.",
            f"Possible: {possible}.{_elsewhere(noun, name)}",
        )
    return Measure(kind, field)


def _elsewhere(noun: Noun, name: str) -> str:
    from bricoop.query.catalog import NOUNS  # noqa: PLC0415 (only a refusal needs it)

    having = [other.name for other in NOUNS if other is not noun and other.field(name)]
    return f" {as_subject(having[0])} have {name}: bricoop query {having[0]}." if having else ""


def bases(plan: Plan, field: Field) -> Iterator[Expression]:
    """Yield minimum, maximum and count of each field of a figure's unit, in rows with a figure."""
    figure = plan.scalars[field.name]
    for name in field.base:
        base = case((figure.is_not(None), plan.scalars[name]))
        yield func.min(base)
        yield func.max(base)
        yield func.count(base)
