"""The known names nearest to one that is not known."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from sqlalchemy import Connection, select

from bricoop.db.schema import alias, entity, link
from bricoop.db.seam import among
from bricoop.domain.closeness import nearest
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import UsageError
from bricoop.lookup import spelling
from bricoop.lookup.matching import matching
from bricoop.lookup.wanted import parse

#: So many names are compared one by one; of more only those that share words with what was typed.
_COMPARED = 20_000
#: So many entities are taken of those that share some words, and so many words may be left out.
_SHARING, _LEFT_OUT = 200, 6


def closest_names(connection: Connection, typed: str, kinds: Sequence[EntityKind]) -> list[str]:
    """Return the names nearest to what was typed, best first; of links their codes.

    Args:
        connection: an open connection.
        typed: what a person typed.
        kinds: the kinds of entities to look among; all of them where empty.
    """
    if list(kinds) == [EntityKind.LINK]:
        return nearest(typed, _links(connection))
    statement = select(alias.c.normalised, entity.c.name).join(
        entity, entity.c.id == alias.c.entity_id
    )
    if kinds:
        statement = statement.where(entity.c.kind.in_(kinds))
    rows = connection.execute(statement.limit(_COMPARED + 1)).all()
    if len(rows) > _COMPARED:
        found = list(dict.fromkeys(_sharing(connection, typed)))
        sharing = statement.where(among(connection, alias.c.entity_id, found))
        rows = connection.execute(sharing).all()
    return nearest(typed, {row.normalised: row.name for row in rows})


def _links(connection: Connection) -> dict[str, str]:
    """Return the codes of the five links by their normal forms, and by every name of theirs."""
    rows = connection.execute(
        select(alias.c.normalised, link.c.code).join(link, link.c.id == alias.c.entity_id)
    ).all()
    codes = {row.code: row.code for row in rows}
    return {**{row.normalised: row.code for row in rows}, **codes}


def _sharing(connection: Connection, typed: str) -> Iterator[int]:
    """Yield entities whose names have the words as they may have been meant, or most of them."""
    words = normalise(typed).split()[:_LEFT_OUT]
    texts = [" ".join(part) for part in combinations(words, max(1, len(words) - 1))]
    try:
        meant = parse(" ".join(words))
    except UsageError:
        return
    with_any: dict[str, list[int]] = {}

    def found(text: str) -> list[int]:
        if text not in with_any:
            statement = matching(connection, text, in_names=True).limit(_SHARING)
            with_any[text] = list(connection.scalars(statement))
        return with_any[text]

    for text in (*spelling.suggestions(connection, meant, lambda text: bool(found(text))), *texts):
        yield from found(text)
