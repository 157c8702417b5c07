"""Suggestions for filter values of text fields that no row has."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.lookup.entities import keys_now
from bricoop.query.catalog import noun_of
from bricoop.query.conditions.comparisons import as_stored
from bricoop.query.conditions.compiler import NOT
from bricoop.query.conditions.parser import equal_to, parse
from bricoop.query.execute import plan_of
from bricoop.query.nouns.noun import Type
from bricoop.query.question import Question
from bricoop.query.tables import is_key

#: Fields with more distinct values than this, such as notes, get no suggestions.
_MAX_VALUES = 2000


def closest_values(connection: Connection, question: Question) -> tuple[str, ...]:
    """Return a sentence with the most similar values for each filter value that no row has.

    Fields with a vocabulary and filters that look up names are skipped: they raise an error with
    suggestions themselves.

    Args:
        connection: must see the same database state in which the question had no rows.
        question: the question without rows.
    """
    return tuple(_sentences(connection, question))


def _sentences(connection: Connection, question: Question) -> Iterator[str]:
    noun, plan = noun_of(question.noun), plan_of(question.noun)
    for name, values in _compared(question):
        field = noun.field(name)
        if field is None or name in plan.filters or name not in plan.scalars:
            continue
        if field.type is not Type.TEXT or field.coded:
            continue
        column = plan.scalars[name]
        rows = plan.tables.needed(column)
        statement = select(column).select_from(rows).where(column.is_not(None)).distinct()
        known = list(connection.scalars(statement.limit(_MAX_VALUES + 1)))
        if len(known) > _MAX_VALUES:
            continue
        forms = {normalise(value): value for value in known}
        for value in keys_now(connection, values) if is_key(column) else values:
            if ".." in value or as_stored(field, value) in known:
                continue
            near = nearest(value, forms)
            hint = f" Did you mean: {'; '.join(map(str, near))}?" if near else ""
            yield f"No row has {field.heading} {value!r}.{hint}"


def _compared(question: Question) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each compared field with its required values; negated ones are left out."""
    for name, values in question.filters.items():
        yield name, tuple(value for value in values if not value.startswith(NOT))
    for text in question.where:
        yield from equal_to(parse(text))
