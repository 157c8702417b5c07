"""The proposals against pairs that were judged by hand, which are not part of the project."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine
from bricoop.identity.proposals import Tier
from support.gold_matching import SAME, GoldMatching, load_trackers


@pytest.fixture(scope="module")
def gold(
    shared: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GoldMatching]:
    if not (shared / "gold" / "matching").is_dir():
        pytest.skip("the judged pairs are not at ../shared/gold/matching")
    folder = tmp_path_factory.mktemp("gold")
    path = shutil.copyfile(sqlite_template, folder / "gold.sqlite")
    engine = make_engine(parse_address(str(path)))
    load_trackers(engine, shared, folder)
    yield GoldMatching(shared, engine)
    engine.dispose()


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
