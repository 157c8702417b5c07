"""The proposals against pairs that were judged by hand, which are not part of the project."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine
from bricoop.identity.proposals import Tier
from support.gold_matching import SAME, GoldMatching, load_trackers
from support.gold_organizations import GoldOrganizations


@pytest.fixture(scope="module")
def trackers(
    shared: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    if not (shared / "gold" / "matching").is_dir():
        pytest.skip("the judged pairs are not at ../shared/gold/matching")
    folder = tmp_path_factory.mktemp("gold")
    path = shutil.copyfile(sqlite_template, folder / "gold.sqlite")
    engine = make_engine(parse_address(str(path)))
    load_trackers(engine, shared, folder)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def gold(shared: Path, trackers: Engine) -> GoldMatching:
    return GoldMatching(shared, trackers)


@pytest.fixture(scope="module")
def organizations(shared: Path, trackers: Engine) -> GoldOrganizations:
    return GoldOrganizations(shared, trackers)


def test_the_right_project_is_among_the_first_candidates(gold: GoldMatching) -> None:
    pairs = gold.true_pairs("cari-aiddata")
    assert len(pairs) == 75
    ranks = [gold.rank(pair) for pair in pairs]
    in_three, in_five = (
        sum(rank is not None and rank < first for rank in ranks) for first in (3, 5)
    )
    assert in_three >= 72
    assert in_five >= 74


def test_candidates_keep_the_true_pairs(gold: GoldMatching) -> None:
    pairs = gold.true_pairs()
    assert len(pairs) == 111
    assert sum(gold.rank(pair) is not None for pair in pairs) >= 110


def test_the_tier_strong_is_right_and_has_names(gold: GoldMatching) -> None:
    judged = [
        (proposal, relation)
        for proposal, relation in gold.of_tier(Tier.STRONG)
        if relation != "unsure"
    ]
    right = sum(relation in SAME for _, relation in judged)
    assert right >= 45
    assert right >= 0.98 * len(judged)
    assert all(proposal.left_project.words for proposal, _ in judged)
    assert all(proposal.right_project.words for proposal, _ in judged)


def test_the_right_organization_is_among_the_first_candidates(
    organizations: GoldOrganizations,
) -> None:
    ranks = organizations.ranks(organizations.pairs)
    assert len(ranks) == 76
    assert sum(rank is not None and rank < 5 for rank in ranks) >= 74


def test_strong_and_likely_organizations_are_the_same(organizations: GoldOrganizations) -> None:
    true_pairs = sum(pair.is_same for pair in organizations.pairs)
    assert (len(organizations.pairs), true_pairs) == (126, 38)
    tiers = {pair: organizations.tier(pair) for pair in organizations.pairs}
    proposed = [pair for pair in tiers if tiers[pair] in {Tier.STRONG, Tier.LIKELY}]
    right = sum(pair.is_same for pair in proposed)
    assert right >= 0.98 * len(proposed)
    assert right >= 0.90 * true_pairs
    assert all(pair.is_same for pair in tiers if tiers[pair] is Tier.STRONG)
    assert organizations.recall(organizations.pairs, 0.98) >= 0.90


def test_names_that_are_listed_find_pairs_that_words_do_not(
    shared: Path, trackers: Engine, organizations: GoldOrganizations
) -> None:
    unlisted = GoldOrganizations(shared, trackers, is_listed=False)
    recall = unlisted.recall(unlisted.pairs, 0.98)
    assert 0.8 <= recall < organizations.recall(organizations.pairs, 0.98)
