"""SQL conditions that compare a field with typed values, by the field's type; values are bound."""

import operator as relations
import re
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Text, and_, false, func, or_, type_coerce

from bricoop.db.dialect import any_of
from bricoop.db.types import Dollars, Exact, Moment, by_value
from bricoop.domain.amounts import LARGEST, parse_decimal
from bricoop.domain.currencies import currency_advice, currency_code
from bricoop.domain.dates import Period, last_day_text, parse_partial_date
from bricoop.domain.names import normalise
from bricoop.domain.sectors import beginnings_of, is_code, sectors_holding, sectors_named
from bricoop.domain.synonyms import codes_near
from bricoop.domain.vocabularies import names_of
from bricoop.errors import UsageError
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import BOOLEANS
from bricoop.query.tables import Expression

_RELATIONS = {
    "=": relations.eq,
    "<": relations.lt,
    "<=": relations.le,
    ">": relations.gt,
    ">=": relations.ge,
}
_RANGE = ".."
#: A range of codes: `210..220`. A text with spaces is prose, even if it has two dots.
_TEXT_RANGE = re.compile(r"(?!\.\.$)[^\s.]*\.\.[^\s.]*")
#: Fewest letters that are accepted as the beginning of a code.
_BEGINNING = 3


class UnknownCodeError(UsageError):
    """A typed value is no code of the field's vocabulary.

    Attributes:
        typed: the typed value.
    """

    def __init__(self, message: str, hint: str, typed: str) -> None:
        """Keep the typed value, so that other vocabularies can be searched for it."""
        super().__init__(message, hint)
        self.typed = typed


def compare(field: Field, column: Expression, operator: str, values: tuple[str, ...]) -> Expression:
    """Return the condition that a field compares with at least one of some values.

    Args:
        field: the field, whose type decides how values are parsed.
        column: the SQL expression of the field.
        operator: `=`, `~` (contains), `<`, `<=`, `>`, `>=` or `empty`.
        values: the typed values.

    Raises:
        UsageError: a value is not of the field's type, or the operator does not apply to it.
    """
    if operator == "empty":
        # Only NULL counts as empty, also for members of JSON documents.
        return column.is_(None)
    if field.codes is not None and operator not in {"=", "~"}:
        message = f"The {_field_label(field)} is a code, and codes have no order."
        codes = ", ".join(code.value for code in field.codes)
        raise UsageError(message, f"Write {field.name} = with one or more of: {codes}.")
    if field.sector and operator in {"=", "~"}:
        return any_of(_sector(field, column, operator, value) for value in values)
    if operator == "~":
        if field.type not in {Type.TEXT, Type.DATE, Type.MOMENT}:
            raise UsageError(f"The {_field_label(field)} is not text, so `~` cannot be used.")
        text = _as_text(column)
        return any_of(text.icontains(value, autoescape=True) for value in values)
    return any_of(_COMPARERS[field.type](field, column, operator, value) for value in values)


def no(condition: Expression) -> Expression:
    """Negate a condition; rows where it is NULL, because nothing is recorded, match too."""
    return ~func.coalesce(condition, false())


def code_of(name: str, codes: type[StrEnum], typed: str) -> str:
    """Return the code given by its value, its label, or an unambiguous beginning of either.

    Args:
        name: name of the field, for the message.
        codes: the vocabulary.
        typed: the typed text.

    Raises:
        UnknownCodeError: no code matches.
    """
    known = {normalise(word): code.value for code in codes for word in names_of(code)}
    word = normalise(typed)
    code = known.get(word)
    if code is None and len(word) >= _BEGINNING:
        begun = {code for name, code in known.items() if name.startswith(word)}
        code = begun.pop() if len(begun) == 1 else None
    if code is None:
        near = codes_near(typed, codes)
        hint = f"Did you mean: {'; '.join(near)}? " if near else ""
        hint = f"{hint}One of: {', '.join(code.value for code in codes)}."
        raise UnknownCodeError(f"There is no {name} {typed!r}.", hint, typed)
    return code


def refuse_doubtful(field: Field, text: str) -> None:
    """Reject a number whose comma may separate thousands or values: `1,000`.

    Args:
        field: the compared field.
        text: the ambiguous text; empty if there is none.

    Raises:
        UsageError: the text is not empty, and the field holds numbers.
    """
    if text and field.number:
        whole, apart = text.replace(",", ""), text.replace(",", ", ")
        raise _value_error(
            field, text, f"{whole} or several numbers", f"Write {whole}, or with spaces: {apart}."
        )


def _text(field: Field, column: Expression, operator: str, value: str) -> Expression:
    if field.codes is not None:
        value = code_of(field.name, field.codes, value)
    elif operator == "=" and _TEXT_RANGE.fullmatch(value):
        first, _, last = _in_case(field, value).partition(_RANGE)
        bounds: list[Expression] = [column >= first] if first else []
        if last:
            # Longer codes that begin with the upper bound are included: 220 contains 22010.
            bounds.append(column <= last_day_text(last))
        return and_(*bounds)
    else:
        value = as_stored(field, value) if operator == "=" else _in_case(field, value)
    return _apply(column, operator, value)


def as_stored(field: Field, value: str) -> str:
    """Return a value as it is stored: codes in upper case, currencies as ISO 4217 codes.

    Raises:
        UsageError: the field holds currencies, and the value is not a currency.
    """
    if not field.currency:
        return _in_case(field, value)
    try:
        return currency_code(value)
    except KeyError as error:
        advice = currency_advice(value)
        raise _value_error(field, value, "not a currency code of ISO 4217", advice) from error


def _in_case(field: Field, value: str) -> str:
    return value.upper() if field.upper or field.currency else value


def _sector(field: Field, column: Expression, operator: str, value: str) -> Expression:
    """Return the condition that a code belongs to a sector, given by code, name or part of one."""
    if operator == "~":
        return or_(column.in_(sectors_holding(value)), column.contains(value, autoescape=True))
    if _TEXT_RANGE.fullmatch(value):
        return _text(field, column, operator, value)
    if value.isdigit() and not is_code(value):
        hint = "Write three digits (210), five (21020), or a name (transport)."
        raise _value_error(field, value, "not a sector code", hint)
    codes = [value] if is_code(value) else sectors_named(value)
    return or_(
        *(_starts_with(column, beginning) for code in codes for beginning in beginnings_of(code))
    )


def _starts_with(column: Expression, beginning: str) -> Expression:
    return and_(column >= beginning, column <= last_day_text(beginning))


def _date(field: Field, column: Expression, operator: str, value: str) -> Expression:
    text = _as_text(column)
    if operator == "=":
        span = _span(field, value)
        bounds: list[Expression] = [text.is_not(None)]
        if span.start:
            bounds.append(text >= span.start)
        if span.end:
            bounds.append(text <= last_day_text(span.end))
        return and_(*bounds)
    try:
        date = parse_partial_date(value)
    except ValueError as error:
        raise _value_error(
            field, value, f"{error}", "Write 2013, 2013-05 or 2013-05-21."
        ) from error
    # A partial date is a period: a day within 2013 is neither before nor after 2013.
    return _apply(text, operator, last_day_text(date) if operator in {"<=", ">"} else date)


def _span(field: Field, value: str) -> Period:
    try:
        return Period.parse(value)
    except ValueError as error:
        hint = "Write 2013, 2013..2018, 2013.. or ..2018."
        raise _value_error(field, value, f"{error}", hint) from error


def _number(field: Field, column: Expression, operator: str, value: str) -> Expression:
    first, between, last = value.partition(_RANGE)
    if operator == "=" and between:
        if not first.strip() and not last.strip():
            raise _value_error(field, value, "a range with no ends", "Write 5.., ..10 or 5..10.")
        bounds: list[Expression] = [column.is_not(None)]
        if first.strip():
            bounds.append(_compare_number(field, column, ">=", first.strip()))
        if last.strip():
            bounds.append(_compare_number(field, column, "<=", last.strip()))
        return and_(*bounds)
    return _compare_number(field, column, operator, value)


def _compare_number(field: Field, column: Expression, operator: str, value: str) -> Expression:
    try:
        number = parse_decimal(value, exactly_three=field.type is Type.FLOAT)
    except ValueError as error:
        hint = "Write 1e9 or 2.5, or a range: 1e9.., ..2.5 or 1e6..1e9."
        raise UsageError(f"The {_field_label(field)} {value!r} {error}.", hint) from error
    if abs(number) > LARGEST:
        raise UsageError(f"The {_field_label(field)} {value!r} is too large.")
    if isinstance(column.type, Exact):
        return _exact(column, operator, number)
    if isinstance(column.type, Dollars):
        return _dollars(column, operator, number)
    whole = number == number.to_integral_value()
    return _apply(column, operator, int(number) if whole else float(number))


def _exact(column: Expression, operator: str, number: Decimal) -> Expression:
    if operator == "=":
        return column == number
    return _apply(by_value(column), operator, float(number))


def _dollars(column: Expression, operator: str, number: Decimal) -> Expression:
    # Amounts are stored to the millionth, and drivers round bound values to it. A finer number lies
    # between two stored amounts: it equals none, and is compared by the lower of them.
    cut = number.quantize(Decimal("0.000001"))
    if cut == number:
        return _apply(column, operator, number)
    if operator == "=":
        return false()
    below = cut if cut < number else cut - Decimal("0.000001")
    return column <= below if operator in {"<", "<="} else column > below


def _yes_no(field: Field, column: Expression, operator: str, value: str) -> Expression:
    boolean = BOOLEANS.get(value.casefold())
    if boolean is None or operator != "=":
        raise _value_error(field, value, "neither yes nor no", f"Write: {field.name} = yes.")
    return column.is_(boolean)


def _as_text(column: Expression) -> Expression:
    return type_coerce(column, Text) if isinstance(column.type, Moment) else column


def _apply(column: Expression, operator: str, value: Any) -> Expression:
    condition: Expression = _RELATIONS[operator](column, value)
    return condition


def _field_label(field: Field) -> str:
    label = field.name.replace("_", " ")
    return f"{label} date" if field.type is Type.DATE and "date" not in label else label


def _value_error(field: Field, value: str, problem: str, hint: str) -> UsageError:
    return UsageError(f"The {_field_label(field)} {value!r} is {problem}.", hint)


_COMPARERS = {
    Type.TEXT: _text,
    Type.DATE: _date,
    Type.MOMENT: _date,
    Type.INTEGER: _number,
    Type.DECIMAL: _number,
    Type.FLOAT: _number,
    Type.YES_NO: _yes_no,
}
