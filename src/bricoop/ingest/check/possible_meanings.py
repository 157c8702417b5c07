"""Search for the meanings that a record's names may have had when its facts were derived."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

#: Limits of the search for one record: steps, and readings found.
_STEPS = 100_000
_READINGS = 1_000

#: The id of the organization that each name means.
Reading = dict[str, int]


class _State(NamedTuple):
    """A partial match of the names of a record with its stored organizations.

    Attributes:
        name: the index of the next name.
        fact: the index of the next organization.
        meant: the meanings of the names before.
        unlike: how many organizations so far differ from the meanings.
    """

    name: int
    fact: int
    meant: Reading
    unlike: int


class Search:
    """Finds readings of a record's names that explain its stored organizations.

    Each name means the next stored organization, or one that its column has already: two names of
    the same organization in a cell are one fact. A name means the same in all columns.
    """

    def __init__(
        self,
        named: Sequence[tuple[str, str]],
        candidates: Mapping[str, Sequence[int]],
        stored: Sequence[int],
    ) -> None:
        """Prepare the search.

        Args:
            named: column and name of each organization, in the order of the facts.
            candidates: the organizations that each name may mean.
            stored: the organizations of the stored facts, in order.
        """
        self._named = named
        self._candidates = candidates
        self._stored = stored

    def readings(self, unlike: int) -> list[Reading] | None:
        """Return readings in which up to `unlike` organizations differ; None if too many."""
        readings: list[Reading] = []
        states = [_State(0, 0, {}, 0)]
        for _ in range(_STEPS):
            if not states:
                return readings
            state = states.pop()
            remaining_facts = len(self._stored) - state.fact
            names_left = len(self._named) - state.name
            if state.unlike + max(remaining_facts - names_left, 0) > unlike:
                continue
            if names_left:
                states += self._after(state, unlike)
            elif state.meant not in readings:
                if len(readings) == _READINGS:
                    return None
                readings.append(state.meant)
        return None

    def _after(self, state: _State, unlike: int) -> Iterator[_State]:
        """Yield the possible next states, the likeliest last."""
        column, name = self._named[state.name]
        before = {
            state.meant[other] for other_column, other in self._named[: state.name]
            if other_column == column
        }  # fmt: skip
        stored = self._stored[state.fact : state.fact + 1]
        after = state.fact + len(stored)
        is_unlike = state.unlike + 1
        if stored and is_unlike <= unlike:
            yield _State(state.name, after, state.meant, is_unlike)
        possible = self._candidates[name]
        for number in [state.meant[name]] if name in state.meant else reversed(possible):
            reading = state.meant | {name: number}
            if number in before:
                yield _State(state.name + 1, state.fact, reading, state.unlike)
            elif number in stored:
                yield _State(state.name + 1, after, reading, state.unlike)
            elif is_unlike <= unlike:
                yield _State(state.name + 1, state.fact, reading, is_unlike)
                if stored:
                    yield _State(state.name + 1, after, reading, is_unlike)
