"""Two texts below a label, side by side or stacked, wrapped to the width of a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from bricoop.domain.names import printable
from bricoop.domain.tokenizer import located
from bricoop.render.review.wrapping import cut, wrapped

#: Styles: of a label, of values that contradict each other, and of words that both names share.
QUIET, DIFFERING, SHARED = "dim", "yellow", "bold green"
#: Before a row whose values contradict each other, and before the others.
_DIFFERS, _PLAIN = "≠ ", "  "
_GAP = 2
_NARROWEST = 8
#: In windows narrower than this, the left text is above the right one.
_LEAST_FOR_TWO = 64
_LEFT, _RIGHT, _BOTH = "left", "right", "both"
_BULLET, _HANGING = "• ", "  "


@dataclass(frozen=True)
class Columns:
    """A label and two columns: beside each other, or the left one above the right one.

    Attributes:
        width: the width of all.
        labels: the width of the labels.
    """

    width: int
    labels: int

    @property
    def is_stacked(self) -> bool:
        """Whether the left texts are above the right ones."""
        return self.width < _LEAST_FOR_TWO

    @property
    def column(self) -> int:
        """The width of each of the two columns."""
        if self.is_stacked:
            rest = self.width - len(_PLAIN) - self.labels - len(_RIGHT) - 2 * _GAP
        else:
            rest = (self.width - len(_PLAIN) - self.labels - 2 * _GAP) // 2
        return max(rest, _NARROWEST)

    def titles(self, titles: Sequence[str]) -> list[Text]:
        """Return the lines of titles over both columns; none if these are stacked."""
        if self.is_stacked:
            return []
        return self._beside("", [self._lines([title], "underline") for title in titles])

    def names(
        self, titles: Sequence[str], names: Sequence[str], shared_words: frozenset[str]
    ) -> list[Text]:
        """Return the lines of two names, with the words that they share highlighted.

        Args:
            titles: the titles, which stand above the names if these are stacked.
            names: the names.
            shared_words: the words that both names share.
        """
        spoken = [_highlighted(name, shared_words) for name in names]
        if not self.is_stacked:
            return self._beside("", [wrapped(name, self.column) for name in spoken])
        wide = Columns(self.width, 0)
        return [
            line
            for side, title, name in zip((_LEFT, _RIGHT), titles, spoken, strict=True)
            for line in wide.side(
                side, [*wide._lines([title], "underline"), *wrapped(name, wide.column)]
            )
        ]

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
        sides = [cut(self._lines(side, style), most) for side in texts]
        mark = _DIFFERS if differs else _PLAIN
        return (
            self._above(label, sides, mark) if self.is_stacked else self._beside(label, sides, mark)
        )

    def across(self, label: str, text: str) -> list[Text]:
        """Return the lines of a text that is as wide as both columns."""
        room = self.width - len(_PLAIN) - self.labels - _GAP
        return self._labelled(label, wrapped(Text(printable(text)), room))

    def side(self, side: str, lines: Sequence[Text], mark: str = _PLAIN) -> list[Text]:
        """Return lines behind the name of their side."""
        width = len(_RIGHT) + _GAP
        named = [Text(side, style=QUIET)]
        rows = []
        for number in range(len(lines)):
            row = Text(_PLAIN if number else mark, style=DIFFERING)
            row.append_text(_padded(named, number, width))
            row.append_text(_padded(lines, number, 0))
            rows.append(row)
        return rows

    def _lines(self, texts: Sequence[str], style: str) -> list[Text]:
        """Return the lines of texts; several of them have bullets."""
        first, rest = (_BULLET, _HANGING) if len(texts) > 1 else ("", "")
        return [
            Text.assemble(rest if number else first, line)
            for text in texts
            for number, line in enumerate(
                wrapped(Text(printable(text), style=style), self.column - len(first))
            )
        ]

    def _above(self, label: str, sides: Sequence[list[Text]], mark: str) -> list[Text]:
        """Return the lines of two sides, the left one above the right one; equal ones once."""
        named = dict(zip((_LEFT, _RIGHT), sides, strict=True))
        first, second = (list(map(str, side)) for side in sides)
        if first == second:
            named = {_BOTH: sides[0]}
        lines = [
            Text.assemble(_padded([Text(side, style=QUIET)], number, len(_RIGHT) + _GAP), line)
            for side, own in named.items()
            for number, line in enumerate(own)
        ]
        return self._labelled(label, lines, mark)

    def _labelled(self, label: str, lines: list[Text], mark: str = _PLAIN) -> list[Text]:
        """Return lines beside their label, or below it if that is wider than labels are."""
        if not self.is_stacked or cell_len(label) <= self.labels:
            return self._beside(label, [lines], mark)
        above = Text.assemble((mark, DIFFERING), (printable(label), QUIET))
        return [*wrapped(above, self.width), *self._beside("", [lines])]

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
