"""Clusters of what is one thing, by union-find over pairs that are the same or different."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple, TypeVar

Node = TypeVar("Node", bound=Hashable)
#: Returns the sort key of a node; of two nodes that are one, the lower one is canonical.
NodeRank = Callable[[Node], Any]


class Pair(NamedTuple):
    """Two nodes, with what the caller needs to recognize the pair."""

    left: Any
    right: Any
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
            left, right = self._root(pair.left), self._root(pair.right)
            self._blocks[left].setdefault(pair.right, pair)
            self._blocks[right].setdefault(pair.left, pair)

    def join(self, pairs: Iterable[Pair]) -> None:
        """Join pairs of nodes in order, as far as no different nodes come together."""
        for pair in pairs:
            left, right = self._root(pair.left), self._root(pair.right)
            if left == right:
                continue
            block = self._block(left, right)
            if block is not None:
                self.refused.append(RefusedJoin(pair, block))
                continue
            self._unite(left, right)

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

    def _block(self, left: Any, right: Any) -> Pair | None:
        """Return the pair that keeps two clusters apart, searched from the smaller set of pairs."""
        if len(self._blocks[left]) > len(self._blocks[right]):
            left, right = right, left
        return next(
            (pair for node, pair in self._blocks[left].items() if self._root(node) == right), None
        )

    def _unite(self, left: Any, right: Any) -> None:
        canonical = self._canonical_of(left, right)
        if len(self._members[left]) < len(self._members[right]):
            left, right = right, left
        self._parents[right] = left
        self._members[left] += self._members.pop(right)
        self._canonical[left] = canonical
        del self._canonical[right]
        self._blocks[left].update(self._blocks.pop(right, {}))

    def _canonical_of(self, left: Any, right: Any) -> Any:
        """Return the canonical node of two clusters that are joined.

        What is canonical already stays so: readers may have cited its key.
        """
        roots = [root for root in (left, right) if len(self._members[root]) > 1] or [left, right]
        return min((self._canonical[root] for root in roots), key=self._rank)
