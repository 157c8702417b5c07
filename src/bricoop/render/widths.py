"""Column widths of tables on a terminal."""

from collections.abc import Callable, Sequence

#: For each column: label, cells, and whether these are numbers.
Columns = Sequence[tuple[str, Sequence[str], bool]]

#: The minimum width of a column as long as numbers fit,
_LEAST = 5
#: and the absolute minimum: two characters, or one wide (East Asian) character.
_FLOOR = 2
#: Preferred minimum width of the first column, which has the name of the row.
_NAMING = 16
#: Words longer than this, such as URLs, may be broken; keys of sources are shorter.
_LONGEST = 40
#: Texts of at least this many words must not wrap to this many lines of about one word each.
_PROSE = 4
#: Columns narrower than this must not wrap cells to more than this many lines.
_NARROW, _DEEP = 32, 4
#: Cells up to this length are wrapped only after longer ones.
_SHORT = 12
#: Gap between columns, and the smaller one that is used if labels would be broken otherwise.
_GAP, _LEAST_GAP = 2, 1


def divided(columns: Columns, width: int) -> tuple[list[int], int]:
    """Return the width of each column for a total width, and the gap between columns."""
    gaps = [(gap, width - gap * (len(columns) - 1)) for gap in (_GAP, _LEAST_GAP)]
    tried = [(column_widths(columns, room), gap) for gap, room in gaps]
    best = next(
        (division for division in tried if not tears_labels(columns, division[0])), tried[-1]
    )
    if not is_crowded(columns, best[0]):
        return best
    # If a long text takes too much room, give the others their readable width first.
    most = max(room for _, room in gaps)
    readable = [_readable_width(column, most) for column in columns]
    fitting = ((gap, room) for gap, room in gaps if sum(readable) <= room)
    return next(((column_widths(columns, room, readable), gap) for gap, room in fitting), best)


def column_widths(columns: Columns, room: int, readable: Sequence[int] = ()) -> list[int]:
    """Return the width of each column; their sum fits the room if that is possible.

    Room goes first to whole numbers, then to whole words, labels, and cells.

    Args:
        columns: the columns.
        room: the characters in a line without gaps.
        readable: widths that columns get before any takes the rest.
    """
    lines = [_widest([label, *cells]) for label, cells, _ in columns]
    labels = [longest_word([label]) for label, _, _ in columns]
    words = [longest_word(cells) for _, cells, _ in columns]
    widths = [
        max(_widest(cells) if number else 0, min(_LEAST if index else _NAMING, lines[index]))
        for index, (_, cells, number) in enumerate(columns)
    ]
    texts = [index for index, (_, _, number) in enumerate(columns) if not number]
    _shrink(widths, texts, _LEAST, room)
    _shrink(widths, range(len(widths)), _FLOOR, room)
    # Narrowest first, so that most columns get whole words, then whole labels.
    _grow(widths, words, room, lambda column: widths[column])
    _grow(widths, labels, room, lambda column: widths[column])
    # Then columns of short cells, which look broken when wrapped.
    short = [line if line <= _SHORT else 0 for line in lines]
    _grow(widths, short, room, lambda column: widths[column])
    _grow(widths, readable or widths, room, lambda column: widths[column])
    # Then the columns that wrap most, so that rows take few lines.
    _grow(widths, lines, room, lambda column: -lines[column] / widths[column])
    return widths


def is_crowded(columns: Columns, widths: Sequence[int]) -> bool:
    """Return whether columns are too narrow for a readable table.

    That is the case if a number, a word or a label would be broken, or if a text would wrap to
    about one word per line.
    """
    return (
        tears_labels(columns, widths)
        or tears_words(columns, widths)
        or any(
            _is_stacked(cell, width) or _is_deep(cell, width)
            for (_, cells, _), width in zip(columns, widths, strict=True)
            for cell in cells
        )
    )


def _readable_width(column: tuple[str, Sequence[str], bool], room: int) -> int:
    """Return the least width at which a column is not crowded; stop beyond the room."""
    width = max(1, least_width(column))
    for cell in column[1]:
        while width <= room and (_is_deep(cell, width) or _is_stacked(cell, width)):
            width += 1
    return width


def tears_words(columns: Columns, widths: Sequence[int]) -> bool:
    """Return whether a number or a word in a cell would be broken."""
    return any(
        min(longest_word(cells), _LONGEST) > width
        for (_, cells, _), width in zip(columns, widths, strict=True)
    )


def _is_stacked(text: str, width: int) -> bool:
    """Return whether a text would wrap to about one word per line."""
    words = text.split()
    if len(words) < _PROSE:
        return False
    lines, filled = 1, 0
    for word in map(_width, words):
        if filled and filled + 1 + word > width:
            lines, filled = lines + 1, word
        else:
            filled += word + bool(filled)
    return lines >= _PROSE and 3 * lines >= 2 * len(words)


def _is_deep(text: str, width: int) -> bool:
    """Return whether a narrow column would wrap a text to too many lines."""
    return width < _NARROW and len(text) > _DEEP * width


def tears_labels(columns: Columns, widths: Sequence[int]) -> bool:
    """Return whether a word of a label would be broken."""
    return any(
        longest_word([label]) > width for (label, _, _), width in zip(columns, widths, strict=True)
    )


def _shrink(widths: list[int], columns: Sequence[int], least: int, room: int) -> None:
    for _ in range(sum(widths) - room):
        widest = max(columns, key=lambda column: widths[column], default=None)
        if widest is None or widths[widest] <= least:
            return
        widths[widest] -= 1


def _grow(
    widths: list[int], needed: Sequence[int], room: int, order: Callable[[int], float]
) -> None:
    for _ in range(room - sum(widths)):
        short = [column for column, width in enumerate(widths) if width < needed[column]]
        if not short:
            return
        widths[min(short, key=order)] += 1


def least_width(column: tuple[str, Sequence[str], bool]) -> int:
    """Return the least width at which no word of label and cells is broken."""
    label, cells, number = column
    words = _widest(cells) if number else min(longest_word(cells), _LONGEST)
    return max(words, longest_word([label]))


def longest_word(texts: Sequence[str]) -> int:
    """Return the width of the widest word of texts."""
    return _widest([word for text in texts for word in text.split()])


def _widest(texts: Sequence[str]) -> int:
    return max(map(_width, texts), default=0)


def _width(text: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415 (a small part of Rich, and only for people)

    return cell_len(text)
