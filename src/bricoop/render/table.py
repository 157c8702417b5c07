"""Tables for people: on a terminal as wide as it is, in a pipe as wide as the rows are."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from bricoop.domain.names import printable
from bricoop.render.values import for_people

if TYPE_CHECKING:
    from rich.console import Console

#: Wider than any row, so that nothing is folded where nobody watches.
_ENDLESS = 100_000
#: On a narrow terminal the first column, which names the row, keeps so many characters a line,
_NAMING = 20
#: and the others at least the longest of their words up to this length.
_WORD = 14
#: but never less than this.
_LEAST = 5


@dataclass(frozen=True)
class Heading:
    """The heading of a column: its label, and how its values are set."""

    label: str
    number: bool = False
    coded: bool = False


def console_for(out: TextIO) -> "Console":
    """Return a console for a stream: colours and folding only on a terminal.

    `NO_COLOR` takes every style away, and not the colours alone.
    """
    from rich.console import Console  # noqa: PLC0415 (a pipe needs none of it)

    if not out.isatty():
        return Console(file=out, width=_ENDLESS, color_system=None, highlight=False, markup=False)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Console(file=out, color_system=None if plain else "auto", highlight=False, markup=False)


def write_table(
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Any]],
    out: TextIO,
    *,
    console: "Console | None" = None,
) -> None:
    """Write a table.

    On a terminal columns without any value are left out, and long texts are folded; nothing is
    ever cut. In a pipe every column is there, as wide as its widest value.
    """
    texts = [
        [
            printable(for_people(value, coded=heading.coded))
            for value, heading in zip(row, headings, strict=True)
        ]
        for row in rows
    ]
    if out.isatty():
        _write_folded(headings, texts, console or console_for(out))
    else:
        _write_plain(headings, texts, out)


def _write_folded(headings: Sequence[Heading], texts: list[list[str]], console: "Console") -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 (a pipe needs none of it)
    from rich.table import Table  # noqa: PLC0415 (the same)
    from rich.text import Text  # noqa: PLC0415 (the same)

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    places = [place for place in range(len(headings)) if any(text[place] for text in texts)]
    minima = {
        place: _narrowest(
            [text[place] for text in texts],
            first=place == places[0],
            number=headings[place].number,
        )
        for place in places
    }
    _squeeze(minima, headings, console.width - 2 * len(minima))
    for place in places:
        heading = headings[place]
        table.add_column(
            Text(heading.label, style="bold"),
            justify="right" if heading.number else "left",
            no_wrap=heading.number,
            overflow="fold",
            min_width=minima[place],
        )
    for text in texts:
        table.add_row(*(Text(text[place]) for place in places))
    console.print(table)


def _narrowest(cells: list[str], *, first: bool, number: bool) -> int:
    if first:
        return min(_NAMING, max(map(len, cells)))
    if number:
        return max(map(len, cells))
    return min(_WORD, max(len(word) for cell in cells for word in cell.split() or [""]))


def _squeeze(minima: dict[int, int], headings: Sequence[Heading], width: int) -> None:
    """Take from the widest columns until all fit: words break over lines, numbers stay whole."""
    texts = [place for place in minima if not headings[place].number]
    while sum(minima.values()) > width and texts:
        widest = max(texts, key=lambda place: minima[place])
        if minima[widest] <= _LEAST:
            return
        minima[widest] -= 1


def _write_plain(headings: Sequence[Heading], texts: list[list[str]], out: TextIO) -> None:
    from rich.cells import cell_len  # noqa: PLC0415 (a small part of Rich)

    lines = [[heading.label for heading in headings], *texts]
    widths = [max(cell_len(line[place]) for line in lines) for place in range(len(headings))]
    for line in lines:
        cells = []
        for text, width, heading in zip(line, widths, headings, strict=True):
            padding = " " * (width - cell_len(text))
            cells.append(padding + text if heading.number else text + padding)
        out.write("  ".join(cells).rstrip() + "\n")
