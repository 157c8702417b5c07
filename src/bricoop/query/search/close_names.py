"""Entities with a name almost equal to the search text; they rank before other hits."""

from sqlalchemy import Connection, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, country, search_document
from bricoop.domain.country_names import alpha2_of
from bricoop.domain.suggestions import is_one_edit
from bricoop.lookup.fulltext import matching
from bricoop.lookup.search_query import SearchQuery, parse

#: With more similar names than this, none is likely to be the intended one.
_MAX_NAMES = 5


def almost_named(connection: Connection, text: str) -> list[int]:
    """Return the ids of the country with a name, or of entities with a name within one edit of it.

    Countries are found by names in languages that the index does not contain. Other entities are
    returned only if no name contains the words of the text but other texts do: without any hits,
    suggestions help more. Texts with phrases or excluded words have no similar names.

    Args:
        connection: an open connection.
        text: the search text.

    Raises:
        UsageError: there is no required word, or there are too many words.
    """
    query = parse(text)
    if query.excluded or any(term.typed.startswith('"') for term in query.terms):
        return []
    if country_ids := _countries_named(connection, text):
        return country_ids
    if _finds(connection, text, in_names=True, prefixes=False):
        return []
    close = _close(connection, query)
    return close if close and _finds(connection, text) else []


def _finds(
    connection: Connection, text: str, *, in_names: bool = False, prefixes: bool = True
) -> bool:
    statement = matching(connection, text, in_names=in_names, prefixes=prefixes)
    return connection.execute(statement.limit(1)).first() is not None


def _countries_named(connection: Connection, text: str) -> list[int]:
    code = alpha2_of(text)
    if code is None:
        return []
    return list(connection.scalars(select(country.c.id).where(country.c.alpha2 == code)))


def _close(connection: Connection, query: SearchQuery) -> list[int]:
    """Return the ids of entities with a name within one edit of the search text, ranked."""
    length = func.length(alias.c.normalised)
    size = len(query.name)
    rows = connection.execute(
        select(alias.c.normalised, alias.c.entity_id).where(length.between(size - 1, size + 1))
    )
    ids = {row.entity_id for row in rows if is_one_edit(query.name, row.normalised)}
    if not 0 < len(ids) <= _MAX_NAMES:
        return []
    document = search_document.c
    ordered = select(document.entity_id).where(
        in_values(connection, document.entity_id, sorted(ids))
    )
    return list(connection.scalars(ordered.order_by(document.name_length, document.key)))
