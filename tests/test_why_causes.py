"""The cause by which each counted row makes two totals differ, of rows that decisions relate."""

from decimal import Decimal

import pytest

from bricoop.totals.why.causes import Entry, entries_of
from bricoop.totals.why.paired_rows import PairedRow, Side
from bricoop.totals.why.standing import Standing


def row(text: str, number: int) -> tuple[PairedRow, Standing]:
    """Return a row and how it stands.

    `R2 d1 c1 linked 7 -3 out:year step:pledges avoided` is the row R2 of the right source, of deal
    1, of which a row in the group of copies 1, linked by a decision, with 7 dollars, of which 3 are
    rolled over, outside because of the year, left out by a step, and avoided by its source.
    """
    name, *words = text.split()
    marks = {word[0]: int(word[1:]) for word in words if word[0] in "dc" and word[1:].isdigit()}
    numbers = [word for word in words if word.removeprefix("-").isdigit()]
    amounts = [Decimal(word) for word in numbers if not word.startswith("-")]
    rolled_over = [Decimal(word[1:]) for word in numbers if word.startswith("-")]
    outside = tuple(word[4:] for word in words if word.startswith("out:"))
    steps = [word[5:] for word in words if word.startswith("step:")]
    paired = PairedRow(
        Side.LEFT if name.startswith("L") else Side.RIGHT, name, number,
        marks.get("d", 100 + number), marks.get("c", 100 + number), "linked" in words,
    )  # fmt: skip
    standing = Standing(
        is_inside=not outside,
        outside=outside,
        step=steps[0] if steps else None,
        amount=amounts[0] if amounts else None,
        rolled_over=rolled_over[0] if rolled_over else Decimal(0),
        is_avoided="avoided" in words,
    )
    return paired, standing


def entries(*texts: str) -> list[Entry]:
    """Return the entries of the rows of a family."""
    rows = [row(text, number) for number, text in enumerate(texts)]
    return list(
        entries_of(
            tuple(paired for paired, _ in rows),
            {paired.record_id: standing for paired, standing in rows},
        )
    )


def text_of(entry: Entry) -> str:
    """Return an entry as text: the row, its cause, what it changes, and why."""
    partner = f" ({entry.partner.id})" if entry.partner else ""
    return f"{entry.row.id} {entry.cause} {entry.change:+}{' ' * bool(entry.reason)}{entry.reason}{partner}"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(("L1 d1 5", "R1 d1 7"), {"L1 amounts -5", "R1 amounts +7"}, id="a-pair"),
        pytest.param(
            ("L1 d1 5", "R1 d1 7 out:year"), {"L1 filters -5 year (R1)"}, id="outside-on-the-right"
        ),
        pytest.param(
            ("L1 d1 5 out:year out:country", "R1 d1 7"), {"R1 filters +7 year, country (L1)"},
            id="outside-on-the-left",
        ),
        pytest.param(
            ("L1 d1 5", "R1 d1 7 step:pledges"), {"L1 rule -5 pledges (R1)"}, id="left-out-by-the-rule"
        ),
        pytest.param(
            ("L1 d1 5", "R1 d1 step:no-amount"), {"L1 base -5 no-amount (R1)"}, id="without-an-amount"
        ),
        pytest.param(("L1 d1 5 out:year", "R1 d1 7 step:pledges"), set(), id="in-neither"),
        pytest.param(("L1 5",), {"L1 only-left -5"}, id="no-row-on-the-right"),
        pytest.param(
            ("R1 d1 c1 7", "R2 d1 c1 6"), {"R1 only-right +7", "R2 duplicates +6 (R1)"},
            id="twice-on-the-right-only",
        ),
        pytest.param(
            ("L1 d1 5", "R1 d1 c1 7", "R2 d1 c1 linked 6"),
            {"L1 amounts -5", "R1 duplicates +7 (R2)", "R2 amounts +6"},
            id="the-linked-row-of-two-counts",
        ),
        pytest.param(
            ("L1 d1 5", "R1 d1 c1 7", "R2 d1 c1 linked avoided 6"),
            {"L1 amounts -5", "R1 amounts +7", "R2 duplicates +6 (R1)"},
            id="a-row-that-its-source-counts-comes-before-a-linked-one",
        ),
        pytest.param(
            ("L1 d1 5", "R10 d1 c1 7", "R9 d1 c1 6"),
            {"L1 amounts -5", "R9 amounts +6", "R10 duplicates +7 (R9)"},
            id="ids-by-their-numbers",
        ),
        pytest.param(
            ("L1 d1 5", "R1 d1 c1 7 step:pledges", "R2 d1 c1 6"), {"L1 amounts -5", "R2 amounts +6"},
            id="a-copy-that-does-not-count-is-no-duplicate",
        ),
        pytest.param(
            ("L1 d1 5", "R1 d1 3", "R2 d1 4"), {"L1 parts -5", "R1 parts +3", "R2 parts +4"},
            id="one-deal-against-two-rows-that-nobody-called-copies",
        ),
        pytest.param(
            ("L1 5", "R1 3", "R2 4"), {"L1 parts -5", "R1 parts +3", "R2 parts +4"},
            id="a-whole-against-parts",
        ),
        pytest.param(
            ("L1 d1 5", "L2 2", "R1 d1 7"), {"L1 amounts -5", "R1 amounts +7", "L2 parts -2"},
            id="a-part-beside-a-pair",
        ),
        pytest.param(
            ("L1 5", "R1 3 step:umbrellas", "R2 4"), {"L1 parts -5", "R2 parts +4"},
            id="a-whole-that-does-not-count-has-parts-that-do",
        ),
        pytest.param(
            ("L1 d1 5", "R1 d1 3 step:pledges", "R2 4 out:year"), {"L1 rule -5 pledges (R1)"},
            id="the-same-deal-explains-before-a-part",
        ),
        pytest.param(
            ("L1 5", "R1 3 out:year", "R2 4 step:pledges", "R3 step:no-amount"),
            {"L1 base -5 no-amount (R3)"},
            id="the-row-nearest-to-counting-explains",
        ),
        pytest.param(
            ("L1 d1 80", "R1 d1 80 -50"),
            {"L1 amounts -80", "R1 amounts +80", "R1 rule -50 rolled-over"},
            id="what-is-rolled-over-is-left-out-by-the-rule",
        ),
        pytest.param(
            ("L1 d1 80 -50", "R1 d1 80 -50 out:year"), {"L1 filters -30 year (R1)"},
            id="elsewhere-what-is-rolled-over-does-not-count",
        ),
    ],
)  # fmt: skip
def test_each_counted_row_has_a_cause(texts: tuple[str, ...], expected: set[str]) -> None:
    family = entries(*texts)
    assert {text_of(entry) for entry in family} == expected
    # The changes add up to what counts on the right less what counts on the left.
    counted = [row(text, number) for number, text in enumerate(texts)]
    added = {
        side: sum(standing.added or 0 for paired, standing in counted
                  if paired.side is side and standing.counts)
        for side in Side
    }  # fmt: skip
    assert sum(entry.change for entry in family) == added[Side.RIGHT] - added[Side.LEFT]
    # Each row that counts is in one step.
    rows = [paired for paired, standing in counted if standing.counts]
    assert sorted(entry.row for entry in family if entry.is_whole) == sorted(rows)
