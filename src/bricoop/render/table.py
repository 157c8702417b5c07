"""Tables for people: on a terminal as wide as it is, in a pipe as wide as the rows are."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bricoop.domain.names import printable
from bricoop.render.values import for_people

#: Wider than any row, so that nothing is folded where nobody watches.
_ENDLESS = 100_000
#: On a narrow terminal the first column, which names the row, keeps so many characters a line,
_NAMING = 20
#: and the others at least the longest of their words up to this length.
_WORD = 14


@dataclass(frozen=True)
class Heading:
    """The heading of a column: its label, and how its values are set."""

    label: str
    number: bool = False
    coded: bool = False


def console_for(out: TextIO) -> Console:
    """Return a console for a stream: colours and folding only on a terminal.

    `NO_COLOR` takes every style away, and not the colours alone.
    """
    if not out.isatty():
        return Console(file=out, width=_ENDLESS, color_system=None, highlight=False, markup=False)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Console(file=out, color_system=None if plain else "auto", highlight=False, markup=False)


def write_table(
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Any]],
    out: TextIO,
    *,
    console: Console | None = None,
) -> None:
    """Write a table.

    On a terminal columns without any value are left out, and long texts are folded; nothing is
    ever cut. In a pipe every column is there, as wide as its widest value.
    """
    console = console or console_for(out)
    texts = [
        [
            printable(for_people(value, coded=heading.coded))
            for value, heading in zip(row, headings, strict=True)
        ]
        for row in rows
    ]
    if not console.is_terminal:
        _write_plain(headings, texts, out)
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    places = [place for place in range(len(headings)) if any(text[place] for text in texts)]
    for place in places:
        heading = headings[place]
        table.add_column(
            Text(heading.label, style="bold"),
            justify="right" if heading.number else "left",
            no_wrap=heading.number,
            overflow="fold",
            min_width=_narrowest([text[place] for text in texts], first=place == places[0]),
        )
    for text in texts:
        table.add_row(*(Text(text[place]) for place in places))
    console.print(table)


def _narrowest(cells: list[str], *, first: bool) -> int:
    if first:
        return min(_NAMING, max(map(len, cells)))
    return min(_WORD, max(len(word) for cell in cells for word in cell.split() or [""]))


def _write_plain(headings: Sequence[Heading], texts: list[list[str]], out: TextIO) -> None:
    from rich.cells import cell_len  # noqa: PLC0415

    lines = [[heading.label for heading in headings], *texts]
    widths = [max(cell_len(line[place]) for line in lines) for place in range(len(headings))]
    for line in lines:
        cells = []
        for text, width, heading in zip(line, widths, headings, strict=True):
            padding = " " * (width - cell_len(text))
            cells.append(padding + text if heading.number else text + padding)
        out.write("  ".join(cells).rstrip() + "\n")


def standard_output() -> TextIO:
    """Return standard output, written as UTF-8 whatever the locale."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdout
