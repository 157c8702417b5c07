"""Wrapping of texts with styles to a width, and cutting to a number of lines."""

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells
from rich.text import Text

_WORD = re.compile(r"\s*\S+\s*")
#: A word that is wider than its line is broken after these characters, if it has any.
_PIECE = re.compile(r"[^-/_.:]*[-/_.:]+|[^-/_.:]+")


def wrapped(text: Text, width: int) -> list[Text]:
    """Return the lines of a text, wrapped between words.

    Longer words are broken after a hyphen, slash, dot, colon or underscore, and elsewhere only if
    the piece between two of these is wider than the line.
    """
    lines = [*text.divide(_breaks(text.plain, max(width, 1)))]
    for line in lines:
        line.rstrip()
    return lines


def cut(lines: list[Text], most: int | None) -> list[Text]:
    """Return the first lines, the last of them with an ellipsis if there are more."""
    if most is None or len(lines) <= most:
        return lines
    *first, last = lines[:most]
    short = last.copy()
    short.rstrip()
    short.append("…")
    return [*first, short]


def _breaks(text: str, width: int) -> list[int]:
    """Return the positions at which a text is broken into lines."""
    breaks: list[int] = []
    position = filled = 0
    for piece in _pieces(text, width):
        if filled and filled + cell_len(piece.rstrip()) > width:
            breaks.append(position)
            filled = 0
        position += len(piece)
        filled += cell_len(piece)
    return breaks


def _pieces(text: str, width: int) -> Iterator[str]:
    """Yield words with the spaces after them, and pieces of those that are wider than a line."""
    for word in _WORD.findall(text):
        if cell_len(word.rstrip()) <= width:
            yield word
            continue
        bare = word.rstrip()
        pieces = [chunk for piece in _PIECE.findall(bare) for chunk in chop_cells(piece, width)]
        yield from pieces[:-1]
        yield pieces[-1] + word[len(bare) :]
