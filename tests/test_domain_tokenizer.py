"""Tests of the tokenizer: same words for documents and search terms, with right positions."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.domain.names import fold, is_unspaced
from bricoop.domain.tokenizer import LONGEST, is_unspaced_word, located, runs_of, words_of

#: Letters of many scripts with combining marks, punctuation, and other characters.
TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            "aeiouçéıİßÆø ’“”–—…&'-.,\u0301\u0308\u3099中国路桥ガ가\uff76\uff9e\uff10\ufb01\u00a0\u200d\x00"
        ),
    )
)


def test_words_are_folded_and_characters_without_spaces_come_in_pairs() -> None:
    assert words_of("Côte d’Ivoire & São Tomé") == ["cote", "d", "ivoire", "and", "sao", "tome"]
    assert words_of("中国路桥2025年") == ["中国", "国路", "路桥", "桥", "2025", "年"]
    assert words_of("... – !") == []
    assert runs_of("Gwadar-Port 中国A") == [["gwadar"], ["port"], ["中国", "国", "a"]]


@given(TEXTS)
def test_words_are_at_their_places(text: str) -> None:
    words = located(text)
    assert [located_word.word for located_word in words] == words_of(text)
    assert all(0 <= located_word.start < located_word.end <= len(text) for located_word in words)
    assert [located_word.start for located_word in words] == sorted(
        located_word.start for located_word in words
    )


@given(TEXTS)
def test_words_hold_nothing_that_a_database_would_read_as_its_own(text: str) -> None:
    for word in words_of(text):
        assert word
        assert len(word) <= LONGEST
        assert all(c.isalnum() or unicodedata.category(c)[0] == "M" for c in word), word


@given(TEXTS)
def test_words_of_words_are_the_same_words(text: str) -> None:
    spaced = [word for word in words_of(text) if not any(map(is_unspaced, word))]
    assert words_of(" ".join(spaced)) == spaced


@given(
    st.text(st.sampled_from("abcé &'-.中国路\uff76\uff9e")), st.text(st.sampled_from("abé 中国路"))
)
def test_a_part_of_a_text_without_spaces_is_a_sequence_of_its_words(text: str, more: str) -> None:
    whole = words_of(f"{text}中国路桥{more}")
    assert any(whole[at : at + 3] == ["中国", "国路", "路桥"] for at in range(len(whole)))


@pytest.mark.parametrize(
    "codes",
    [
        pytest.param(range(0x33480), id="assigned"),
        # Unassigned, without letters, or for private use.
        pytest.param(range(0x33480, sys.maxunicode + 1), id="others", marks=pytest.mark.full),
    ],
)
def test_every_character_of_a_script_without_spaces_is_known_as_one(codes: range) -> None:
    folded = {word for code in codes for word in _folded(chr(code))}
    assert [
        word for word in sorted(folded) if is_unspaced(word) and not is_unspaced_word(word)
    ] == []


def _folded(character: str) -> str:
    return "" if unicodedata.category(character) == "Cs" else fold(character)
