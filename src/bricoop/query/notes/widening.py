"""Suggestions for a question without rows: which condition to drop."""

import shlex
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from bricoop.domain.english import counted, there_are
from bricoop.errors import BricoopError
from bricoop.query.catalog import noun_of
from bricoop.query.conditions.compiler import NOT
from bricoop.query.execute import count
from bricoop.query.question import Question

#: Most filters, and most conditions, that are dropped one by one.
_TRIED = 8


def wider(connection: Connection, question: Question) -> str:
    """Return a sentence on how many rows match if one condition is dropped; empty if none do.

    Args:
        connection: must see the same database state in which the question had no rows.
        question: the question; its order, limit, columns and grouping are ignored.
    """
    bare = replace(question, columns=(), sort="", limit=None, offset=0, grouping=None)
    sentence = "; ".join(
        there_are(how, counted(number, "rows"))
        for how, variant in _wider(bare)
        if (number := _number(connection, variant))
    )
    if sentence:
        return f"{sentence[0].upper()}{sentence[1:]}."
    if _conditions(bare) == 1:
        return ""
    alone = [option for option, variant in _alone(bare) if not _number(connection, variant)]
    return f"Nothing matches {' or '.join(alone)} by itself." if alone else ""


def _alone(question: Question) -> Iterator[tuple[str, Question]]:
    """Yield each condition as a command-line option, with the question that has only that one."""
    none = replace(question, filters={}, where=(), raw=(), search="")
    for name, values in list(question.filters.items())[:_TRIED]:
        option = f"--{name.replace('_', '-')} {' '.join(map(shlex.quote, values))}"
        yield option, replace(none, filters={name: values})
    for text in question.where[:_TRIED]:
        yield f"--where {shlex.quote(text)}", replace(none, where=(text,))
    if question.raw:
        yield "--raw", replace(none, raw=question.raw)
    if question.search:
        yield f"--search {shlex.quote(question.search)}", replace(none, search=question.search)


def _wider(question: Question) -> Iterator[tuple[str, Question]]:
    """Yield variants of a question with fewer conditions, each after a phrase describing it."""
    alone = _conditions(question) == 1
    for name in list(question.filters)[:_TRIED]:
        others = {other: values for other, values in question.filters.items() if other != name}
        option = f"--{name.replace('_', '-')}"
        if not alone:
            yield f"without {option}", replace(question, filters=others)
        yield from _searched(question, name, others, option)
    if alone:
        return
    for index, text in enumerate(question.where[:_TRIED]):
        where = (*question.where[:index], *question.where[index + 1 :])
        yield f"without --where {shlex.quote(text)}", replace(question, where=where)
    if question.raw:
        yield "without --raw", replace(question, raw=())
    if question.search:
        yield "without --search", replace(question, search="")


def _searched(
    question: Question, name: str, others: dict[str, tuple[str, ...]], option: str
) -> Iterator[tuple[str, Question]]:
    """Yield the question that searches texts for a code: many sources leave code fields empty."""
    coded = {
        filter_option.name
        for filter_option in noun_of(question.noun).options
        if filter_option.vocabulary is not None
    }
    values = question.filters[name]
    if name in coded and len(values) == 1 and not values[0].startswith(NOT) and not question.search:
        word = values[0].replace("_", " ").replace("-", " ")
        how = f"with --search {shlex.quote(word)} in place of {option}"
        yield how, replace(question, filters=others, search=word)


def _conditions(question: Question) -> int:
    return len(question.filters) + len(question.where) + len(question.raw) + bool(question.search)


def _number(connection: Connection, question: Question) -> int:
    try:
        return count(connection, question)
    except BricoopError:
        # Some words cannot be searched for.
        return 0
