"""How pairs of organizations are scored, and which are proposed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.identity.organizations.candidates import OrganizationCandidates
from bricoop.identity.organizations.compared_organization import ComparedOrganization
from bricoop.identity.organizations.listed_names import compared_organization
from bricoop.identity.organizations.proposals import propose_organizations, tier_of
from bricoop.identity.organizations.rarity import NameRarity
from bricoop.identity.organizations.scorer import OrganizationScorer
from bricoop.identity.organizations.weights import shipped_weights
from bricoop.identity.proposals import Tier
from bricoop.identity.scorer import Score

WEIGHTS = shipped_weights()


def named(name: str, **stated: Any) -> ComparedOrganization:
    return compared_organization(stated.pop("key", name), name, **stated)


def scored(first: ComparedOrganization, second: ComparedOrganization) -> Score:
    rarity = NameRarity(WEIGHTS.rarity, [first, second])
    return OrganizationScorer(WEIGHTS, rarity).score(first, second)


def tier(first: ComparedOrganization, second: ComparedOrganization) -> Tier | None:
    return tier_of(scored(first, second), WEIGHTS.tiers)


def tier_of_names(first: str, second: str) -> Tier | None:
    return tier(named(first), named(second))


def test_the_same_company_under_two_names_is_strong_and_says_why() -> None:
    first = named("Kuriba Lake Construction Company Ltd. (KLCC)", country="KE", kind="enterprise")
    second = named("Kurriba Lake Construction Group", country="KE", kind="private-enterprise")
    score = scored(first, second)
    assert [(feature.reason, round(feature.points, 1)) for feature in score.features] == [
        ('rare words "lake kuriba~kurriba construction"', 5.0),
        ("91% of the names", 1.3),
        ("country KE", 0.5),
        ("kind enterprise", 0.2),
    ]
    assert tier(first, second) is Tier.STRONG
    renamed = named("Kuriba Lake Construction Corp. (KLCC)", country="KE")
    assert scored(first, renamed).points_of("abbreviation") == 3.0


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Order, legal forms, articles and spellings tell nothing.
        ("Kuri & Mabo Works Co., Ltd.", "Mabo and Kuri Works Corporation", Tier.STRONG),
        ("Ministry of Mines (Ghana)", "Ghanaian Ministry of Mines", Tier.STRONG),
        ("Mabo Harbor Authority of Kenya", "Kenya Mabo Harbour Authority", Tier.STRONG),
        # A further word may be a part of it.
        ("Kuri Mabo Works", "Kuri Mabo Works International", Tier.LIKELY),
        ("Kuri Mabo Works (KMW)", "Kuri Mabo Works Zuma (KMW)", Tier.STRONG),
        # Numbers, places and countries contradict.
        ("China Railway No. 3 Engineering Group", "China Railway No. 5 Engineering Group", Tier.POSSIBLE),
        ("Kuri Works Bureau 3", "Kuri Works Fifth Bureau", Tier.POSSIBLE),
        ("Jiangsu Kuri Works", "Jiangxi Kuri Works", None),
        ("Shanxi Kuri Works", "Shaanxi Kuri Works", None),
        ("Ministry of Mines (Ghana)", "Ministry of Mines (Kenya)", None),
        # A ministry without its country may be that of any.
        ("Ministry of Mines", "Ministry of Mines (Ghana)", Tier.POSSIBLE),
        # Both names have words that the other one lacks.
        ("Kuri Mabo Works", "Kuri Zuma Works", Tier.POSSIBLE),
        ("Kuri Mabo", "Kuri Zuma", None),
        ("China Electric Kuri Works", "China Electronics Kuri Works", Tier.POSSIBLE),
        # Abbreviations, stated or made of words.
        ("KLCC", "Kuri Lake Construction Company", Tier.POSSIBLE),
        ("MINEKURI", "Ministry of Kuri Mines (MINEKURI)", Tier.LIKELY),
        ("Kuri Mabo (KM)", "Kuri Mabo (KUMA)", Tier.POSSIBLE),
        ("Mabo (ZUMAKU 3)", "ZUMAKU III", Tier.LIKELY),
        ("Mabo (ZUMAKU 3)", "ZUMAKU II", None),
        # Listed names need nothing in common, and contradict if they mean others.
        ("CHEXIM", "Export-Import Bank of China", Tier.STRONG),
        ("中国港湾工程有限责任公司", "CHEC", Tier.LIKELY),
        ("China International Trust and Investment Corporation", "CITIC Group", Tier.STRONG),
        ("Bank of China", "Agricultural Bank of China", None),
        ("China Road and Bridge Corporation", "China Communications Construction Company", None),
        ("China Railway Construction", "China Railway Engineering", None),
        # The listed abbreviation of the first is another one.
        ("China Geo-Engineering Corporation", "China Geo-Engineering Overseas (CGCOC)", Tier.POSSIBLE),
    ],
)  # fmt: skip
def test_names_are_placed_into_tiers(first: str, second: str, expected: Tier | None) -> None:
    assert tier_of_names(first, second) is expected
    assert tier_of_names(second, first) is expected


def test_the_home_country_and_the_kind_count() -> None:
    first = named("Kuri Mabo Works", country="KE", kind="enterprise")
    assert scored(first, named("Mabo Kuri Works", country="KE")).points_of("country") == 0.5
    other = scored(first, named("Mabo Kuri Works", country="UG", kind="commercial-bank"))
    assert other.points_of("country") == WEIGHTS.country.differs
    assert other.points_of("kind") == WEIGHTS.kind.differs
    assert tier_of(other, WEIGHTS.tiers) is Tier.POSSIBLE
    # A country in a name does not tell it apart from an organization of that country.
    assert scored(first, named("Mabo Kuri Works of Kenya")).points_of("other words") == 0
    assert scored(first, named("Mabo Kuri Works of Ghana")).points_of("other words") < 0
    assert scored(named("Mabo Works"), named("Mabo Works", kind="other")).points_of("kind") == 0


def test_the_best_of_several_names_counts() -> None:
    first = named("Kuri Works", other_names=["Mabo Builders", "Zuma"])
    assert scored(first, named("Mabo Builders Ltd.")).points_of("rare words") > 3
    assert tier(first, named("Mabo Builders Ltd.")) is Tier.STRONG


def test_a_common_abbreviation_counts_less_the_more_organizations_have_it() -> None:
    first, second = named("KLC"), named("Kuri Lake Council (KLC)")
    few = scored(first, second).points_of("abbreviation")
    others = [named(f"Kuri Lake {word}") for word in ("Corps", "Court", "City", "Coast")]
    rarity = NameRarity(WEIGHTS.rarity, [first, second, *others])
    many = OrganizationScorer(WEIGHTS, rarity).score(first, second).points_of("abbreviation")
    assert (few, round(many, 4)) == (2.25, 1.5)


def index(organizations: list[ComparedOrganization]) -> OrganizationCandidates:
    return OrganizationCandidates(organizations, NameRarity(WEIGHTS.rarity, organizations), WEIGHTS)


def test_candidates_share_words_spellings_abbreviations_or_a_listed_organization() -> None:
    candidates = index([
        named("Kuri Works"),
        named("Avitation of Mabo"),
        named("Zuma Lake Factory"),
        named("Bank of China Limited"),
        named("Tolo Bridges"),
    ])  # fmt: skip
    assert candidates.of(named("Kuri Company")) == [0]
    assert candidates.of(named("Aviation of Mabo")) == [1]
    assert candidates.of(named("ZLF")) == [2]
    assert candidates.of(named("BOC")) == [3]
    assert candidates.of(named("Pemba Town")) == []
    assert candidates.cut == 0


def test_frequent_words_are_not_looked_up_but_count_for_those_found_otherwise() -> None:
    most = WEIGHTS.candidates.organizations_of_word
    organizations = [named(f"Road {number:05}x") for number in range(most + 1)]
    candidates = index([*organizations, named("Kuri Road"), named("Kuri Lake Zuma Mabo")])
    assert candidates.of(named("Road Kuri")) == [most + 1]
    assert candidates.skipped_words == {"road"}


def test_of_many_candidates_the_likeliest_are_scored_and_the_others_counted() -> None:
    most = WEIGHTS.candidates.candidates
    organizations = [named("Kuri Works", key=str(number)) for number in range(most + 1)]
    asking = named("Kuri Works Ltd.")
    candidates = index([*organizations, named("Kuri Works Tolo")])
    assert candidates.of(asking) == [*range(most)]
    assert candidates.cut == 1
    _, coverage = propose_organizations([*organizations, asking], WEIGHTS)
    assert coverage.cut == most + 2


def test_only_pairs_of_the_sources_and_the_country_are_proposed_with_the_same_scores() -> None:
    organizations = [
        named("Kuriba Works Ltd.", key="k1", sources=["a"], country="KE"),
        named("Kuriba Works", key="k2", sources=["b"]),
        named("Kurriba Works", key="k3", sources=["a", "b"], country="KE"),
        named("Unspecified Kuri Works", key="k4", sources=["a"]),
    ]

    def pairs(*arguments: str) -> set[tuple[str, str, float]]:
        proposals, _ = propose_organizations(organizations, WEIGHTS, *arguments)
        return {
            (pair.left_organization.key, pair.right_organization.key, pair.score.points)
            for pair in proposals
        }

    every = pairs()
    assert {names[:2] for names in every} == {("k1", "k2"), ("k1", "k3"), ("k2", "k3")}
    assert pairs("a", "b") >= {names for names in every if names[0] == "k1"}
    assert {(second, first, points) for first, second, points in pairs("b", "a")} == pairs("a", "b")
    assert pairs("a", "a") == {names for names in every if names[:2] == ("k1", "k3")}
    assert {names[:2] for names in pairs("", "", "KE")} == {("k1", "k3")}
    _, coverage = propose_organizations(organizations, WEIGHTS, "a", "b", "KE")
    assert (coverage.compared, coverage.compared_with, coverage.of_both) == (2, 1, 1)
    assert (coverage.unnamed, coverage.without_country) == (1, 1)


def test_the_margin_is_to_the_second_best_of_either_side() -> None:
    organizations = [named("Kuri Works"), named("Kuri Works Ltd."), named("Kuri Works Tolo")]
    proposals, _ = propose_organizations(organizations, WEIGHTS)
    margins = {
        (pair.left_organization.key, pair.right_organization.key): pair.margin for pair in proposals
    }
    best, next_best = (
        scored_among(organizations, other) for other in ("Kuri Works Ltd.", "Kuri Works Tolo")
    )
    assert margins["Kuri Works", "Kuri Works Ltd."] == round(best - next_best, 4) > 0
    assert margins["Kuri Works", "Kuri Works Tolo"] == round(next_best - best, 4)


def scored_among(organizations: list[ComparedOrganization], other: str) -> float:
    scorer = OrganizationScorer(WEIGHTS, NameRarity(WEIGHTS.rarity, organizations))
    (second,) = (organization for organization in organizations if organization.key == other)
    return scorer.score(organizations[0], second).points


NAMES = st.one_of(
    st.text(max_size=12),
    st.lists(
        st.sampled_from(
            ["China", "Kuri", "Kurri", "Road", "Bank", "of", "Ltd.", "(KRB)", "No. 5", "III", "Hunan",
             "Henan", "Ministry", "(Ghana)", "CDB", "Huawei", "路桥", "Group"]
        ),
        max_size=6,
    ).map(" ".join),
)  # fmt: skip
ORGANIZATIONS = st.builds(
    named,
    NAMES,
    other_names=st.lists(NAMES, max_size=2),
    country=st.sampled_from(["", "CN", "KE"]),
    kind=st.sampled_from(["", "government", "fund", "other"]),
)


@given(ORGANIZATIONS, ORGANIZATIONS)
def test_a_score_does_not_depend_on_the_order(
    first: ComparedOrganization, second: ComparedOrganization
) -> None:
    score, exchanged = scored(first, second), scored(second, first)
    assert score.points == exchanged.points
    assert sorted(feature[:2] for feature in score.features) == sorted(
        feature[:2] for feature in exchanged.features
    )
    assert tier_of(score, WEIGHTS.tiers) is tier_of(exchanged, WEIGHTS.tiers)


@given(st.lists(ORGANIZATIONS, max_size=5, unique_by=lambda organization: organization.key))
def test_any_organizations_can_be_compared(organizations: list[ComparedOrganization]) -> None:
    proposals, _ = propose_organizations(organizations, WEIGHTS)
    pairs = [
        frozenset((pair.left_organization.key, pair.right_organization.key)) for pair in proposals
    ]
    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 for pair in pairs)
