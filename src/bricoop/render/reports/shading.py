"""The classes of figures on a map: the same in a file and in a terminal."""

from collections.abc import Sequence

from bricoop.report.blocks import Number

#: So many shades people tell apart without looking twice.
MOST_CLASSES = 4


def classes(values: Sequence[Number]) -> list[int]:
    """Return the class of each figure, from 0 for the least to `MOST_CLASSES - 1` for the largest.

    Each class has about as many different figures as any other, so that a single large figure does
    not make all others look alike. Equal figures are of one class. Fewer different figures than
    classes are spread over all of them, and a single one is of the darkest.

    >>> classes([1, 2, 3, 1000])
    [0, 1, 2, 3]
    >>> classes([7, 7, 90]), classes([5, 5])
    ([0, 0, 3], [3, 3])
    """
    known = sorted(set(values))
    last = MOST_CLASSES - 1
    if len(known) < MOST_CLASSES:
        steps = max(1, len(known) - 1)
        of = {
            value: last if len(known) == 1 else rank * last // steps
            for rank, value in enumerate(known)
        }
    else:
        of = {value: rank * MOST_CLASSES // len(known) for rank, value in enumerate(known)}
    return [of[value] for value in values]
