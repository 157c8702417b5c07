"""The review as a state machine: a key makes of one state another, and may ask for a decision.

Nothing is read or written here. Whoever runs the review carries out what a key asks for, and says
what became of it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from bricoop.domain.vocabularies import Relation, label
from bricoop.identity.review.pairs import AnyPair


class Key(StrEnum):
    """Keys that are no characters; a character is itself, as text."""

    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    HOME = "home"
    END = "end"
    ESCAPE = "escape"
    RESIZED = "resized"  #: the window has another size
    OTHER = "other"


#: The relation that each key decides for.
PROJECT_RELATIONS: Mapping[str, Relation] = {
    "y": Relation.SAME_DEAL,
    "p": Relation.SAME_PROJECT,
    "t": Relation.PART_OF,
    "h": Relation.PHASE_OF,
    "f": Relation.FINANCED_UNDER,
    "n": Relation.DIFFERENT,
    "u": Relation.UNSURE,
}
ORGANIZATION_RELATIONS: Mapping[str, Relation] = {
    "y": Relation.SAME,
    "t": Relation.PART_OF,
    "n": Relation.DIFFERENT,
    "u": Relation.UNSURE,
}
_JOINS = frozenset({Relation.SAME_DEAL, Relation.SAME_PROJECT, Relation.SAME})
#: Relations in which both sides have different roles: what the one is to the other.
DIRECTED: Mapping[Relation, str] = {
    Relation.PART_OF: "a part of the other",
    Relation.PHASE_OF: "a phase of the other",
    Relation.FINANCED_UNDER: "financed under the other",
}
#: The keys that answer which side it is; the value says whether it is the right one.
_SIDES: Mapping[str, bool] = {"l": False, Key.LEFT: False, "r": True, Key.RIGHT: True}


class Decide(NamedTuple):
    """What a key asks for: a decision on the pair that is shown.

    Attributes:
        pair: the pair.
        relation: the relation.
        is_exchanged: whether the right one is a part of the left one, instead of the reverse.
    """

    pair: AnyPair
    relation: Relation
    is_exchanged: bool = False

    @property
    def text(self) -> str:
        """The decision in words."""
        if self.relation not in DIRECTED:
            return label(self.relation)
        return f"the {'right' if self.is_exchanged else 'left'} one is {DIRECTED[self.relation]}"


class TakeBack(NamedTuple):
    """What a key asks for: that the last decision is taken back.

    Attributes:
        decision: what was decided.
    """

    decision: Decide


class Quit(NamedTuple):
    """What a key asks for: the end of the review."""


Command = Decide | TakeBack | Quit


class Extent(NamedTuple):
    """How much of a text the screen has room for.

    Attributes:
        page: the lines that are shown at a time.
        last: the first line that is shown when the end is.
        shows_pair: whether the window is large enough for a pair.
    """

    page: int = 1
    last: int = 0
    shows_pair: bool = True


_NO_EXTENT = Extent()


class Entry(NamedTuple):
    """A pair that was left behind.

    Attributes:
        position: its position among the pairs.
        decision: what was decided; None if it was skipped.
    """

    position: int
    decision: Decide | None


@dataclass(frozen=True)
class Review:
    """The state of a review.

    Attributes:
        pairs: the pairs, in the order of the review.
        relations: the relation that each key decides for.
        position: the position of the pair that is shown; behind the last one at the end.
        history: the pairs that were decided or skipped, in this order.
        asks: a relation for which it is asked which side is the part.
        has_details: whether everything about the pair is shown.
        first_line: the first line that is shown of what is too long for the screen.
        message: what is said about the last key; empty for nothing.
        is_alarm: whether the message is about a decision that could not be made.
        groups: by key of an entity that decisions of the history join, the key of its group.
    """

    pairs: tuple[AnyPair, ...]
    relations: Mapping[str, Relation]
    position: int = 0
    history: tuple[Entry, ...] = ()
    asks: Relation | None = None
    has_details: bool = False
    first_line: int = 0
    message: str = ""
    is_alarm: bool = False
    groups: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def pair(self) -> AnyPair | None:
        """The pair that is shown; None at the end."""
        return self.pairs[self.position] if self.position < len(self.pairs) else None

    @property
    def counts(self) -> dict[str, int]:
        """How often was decided what, in the order of the keys, and how many were skipped."""
        counts = Counter(entry.decision and entry.decision.relation for entry in self.history)
        by_relation = {label(each): counts[each] for each in self.relations.values()}
        every = {**by_relation, "skipped": counts[None]}
        return {words: number for words, number in every.items() if number}

    @property
    def decided(self) -> int:
        """The number of decisions."""
        return sum(entry.decision is not None for entry in self.history)


def press(review: Review, key: str, extent: Extent = _NO_EXTENT) -> tuple[Review, Command | None]:
    """Return the state after a key, and what the key asks for.

    When that is done, `after` returns the next state; if it fails, `failed` does.

    Args:
        review: the state.
        key: a member of `Key`, or a character.
        extent: how much of the pair the screen has room for.
    """
    key = key.lower()
    if key == Key.RESIZED:
        return review, None
    if not extent.shows_pair:
        # Nobody decides a pair that cannot be seen.
        return review, Quit() if key == "q" else None
    line = _line_after(review, key, extent)
    if line is not None:
        # A message stays: its end may be below the pair.
        return replace(review, first_line=line), None
    return _pressed(replace(review, message="", is_alarm=False), key)


def _pressed(quiet: Review, key: str) -> tuple[Review, Command | None]:
    """Return the state after a key that does not scroll, and what it asks for."""
    if quiet.asks is not None:
        return _answered(quiet, quiet.asks, key)
    if key == "b":
        return _back(quiet)
    if quiet.pair is not None and key in quiet.relations:
        return _decided(quiet, quiet.pair, quiet.relations[key])
    if key == "q":
        return quiet, Quit()
    return _moved(quiet, key) if quiet.pair is not None else quiet, None


def after(review: Review, command: Command) -> Review:
    """Return the state after what a key asked for was done."""
    if isinstance(command, Decide):
        return _next(review, command)
    if isinstance(command, TakeBack):
        message = f"Taken back: {command.decision.text}."
        return replace(_before_last(review), message=message)
    return review


def left_out(review: Review) -> Review:
    """Return the state at the next pair, without the one that is shown: it cannot be decided."""
    opened = _opened(review, review.position + 1)
    return replace(opened, message=review.message)


def with_missing(review: Review, records: Sequence[str]) -> Review:
    """Return the state with a message about pairs that were left out, and why.

    Args:
        review: the state.
        records: for each of these pairs, what is missing of it.
    """
    if len(records) == 1:
        news = f"Left out: {records[0]} is no longer in the knowledge base."
    else:
        pairs = f"{len(records):,} pairs"
        news = f"Left out: {pairs} with records that are no longer in the knowledge base."
    return replace(review, message=f"{review.message} {news}".lstrip(), is_alarm=True)


def failed(review: Review, reason: str) -> Review:
    """Return the state after what a key asked for could not be done: the pair stays."""
    return replace(review, message=reason, is_alarm=True)


def _decided(review: Review, pair: AnyPair, relation: Relation) -> tuple[Review, Command | None]:
    if relation in DIRECTED:
        return replace(review, asks=relation), None
    return review, Decide(pair, relation)


def _answered(review: Review, relation: Relation, key: str) -> tuple[Review, Command | None]:
    """Return the state after the answer to the question which side is the part."""
    review = replace(review, asks=None)
    if key in _SIDES and review.pair is not None:
        return review, Decide(review.pair, relation, _SIDES[key])
    return replace(review, message="Nothing was decided."), None


def _back(review: Review) -> tuple[Review, Command | None]:
    if not review.history:
        return replace(review, message="There is no earlier pair."), None
    decision = review.history[-1].decision
    if decision is not None:
        return review, TakeBack(decision)
    return _before_last(review), None


def _moved(review: Review, key: str) -> Review:
    """Return the state after a key that decides nothing."""
    if key == "s":
        return _next(review, None)
    if key == "w":
        return replace(review, has_details=not review.has_details, first_line=0)
    return replace(review, message=f"Unknown key: {key}." if len(key) == 1 else "Unknown key.")


def _line_after(review: Review, key: str, extent: Extent) -> int | None:
    """Return the first line that is shown after a key that scrolls; None for other keys."""
    if review.pair is None or review.asks is not None:
        return None
    lines = {
        Key.UP: review.first_line - 1,
        Key.DOWN: review.first_line + 1,
        Key.PAGE_UP: review.first_line - extent.page,
        Key.PAGE_DOWN: review.first_line + extent.page,
        " ": review.first_line + extent.page,
        Key.HOME: 0,
        Key.END: extent.last,
    }
    return max(0, min(lines[key], extent.last)) if key in lines else None


def _next(review: Review, decision: Decide | None) -> Review:
    """Return the state at the next pair that is not one already by the decisions of the history."""
    history = (*review.history, Entry(review.position, decision))
    groups = review.groups
    if decision is not None and decision.relation in _JOINS:
        groups = _groups(history)
    position = review.position + 1
    while position < len(review.pairs) and _is_one(review.pairs[position], groups):
        position += 1
    passed = position - review.position - 1
    pairs = "1 pair, which is" if passed == 1 else f"{passed:,} pairs, which are"
    message = f"Passed over {pairs} one by your decisions." if passed else ""
    return replace(_opened(review, position), history=history, groups=groups, message=message)


def _before_last(review: Review) -> Review:
    """Return the state at the pair that was left last."""
    *history, last = review.history
    opened = _opened(review, last.position)
    return replace(opened, history=tuple(history), groups=_groups(history))


def _opened(review: Review, position: int) -> Review:
    """Return the state in which a pair comes on the screen."""
    return replace(
        review,
        position=position,
        asks=None,
        has_details=False,
        first_line=0,
        message="",
        is_alarm=False,
    )


def _is_one(pair: AnyPair, groups: Mapping[str, str]) -> bool:
    if pair.left_key == pair.right_key:
        # It is one by a decision that is to be looked at again.
        return False
    first, second = (groups.get(key, key) for key in (pair.left_key, pair.right_key))
    return first == second


def _groups(history: Iterable[Entry]) -> dict[str, str]:
    """Return the group of each key that decisions join with others."""
    groups: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    for _, decision in history:
        if decision is None or decision.relation not in _JOINS:
            continue
        pair = decision.pair
        first, second = (groups.get(key, key) for key in (pair.left_key, pair.right_key))
        if first != second:
            members.setdefault(first, [first])
            members[first] += members.pop(second, [second])
            groups |= dict.fromkeys(members[first], first)
    return groups
