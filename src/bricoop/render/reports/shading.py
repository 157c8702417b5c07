"""Classification of the figures of a map, for drawings and terminals."""

from collections.abc import Sequence

from bricoop.report.blocks import Number

#: The maximum number of shades, which are easily distinguished.
MOST_CLASSES = 4


def classes(values: Sequence[Number]) -> list[int]:
    """Return the class of each figure, from 0 for the least to `MOST_CLASSES - 1` for the largest.

    Classes are quantiles of the distinct figures, so that an outlier does not put all others into
    one class. Fewer distinct figures than classes are spread over all classes; a single one is of
    the darkest class.

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
