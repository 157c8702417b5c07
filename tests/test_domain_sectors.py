"""Tests of DAC sectors: codes, names and hierarchy."""

import re

import pytest

from bricoop.domain.sectors import (
    CATEGORIES,
    beginnings_of,
    codes_of,
    is_code,
    sector_label,
    sector_name,
    sectors_holding,
    sectors_named,
)
from bricoop.domain.vocabularies import label
from bricoop.errors import AmbiguousNameError, NotFoundError


def known() -> list[str]:
    """Return every code that has a name."""
    return [f"{code:03}" for code in range(1000) if sector_name(f"{code:03}")] + [
        f"{code:05}" for code in range(100_000) if sector_name(f"{code:05}")
    ]


def test_every_code_has_a_name_in_words_and_belongs_to_a_category() -> None:
    codes = known()
    assert len(codes) > 350
    assert set(codes) >= CATEGORIES
    for code in codes:
        name = sector_name(code) or ""
        assert is_code(code)
        assert re.fullmatch(r"[A-Z][ -~]*[a-z)]|.*(AIDS|NCDs)", name), (code, name)
        assert CATEGORIES & set(codes_of(code)) or code == "700", code
        assert sectors_named(name), code


def test_what_belongs_to_a_sector_begins_as_it_says() -> None:
    for code in known():
        for wide in codes_of(code):
            assert code.startswith(beginnings_of(wide)), (code, wide)
    assert "72010".startswith(beginnings_of("700"))
    assert not "21020".startswith(beginnings_of("220"))
    assert not "12110".startswith(beginnings_of("122"))


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Transport and storage", ["210"]),
        ("transport", ["210"]),
        ("STORAGE trans", ["210"]),
        ("health", ["120"]),
        ("Basic health care", ["12220"]),
        ("rail", ["21030"]),
        ("tourism", ["332"]),
        ("refugees", ["930"]),
    ],
)
def test_a_sector_is_known_by_its_name_and_by_the_beginnings_of_its_words(
    typed: str, codes: list[str]
) -> None:
    assert sectors_named(typed) == codes


def test_a_name_that_means_none_or_several_says_which_there_are() -> None:
    with pytest.raises(NotFoundError, match="Did you mean: 120 Health"):
        sectors_named("helth")
    with pytest.raises(AmbiguousNameError, match="Use the code"):
        sectors_named("policy")
    for nothing in ("", "?!", "zzzz"):
        with pytest.raises(NotFoundError):
            sectors_named(nothing)
    assert "12220" in sectors_holding("HEALTH CARE")
    assert sectors_holding("") == []


def test_people_read_the_code_and_the_name() -> None:
    assert sector_label("210") == label("210") == "210 Transport and storage"
    assert label("999") == "999"
    assert label("industrial-park") == "industrial park"
