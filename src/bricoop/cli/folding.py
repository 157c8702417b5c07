"""Line wrapping of messages for a terminal that keeps commands in backquotes whole."""

import re
from collections.abc import Iterator

#: A word, or a command in backquotes, which must stay on one line to be copied.
_WORD = re.compile(r"(?:`[^`]*`|\S)+")


def folded(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text; a word or command wider than a line gets its own line.

    >>> [*folded("See `bricoop query loads`, the list.", 26)]
    ['See', '`bricoop query loads`, the', 'list.']
    """
    from rich.cells import cell_len

    line = ""
    for word in _WORD.findall(text):
        longer = f"{line} {word}" if line else word
        if line and cell_len(longer) > width:
            yield line
            longer = word
        line = longer
    yield line
