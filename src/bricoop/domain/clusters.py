"""Clusters of what is one thing, by union-find over pairs that are the same or different."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple, TypeVar

Node = TypeVar("Node", bound=Hashable)
#: Returns the sort key of a node; of two nodes that are one, the lower one is canonical.
NodeRank = Callable[[Node], Any]


class Pair(NamedTuple):
    """Two nodes, with what the caller needs to recognize the pair."""

    first: Any
    second: Any
    decision: Any = None


class RefusedJoin(NamedTuple):
    """A join that would make one thing of two that are different.

    Attributes:
        join: the pair that was to be joined.
        block: the pair that is different.
    """

    join: Pair
    block: Pair


class Clusters:
    """The clusters that follow from pairs.

    Joins are made in the given order, so that equal decisions give equal clusters. A join that
    would put two different nodes into one cluster is not made.

    Attributes:
        refused: the joins that were not made.
    """

    def __init__(self, rank: NodeRank[Any]) -> None:
        """Start with no pairs; `rank` decides which of two single nodes is canonical."""
        self.refused: list[RefusedJoin] = []
        self._rank = rank
        self._parents: dict[Any, Any] = {}
        self._members: dict[Any, list[Any]] = {}
        self._canonical: dict[Any, Any] = {}
        #: By root: for each node that is different from one of its members, the pair.
        self._blocks: defaultdict[Any, dict[Any, Pair]] = defaultdict(dict)

    def keep_apart(self, pairs: Iterable[Pair]) -> None:
        """Add pairs of different nodes; all must be added before the joins."""
        for pair in pairs:
            first, second = self._root(pair.first), self._root(pair.second)
            self._blocks[first].setdefault(pair.second, pair)
            self._blocks[second].setdefault(pair.first, pair)

    def join(self, pairs: Iterable[Pair]) -> None:
        """Join pairs of nodes in order, as far as no different nodes come together."""
        for pair in pairs:
            first, second = self._root(pair.first), self._root(pair.second)
            if first == second:
                continue
            block = self._block(first, second)
            if block is not None:
                self.refused.append(RefusedJoin(pair, block))
                continue
            self._unite(first, second)

    def clusters(self) -> dict[Any, list[Any]]:
        """Return the members of every cluster, sorted by rank, by canonical node."""
        return {
            self._canonical[root]: sorted(members, key=self._rank)
            for root, members in self._members.items()
        }

    def _root(self, node: Any) -> Any:
        if node not in self._parents:
            self._parents[node] = node
            self._members[node] = [node]
            self._canonical[node] = node
            return node
        root = node
        while self._parents[root] != root:
            root = self._parents[root]
        while self._parents[node] != root:
            self._parents[node], node = root, self._parents[node]
        return root

    def _block(self, first: Any, second: Any) -> Pair | None:
        """Return the pair that keeps two clusters apart, searched from the smaller set of pairs."""
        if len(self._blocks[first]) > len(self._blocks[second]):
            first, second = second, first
        return next(
            (pair for node, pair in self._blocks[first].items() if self._root(node) == second), None
        )

    def _unite(self, first: Any, second: Any) -> None:
        canonical = self._canonical_of(first, second)
        if len(self._members[first]) < len(self._members[second]):
            first, second = second, first
        self._parents[second] = first
        self._members[first] += self._members.pop(second)
        self._canonical[first] = canonical
        del self._canonical[second]
        self._blocks[first].update(self._blocks.pop(second, {}))

    def _canonical_of(self, first: Any, second: Any) -> Any:
        """Return the canonical node of two clusters that are joined.

        What is canonical already stays so: readers may have cited its key.
        """
        roots = [root for root in (first, second) if len(self._members[root]) > 1] or [
            first,
            second,
        ]
        return min((self._canonical[root] for root in roots), key=self._rank)
