"""Column widths of tables on a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from bricoop.domain.cells import Cell
from bricoop.domain.names import printable
from bricoop.render.table import Heading
from bricoop.render.widths import (
    Columns,
    column_widths,
    is_crowded,
    least_width,
    longest_word,
    tears_labels,
    tears_words,
)

#: Style classes of the font sizes of tables, with the characters that fit in a printed line.
_ROOMS = (("", 108), ("dense", 124), ("dense tiny", 146))
#: Gap between columns, and extra width of the first column, which is bold; in characters.
_GAP, _BOLD = 2, 2
#: Words of labels longer than this may be broken.
_LABEL = 14


@dataclass(frozen=True)
class Layout:
    """The layout of a table.

    Attributes:
        shares: the width of each column in per cent of the table.
        density: the style class of the font size; empty for the normal size.
    """

    shares: tuple[float, ...]
    density: str


def layout_of(headings: Sequence[Heading], rows: Sequence[Sequence[Cell]]) -> Layout:
    """Return the layout of a table in which no word is broken if possible.

    Args:
        headings: the headings of the columns.
        rows: the cells.
    """
    texts = [
        [printable(heading.text(row[index])) for row in rows]
        for index, heading in enumerate(headings)
    ]
    columns = [
        (heading.label, cells, heading.number)
        for heading, cells in zip(headings, texts, strict=True)
    ]
    gaps = _GAP * len(headings) + _BOLD
    for name, room in _ROOMS:
        widths, density = column_widths(columns, room - gaps), name
        spare = room - gaps - sum(widths)
        _keep_labels_whole(widths, columns)
        is_torn = tears_words(columns, widths) or tears_labels(columns, widths)
        # Cells that would wrap to many short lines are easier to read in a smaller font.
        if not is_torn and (density or not is_crowded(columns, widths)):
            break
    shown = [float(width + _GAP) for width in widths]
    shown[0] += _BOLD
    _distribute(shown, [not heading.number for heading in headings], max(0, spare))
    whole = sum(shown)
    return Layout(tuple(round(100 * width / whole, 2) for width in shown), density)


def _keep_labels_whole(widths: list[int], columns: Columns) -> None:
    """Widen columns whose label would be broken, at the expense of columns with spare room."""
    needs = [least_width(column) for column in columns]
    for index, (label, _, _) in enumerate(columns):
        needed = min(_LABEL, longest_word([label]))
        while widths[index] < needed:
            spare, widest = max((widths[x] - needs[x], x) for x in range(len(widths)))
            if spare <= 0:
                return
            widths[widest] -= 1
            widths[index] += 1


def _distribute(widths: list[float], texts: Sequence[bool], spare: float) -> None:
    """Distribute spare room among the text columns in proportion to their widths."""
    of_texts = sum(width for width, is_text in zip(widths, texts, strict=True) if is_text)
    if not of_texts:
        return
    for index, is_text in enumerate(texts):
        if is_text:
            widths[index] += spare * widths[index] / of_texts
