"""Tests of English grammar in messages, for all numbers and nouns."""

import pytest

from bricoop.domain.english import agree, as_subject, counted, enumerated, with_article
from bricoop.query.catalog import NOUNS


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (0, "rows", "0 rows"),
        (1, "rows", "1 row"),
        (1, "countries", "1 country"),
        (1, "entities", "1 entity"),
        (2_000, "policies", "2,000 policies"),
        (1, "finance", "1 finance row"),
        (4, "finance", "4 finance rows"),
        (1, "statistics", "1 statistic"),
    ],
)
def test_numbers_have_their_nouns(number: int, noun: str, text: str) -> None:
    assert counted(number, noun) == text


def test_every_noun_has_a_singular() -> None:
    assert all(counted(1, noun.name) != counted(2, noun.name).replace("2", "1") for noun in NOUNS)


@pytest.mark.parametrize(
    ("noun", "text"),
    [
        ("integer", "an integer"),
        ("list", "a list"),
        ("array of tables", "an array of tables"),
        ("unit", "a unit"),
        ("European bank", "a European bank"),
        ("ISO code", "an ISO code"),
        ("organization", "an organization"),
    ],
)
def test_nouns_have_their_articles(noun: str, text: str) -> None:
    assert with_article(noun) == text


def test_items_are_enumerated() -> None:
    assert [enumerated(range(1, last)) for last in (2, 3, 4)] == ["1", "1 and 2", "1, 2 and 3"]


def test_verbs_agree() -> None:
    assert [agree(number, "was", "were") for number in (0, 1, 2)] == ["were", "was", "were"]


def test_nouns_begin_sentences_with_verbs_in_the_plural() -> None:
    assert as_subject("finance") == "Finance rows"
    assert as_subject("projects") == "Projects"
