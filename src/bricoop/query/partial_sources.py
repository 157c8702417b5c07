"""Which sources a question means by a part of their keys or titles."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from bricoop.lookup.sources import match_source
from bricoop.query.narrow import NOT
from bricoop.query.question import Question
from bricoop.query.where import Both, Comparison, Condition, Either, Negated, parse

_FILTER, _FIELDS = "source", frozenset({"source", "sources"})


def partial_sources(connection: Connection, question: Question) -> tuple[str, ...]:
    """Return a sentence for each source that a question names only in part."""
    typed = [value.removeprefix(NOT).strip() for value in question.filters.get(_FILTER, ())]
    for text in question.where:
        typed.extend(_compared(parse(text)))
    return notes_on(connection, typed)


def notes_on(connection: Connection, typed: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each text that is only a part of the key or title of its source."""
    found = [(one, match_source(connection, one)) for one in dict.fromkeys(typed)]
    return tuple(
        f"{one!r} is read as the source {match.key}: {match.title}."
        for one, match in found
        if not match.is_exact
    )


def _compared(condition: Condition) -> Iterator[str]:
    """Yield the sources that a condition names."""
    match condition:
        case Comparison(field, "=", values):
            yield from values if field in _FIELDS else ()
        case Negated(inner):
            yield from _compared(inner)
        case Both(parts) | Either(parts):
            for one in parts:
                yield from _compared(one)
