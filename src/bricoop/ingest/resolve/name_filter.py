"""What a large load has heard of, so that nobody asks the database for what it cannot know."""

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from bricoop.db.schema import alias, entity, record

#: How many words of 64 bits there are: with three million texts in them, they are wrong once in a
#: thousand times.
_WORDS = 1 << 21
_LAST = _WORDS - 1
#: Two bits of a word, and a third one, by numbers of twelve bits and of six.
_TWO = [1 << (number & 63) | 1 << (number >> 6) for number in range(1 << 12)]
_ONE = [1 << number for number in range(1 << 6)]
#: More names than these are not read to begin with: a question now and then costs less.
MOST = 200_000
#: What tells texts of one use from the same ones of another.
_KEY, _NAME = 0x5BD1E995, 0x2545F491


class NameFilter:
    """Texts that the database may hold; it certainly lacks all others.

    Each question waits for all rows that are being inserted, and most of those that a first load
    would ask have the answer no. So three bits of a table are set for each text that is written
    (B. H. Bloom, Space/Time Trade-offs in Hash Coding with Allowable Errors, 1970), all in one word
    (F. Putze, P. Sanders, J. Singler, Cache-, Hash- and Space-Efficient Bloom Filters, 2007): where
    one of them is not set, the text was never written. Where all are, the database is asked.
    """

    def __init__(self) -> None:
        """Take everything for possible."""
        self._words: memoryview[int] | None = None
        self._nouns: dict[str, int] = {}

    def start(self, connection: Connection, source_id: int, nouns: Iterable[str]) -> None:
        """Read which names and keys there are, if they are few; all that comes later must be told.

        Args:
            connection: an open transaction whose writer's lock is held.
            source_id: whose records will be written.
            nouns: of which nouns; the ids of those that the source has records of stay possible.
        """
        if (connection.scalar(select(func.max(entity.c.id))) or 0) > MOST:
            return
        # Memory that nobody has written to yet takes no room, nor does it in a second process.
        self._words = memoryview(bytearray(_WORDS * 8)).cast("Q")
        self.keys(connection.scalars(select(entity.c.key)))
        self.names(connection.scalars(select(alias.c.normalised)))
        own = select(record.c.id).where(record.c.source_id == source_id).limit(1)
        for noun in nouns:
            if connection.scalar(own.where(record.c.noun == noun)) is None:
                self._nouns[noun] = hash(noun)

    def stop(self) -> None:
        """Take everything for possible from now on."""
        self._words = None

    @property
    def is_active(self) -> bool:
        """Whether anything is known to be impossible."""
        return self._words is not None

    @property
    def empty_nouns(self) -> set[str]:
        """The nouns of which the source had no records."""
        return set(self._nouns)

    def keys(self, keys: Iterable[str]) -> None:
        """Hear of keys of entities."""
        self._add(keys, _KEY)

    def names(self, normalised: Iterable[str]) -> None:
        """Hear of normalised names of entities."""
        self._add(normalised, _NAME)

    def ids(self, noun: str, ids: Iterable[str]) -> None:
        """Hear of ids of the source's records."""
        if noun in self._nouns:
            self._add(ids, self._nouns[noun])

    def possible_keys(self, keys: Iterable[str]) -> Iterable[str]:
        """Return those keys that an entity may have."""
        return self._possible(keys, _KEY)

    def possible_names(self, normalised: Iterable[str]) -> Iterable[str]:
        """Return those normalised names that an entity may have."""
        return self._possible(normalised, _NAME)

    def possible_ids(self, noun: str, ids: Iterable[str]) -> Iterable[str]:
        """Return those ids that a record of the source may have."""
        return self._possible(ids, self._nouns[noun]) if noun in self._nouns else ids

    def _add(self, texts: Iterable[str], use: int) -> None:
        words = self._words
        if words is None:
            return
        for text_hash in map(hash, texts):
            number = text_hash ^ use
            words[number >> 18 & _LAST] |= _TWO[number & 4095] | _ONE[number >> 12 & 63]

    def _possible(self, texts: Iterable[str], use: int) -> Iterable[str]:
        words = self._words
        if words is None:
            return texts
        possible = []
        for text in texts:
            number = hash(text) ^ use
            bits = _TWO[number & 4095] | _ONE[number >> 12 & 63]
            if words[number >> 18 & _LAST] & bits == bits:
                possible.append(text)
        return possible
