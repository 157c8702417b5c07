"""Suggestions for a name that is not in the database: the most similar known names."""

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

#: Up to this many names are all compared; beyond it, only those that share words with the text.
_MAX_COMPARED = 20_000
#: Most edits (letters) by which a misspelt name may differ from the right one.
_MAX_SLIPS = 3
#: Keys built from source ids (`gcdf3-71942`) have at least so many digits. Keys are compared that
#: differ only in their last characters.
_MIN_DIGITS, _KEY_ENDING = 3, 6
#: Most entities read for one set of words, and most words of the text that are used.
_MAX_SHARING, _MAX_WORDS = 200, 6


def closest_names(connection: Connection, typed: str, kinds: Sequence[EntityKind]) -> list[str]:
    """Return the known names most similar to a text, best first.

    For links, their codes are returned: all five if none is similar.

    Args:
        connection: an open connection.
        typed: text that matched no entity.
        kinds: the kinds of entities to consider; all if empty.
    """
    if list(kinds) == [EntityKind.LINK]:
        links = _links(connection)
        return nearest(typed, links) or list(dict.fromkeys(links.values()))
    if _is_numbered_key(typed):
        return _closest_keys(connection, typed, kinds)
    return ClosestNames(connection, kinds).to(typed)


def _is_numbered_key(typed: str) -> bool:
    """Return whether a text looks like a key that a profile built from an id: `gcdf3-71942`."""
    return is_slug(typed) and "-" in typed and sum(map(str.isdigit, typed)) >= _MIN_DIGITS


def _closest_keys(connection: Connection, typed: str, kinds: Sequence[EntityKind]) -> list[str]:
    """Return the known keys with the same beginning that differ from a key by a typing error."""
    begin = typed[: max(len(typed) - _KEY_ENDING, typed.index("-") + 1)]
    statement = select(entity.c.key).where(
        entity.c.key >= begin, entity.c.key < begin + "\U0010ffff"
    )
    if kinds:
        statement = statement.where(entity.c.kind.in_(kinds))
    keys = connection.scalars(statement.order_by(entity.c.key).limit(_MAX_COMPARED)).all()
    return slips(typed, keys)


class ClosestNames:
    """Suggests known names for any number of texts; the names are read once, when first needed."""

    def __init__(self, connection: Connection, kinds: Sequence[EntityKind] = ()) -> None:
        """Prepare the statement; `kinds` limits the entities considered (all if empty)."""
        self._connection = connection
        columns = select(alias.c.normalised, entity.c.name)
        statement = columns.join(entity, entity.c.id == alias.c.entity_id)
        self._statement = statement.where(entity.c.kind.in_(kinds)) if kinds else statement

    @property
    def are_few(self) -> bool:
        """Whether there are few enough names to compare all of them, in milliseconds per text."""
        return self._all is not None

    def to(self, typed: str) -> list[str]:
        """Return the names most similar to a text, best first; none for an overlong text."""
        if len(typed) > SUGGESTED_LENGTH.value:
            return []
        return nearest(typed, self._compared_with(typed))

    def misspelt(self, typed: str) -> list[str]:
        """Return the names of which a text may be a misspelling."""
        if len(typed) > SUGGESTED_LENGTH.value:
            return []
        names = self._compared_with(typed)
        matches = slips(normalise(typed), names, _MAX_SLIPS)
        return list(dict.fromkeys(names[name] for name in matches if is_slip(typed, name)))

    def _compared_with(self, typed: str) -> dict[str, str]:
        """Return names by normal form to compare a text with: all, or those that share words."""
        if self._all is not None:
            return self._all
        ids = list(dict.fromkeys(_ids_sharing_words(self._connection, typed)))
        shared = self._statement.where(in_values(self._connection, alias.c.entity_id, ids))
        return _by_normal_form(self._connection.execute(shared).all())

    @cached_property
    def _all(self) -> dict[str, str] | None:
        """All names by normal form; None if there are too many to compare."""
        rows = self._connection.execute(self._statement.limit(_MAX_COMPARED + 1)).all()
        return None if len(rows) > _MAX_COMPARED else _by_normal_form(rows)


def _by_normal_form(rows: Sequence[Row[str, str]]) -> dict[str, str]:
    return {row.normalised: row.name for row in rows}


def _links(connection: Connection) -> dict[str, str]:
    """Return the codes of the five links by the normal forms of their names, and by code."""
    rows = connection.execute(
        select(alias.c.normalised, link.c.code).join(link, link.c.id == alias.c.entity_id)
    ).all()
    codes = {row.code: row.code for row in rows}
    return {**{row.normalised: row.code for row in rows}, **codes}


def _ids_sharing_words(connection: Connection, typed: str) -> Iterator[int]:
    """Yield ids of entities whose names have the corrected words, or all words but one."""
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
