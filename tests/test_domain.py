"""Tests of domain rules: dates, amounts, names, vocabularies and ranks of sources."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.db.claims import rank
from bricoop.domain.amounts import WIDE, parse_decimal, plain
from bricoop.domain.country_names import alpha2_of
from bricoop.domain.currencies import CODES, instead_of
from bricoop.domain.dates import Period, parse_partial_date
from bricoop.domain.names import normalise, printable, slug
from bricoop.domain.suggestions import Suggestions
from bricoop.domain.vocabularies import ProjectKind, label

PARTIAL = (
    st.dates()
    .flatmap(lambda day: st.sampled_from([f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}"]))
    .filter(lambda text: len(text.split("-")[0]) == 4)
)


@given(PARTIAL)
def test_a_partial_date_keeps_the_precision_of_its_source(text: str) -> None:
    assert parse_partial_date(text) == text


@pytest.mark.parametrize(
    "text", ["2019-13", "2019-02-30", "19", "2019/03", "03-2019", "\uff12\uff10\uff11\uff19"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_partial_date(text)


@given(PARTIAL, PARTIAL)
def test_a_period_reads_back_what_it_writes(first: str, other: str) -> None:
    start, end = sorted([first, other])
    for text in (f"{start}..{end}", f"..{end}", f"{start}..", start):
        assert Period.parse(str(Period.parse(text))) == Period.parse(text)


@pytest.mark.parametrize("text", ["", "..", "2019..2013", "x..2019"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Period.parse(text)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15
    )
)
def test_a_plain_number_reads_back_exactly(value: Decimal) -> None:
    text = plain(value)
    if parse_is_ambiguous(text):
        with pytest.raises(ValueError, match="thousand times"):
            parse_decimal(text)
    else:
        assert parse_decimal(text) == value


def parse_is_ambiguous(text: str) -> bool:
    """Return whether a text has one to three digits, a point and three digits."""
    whole, _, rest = text.lstrip("-").partition(".")
    return len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0")


@pytest.mark.parametrize(
    "text", ["1.740", "1,740", "1 740", "$5", "5%", "nan", "inf", "1e999", "٣"]
)
def test_a_number_that_is_not_plain_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_decimal(text)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (f"0.{'0' * 100}1", "after"),
        (f"0.{'0' * 20_000}1", "after"),
        ("1.5e-99", None),
        ("1.25e-99", "after"),
        ("12e99", "before"),
        ("1e99", None),
        ("1e-99", None),
    ],
)
def test_a_number_that_sums_would_round_is_refused(text: str, where: str | None) -> None:
    if where is None:
        number = parse_decimal(text)
        assert WIDE.subtract(WIDE.add(Decimal("9e99"), number), Decimal("9e99")) == number
    else:
        with pytest.raises(ValueError, match=f"more than 100 digits {where} the decimal point"):
            parse_decimal(text)


def test_a_fraction_of_one_is_not_ambiguous() -> None:
    assert parse_decimal("0.125") == Decimal("0.125")


@given(st.text())
def test_normalising_twice_is_normalising_once(name: str) -> None:
    assert normalise(normalise(name)) == normalise(name)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("China–Belarus  Industrial Park", "china-belarus industrial park"),
        ("Côte d’Ivoire", "cote d'ivoire"),
        ("Łódź", "lodz"),
        ("A & B", "A and B"),
    ],
)
def test_marks_case_and_punctuation_do_not_tell_names_apart(first: str, other: str) -> None:
    assert normalise(first) == normalise(other)


def test_chinese_stays_chinese_and_has_a_readable_key() -> None:
    assert normalise("中国路桥") == "中国路桥"
    assert slug("中国路桥") == "zhong-guo-lu-qiao"


@given(st.text())
def test_printable_text_has_no_character_that_a_terminal_obeys(text: str) -> None:
    assert not set(printable(text)) & {"\x1b", "\x07", "\r", "\n", "\u202e", "\u200b"}


def test_a_label_is_the_code_in_words() -> None:
    assert label(ProjectKind.INDUSTRIAL_PARK) == "industrial park"


def test_the_better_tier_the_newer_publication_then_the_earlier_record_is_shown_first() -> None:
    ranked = [
        rank(1, None, 9), rank(4, "2019-03", 8), rank(4, "2019", 7), rank(4, "2018-12", 1),
        rank(4, None, 2), rank(4, None, 3),
    ]  # fmt: skip
    assert sorted([ranked[index] for index in (3, 0, 5, 2, 4, 1)]) == ranked


@pytest.mark.parametrize("name", ["Biélorussie", "Беларусь", "白俄罗斯", "belarus"])
def test_countries_are_known_in_other_languages(name: str) -> None:
    assert alpha2_of(name) == "BY"


def test_currencies_are_those_of_iso_4217() -> None:
    assert {"CNY", "USD", "XDR", "XOF", "DEM", "ITL", "FRF", "XEU", "ZMK", "GHC"} <= CODES
    assert CODES.isdisjoint({"RMB", "SDR", "CNH", "XXX", "XTS", "UKP"})
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CODES)
    assert {
        code for text in ("rmb", "元", "SDR", "us $", "CFA") for code in instead_of(text)
    } <= CODES
    assert instead_of("galleon") == ()


def test_suggestions_are_searched_once_for_a_word_and_for_few_words() -> None:
    searched: list[str] = []

    def search(word: str) -> str:
        searched.append(word)
        return word.upper()

    suggestions = Suggestions(search, limit=2)
    assert [suggestions.of(word) for word in ("a", "b", "a", "c", "a")] == ["A", "B", "A", "", "A"]
    assert searched == ["a", "b"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("industrial-park", "industrial park"),
        ("state-owned-enterprise", "state-owned enterprise"),
        ("public-private-partnership", "public-private partnership"),
        ("by-rule", "by rule"),
        ("international-ngo", "international NGO"),
    ],
)
def test_labels_are_written_as_in_english(code: str, expected: str) -> None:
    assert label(code) == expected
