"""The review as a state machine: what each key makes of it, and what it asks for."""

from dataclasses import replace

import pytest

from bricoop.domain.references import Reference
from bricoop.domain.vocabularies import Relation
from bricoop.identity.proposals import Tier
from bricoop.identity.review.pairs import AnyPair, Order, chosen, project_pairs
from bricoop.identity.review.state import (
    ORGANIZATION_RELATIONS,
    PROJECT_RELATIONS,
    Command,
    Decide,
    Extent,
    Key,
    Quit,
    Review,
    TakeBack,
    after,
    failed,
    press,
)
from support.reviewing import proposed

A, B, C, D = (
    proposed(f"a{number}", f"b{number}", tier, amounts)
    for number, (tier, amounts) in enumerate(
        [
            (Tier.STRONG, ((5e6,), (6e6,))),
            (Tier.STRONG, ((), (9e9,))),
            (Tier.LIKELY, ((1e6, 3e9), (2e9,))),
            (Tier.SAME_MONEY, ((7e6,), (7e6,))),
        ]
    )
)
PAIRS = tuple(project_pairs([A, B, C, D]))


def review(*pairs: AnyPair) -> Review:
    return Review(pairs or PAIRS, PROJECT_RELATIONS)


def pressed(state: Review, keys: str, extent: Extent = Extent()) -> Review:  # noqa: B008 (immutable)
    """Return the state after several keys, with what they ask for done."""
    for key in keys:
        state, command = press(state, key, extent)
        if command is not None:
            state = after(state, command)
    return state


def decision_of(command: Command | None) -> tuple[Relation, bool]:
    assert isinstance(command, Decide)
    return command.relation, command.is_exchanged


@pytest.mark.parametrize(
    ("key", "relation"),
    [
        ("y", "same-deal"),
        ("p", "same-project"),
        ("n", "different"),
        ("u", "unsure"),
        ("Y", "same-deal"),
    ],
)
def test_a_key_decides_the_pair_that_is_shown_and_goes_on(key: str, relation: str) -> None:
    before = pressed(review(), "s")
    state, command = press(before, key)
    assert command == Decide(PAIRS[1], Relation(relation))
    # Nothing is decided before it was written.
    assert (state.position, state.decided) == (1, 0)
    state = after(state, command)
    assert (state.position, state.pair, state.decided) == (2, PAIRS[2], 1)


@pytest.mark.parametrize(
    ("key", "relation"), [("t", "part-of"), ("h", "phase-of"), ("f", "financed-under")]
)
@pytest.mark.parametrize(
    ("side", "is_exchanged"), [("l", False), ("r", True), (Key.LEFT, False), (Key.RIGHT, True)]
)
def test_a_relation_with_a_direction_asks_which_side(
    key: str, relation: str, side: str, *, is_exchanged: bool
) -> None:
    state, command = press(review(), key)
    assert (command, state.asks) == (None, Relation(relation))
    state, command = press(state, side)
    assert decision_of(command) == (Relation(relation), is_exchanged)
    assert state.asks is None


@pytest.mark.parametrize("key", ["t", "y", "q", "b", "x", Key.ESCAPE])
def test_any_other_key_than_a_side_decides_nothing(key: str) -> None:
    state, command = press(pressed(review(), "t"), key)
    assert (command, state.asks, state.position) == (None, None, 0)
    assert state.message == "Nothing was decided."


def test_back_returns_to_the_pair_and_takes_its_decision_back() -> None:
    state = pressed(review(), "ysn")
    assert state.counts == {"same deal": 1, "different": 1, "skipped": 1}
    state, command = press(state, "b")
    assert command == TakeBack(Decide(PAIRS[2], Relation.DIFFERENT))
    assert state.position == 3
    state = after(state, command)
    assert (state.position, state.message) == (2, "Taken back: different.")
    # A pair that was skipped has nothing to be taken back.
    state, command = press(state, "b")
    assert (state.position, command) == (1, None)
    state = pressed(state, "b")
    assert (state.position, state.counts) == (0, {})
    state, command = press(state, "b")
    assert (state.position, command, state.message) == (0, None, "There is no earlier pair.")


def test_at_the_end_only_back_and_quit_have_a_meaning() -> None:
    state = pressed(review(), "ssss")
    assert state.pair is None
    for key in "ypthfnusw":
        assert press(state, key) == (state, None)
    assert press(state, "q") == (state, Quit())
    assert pressed(state, "b").pair == PAIRS[3]


def test_a_decision_that_cannot_be_made_leaves_the_pair() -> None:
    state, command = press(review(), "y")
    assert isinstance(command, Decide)
    state = failed(state, "It would make one of what is different.")
    assert (state.position, state.decided, state.is_alarm) == (0, 0, True)
    assert state.message == "It would make one of what is different."
    # The message is about one key.
    state, _ = press(state, "w")
    assert (state.message, state.is_alarm) == ("", False)


def joining(*keys: tuple[str, str]) -> tuple[AnyPair, ...]:
    return tuple(replace(PAIRS[0], left_key=first, right_key=second) for first, second in keys)


@pytest.mark.parametrize(("key", "passed"), [("y", 1), ("p", 1), ("n", 0), ("u", 0), ("s", 0)])
def test_what_is_one_by_the_decisions_of_the_review_is_passed_over(key: str, passed: int) -> None:
    pairs = joining(("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"))
    state = pressed(review(*pairs), f"p{key}")
    assert state.position == 2 + passed
    assert bool(state.message) is bool(passed)
    # Going back undoes that as well.
    assert pressed(state, "bbns").position == 2


def test_groups_are_joined_from_both_ends() -> None:
    pairs = joining(("a", "b"), ("c", "d"), ("b", "d"), ("c", "a"), ("d", "e"), ("e", "a"))
    state = pressed(review(*pairs), "ppp")
    assert state.position == 4
    state = pressed(state, "y")
    assert (state.pair, state.position) == (None, 6)
    assert state.message == "Passed over 1 pair, which is one by your decisions."


def test_more_and_less_is_shown_and_moved() -> None:
    extent = Extent(page=5, last=12)
    state = pressed(review(), "w")
    assert state.has_details
    for key, line in (
        (Key.DOWN, 1), (" ", 6), (Key.PAGE_DOWN, 11), (Key.PAGE_DOWN, 12), (Key.UP, 11),
        (Key.PAGE_UP, 6), (Key.END, 12), (Key.DOWN, 12), (Key.HOME, 0), (Key.UP, 0),
    ):  # fmt: skip
        state, command = press(state, key, extent)
        assert (command, state.first_line) == (None, line)
    state, _ = press(state, Key.END, extent)
    assert press(state, Key.RESIZED) == (state, None)
    assert not pressed(state, "w").has_details
    assert pressed(state, "w").first_line == 0
    # The next pair is shown in short again.
    state = pressed(state, "n")
    assert (state.has_details, state.first_line) == (False, 0)


def test_a_key_without_a_meaning_says_so() -> None:
    state, command = press(review(), "x")
    assert (command, state.message, state.is_alarm) == (
        None,
        "Unknown key: x.",
        False,
    )
    assert press(review(), Key.OTHER)[0].message == "Unknown key."


def test_organizations_have_fewer_keys() -> None:
    state = Review(PAIRS, ORGANIZATION_RELATIONS)
    assert decision_of(press(state, "y")[1]) == (Relation.SAME, False)
    assert press(state, "t")[0].asks is Relation.PART_OF
    for key in "phf":
        assert press(state, key)[0].message == f"Unknown key: {key}."


def test_pairs_come_by_score_or_by_money_and_by_tier() -> None:
    assert PAIRS[0].left_ref == Reference("left", "projects", "a0")
    assert [pair.money for pair in PAIRS] == [5e6, 0, 2e9, 7e6]
    assert chosen(PAIRS) == [*PAIRS]
    assert chosen(PAIRS, order=Order.MONEY) == [PAIRS[2], PAIRS[3], PAIRS[0], PAIRS[1]]
    assert chosen(PAIRS, (Tier.LIKELY, Tier.SAME_MONEY)) == [PAIRS[2], PAIRS[3]]
