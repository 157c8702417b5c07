"""A text stream with styles on a terminal and plain text in a pipe."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from bricoop.domain.cells import Cell
from bricoop.domain.names import printable
from bricoop.render.table import Heading, console_for, write_table

if TYPE_CHECKING:
    from rich.console import Console

_INDENT = "  "


class Screen:
    """Writer of lines and tables, with control characters made visible.

    Attributes:
        console: the Rich console of the stream.
    """

    def __init__(self, out: TextIO) -> None:
        """Wrap a stream."""
        self._out = out
        self.console: Console = console_for(out)

    def say(self, text: str, style: str = "") -> None:
        """Write a line; on a terminal it is wrapped between words."""
        if self.console.is_terminal:
            self.console.print(printable(text), style=style or None)
        else:
            self._out.write(printable(text) + "\n")

    def say_indented(self, text: str, style: str = "") -> None:
        """Write an indented line; on a terminal, the lines that it is wrapped into are, too."""
        if not self.console.is_terminal:
            self._out.write(f"{_INDENT}{printable(text)}\n")
            return
        from rich.padding import Padding  # noqa: PLC0415 (a pipe needs none of it)

        padded = Padding(printable(text), (0, 0, 0, len(_INDENT)), expand=False)
        self.console.print(padded, style=style or None)

    def draw(self, line: str) -> None:
        """Write a line of a drawing, which is never wrapped."""
        if self.console.is_terminal:
            self.console.print(line, soft_wrap=True)
        else:
            self._out.write(line + "\n")

    def table(self, headings: Sequence[Heading], rows: Iterable[Sequence[Cell]]) -> None:
        """Write a table to the stream."""
        write_table(headings, rows, self._out, console=self.console)
