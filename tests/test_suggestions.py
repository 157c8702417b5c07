"""Suggestions for unknown names, codes and columns."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import bricoop
from bricoop.db.engine import reading
from bricoop.domain.limits import SUGGESTED_LENGTH
from bricoop.domain.suggestions import is_slip, nearest, slips
from bricoop.domain.synonyms import _WORDS, codes_meant, column_near
from bricoop.domain.vocabularies import (
    AgreementKind,
    Basis,
    FinanceKind,
    FindingKind,
    Instrument,
    Link,
    LocationPrecision,
    OrganizationKind,
    ProjectKind,
    ProjectStatus,
    Qualifier,
)
from bricoop.errors import NotFoundError, UsageError
from bricoop.ingest.layouts.clean import BadValueError, choice
from bricoop.ingest.layouts.registry import layout_of
from bricoop.lookup.entities import find_entity
from support.places import TwoPlaces
from support.profile_rules import PROJECTS, profile_text, running
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql


@pytest.fixture(scope="module")
def base(standing: Standing) -> Iterator[bricoop.KnowledgeBase]:
    """An open knowledge base with the seeds."""
    with standing.unwritten(), bricoop.open(standing.address) as opened:
        yield opened


@pytest.mark.parametrize(
    ("noun", "filters", "meant"),
    [
        ("projects", {"kind": "harbour"}, "port"),
        ("projects", {"kind": "Railroads"}, "railway"),
        ("projects", {"kind": "prot"}, "port"),
        ("projects", {"status": "under construction"}, "implementation"),
        ("agreements", {"kind": "MoU"}, "memorandum"),
        ("finance", {"instrument": "credit"}, "loan"),
        ("finance", {"project_kind": "harbor"}, "port"),
    ],
)
def test_a_word_for_a_code_is_answered_with_the_code(
    base: bricoop.KnowledgeBase, noun: str, filters: dict[str, Any], meant: str
) -> None:
    with pytest.raises(UsageError) as refused:
        list(base.query(noun, **filters))
    hint = refused.value.hint.partition("?")[0]
    assert hint.removeprefix("Did you mean: ").split("; ")[0] == meant
    # Suggested values are accepted.
    understood: dict[str, Any] = dict.fromkeys(filters, meant)
    list(base.query(noun, **understood))


@pytest.mark.parametrize("typed", ["facilty", "facilities conectivity", "fasility"])
def test_a_misspelt_link_is_answered_with_its_code(base: bricoop.KnowledgeBase, typed: str) -> None:
    for noun in ("projects", "finance", "findings"):
        with pytest.raises(NotFoundError) as refused:
            list(base.query(noun, link=typed))
        assert refused.value.closest[0] == "facility"


def test_a_condition_is_answered_likewise(base: bricoop.KnowledgeBase) -> None:
    with pytest.raises(UsageError, match=r"Did you mean: port\?"):
        list(base.query("projects", where="kind = harbour"))


def test_every_synonym_is_of_a_code() -> None:
    vocabularies = (
        ProjectKind, ProjectStatus, AgreementKind, FinanceKind, Instrument, OrganizationKind,
        FindingKind, Link, Basis, Qualifier, LocationPrecision,
    )  # fmt: skip
    codes = {code.value for vocabulary in vocabularies for code in vocabulary}
    assert set(_WORDS) <= codes
    for vocabulary in vocabularies:
        known = {code.value for code in vocabulary}
        for code in known & set(_WORDS):
            words = _WORDS[code].split()
            # A code of the vocabulary itself needs no suggestion.
            assert known.isdisjoint(words), (vocabulary.__name__, code)
            assert all(code in codes_meant(word.replace("-", " "), vocabulary) for word in words)


def test_two_letters_in_the_wrong_order_come_before_a_word_that_begins_alike() -> None:
    names = {name: name for name in ("programme", "port", "airport")}
    assert nearest("prot", names)[0] == "port"
    # A short word has too few letters for that.
    assert nearest("xy", {"xz": "xz"}) == []


def test_a_word_that_a_file_has_for_a_code_is_refused_with_the_code_meant() -> None:
    for vocabulary, word, rule, meant in (
        (ProjectKind, "rail", "is not a known kind", "railway"),
        (ProjectStatus, "complete", "is not a known status", "completed"),
        (ProjectStatus, "under construction", "is not a known status", "implementation"),
        (Link, "infrastructure", "is not a known link", "facility"),
        (ProjectKind, "prot", "is not a known kind", "port"),
    ):
        with pytest.raises(BadValueError) as refused:
            choice(vocabulary)(word, TwoPlaces())
        assert refused.value.rule == rule
        assert refused.value.hint.startswith(f"Did you mean: {meant}")
        assert f"One of: {', '.join(code.value for code in vocabulary)}." in refused.value.hint
    with pytest.raises(BadValueError) as refused:
        choice(Link)("x" * 100_000, TwoPlaces())
    assert refused.value.hint.startswith("One of: ")


def test_a_column_is_found_by_its_beginning_by_a_word_for_it_and_by_its_spelling() -> None:
    for layout, typed, meant in (
        ("projects", "desc", "description"), ("projects", "lender", "financiers"),
        ("finance", "lender", "financier"), ("projects", "contries", "countries"),
        ("projects", "state", "status"), ("projects", "wingspan", ""),
        ("projects", "project_type", "kind"), ("projects", "project_name", "name"),
        ("finance", "project_name", "project"), ("finance", "loan_amount", "amount"),
        ("projects", "names_of_wings", ""), ("finance", "commitment_date", "date"),
    ):  # fmt: skip
        assert column_near(typed, [column.name for column in layout_of(layout).columns]) == meant


def test_what_is_longer_than_any_name_is_like_none() -> None:
    known, longer = "a" * SUGGESTED_LENGTH.value, "a" * (SUGGESTED_LENGTH.value + 1)
    assert nearest(known, {known: "A"}) == ["A"]
    assert nearest(longer, {known: "A"}) == []
    assert slips(longer, [known]) == []
    assert not is_slip(longer, known)


def test_names_that_share_one_word_with_what_was_typed_are_not_meant() -> None:
    names = ("gwadar port", "liaoning port in rzd 2018", "asia", "gwadar", "port of mombasa")
    known = {name: name for name in names}
    assert nearest("gwadr port", known) == ["gwadar port", "gwadar"]
    assert nearest("mombassa", known) == ["port of mombasa"]
    assert nearest("asian mombo", {"mombasa": "Mombasa"}) == []


def test_a_key_that_is_not_known_is_answered_with_keys(quick: Engine, tmp_path: Path) -> None:
    rules = PROJECTS.replace("m-{No}", "deal-{No}")
    text = "No,Name,Country\n71942,Rail 71943,Kenya\n55555,Deal 7194,Kenya\n"
    running(quick, tmp_path)(profile_text(rules), text)
    with reading(quick) as connection:
        for typed, meant in (("deal-71943", ["deal-71942"]), ("deal-90000", [])):
            with pytest.raises(NotFoundError) as refused:
                find_entity(connection, typed)
            assert list(refused.value.closest) == meant
