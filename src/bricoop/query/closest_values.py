"""Values of free text that a question asks for and no row has: the closest of those recorded."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.query.catalog import noun_of
from bricoop.query.compare import as_stored
from bricoop.query.compiler import NOT
from bricoop.query.execute import plan_of
from bricoop.query.nouns.noun import Type
from bricoop.query.question import Question
from bricoop.query.where import equal_to, parse

#: Of a field with more values than this, such as a note, none is compared.
_MAX_VALUES = 2000


def closest_values(connection: Connection, question: Question) -> tuple[str, ...]:
    """Return a sentence for each filtered value that no row has, with the closest that some have.

    Args:
        connection: must see the state in which the question found nothing.
        question: fields with a vocabulary, and filters that look names up, have said so already.
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
        for value in values:
            if ".." in value or as_stored(field, value) in known:
                continue
            near = nearest(value, forms)
            hint = f" Did you mean: {'; '.join(map(str, near))}?" if near else ""
            yield f"No row has {field.heading} {value!r}.{hint}"


def _compared(question: Question) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each field with what rows must have in it: values that are not wanted are no slips."""
    for name, values in question.filters.items():
        yield name, tuple(value for value in values if not value.startswith(NOT))
    for text in question.where:
        yield from equal_to(parse(text))
