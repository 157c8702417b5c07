"""Two texts side by side below a label, wrapped to the width of a terminal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from bricoop.domain.names import printable
from bricoop.domain.tokenizer import located

#: Styles: of a label, of values that contradict each other, and of words that both names share.
QUIET, DIFFERING, SHARED = "dim", "yellow", "bold green"
#: Before a row whose values contradict each other, and before the others.
_DIFFERS, _PLAIN = "≠ ", "  "
_GAP = 2
_NARROWEST = 8
#: Rich asks for a console to wrap a text, and takes nothing from it but the size of tabs.
_CONSOLE = Console()


@dataclass(frozen=True)
class Columns:
    """A label and two columns beside each other.

    Attributes:
        width: the width of all.
        labels: the width of the labels.
    """

    width: int
    labels: int

    @property
    def column(self) -> int:
        """The width of each of the two columns."""
        return max((self.width - len(_PLAIN) - self.labels - 2 * _GAP) // 2, _NARROWEST)

    def titles(self, titles: Sequence[str]) -> list[Text]:
        """Return the lines of titles over both columns."""
        return self._beside("", [self._lines([title], "underline") for title in titles])

    def names(self, names: Sequence[str], shared_words: frozenset[str]) -> list[Text]:
        """Return the lines of two names, with the words that they share highlighted."""
        sides = [wrapped(_highlighted(name, shared_words), self.column) for name in names]
        return self._beside("", sides)

    def row(
        self,
        label: str,
        texts: Sequence[Sequence[str]],
        *,
        differs: bool = False,
        most: int | None = None,
    ) -> list[Text]:
        """Return the lines of a row.

        Args:
            label: its label.
            texts: for both sides, the texts, each in lines of its own.
            differs: whether they contradict each other, which is marked.
            most: the most lines that a side gets; None for all.
        """
        style = DIFFERING if differs else ""
        sides = [_cut(self._lines(side, style), most) for side in texts]
        return self._beside(label, sides, _DIFFERS if differs else _PLAIN)

    def across(self, label: str, text: str) -> list[Text]:
        """Return the lines of a text that is as wide as both columns."""
        room = self.width - len(_PLAIN) - self.labels - _GAP
        return self._beside(label, [wrapped(Text(printable(text)), room)])

    def _lines(self, texts: Iterable[str], style: str) -> list[Text]:
        return [
            line
            for text in texts
            for line in wrapped(Text(printable(text), style=style), self.column)
        ]

    def _beside(self, label: str, sides: Sequence[list[Text]], mark: str = _PLAIN) -> list[Text]:
        labels = wrapped(Text(printable(label), style=QUIET), self.labels) if label else []
        rows = []
        for number in range(max(*map(len, sides), len(labels))):
            row = Text(_PLAIN if number else mark, style=DIFFERING)
            row.append_text(_padded(labels, number, self.labels + _GAP))
            for side in sides[:-1]:
                row.append_text(_padded(side, number, self.column + _GAP))
            row.append_text(_padded(sides[-1], number, 0))
            rows.append(row)
        return rows


def wrapped(text: Text, width: int) -> list[Text]:
    """Return the lines of a text, wrapped between words; longer words are broken."""
    return [*text.wrap(_CONSOLE, max(width, 1), overflow="fold")]


def _padded(lines: Sequence[Text], number: int, width: int) -> Text:
    """Return a line, or an empty one behind the last, filled with spaces."""
    line = lines[number].copy() if number < len(lines) else Text()
    line.rstrip()
    line.pad_right(max(width - line.cell_len, 0))
    # The style of a text is that of all that is appended to it; a span ends with its text.
    plain = Text(line.plain)
    plain.stylize(line.style)
    for span in line.spans:
        plain.stylize(span.style, span.start, span.end)
    return plain


def _highlighted(name: str, shared_words: frozenset[str]) -> Text:
    text = Text(printable(name))
    for word, start, end in located(text.plain):
        if word in shared_words:
            text.stylize(SHARED, start, end)
    return text


def _cut(lines: list[Text], most: int | None) -> list[Text]:
    """Return the first lines, the last of them with an ellipsis if there are more."""
    if most is None or len(lines) <= most:
        return lines
    *first, last = lines[:most]
    short = last.copy()
    short.rstrip()
    short.append("…")
    return [*first, short]
