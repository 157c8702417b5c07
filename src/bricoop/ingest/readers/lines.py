"""Read a text line by line, keeping the lines of the current row so that they can be reread."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice


class Lines:
    """Lines of a text, with their line ends.

    Attributes:
        kept: the lines read since the caller last cleared this list, after a complete row.
    """

    def __init__(self, blocks: Iterable[Iterable[str]]) -> None:
        """Start without reading.

        Args:
            blocks: the text in blocks, each an iterable of whole lines.
        """
        self._source = chain.from_iterable(blocks)
        self._ahead: deque[str] = deque()
        self.kept: list[str] = []

    def read(self) -> Iterator[str]:
        """Yield the next lines up to the end of the text, adding each to `kept`."""
        keep, ahead, source = self.kept.append, self._ahead, self._source
        while line := ahead.popleft() if ahead else next(source, ""):
            keep(line)
            yield line

    def put_back(self) -> None:
        """Put the kept lines back, so that they are read again."""
        self._ahead.extendleft(reversed(self.kept))
        self.kept.clear()

    def skip(self, number: int) -> int:
        """Skip up to `number` lines, and return how many there were."""
        skipped = sum(1 for _ in islice(self.read(), number))
        self.kept.clear()
        return skipped

    def look_ahead(self, number: int, characters: int) -> list[str]:
        """Return up to `number` of the next lines without consuming them.

        Args:
            number: the maximum number of lines.
            characters: stop fetching lines once there are this many characters.
        """
        ahead = self._ahead
        length = sum(map(len, islice(ahead, number)))
        while len(ahead) < number and length < characters and (line := next(self._source, "")):
            ahead.append(line)
            length += len(line)
        return list(islice(ahead, number))
