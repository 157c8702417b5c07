"""Builds the documents of the search index: the words of an entity, with a digest."""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from operator import add
from typing import NamedTuple

from sqlalchemy import Connection

from bricoop.db.search.parts import Parts, names_at_hand, names_of
from bricoop.domain.batches import in_batches
from bricoop.domain.tokenizer import worded

#: A word between texts, so that no phrase spans two of them; search terms cannot contain it.
GAP = "·"
#: Limits of PostgreSQL: 16,383 positions in a document, and 255 per word; also used on SQLite.
_MOST_NAMES, _MOST_WORDS, _MOST_OF_ONE = 6000, 16_000, 255
#: PostgreSQL's documents hold a million bytes; a character takes up to four.
_MOST_CHARACTERS = 200_000
#: Documents up to this length cannot exceed the limits, and are not checked.
_SHORT = 2000
_PLACES = [f":{place}" for place in range(1, _MOST_WORDS + 2)]
_PAGE = 1000
#: The size of the cache of names of organizations and places.
_REMEMBERED = 50_000


class Document(NamedTuple):
    """The words of one entity.

    Attributes:
        entity_id: the entity.
        name_length: the length of its name; of equally good hits, the shorter name comes first.
        key: its key.
        names: the words of its names, separated by spaces, with gaps between names.
        rest: the words of all other texts.
        digest: a digest of the other attributes.
    """

    entity_id: int
    name_length: int
    key: str
    names: str
    rest: str
    digest: int


class Author:
    """Builds documents, with a cache of the names that entities mention."""

    def __init__(self, connection: Connection) -> None:
        """Begin with an empty cache."""
        self._connection = connection
        self._words: dict[int, str] = {}
        self._has_forgotten = False

    def look_up(
        self, parts_by_entity: Mapping[int, Parts], named: Mapping[int, Sequence[str]] | None = None
    ) -> None:
        """Look up the names of the organizations and places that entities mention.

        Args:
            parts_by_entity: the parts of the documents of these entities.
            named: the names of other new entities; if None, all names are read from the database.
        """
        if len(self._words) > _REMEMBERED:
            self._words.clear()
            self._has_forgotten = True
        unknown: set[int] = set()
        for entity_parts in parts_by_entity.values():
            unknown |= entity_parts.parties
            unknown |= entity_parts.places
        unknown -= self._words.keys()
        if named is not None:
            for number in unknown & (parts_by_entity.keys() | named.keys()):
                own = parts_by_entity.get(number)
                self._words[number] = _mention(names_at_hand(own) if own else named[number])
            unknown -= self._words.keys()
        if unknown:
            # In a damaged database a fact may refer to a missing entity.
            self._words |= dict.fromkeys(unknown, "") | self._mentions_of(unknown)

    def outdated(self, entity_ids: Collection[int]) -> set[int]:
        """Return the entities whose names changed since they were cached, and refresh the cache.

        If the cache was cleared meanwhile, entities that are not in it are included.
        """
        mentioned = [entity_id for entity_id in entity_ids if entity_id in self._words]
        now: dict[int, str] = {}
        for page in in_batches(mentioned, _PAGE):
            now |= self._mentions_of(page)
        outdated = {
            entity_id for entity_id in mentioned if now.get(entity_id) != self._words[entity_id]
        }
        self._words |= now
        if self._has_forgotten:
            outdated.update(entity_id for entity_id in entity_ids if entity_id not in now)
        return outdated

    def _mentions_of(self, entity_ids: Iterable[int]) -> dict[int, str]:
        named = names_of(self._connection, entity_ids)
        return {number: _mention(names) for number, names in named.items()}

    def document(self, entity_parts: Parts) -> Document:
        """Build the document of an entity, for which `look_up` was called."""
        shown = entity_parts.shown
        names = _mention(entity_parts.names)
        mentions = sorted(self._words[party_id] for party_id in entity_parts.parties)
        mentions += sorted(self._words[country_id] for country_id in entity_parts.places)
        others = (
            *sorted(entity_parts.about),
            *sorted(entity_parts.spots),
            *sorted(entity_parts.ids),
        )
        rest = _joined((*map(worded, others), *mentions))
        if len(names) + len(rest) > _SHORT:
            names, rest = map(" ".join, _bounded(names.split(), rest.split()))
        length = len(shown.normalised)
        texts = names, rest
        whole = "\n".join((shown.key, str(length), *texts)).encode()
        digest = int.from_bytes(hashlib.blake2b(whole, digest_size=8).digest(), signed=True)
        return Document(shown.id, length, shown.key, *texts, digest)


def vector(words: str) -> str:
    """Return words with their positions in the format of PostgreSQL's `tsvector`."""
    return " ".join(map(add, words.split(), _PLACES))


def _mention(names: Iterable[str]) -> str:
    """Return the words of an entity's names, for its own document and for those that mention it.

    The order is the same in both, whichever name is shown. So if names change, its own document
    changes, which shows that documents that mention it are outdated.
    """
    return _joined(map(worded, sorted(names)))


def _joined(texts: Iterable[str]) -> str:
    return f" {GAP} ".join(texts)


def _bounded(names: list[str], rest: list[str]) -> tuple[list[str], list[str]]:
    if len(names) + len(rest) <= _MOST_OF_ONE:
        # A word has at most 64 characters, so no limit is reached.
        return names, rest
    names = names[:_MOST_NAMES]
    whole = [*names, *rest[: _MOST_WORDS - len(names)]]
    # Counting takes time, and few documents repeat enough words to need it.
    repeated = len(whole) - len(set(whole)) >= _MOST_OF_ONE
    if repeated and max(Counter(whole).values()) > _MOST_OF_ONE:
        occurrences: Counter[str] = Counter()
        for index, word in enumerate(whole):
            occurrences[word] += 1
            if occurrences[word] > _MOST_OF_ONE:
                whole[index] = GAP
    if sum(map(len, whole)) > _MOST_CHARACTERS:
        lengths = list(accumulate(map(len, whole)))
        whole = whole[: bisect_right(lengths, _MOST_CHARACTERS)]
    return whole[: len(names)], whole[len(names) :]
