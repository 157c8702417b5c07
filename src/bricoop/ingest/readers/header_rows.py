"""Join several header rows into one; a cell that spans several columns applies to each of them."""

from collections.abc import Sequence


def joined(rows: Sequence[Sequence[str]], separator: str) -> list[str]:
    """Return the joined header: the names of each column from top to bottom.

    Except in the last row, an empty cell takes the text of the cell to its left, which spans it.
    A text repeated in successive rows of a column is used once.
    """
    width = max(map(len, rows))
    filled = [_filled(row, width) for row in rows[:-1]]
    last = [*rows[-1], *[""] * (width - len(rows[-1]))]
    header = []
    for cells in zip(*filled, last, strict=True):
        names: list[str] = []
        for cell in map(str.strip, cells):
            if cell and cell not in names[-1:]:
                names.append(cell)
        header.append(separator.join(names))
    return header


def _filled(row: Sequence[str], width: int) -> list[str]:
    filled: list[str] = []
    for cell in (*map(str.strip, row), *[""] * (width - len(row))):
        filled.append(cell or (filled[-1] if filled else ""))
    return filled
