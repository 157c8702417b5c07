"""The known names nearest to one that is not known."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations

from sqlalchemy import Connection, Row, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, entity, link
from bricoop.domain.limits import SUGGESTED_LENGTH
from bricoop.domain.names import is_slug, normalise
from bricoop.domain.suggestions import is_slip, nearest, slips
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import UsageError
from bricoop.lookup import spelling
from bricoop.lookup.fulltext import matching
from bricoop.lookup.search_query import parse

#: So many names are compared one by one; of more only those that share words with what was typed.
_MAX_COMPARED = 20_000
#: By so many letters names differ that are slips of others.
_MAX_SLIPS = 3
#: Keys that are made of ids have so many digits, and differ in so many letters at their ends.
_MIN_DIGITS, _KEY_ENDING = 3, 6
#: So many entities are taken of those that share some words, and so many words may be left out.
_MAX_SHARING, _MAX_WORDS = 200, 6


def closest_names(connection: Connection, typed: str, kinds: Sequence[EntityKind]) -> list[str]:
    """Return the names nearest to what was typed, best first.

    Of links they are the codes, all five where none is near.

    Args:
        connection: an open connection.
        typed: what a person typed.
        kinds: the kinds of entities to look among; all of them where empty.
    """
    if list(kinds) == [EntityKind.LINK]:
        links = _links(connection)
        return nearest(typed, links) or list(dict.fromkeys(links.values()))
    if _is_numbered_key(typed):
        return _closest_keys(connection, typed, kinds)
    return ClosestNames(connection, kinds).to(typed)


def _is_numbered_key(typed: str) -> bool:
    """Return whether a text is what profiles make of ids, such as gcdf3-71942, and no name is."""
    return is_slug(typed) and "-" in typed and sum(map(str.isdigit, typed)) >= _MIN_DIGITS


def _closest_keys(connection: Connection, typed: str, kinds: Sequence[EntityKind]) -> list[str]:
    """Return the known keys that begin as a key does, and are it but for a slip."""
    begin = typed[: max(len(typed) - _KEY_ENDING, typed.index("-") + 1)]
    statement = select(entity.c.key).where(
        entity.c.key >= begin, entity.c.key < begin + "\U0010ffff"
    )
    if kinds:
        statement = statement.where(entity.c.kind.in_(kinds))
    keys = connection.scalars(statement.order_by(entity.c.key).limit(_MAX_COMPARED)).all()
    return slips(typed, keys)


class ClosestNames:
    """The known names, read once, for any number of words that are none of them."""

    def __init__(self, connection: Connection, kinds: Sequence[EntityKind] = ()) -> None:
        """Read nothing yet; `kinds` are those of the entities to look among, all where empty."""
        self._connection = connection
        columns = select(alias.c.normalised, entity.c.name)
        statement = columns.join(entity, entity.c.id == alias.c.entity_id)
        self._statement = statement.where(entity.c.kind.in_(kinds)) if kinds else statement

    @property
    def are_few(self) -> bool:
        """Whether all names are compared, which takes milliseconds for each word."""
        return self._all is not None

    def to(self, typed: str) -> list[str]:
        """Return the names nearest to what was typed, best first."""
        if len(typed) > SUGGESTED_LENGTH.value:
            return []
        return nearest(typed, self._compared_with(typed))

    def misspelt(self, typed: str) -> list[str]:
        """Return the names of which what was typed may be a slip."""
        if len(typed) > SUGGESTED_LENGTH.value:
            return []
        names = self._compared_with(typed)
        matches = slips(normalise(typed), names, _MAX_SLIPS)
        return list(dict.fromkeys(names[name] for name in matches if is_slip(typed, name)))

    def _compared_with(self, typed: str) -> dict[str, str]:
        """Return the names that a text is compared with: all, or those that share words with it."""
        if self._all is not None:
            return self._all
        ids = list(dict.fromkeys(_ids_sharing_words(self._connection, typed)))
        shared = self._statement.where(in_values(self._connection, alias.c.entity_id, ids))
        return _by_normal_form(self._connection.execute(shared).all())

    @cached_property
    def _all(self) -> dict[str, str] | None:
        """All names by their normal forms; None where they are too many to compare."""
        rows = self._connection.execute(self._statement.limit(_MAX_COMPARED + 1)).all()
        return None if len(rows) > _MAX_COMPARED else _by_normal_form(rows)


def _by_normal_form(rows: Sequence[Row[str, str]]) -> dict[str, str]:
    return {row.normalised: row.name for row in rows}


def _links(connection: Connection) -> dict[str, str]:
    """Return the codes of the five links by their normal forms, and by every name of theirs."""
    rows = connection.execute(
        select(alias.c.normalised, link.c.code).join(link, link.c.id == alias.c.entity_id)
    ).all()
    codes = {row.code: row.code for row in rows}
    return {**{row.normalised: row.code for row in rows}, **codes}


def _ids_sharing_words(connection: Connection, typed: str) -> Iterator[int]:
    """Yield entities whose names have the words as they may have been meant, or most of them."""
    words = normalise(typed).split()[:_MAX_WORDS]
    texts = [" ".join(subset) for subset in combinations(words, max(1, len(words) - 1))]
    try:
        query = parse(" ".join(words))
    except UsageError:
        return
    cache: dict[str, list[int]] = {}

    def ids_matching(text: str) -> list[int]:
        if text not in cache:
            statement = matching(connection, text, in_names=True).limit(_MAX_SHARING)
            cache[text] = list(connection.scalars(statement))
        return cache[text]

    for text in (
        *spelling.suggestions(connection, query, lambda text: bool(ids_matching(text))),
        *texts,
    ):
        yield from ids_matching(text)
