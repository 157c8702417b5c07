"""Parsing of search texts: words, prefixes, phrases, excluded words, and errors."""

import pytest

from bricoop.errors import UsageError
from bricoop.lookup.search_query import parse


def said(text: str) -> tuple[list[str], list[str]]:
    """Return the required and the excluded terms, with `*` after prefixes."""
    query = parse(text)
    shown = [
        [" ".join(term.words) + ("*" if term.is_prefix else "") for term in terms]
        for terms in (query.terms, query.excluded)
    ]
    return shown[0], shown[1]


@pytest.mark.parametrize(
    ("text", "terms", "excluded"),
    [
        ("Gwadar port", ["gwadar*", "port*"], []),
        ("port port", ["port*"], []),
        ("a port", ["a", "port*"], []),
        ('"Gwadar Port"', ["gwadar port"], []),
        ("“Gwadar Port” «x y»", ["gwadar port", "x y"], []),
        ('"gwadar port', ["gwadar port"], []),
        ('foo"bar baz"qux', ["foo*", "bar baz", "qux*"], []),
        ("china-belarus", ["china*", "belarus*"], []),
        ("port -sea", ["port*"], ["sea"]),
        ('port -"deep sea"', ["port*"], ["deep sea"]),
        ("port -deep-sea", ["port*"], ["deep sea"]),
        ("port - sea", ["port*", "sea*"], []),
        ("port -- -", ["port*"], []),
        ("中", ["中*"], []),
        ("中国", ["中国"], []),
        ("中国路桥", ["中国 国路 路桥"], []),
        ("中国2025", ["中国 国 2025*"], []),
        ("2025年", ["2025 年*"], []),
        ("中国 路桥", ["中国", "路桥"], []),
        ("x -中国", ["x"], ["中国"]),
        ("Côte d’Ivoire", ["cote*", "d", "ivoire*"], []),
        ("names : (a*) AND NEAR", ["names*", "a", "and*", "near*"], []),
    ],
)
def test_what_is_typed_is_read(text: str, terms: list[str], excluded: list[str]) -> None:
    assert said(text) == (terms, excluded)


def test_what_is_typed_again_asks_for_the_same() -> None:
    for text in ("gwadar port", '"a b" c', "中国路桥 x", "2025年", "a-b c"):
        terms = parse(text).terms
        assert parse(" ".join(term.typed for term in terms)).terms == terms


@pytest.mark.parametrize("text", ["", "-x", '""', "– …", "w " + " ".join(map(str, range(100)))])
def test_no_words_or_too_many_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(text)
    assert refused.value.hint
