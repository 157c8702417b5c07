"""The lines of a text, read one by one: those of the current row are kept and can be read again."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice


class Lines:
    """Lines with their ends.

    Attributes:
        kept: the lines that were read since the last row was complete.
    """

    def __init__(self, blocks: Iterable[Iterable[str]]) -> None:
        """Read nothing yet.

        Args:
            blocks: the text in blocks, each of which gives whole lines.
        """
        self._source = chain.from_iterable(blocks)
        self._ahead: deque[str] = deque()
        self.kept: list[str] = []

    def read(self) -> Iterator[str]:
        """Yield the next lines to the end of the text, and keep each of them."""
        keep, ahead = self.kept.append, self._ahead
        while True:
            while ahead:
                line = ahead.popleft()
                keep(line)
                yield line
            line = next(self._source, "")
            if not line:
                return
            keep(line)
            yield line

    def put_back(self) -> None:
        """Let the lines of the current row be read again."""
        self._ahead.extendleft(reversed(self.kept))
        self.kept.clear()

    def skip(self, number: int) -> int:
        """Pass over so many lines, and return how many there were."""
        skipped = sum(1 for _ in islice(self.read(), number))
        self.kept.clear()
        return skipped

    def look_ahead(self, number: int, characters: int) -> list[str]:
        """Return up to so many of the next lines, which are still to be read.

        Args:
            number: how many lines.
            characters: no further line is fetched if there are so many characters.
        """
        ahead = self._ahead
        length = sum(map(len, islice(ahead, number)))
        while len(ahead) < number and length < characters and (line := next(self._source, "")):
            ahead.append(line)
            length += len(line)
        return list(islice(ahead, number))
