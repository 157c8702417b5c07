"""Values of free text that a question asks for and no row has: the closest of those recorded."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from bricoop.domain.closeness import nearest
from bricoop.domain.names import normalise
from bricoop.query.ask import plan_of
from bricoop.query.catalog import noun_of
from bricoop.query.narrow import NOT
from bricoop.query.nouns.noun import Type
from bricoop.query.question import Question

#: Of a field with more values than this, such as a note, none is compared.
_MOST = 2000
#: What people call currencies, whose codes are not spelled alike.
_CURRENCIES = {"rmb": "CNY", "renminbi": "CNY", "yuan": "CNY", "dollar": "USD", "us": "USD"}


def closest_values(connection: Connection, question: Question) -> tuple[str, ...]:
    """Return a sentence for each filtered value that no row has, with the closest that some have.

    Args:
        connection: must see the state in which the question found nothing.
        question: fields with a vocabulary, and filters that look names up, have said so already.
    """
    return tuple(_sentences(connection, question))


def _sentences(connection: Connection, question: Question) -> Iterator[str]:
    noun, plan = noun_of(question.noun), plan_of(question.noun)
    for name, values in question.filters.items():
        field = noun.field(name)
        if field is None or name in plan.filters or name not in plan.scalars:
            continue
        if field.type is not Type.TEXT or field.coded:
            continue
        column = plan.scalars[name]
        rows = plan.tables.needed(column)
        found = select(column).select_from(rows).where(column.is_not(None)).distinct()
        known = list(connection.scalars(found.limit(_MOST + 1)))
        if len(known) > _MOST:
            continue
        forms = {normalise(one): one for one in known}
        for value in values:
            if value.startswith(NOT) or ".." in value or value in known:
                continue
            meant = _CURRENCIES.get(normalise(value)) if name == "currency" else None
            near = [meant] if meant in known else nearest(value, forms)
            hint = f" Did you mean: {'; '.join(map(str, near))}?" if near else ""
            yield f"No row has the {field.heading} {value!r}.{hint}"
