"""Documents: all words of an entity, in an order that phrases need, with a digest."""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from operator import add
from typing import NamedTuple

from sqlalchemy import Connection

from bricoop.db.search.parts import Parts, names_of
from bricoop.domain.tokenizer import worded

#: Stands between two texts, so that no phrase reaches from one into the other; nobody can type it.
GAP = "·"
#: PostgreSQL knows 16,383 places in a document, and 255 of one word; SQLite is given no more.
_MOST_NAMES, _MOST_WORDS, _MOST_OF_ONE = 6000, 16_000, 255
#: Its documents hold a million bytes at most; a character takes up to four.
_MOST_CHARACTERS = 200_000
#: No text so short has too many words, nor one of them so often that it would be one.
_SHORT = 2000
_PLACES = [f":{place}" for place in range(1, _MOST_WORDS + 2)]
_PAGE = 1000
#: So many names of organizations and places are remembered while documents are made.
_REMEMBERED = 50_000


class Document(NamedTuple):
    """The words of one entity.

    Attributes:
        entity_id: the entity.
        name_length: how long its shown name is; of hits that are alike the shorter comes first.
        key: its key.
        names: the words of its names, with spaces between them and gaps between names.
        rest: the words of all else.
        digest: of all that.
    """

    entity_id: int
    name_length: int
    key: str
    names: str
    rest: str
    digest: int


class Author:
    """Makes documents; the words of names that many entities mention are remembered.

    Attributes:
        said: the words of texts for which somebody else has made them already.
    """

    def __init__(self, connection: Connection) -> None:
        """Begin with nothing known."""
        self.said: Mapping[str, str] = {}
        self._connection = connection
        self._words: dict[int, str] = {}
        self._has_forgotten = False

    def learn(self, entity_ids: Iterable[int]) -> None:
        """Look up the names of entities that others may mention."""
        self._words |= self._mentions_of(entity_ids)

    def look_up(
        self, parts_by_entity: Mapping[int, Parts], named: Mapping[int, Sequence[str]] | None = None
    ) -> None:
        """Look up the names of the organizations and places that entities mention.

        Args:
            parts_by_entity: their parts.
            named: names that are at hand.
        """
        if len(self._words) > _REMEMBERED:
            self._words.clear()
            self._has_forgotten = True
        unknown: set[int] = set()
        for entity_parts in parts_by_entity.values():
            unknown |= entity_parts.parties
            unknown |= entity_parts.places
        unknown -= self._words.keys()
        if named:
            at_hand = unknown & named.keys()
            self._words |= {number: _mention(named[number]) for number in at_hand}
            unknown -= at_hand
        if unknown:
            # In a damaged database a fact may name what is not there.
            self._words |= dict.fromkeys(unknown, "") | self._mentions_of(unknown)

    def outdated(self, entity_ids: Collection[int]) -> set[int]:
        """Return those of some entities that were mentioned under names that they have no more.

        They are looked up anew, and where that cannot be told any more, they are among them.
        """
        mentioned = [entity_id for entity_id in entity_ids if entity_id in self._words]
        now: dict[int, str] = {}
        for start in range(0, len(mentioned), _PAGE):
            now |= self._mentions_of(mentioned[start : start + _PAGE])
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
        """Return the document of an entity whose mentions were looked up."""
        shown = entity_parts.shown
        names = _mention(entity_parts.names)
        mentions = sorted(self._words[party_id] for party_id in entity_parts.parties)
        mentions += sorted(self._words[country_id] for country_id in entity_parts.places)
        others = (
            *sorted(entity_parts.about),
            *sorted(entity_parts.spots),
            *sorted(entity_parts.ids),
        )
        known_words = self.said
        rest = _joined((*(known_words.get(text) or worded(text) for text in others), *mentions))
        if len(names) + len(rest) > _SHORT:
            names, rest = map(" ".join, _bounded(names.split(), rest.split()))
        length = len(shown.normalised)
        texts = names, rest
        whole = "\n".join((shown.key, str(length), *texts)).encode()
        digest = int.from_bytes(hashlib.blake2b(whole, digest_size=8).digest(), signed=True)
        return Document(shown.id, length, shown.key, *texts, digest)


def vector(words: str) -> str:
    """Return words as PostgreSQL reads them: each with its place, and no text to take apart."""
    return " ".join(map(add, words.split(), _PLACES))


def _mention(names: Iterable[str]) -> str:
    """Return the words of an entity's names, in its own document and where others mention it.

    Both have one order, whichever name is shown. When names change, its own document changes as
    well, and by that the documents that mention it are known to be outdated.
    """
    return _joined(map(worded, sorted(names)))


def _joined(texts: Iterable[str]) -> str:
    return f" {GAP} ".join(texts)


def _bounded(names: list[str], rest: list[str]) -> tuple[list[str], list[str]]:
    names = names[:_MOST_NAMES]
    whole = [*names, *rest[: _MOST_WORDS - len(names)]]
    # Few documents have so many words twice that it is worth to count them.
    repeated = len(whole) - len(set(whole)) >= _MOST_OF_ONE
    if repeated and max(Counter(whole).values()) > _MOST_OF_ONE:
        seen: Counter[str] = Counter()
        for index, word in enumerate(whole):
            seen[word] += 1
            if seen[word] > _MOST_OF_ONE:
                whole[index] = GAP
    if sum(map(len, whole)) > _MOST_CHARACTERS:
        lengths = list(accumulate(map(len, whole)))
        whole = whole[: bisect_right(lengths, _MOST_CHARACTERS)]
    return whole[: len(names)], whole[len(names) :]
