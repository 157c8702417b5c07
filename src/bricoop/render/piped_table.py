"""Text tables in a pipe: a line for each row, aligned, and without styles."""

from collections.abc import Sequence
from typing import TextIO

#: Longer texts pad no other row: one note would make all rows as wide.
_MOST_PADDED = 160
_GAP = "  "


def write_piped(
    columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], out: TextIO
) -> None:
    """Write a table; each row is one line, for programs such as `grep`.

    Args:
        columns: for each column its label, and whether its values are numbers.
        rows: the texts of each row.
        out: the stream.
    """
    table = [[label for label, _ in columns], *rows]
    widths = [
        max((width for row in table if (width := _width(row[index])) <= _MOST_PADDED), default=0)
        for index in range(len(columns))
    ]
    for row in table:
        cells = [
            _aligned(text, width, is_number=is_number)
            for text, width, (_, is_number) in zip(row, widths, columns, strict=True)
        ]
        out.write(_GAP.join(cells).rstrip() + "\n")


def _aligned(text: str, width: int, *, is_number: bool) -> str:
    padding = " " * (width - _width(text))
    return padding + text if is_number else text + padding


def _width(text: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415 (a small part of Rich)

    return cell_len(text)
