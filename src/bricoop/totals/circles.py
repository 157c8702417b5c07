"""Finds what is, directly or indirectly, a part of itself."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable
from typing import TypeVar

_Node = TypeVar("_Node", bound=Hashable)
_Pairs = Collection[tuple[_Node, _Node]]


def in_circles(pairs: Iterable[tuple[_Node, _Node]]) -> frozenset[_Node]:
    """Return the nodes that lead into a circle, and that others in one lead to.

    Args:
        pairs: parts and their wholes.
    """
    onward = _without_ends(set(pairs))
    backward = _without_ends({(parent, child) for child, parent in onward})
    return frozenset(node for pair in backward for node in pair)


def _without_ends(pairs: _Pairs[_Node]) -> set[tuple[_Node, _Node]]:
    """Return pairs without those that lead to an end: a whole that is no part of anything left."""
    ways = Counter(child for child, _ in pairs)
    children: dict[_Node, list[_Node]] = defaultdict(list)
    for child, parent in pairs:
        children[parent].append(child)
    ends = [parent for parent in children if not ways[parent]]
    while ends:
        for child in children[ends.pop()]:
            ways[child] -= 1
            if not ways[child]:
                ends.append(child)
    return {(child, parent) for child, parent in pairs if ways[parent]}
