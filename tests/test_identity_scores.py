"""Scores of pairs of projects: what speaks for and against both being one."""

from dataclasses import replace
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bricoop.domain.project_kinds.title_parts import title_parts
from bricoop.domain.tokenizer import words_of
from bricoop.identity.compared_project import ComparedProject, Figure
from bricoop.identity.mentions import Mentions
from bricoop.identity.proposals import Tier, tier_of
from bricoop.identity.rarity import Rarity, WordCounts
from bricoop.identity.scorer import Score, Scorer
from bricoop.identity.stated_project import StatedProject, compared_project
from bricoop.identity.weights import shipped_weights
from bricoop.identity.word_lists import word_lists
from bricoop.identity.wording import name_words
from support.compared import proposed

WEIGHTS = shipped_weights()
RAILWAY = StatedProject(
    "k", "a", "1", "Kuriba to Mabo Railway; 120km", countries=("KE",), years=(2011,),
    amounts=(298e6,), instruments=("loan",), kinds=("railway",), lenders=("Eximbank",),
)  # fmt: skip
NAMED_OTHERWISE = StatedProject(
    "l", "b", "2", "China Exim Bank loans Kenya $300 million for Mabo-Kurriba rail line", countries=("KE",),
    years=(2011,), amounts=(300e6,), instruments=("loan",), kinds=("railway",),
    lenders=("Export-Import Bank of China",),
)  # fmt: skip


def compared(stated: StatedProject, description: str = "", **changes: Any) -> ComparedProject:
    changed = replace(stated, words=None, **changes)
    mentions = Mentions([RAILWAY, NAMED_OTHERWISE])
    return compared_project(changed, mentions.of(changed, description))


def scored(project: ComparedProject, other: ComparedProject) -> Score:
    return Scorer(WEIGHTS, Rarity(WEIGHTS.rarity, WordCounts.of([project, other]))).score(
        project, other
    )


def tier(project: ComparedProject, other: ComparedProject) -> Tier | None:
    proposals, _ = proposed({"a": [project], "b": [other]})
    return proposals[0].tier if proposals else None


def test_the_same_railway_under_two_names_is_strong_and_says_why() -> None:
    project, other = compared(RAILWAY), compared(NAMED_OTHERWISE)
    assert (project.words, other.words) == (
        ("kuriba", "mabo", "railway"),
        ("mabo", "kurriba", "rail"),
    )
    score = scored(project, other)
    assert [(feature.reason, round(feature.points, 1)) for feature in score.features] == [
        ('rare words "mabo kuriba~kurriba"', 5.0),
        ("$298m/$300m", 1.7),
        ("2011=2011", 1.0),
        ("77% of the names", 0.6),
        ("kind railway", 0.6),
        ("lender eximbank", 0.5),
        ("instrument loan", 0.2),
    ]
    assert tier(project, other) is Tier.STRONG


def test_another_phase_contradicts_whatever_else_agrees() -> None:
    first = compared(RAILWAY, name="Kuriba to Mabo Railway, Phase I")
    second = compared(RAILWAY, key="l", name="Phase 2 of the Kuriba to Mabo Railway")
    assert (first.phases, second.phases) == ((1,), (2,))
    assert scored(first, second).points_of("phase") == WEIGHTS.phase.differs
    assert scored(first, second).points > WEIGHTS.tiers.strong.points
    assert tier(first, second) is Tier.POSSIBLE


def test_loans_without_a_name_are_the_same_money_and_never_strong() -> None:
    first = compared(RAILWAY, name="Unknown")
    second = compared(NAMED_OTHERWISE, name="China loans 50 million RMB for development projects")
    assert first.words == second.words == ()
    assert scored(first, second).points_of("rare words") == 0
    assert tier(first, second) is Tier.SAME_MONEY
    assert tier(first, compared(NAMED_OTHERWISE)) is Tier.SAME_MONEY
    other_money = replace(second, amounts=(90e6,))
    assert tier(first, other_money) is None


def test_two_roads_of_one_country_with_equal_amounts_are_not_likely() -> None:
    first = compared(RAILWAY, name="Zuma Road Upgrade", kinds=("road",))
    second = compared(RAILWAY, key="l", name="Pemba Road Rehabilitation", kinds=("road",))
    assert tier(first, second) is Tier.POSSIBLE


def test_words_of_countries_lenders_and_boilerplate_count_for_nothing() -> None:
    first = compared(RAILWAY, name="Chinese Eximbank loan for Kenyan construction project")
    assert first.words == ()
    assert compared(RAILWAY, name="Ivorian cocoa plant", countries=("CI",)).words == (
        "cocoa",
        "plant",
    )
    assert compared(RAILWAY, name="Kenya E-Government Project").words == ("egovernment",)


def test_organizations_that_are_not_named_agree_with_none() -> None:
    first = compared(RAILWAY, lenders=("Unspecified Chinese Government Institution",))
    assert first.lenders == ()
    assert scored(first, compared(NAMED_OTHERWISE)).points_of("lender") == 0
    ministry = compared(RAILWAY, lenders=("China International Development Cooperation Agency",))
    assert ministry.lenders == compared(RAILWAY, lenders=("CIDCA",)).lenders == ("government",)
    assert scored(ministry, compared(NAMED_OTHERWISE)).points_of("lender") == -0.7


def test_words_of_the_own_id_are_no_name() -> None:
    unnamed = compared(RAILWAY, name="Loan XYZ.028 of 2009, purpose unknown", external_id="XYZ.028")
    assert unnamed.words == ()


def test_a_name_in_the_description_of_the_other_counts_less_than_in_both_names() -> None:
    project = compared(RAILWAY)
    silent = compared(NAMED_OTHERWISE, name="Rural works")
    telling = compared(NAMED_OTHERWISE, "The line from Kuriba to Mabo.", name="Rural works")
    assert telling.mentioned == {"kuriba", "mabo"}
    gain = scored(project, telling).points - scored(project, silent).points
    assert 0 < gain < scored(project, compared(NAMED_OTHERWISE)).points_of("rare words")


def test_figures_agree_only_in_the_same_unit() -> None:
    project = compared(RAILWAY)
    assert project.figures == (Figure(120.0, "km"),)
    near = scored(project, compared(NAMED_OTHERWISE, figures=(Figure(122.0, "km"),)))
    assert near.points_of("capacity") == WEIGHTS.capacity.same
    far = scored(project, compared(NAMED_OTHERWISE, figures=(Figure(60.0, "km"),)))
    assert far.points_of("capacity") == WEIGHTS.capacity.differs
    power = scored(project, compared(NAMED_OTHERWISE, figures=(Figure(120.0, "MW"),)))
    assert power.points_of("capacity") == 0


def test_the_margin_is_to_the_second_best_of_either_side() -> None:
    others = [compared(NAMED_OTHERWISE), compared(NAMED_OTHERWISE, key="m", external_id="3")]
    proposals, _ = proposed({"a": [compared(RAILWAY)], "b": others})
    assert [(proposal.tier, proposal.margin) for proposal in proposals] == [
        (Tier.POSSIBLE, 0.0)
    ] * 2
    proposals, _ = proposed({"b": others, "a": [compared(RAILWAY)]})
    assert [(proposal.tier, proposal.margin) for proposal in proposals] == [
        (Tier.POSSIBLE, 0.0)
    ] * 2


def test_a_score_depends_neither_on_the_country_asked_for_nor_on_other_sources() -> None:
    projects = {"a": [compared(RAILWAY)], "b": [compared(NAMED_OTHERWISE)]}
    far = [compared(RAILWAY, key="m", countries=("GH",), external_id="9")]
    (alone,), _ = proposed(projects)
    (narrowed,), coverage = proposed({**projects, "c": far}, "KE", "a")
    assert (alone.score, alone.tier) == (narrowed.score, narrowed.tier)
    assert coverage.projects == {"a": 1, "b": 1, "c": 0}


WORDS = st.lists(
    st.sampled_from(["kuriba", "mabo", "kurriba", "maboo", "road", "lake", "中国"]), unique=True
)
PROJECTS = st.builds(
    ComparedProject,
    key=st.just("k"),
    source=st.just("s"),
    external_id=st.just("1"),
    name=st.text(max_size=5),
    words=WORDS.map(tuple),
    countries=st.lists(st.sampled_from(["KE", "UG"]), unique=True).map(lambda codes: tuple(sorted(codes))),
    years=st.lists(st.integers(1, 9999), max_size=3).map(tuple),
    amounts=st.lists(st.floats(1e-3, 1e15), max_size=3).map(tuple),
    instruments=st.lists(st.sampled_from(["loan", "grant"]), unique=True).map(tuple),
    kinds=st.lists(st.sampled_from(["road", "port"]), unique=True).map(tuple),
    phases=st.lists(st.integers(1, 4), unique=True).map(tuple),
    figures=st.lists(st.builds(Figure, st.floats(0, 1e9), st.sampled_from(["MW", "km"]))).map(tuple),
    lenders=st.lists(st.sampled_from(["cdb", "eximbank"]), unique=True).map(tuple),
    builders=WORDS.map(tuple),
    mentioned=WORDS.map(frozenset),
)  # fmt: skip


@given(PROJECTS, PROJECTS)
def test_a_score_does_not_depend_on_the_order(
    project: ComparedProject, other: ComparedProject
) -> None:
    score, exchanged = scored(project, other), scored(other, project)
    assert score.points == exchanged.points
    assert sorted(feature[:2] for feature in score.features) == sorted(
        feature[:2] for feature in exchanged.features
    )
    assert tier_of(score, 1.0, WEIGHTS.tiers) is tier_of(exchanged, 1.0, WEIGHTS.tiers)


#: What makes a title one that is taken apart, and what looks alike.
TOKENS = (
    "Lake", "Kuri-Mabo", "road.", "pilot", "lot", "&", "(2015)", "in", "Bridge,in", "2015", "May",
    "(linked", "to", "Project", "ID#1)", "[Suspended]", "Eximbank", "Funds", "provides", "loan,",
    "Phase", "2", "ETCA", "via", "of", "for", "12km", "upstage", "", "signs:", "$5", "million",
)  # fmt: skip


@example(["Lake", "Bridge,in", "2015"])
@given(st.lists(st.sampled_from(TOKENS), max_size=9))
def test_the_words_of_a_name_are_those_of_the_parts_that_tell_it_apart(tokens: list[str]) -> None:
    title = " ".join(tokens)
    parsed = title_parts(title)
    parts = [parsed.delivered, *((parsed.receiver, parsed.purpose) if parsed.verb else ())]
    words = [word for word in words_of(" ".join(parts)) if not word[0].isdigit()]
    telling = [word for word in words if len(word) > 1 and word not in word_lists().boilerplate]
    assert name_words(title, ()) == tuple(dict.fromkeys(telling))


@given(st.text(), st.sampled_from(["KE", "CI", "XX"]))
def test_any_name_can_be_compared(name: str, country: str) -> None:
    stated = replace(RAILWAY, name=name, countries=(country,), words=None)
    words = compared_project(stated).words
    assert len(set(words)) == len(words)
