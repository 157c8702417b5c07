"""Parser of the condition language: `started >= 2013 and not kind = port, railway`.

The grammar; keywords are case-insensitive, and spaces do not matter:

    condition  := both ("or" both)*
    both       := one ("and" one)*
    one        := "not" one | "(" condition ")" | comparison
    comparison := FIELD "is" ["not"] "empty"
                | FIELD OPERATOR VALUE ("," VALUE)*
    OPERATOR   := = != ~ !~ < <= > >=
    VALUE      := "in double quotes" | 'in single quotes'
                | words up to a comma, a bracket, `and`, `or` or the end

A quote character within a quoted value is doubled.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from bricoop.domain.limits import (
    CONDITION_DEPTH,
    CONDITION_LENGTH,
    CONDITION_TEXT,
    CONDITION_VALUES,
    Limit,
)
from bricoop.errors import UsageError

OPERATORS = ("=", "!=", "~", "!~", "<", "<=", ">", ">=")
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<mark>!=|!~|<=|>=|[=~<>(),])
      | "(?P<double>(?:[^"]|"")*)"
      | '(?P<single>(?:[^']|'')*)'
      | (?P<open>["'])
      | (?P<word>[^\s=~<>(),"'!][^\s=~<>(),"!]*|!)
    )""",
    re.VERBOSE,
)
_QUOTES = "Values that hold `and`, `or`, commas or brackets need quotes around them."
#: `1,000`: either two values or a number with a thousands separator.
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?", re.ASCII)
#: Most characters of a condition that a message quotes.
_QUOTED = 300
_MANY_VALUES = "For a longer list, load it and join it in `bricoop sql`."


@dataclass(frozen=True)
class Comparison:
    """A comparison of a field with one or more alternative values.

    Attributes:
        field: name of the field.
        operator: one of `OPERATORS`, or `empty`.
        values: the values, of which one has to match.
        doubtful: the first text with a comma as between thousands: `1,000`; empty if there is none.
    """

    field: str
    operator: str
    values: tuple[str, ...]
    doubtful: str = ""


@dataclass(frozen=True)
class Not:
    """A negated condition; it also holds for rows where the field is empty."""

    condition: "Condition"


@dataclass(frozen=True)
class And:
    """All of several conditions."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True)
class Or:
    """Any of several conditions."""

    conditions: tuple["Condition", ...]


Condition = Comparison | Not | And | Or


class _Token(NamedTuple):
    """A token of a condition: a mark, a word or a quoted text, with its offsets in the text."""

    kind: str
    text: str
    start: int
    end: int


def parse(text: str) -> Condition:
    """Parse a condition.

    Raises:
        UsageError: the text does not follow the grammar (the message quotes the place), or it
            exceeds the limits on length, depth or values (`docs/limits.md`).
    """
    if len(text) > CONDITION_LENGTH.value:
        # The text is not quoted in the message, which would be too long.
        message = f"A condition of {len(text):,} characters is too long"
        raise UsageError(f"{message}: at most {CONDITION_LENGTH}.", _MANY_VALUES)
    return _Parser(text).whole()


def count_values(condition: Condition) -> int:
    """Count the values in a condition; `is empty` counts as one."""
    match condition:
        case Comparison():
            return max(1, len(condition.values))
        case Not(inner):
            return count_values(inner)
        case And(operands) | Or(operands):
            return sum(map(count_values, operands))


def equal_to(condition: Condition) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each field that a condition compares by `=`, with its values; not negated ones."""
    match condition:
        case Comparison(field, "=", values):
            yield field, values
        case And(operands) | Or(operands):
            for operand in operands:
                yield from equal_to(operand)


def refuse_too_many(values: int, subject: str, limit: Limit) -> None:
    """Reject more values than a limit, because the database would take seconds to match them.

    Args:
        values: number of values.
        subject: beginning of the message, up to the number.
        limit: the largest number allowed.

    Raises:
        UsageError: there are more values than the limit.
    """
    if values > limit.value:
        raise UsageError(f"{subject} {values:,} values: at most {limit.value:,}.", _MANY_VALUES)


class _Parser:
    """Recursive-descent parser of one condition."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._read())
        self._position = 0
        self._depth = 0

    def whole(self) -> Condition:
        condition = self._or()
        if (token := self._peek()) is not None:
            raise self._error_at(
                "`and`, `or` or the end is expected",
                token,
                _QUOTES,
            )
        refuse_too_many(count_values(condition), "The condition compares", CONDITION_VALUES)
        return condition

    def _read(self) -> Iterator[_Token]:
        offset = 0
        while offset < len(self._text.rstrip()):
            match = _TOKEN.match(self._text, offset)
            if match is None or match.lastgroup is None:
                raise self._unreadable(offset)
            kind, text = match.lastgroup, match[match.lastgroup]
            if kind == "open":
                raise UsageError(f"In {_excerpt(self._text)!r} a quote is opened and never closed.")
            if kind in {"double", "single"}:
                quote = '"' if kind == "double" else "'"
                kind, text = "quoted", text.replace(quote * 2, quote)
            yield _Token(kind, text, match.start(match.lastgroup), match.end())
            offset = match.end()

    def _or(self) -> Condition:
        conditions = [self._and()]
        while self._accept("or"):
            conditions.append(self._and())
        return conditions[0] if len(conditions) == 1 else Or(tuple(conditions))

    def _and(self) -> Condition:
        conditions = [self._operand()]
        while self._accept("and"):
            conditions.append(self._operand())
        return conditions[0] if len(conditions) == 1 else And(tuple(conditions))

    def _operand(self) -> Condition:
        if self._accept("not"):
            with self._nested():
                return Not(self._operand())
        if self._accept("("):
            with self._nested():
                condition = self._or()
            if not self._accept(")"):
                raise self._error_at("a closing bracket is expected", self._peek())
            return condition
        return self._comparison()

    @contextmanager
    def _nested(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > CONDITION_DEPTH.value:
            message = f"The condition is nested more than {CONDITION_DEPTH.value} levels deep."
            raise UsageError(message, "Write it with fewer brackets.")
        yield
        self._depth -= 1

    def _comparison(self) -> Condition:
        field = self._peek()
        if field is None or field.kind != "word":
            raise self._error_at("the name of a field is expected", field)
        self._position += 1
        name = field.text.replace("-", "_")
        if self._accept("is"):
            negated = self._accept("not")
            if not self._accept("empty"):
                raise self._error_at("`empty` is expected after `is`", self._peek())
            empty = Comparison(name, "empty", ())
            return Not(empty) if negated else empty
        operator = self._peek()
        if operator is None or operator.text not in OPERATORS or operator.kind != "mark":
            expected = f"one of {' '.join(OPERATORS)} or `is empty` is expected"
            raise self._error_at(expected, operator, _QUOTES)
        self._position += 1
        values, doubtful = [self._value()], ""
        while self._accept(","):
            doubtful = doubtful or self._thousands()
            values.append(self._value())
        _refuse_long_text(name, operator.text, values)
        negated = operator.text in {"!=", "!~"}
        comparison = Comparison(name, operator.text[negated:], tuple(values), doubtful)
        return Not(comparison) if negated else comparison

    def _value(self) -> str:
        first = self._peek()
        if first is None or first.kind == "mark":
            raise self._error_at("a value is expected", first)
        self._position += 1
        if first.kind == "quoted":
            return first.text
        last = first
        while (token := self._peek()) is not None and token.kind == "word":
            if token.text.lower() in {"and", "or"}:
                break
            last = token
            self._position += 1
        return self._text[first.start : last.end]

    def _thousands(self) -> str:
        """Return the number around the comma just read, if it looks like a thousands separator."""
        offset = self._tokens[self._position - 1].start
        numbers = (
            match
            for match in _THOUSANDS.finditer(self._text)
            if match.start() < offset < match.end()
        )
        return next((match.group() for match in numbers), "")

    def _peek(self) -> _Token | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _accept(self, word: str) -> bool:
        token = self._peek()
        is_next = token is not None and token.kind != "quoted" and token.text.lower() == word
        self._position += is_next
        return is_next

    def _error_at(self, expected: str, token: _Token | None, hint: str = "") -> UsageError:
        if token is None:
            return UsageError(f"In {_excerpt(self._text)!r} {expected} at the end.", hint)
        before = self._text[: token.start].rstrip()
        position = f"after {before[-30:]!r}" if before else "at the beginning"
        return UsageError(
            f"In {_excerpt(self._text)!r} {expected} {position}, not {token.text!r}.", hint
        )

    def _unreadable(self, offset: int) -> UsageError:
        return UsageError(
            f"In {_excerpt(self._text)!r} this cannot be understood: {self._text[offset:][:30]!r}."
        )


def _excerpt(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _refuse_long_text(field: str, operator: str, values: list[str]) -> None:
    longest = max(map(len, values))
    if "~" in operator and longest > CONDITION_TEXT.value:
        message = f"{field} {operator} looks for a text of {longest:,} characters"
        raise UsageError(f"{message}: at most {CONDITION_TEXT.value:,}.", "Shorten it.")
