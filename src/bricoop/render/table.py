"""Text tables, fitted to the width of a terminal and of natural width in a pipe."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from bricoop.domain.cells import Cell
from bricoop.domain.names import printable
from bricoop.render.piped_table import write_piped
from bricoop.render.values import UNLIKE_YEAR, Marked, bounded, for_people
from bricoop.render.widths import divided, is_crowded

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

#: A width larger than any row, so that nothing is wrapped in a pipe.
_ENDLESS = 100_000


@dataclass(frozen=True)
class Heading:
    """The heading of a column, with the format of its values.

    Attributes:
        label: the label.
        number: whether its values are numbers, which are right-aligned.
        coded: whether its values are codes, which are shown as labels.
        money: whether its values are money, rounded to the cent.
        grouped_from: integers from this on have thousands separators; None for numbers that are
            names, such as years.
        sparse: whether the column is omitted where it is empty, in a pipe as well.
    """

    label: str
    number: bool = False
    coded: bool = False
    money: bool = False
    grouped_from: int | None = 1_000
    sparse: bool = False

    def text(self, value: Cell) -> str:
        """Return a value of the column as text, of which thousands of characters are cut."""
        grouped_from = self.grouped_from if self.number else UNLIKE_YEAR
        text = for_people(value, coded=self.coded, money=self.money, grouped_from=grouped_from)
        return bounded(text)


def console_for(out: TextIO) -> "Console":
    """Return a Rich console for a stream, with colours and wrapping only on a terminal.

    The variable NO_COLOR turns off all styles, not only colours.
    """
    from rich.console import Console  # noqa: PLC0415 (a pipe needs none of it)

    bare = not out.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return Console(
        file=out,
        width=None if out.isatty() else _ENDLESS,
        color_system=None if bare else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    )


def write_table(
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Cell]],
    out: TextIO,
    *,
    console: "Console | None" = None,
    keep_empty: bool = False,
) -> None:
    """Write a table.

    On a terminal, empty columns are omitted unless `keep_empty` is set, and long texts are wrapped.
    If columns would be too narrow for their words, each row becomes a block of lines instead;
    nothing is truncated. In a pipe all columns but sparse ones are written, each as wide as its
    widest value.
    """
    texts = [
        [
            value if isinstance(value, Marked) else printable(heading.text(value))
            for value, heading in zip(row, headings, strict=True)
        ]
        for row in rows
    ]
    if not keep_empty:
        headings, texts = _without_empty(headings, texts)
    if out.isatty():
        _write_folded(headings, texts, console or console_for(out), keep_empty=keep_empty)
    else:
        columns = [(heading.label, heading.number) for heading in headings]
        write_piped(columns, texts, out)


def _without_empty(
    headings: Sequence[Heading], texts: list[list[str]]
) -> tuple[Sequence[Heading], list[list[str]]]:
    """Return headings and texts without sparse columns that are empty."""
    empty = {
        index
        for index, heading in enumerate(headings)
        if heading.sparse and not any(text[index] for text in texts)
    }
    if not empty:
        return headings, texts
    rest = [index for index in range(len(headings)) if index not in empty]
    return [headings[index] for index in rest], [[text[index] for index in rest] for text in texts]


def _write_folded(
    headings: Sequence[Heading], texts: list[list[str]], console: "Console", *, keep_empty: bool
) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 (a pipe needs none of it)
    from rich.table import Table  # noqa: PLC0415 (the same)
    from rich.text import Text  # noqa: PLC0415 (the same)

    if not any(map(any, texts)):
        return
    every = range(len(headings))
    kept_columns = [index for index in every if keep_empty or any(text[index] for text in texts)]
    shown = [headings[index] for index in kept_columns]
    cells = [[text[index] for text in texts] for index in kept_columns]
    columns = [
        (heading.label, own, heading.number) for heading, own in zip(shown, cells, strict=True)
    ]
    widths, gap = divided(columns, console.width)
    if len(kept_columns) > 1 and is_crowded(columns, widths):
        _write_cards(shown, cells, console, keep_empty=keep_empty)
        return
    # Set all widths explicitly: Rich truncates columns that its own layout makes too narrow.
    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        padding=(0, gap - 1, 0, 0),
        width=sum(widths) + gap * (len(kept_columns) - 1),
    )
    for heading, width in zip(shown, widths, strict=True):
        table.add_column(
            Text(heading.label, style="bold", overflow="ellipsis"),
            justify="right" if heading.number else "left",
            overflow="fold",
            width=width,
        )
    for row in zip(*cells, strict=True):
        table.add_row(*map(_styled, row))
    console.print(table, crop=False)


def _write_cards(
    headings: list[Heading], cells: list[list[str]], console: "Console", *, keep_empty: bool
) -> None:
    """Write each row as a block of lines, one for each value."""
    from rich.padding import Padding  # noqa: PLC0415 (a pipe needs none of it)
    from rich.table import Table  # noqa: PLC0415 (the same)
    from rich.text import Text  # noqa: PLC0415 (the same)

    for row in zip(*cells, strict=True):
        if row[0]:
            console.print(Text(row[0], style="bold"), overflow="fold")
        card = Table.grid(padding=(0, 2, 0, 0))
        card.add_column(
            overflow="fold", min_width=max(len(heading.label) for heading in headings[1:])
        )
        card.add_column(overflow="fold")
        for heading, text in zip(headings[1:], row[1:], strict=True):
            if text or keep_empty:
                card.add_row(Text(heading.label, style="dim"), _styled(text))
        console.print(Padding(card, (0, 0, 1, 2), expand=False))


def _styled(text: str) -> "Text":
    from rich.text import Text  # noqa: PLC0415 (a pipe needs none of it)

    styled = Text(text)
    if isinstance(text, Marked):
        for start, end in text.spans:
            styled.stylize("bold", start, end)
    return styled
