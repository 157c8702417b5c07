"""The screen of a review: what it shows of a pair, at any size of the window."""

import re
from dataclasses import replace

import pytest
from rich.text import Text

from bricoop.domain.vocabularies import Relation
from bricoop.identity.review.pair_view import PairRow, PairView, Section
from bricoop.identity.review.pairs import project_pairs
from bricoop.identity.review.state import (
    PROJECT_RELATIONS,
    Decide,
    Entry,
    Extent,
    Key,
    Quit,
    Review,
    failed,
    press,
)
from bricoop.render.review.screen import review_screen
from support.reviewing import proposed

PAIRS = tuple(project_pairs([proposed("a1", "b1"), proposed("a2", "b2")]))
NAMES = (
    "The Road from Kuri to the Lake, and from the Lake to Mabo and on to the Border of the Two Countries",
    "Kuri–Lake Road",
)
VIEW = PairView(
    titles=("left a1", "right b1"),
    names=NAMES,
    rows=(
        PairRow("country", ("Kenya",), ("Kenya",)),
        PairRow("years", ("2011",), ("2014, 2015",), differs=True),
        PairRow("status", ("implementation",), (), coded=True),
        PairRow("about", ("word " * 300,), ("short",), is_long=True),
    ),
    sections=(Section("Project", (PairRow("grace period", (7,), ("5",), differs=True),)),),
    shared_words=frozenset({"kuri", "lake", "road"}),
)
REVIEW = Review(PAIRS, PROJECT_RELATIONS)


def shown(
    state: Review, view: PairView | None = VIEW, width: int = 80, height: int = 24
) -> list[str]:
    return [line.plain.rstrip() for line in review_screen(state, view, width, height).lines]


def column(lines: list[str], start: int, end: int | None = None) -> str:
    return " ".join(line[start:end].strip() for line in lines)


@pytest.mark.parametrize("width", [40, 80, 140])
@pytest.mark.parametrize("height", [14, 24, 60])
@pytest.mark.parametrize("key", ["", "w", "t"])
def test_a_screen_fills_the_window_and_no_more(width: int, height: int, key: str) -> None:
    state = press(REVIEW, key)[0] if key else REVIEW
    lines = review_screen(state, VIEW, width, height).lines
    assert len(lines) == height
    assert max(line.cell_len for line in lines) <= width


@pytest.mark.parametrize("width", [80, 140])
def test_both_names_are_shown_in_full_beside_each_other(width: int) -> None:
    lines = shown(REVIEW, width=width)
    middle = lines[1].index("right b1")
    assert NAMES[0] in re.sub(" +", " ", column(lines, 9 if width == 80 else 20, middle))
    assert lines[2][middle:] == NAMES[1]


def test_values_that_contradict_each_other_are_marked() -> None:
    lines = shown(REVIEW)
    (years,) = [line for line in lines if "years" in line]
    assert years.split() == ["≠", "years", "2011", "2014,", "2015"]
    assert sum(line.startswith("≠") for line in lines) == 1


def test_long_texts_get_the_lines_that_are_free() -> None:
    low, high = (shown(REVIEW, height=height) for height in (24, 30))
    words = [" ".join(lines).count("word") for lines in (low, high)]
    assert words[0] < words[1] < 300
    assert all(sum("…" in line for line in lines) == 1 for lines in (low, high))
    assert all(
        'rare words "kuri" +5.0; 2011=2011 +1.0; margin 2.5' in " ".join(lines)
        for lines in (low, high)
    )


def test_a_narrow_window_shows_the_left_texts_above_the_right_ones() -> None:
    view = replace(VIEW, rows=(
        *VIEW.rows[:2], PairRow("builder", ("Mabo", "Kuri and Sons " * 3), ("a/very/long-reference-of-a-company",)),
    ))  # fmt: skip
    lines = shown(REVIEW, view, 40, 30)
    assert lines[1:3] == ["  left   left a1", "         The Road from Kuri to the"]
    start = next(number for number, line in enumerate(lines) if "country" in line)
    assert lines[start : start + 7] == [
        "  country   both   Kenya",
        "≠ years     left   2011",
        "            right  2014, 2015",
        "  builder   left   • Mabo",
        "                   • Kuri and Sons Kuri",
        "                     and Sons Kuri and",
        "                     Sons",
    ]
    assert lines[start + 7 : start + 9] == [
        "            right  a/very/long-",
        "                   reference-of-a-",
    ]


@pytest.mark.parametrize("size", [(20, 24), (80, 5), (40, 9)])
def test_a_window_too_small_for_a_pair_takes_no_decision(size: tuple[int, int]) -> None:
    for state in (REVIEW, failed(REVIEW, "This is refused. " * 20)):
        screen = review_screen(state, VIEW, *size)
        assert " ".join(line.plain for line in screen.lines).startswith("The window is too small")
        assert len(screen.lines) == size[1]
        assert press(state, "n", screen.extent) == (state, None)
        assert press(state, "q", screen.extent) == (state, Quit())


def test_a_long_refusal_leaves_room_for_the_pair() -> None:
    state = failed(REVIEW, "This is refused, and said at length. " * 30)
    screen = review_screen(state, VIEW, 80, 24)
    text = [line.plain for line in screen.lines]
    assert "Kuri–Lake Road" in text[2]
    assert sum("refused" in line for line in text) == 8
    # The rest can be read below the pair.
    state = press(state, Key.END, screen.extent)[0]
    assert state.message
    assert sum("refused" in line for line in shown(state)) > 16


def test_the_top_says_which_pair_it_is_and_what_was_decided() -> None:
    decided = [Entry(0, Decide(PAIRS[0], Relation.SAME_DEAL)), Entry(0, None)]
    state = replace(REVIEW, position=1, history=tuple(decided))
    assert shown(state)[0] == "2 of 2 · strong 6.0" + "1 same deal, 1 skipped".rjust(61)
    many = [Entry(0, Decide(PAIRS[0], relation)) for relation in PROJECT_RELATIONS.values()]
    top = shown(replace(REVIEW, history=tuple(many * 40)))[:3]
    assert top[0] == "1 of 2 · strong 6.0"
    assert " ".join(top[1:3]).startswith("40 same deal, 40 same project, 40 part of, 40 phase of, ")


def test_the_keys_are_at_the_bottom_with_what_they_do() -> None:
    assert shown(REVIEW)[-2:] == [
        "y same deal  p same project  t part of  h phase of  f financed under",
        "n different  u unsure  s skip  b back  w why  q quit",
    ]
    question = shown(press(REVIEW, "h")[0])
    assert question[-2:] == [
        "Which one is a phase of the other?",
        "l the left one  r the right one  other keys neither",
    ]
    refused = shown(failed(REVIEW, "This would make x/projects/1 and y/projects/2 one. " * 3))
    assert " ".join(refused[-5:-2]).count("This would make") == 3
    assert len(refused) == 24
    end = replace(REVIEW, position=2)
    assert shown(end, None)[-1] == "b back  q quit"
    assert "That was the last pair." in shown(end, None)


def test_everything_is_shown_on_demand_and_can_be_moved() -> None:
    state = press(REVIEW, "w")[0]
    screen = review_screen(state, VIEW, 80, 14)
    lines = [line.plain.rstrip() for line in screen.lines]
    assert screen.extent.last > 0
    assert f"↓ {screen.extent.last} more lines" in lines
    state = press(state, Key.END, screen.extent)[0]
    lines = shown(state, height=14)
    assert f"↑ {screen.extent.last} more lines" in lines
    (differing,) = [line for line in lines if "grace period" in line]
    assert differing.split() == ["≠", "grace", "period", "7", "5"]
    # A window that grew has room for what was moved out of it.
    assert "Features" in shown(state, height=50)
    assert shown(replace(state, first_line=10**6), height=14) == lines
    assert review_screen(state, VIEW, 80, 50).extent == Extent(46, 0)


def test_text_of_files_is_escaped() -> None:
    evil = "A\x1b[2J\u202eB\nC\x07"
    view = replace(
        VIEW, names=(evil, evil), titles=(evil, evil), rows=(PairRow(evil, (evil,), (evil,)),),
        sections=(Section("Project", (PairRow(evil, (evil, [evil]), (evil,)),)),),
    )  # fmt: skip
    for state in (REVIEW, press(REVIEW, "w")[0], failed(REVIEW, evil)):
        text = "".join(shown(state, view, 140, 60))
        assert not re.search("[\x00-\x1f\x7f\u202e]", text)
        assert "A\\u001b[2J\\u202eB C\\u0007" in text


def test_words_of_both_names_are_highlighted_and_wide_characters_fit() -> None:
    view = replace(
        VIEW,
        names=("Kuri dam, 中国路桥" + "路" * 40, "Dam of KURI"),
        shared_words=frozenset({"kuri"}),
    )
    lines = review_screen(REVIEW, view, 80, 24).lines
    assert max(line.cell_len for line in lines) <= 80
    marked = [text for line in lines for text in green(line)]
    assert marked == ["Kuri", "KURI"]


def green(line: Text) -> list[str]:
    return [line.plain[span.start : span.end] for span in line.spans if span.style == "bold green"]
