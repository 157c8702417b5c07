"""Text tables in a pipe: aligned, without styles, and with long texts wrapped."""

from collections.abc import Sequence
from typing import TextIO

#: Texts are wrapped to this width between words, and in the last column to the second one.
_WIDTH, _LAST_WIDTH = 64, 80
_GAP = "  "


def write_piped(
    columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], out: TextIO
) -> None:
    """Write a table; each column is as wide as its widest line.

    Words that are wider than a column, such as URLs, are never broken, and pad no other row.

    Args:
        columns: for each column its label, and whether its values are numbers.
        rows: the texts of each row.
        out: the stream.
    """
    limits = [_WIDTH] * (len(columns) - 1) + [_LAST_WIDTH]
    table = [
        [_lines(text, limit) for text, limit in zip(row, limits, strict=True)]
        for row in ([label for label, _ in columns], *rows)
    ]
    widths = [
        min(limit, max(_width(line) for row in table for line in row[index]))
        for index, limit in enumerate(limits)
    ]
    for row in table:
        for number in range(max(map(len, row))):
            cells = [lines[number] if number < len(lines) else "" for lines in row]
            aligned = [
                _aligned(cell, width, is_number=is_number)
                for cell, width, (_, is_number) in zip(cells, widths, columns, strict=True)
            ]
            out.write(_GAP.join(aligned).rstrip() + "\n")


def _lines(text: str, limit: int) -> list[str]:
    """Return the lines of a text; a short one as it is."""
    if _width(text) <= limit:
        return [text]
    lines: list[str] = []
    filled = 0
    for word in text.split():
        width = _width(word)
        if lines and filled + 1 + width <= limit:
            lines[-1] += f" {word}"
            filled += 1 + width
        else:
            lines.append(word)
            filled = width
    return lines


def _aligned(text: str, width: int, *, is_number: bool) -> str:
    padding = " " * (width - _width(text))
    return padding + text if is_number else text + padding


def _width(text: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415 (a small part of Rich)

    return cell_len(text)
