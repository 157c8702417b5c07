"""Entities that a text names almost: these come before entities that have it in their texts."""

from sqlalchemy import Connection, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, country, search_document
from bricoop.domain.country_names import alpha2_of
from bricoop.domain.suggestions import is_one_edit
from bricoop.lookup.fulltext import matching
from bricoop.lookup.search_query import SearchQuery, parse

#: Of more names that are as close, none was meant more than another.
_MAX_NAMES = 5


def almost_named(connection: Connection, text: str) -> list[int]:
    """Return the country that a text names, or the entities that it names almost.

    A name of a country may be of a language that the index does not know. Entities of which a name
    is within one edit come before hits in texts, where no name has the words of the text; where
    there are no hits, suggestions are better. A phrase is exact, and words that are excluded are no
    part of a name: then there are none.

    Raises:
        UsageError: there is no word to look for, or there are too many.
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
    """Return the entities of which a name is within one edit."""
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
