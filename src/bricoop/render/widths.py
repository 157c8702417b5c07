"""How the width of a terminal is divided among the columns of a table: folded where it must be."""

from collections.abc import Callable, Sequence

#: Of each column its label, its cells, and whether they are numbers.
Columns = Sequence[tuple[str, Sequence[str], bool]]

#: A column is no narrower than this, as long as the numbers can stay whole,
_LEAST = 5
#: and no column is ever narrower than this: two characters, or a Chinese one.
_FLOOR = 2
#: The first column, which names the row, keeps so many characters in a line if it can.
_NAMING = 16
#: A longer word, such as a web address, may be broken; keys of sources are shorter.
_LONGEST = 40
#: A text of so many words must not be folded to so many lines of hardly more than one.
_PROSE = 4
#: A column narrower than this must not fold a cell to more than so many lines.
_NARROW, _DEEP = 32, 4
#: Cells of so many characters are not folded while longer ones can be.
_SHORT = 12
#: What stands between two columns, and where labels would be torn otherwise.
_GAP, _LEAST_GAP = 2, 1


def divided(columns: Columns, width: int) -> tuple[list[int], int]:
    """Return the width of each column of a table as wide as a terminal, and of what parts them."""
    gaps = [(gap, width - gap * (len(columns) - 1)) for gap in (_GAP, _LEAST_GAP)]
    tried = [(column_widths(columns, room), gap) for gap, room in gaps]
    best = next(
        (division for division in tried if not tears_labels(columns, division[0])), tried[-1]
    )
    if not is_crowded(columns, best[0]):
        return best
    # A long text takes the room that others need to be read: these come first.
    most = max(room for _, room in gaps)
    readable = [_readable_width(column, most) for column in columns]
    fitting = ((gap, room) for gap, room in gaps if sum(readable) <= room)
    return next(((column_widths(columns, room, readable), gap) for gap, room in fitting), best)


def column_widths(columns: Columns, room: int, readable: Sequence[int] = ()) -> list[int]:
    """Return the width of each column, together at most the room as long as any folding fits.

    Numbers stay whole before words do, words before labels, and all of them before whole cells.

    Args:
        columns: the columns.
        room: how many characters a line has, without what stands between columns.
        readable: how wide each column is to be before any takes what is left.
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
    # The narrowest first: as many columns as can be have their words whole, then their labels.
    _grow(widths, words, room, lambda column: widths[column])
    _grow(widths, labels, room, lambda column: widths[column])
    # Then columns of short cells, which look torn when folded.
    short = [line if line <= _SHORT else 0 for line in lines]
    _grow(widths, short, room, lambda column: widths[column])
    _grow(widths, readable or widths, room, lambda column: widths[column])
    # Then what folds most, so that a row takes few lines.
    _grow(widths, lines, room, lambda column: -lines[column] / widths[column])
    return widths


def is_crowded(columns: Columns, widths: Sequence[int]) -> bool:
    """Return whether columns are too narrow for a table that reads well.

    That is so where a number, a word or a label would be broken, or where a text of several words
    would become a column of single words.
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
    """Return how wide a column must be so that it is not crowded; more than a room says enough."""
    width = max(1, least_width(column))
    for cell in column[1]:
        while width <= room and (_is_deep(cell, width) or _is_stacked(cell, width)):
            width += 1
    return width


def tears_words(columns: Columns, widths: Sequence[int]) -> bool:
    """Return whether so narrow columns break a number or a word apart, and not a label alone."""
    return any(
        min(longest_word(cells), _LONGEST) > width
        for (_, cells, _), width in zip(columns, widths, strict=True)
    )


def _is_stacked(text: str, width: int) -> bool:
    """Return whether a text of several words would have little more than one of them a line."""
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
    """Return whether a narrow column would fold a text to more lines than one reads across."""
    return width < _NARROW and len(text) > _DEEP * width


def tears_labels(columns: Columns, widths: Sequence[int]) -> bool:
    """Return whether so narrow columns break a word of a label apart."""
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
    """Return how wide a column must be so that no word of its label or its cells is broken."""
    label, cells, number = column
    words = _widest(cells) if number else min(longest_word(cells), _LONGEST)
    return max(words, longest_word([label]))


def longest_word(texts: Sequence[str]) -> int:
    """Return how wide the widest word of texts is."""
    return _widest([word for text in texts for word in text.split()])


def _widest(texts: Sequence[str]) -> int:
    return max(map(_width, texts), default=0)


def _width(text: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415 (a small part of Rich, and only for people)

    return cell_len(text)
