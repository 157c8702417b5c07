"""Splits values into batches, for statements and files that take a limited number at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_Value = TypeVar("_Value")


def in_batches(values: Iterable[_Value], size: int) -> Iterator[list[_Value]]:
    """Yield values in lists of a size, in their order; the last one may be shorter.

    An iterator is read one batch ahead of the consumer at most, so that rows can be streamed.

    >>> [*in_batches("abcde", 2)], [*in_batches([], 2)]
    ([['a', 'b'], ['c', 'd'], ['e']], [])
    """
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
