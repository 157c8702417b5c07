"""Measures the proposals of `bricoop match` against pairs judged by hand, with speed and memory.

The pairs and the datasets are not part of the project: they are read from `../shared`. Weights and
bounds may be chosen by the tuned half of the pairs; the other half is held out. `--wrong` lists
what is wrong in the tuned half. `--speed ADDRESS SOURCE` measures a knowledge base: the projects of
a source against those of all others.
"""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.identity.match_rows import reasons
from bricoop.identity.matches import MatchRequest, match_projects
from bricoop.identity.proposals import Tier
from bricoop.ingest.seeds import set_up

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from support.gold_matching import (  # noqa: E402 (tests measure the same)
    SAME,
    GoldMatching,
    JudgedPair,
    is_tuned,
    load_trackers,
)

#: Which pairs: their name, and whether a pair is one of them by the id of its left project.
HALVES: dict[str, Callable[[str], bool]] = {
    "tuned": is_tuned,
    "held out": lambda left_id: not is_tuned(left_id),
    "all": lambda _: True,
}


def _print_ranks(gold: GoldMatching, pairs: Sequence[JudgedPair], name: str) -> None:
    print(f"  {name}, {len(pairs)} pairs: the right project is")
    for text, rank_of in (("candidates", gold.rank), ("proposed", gold.proposed_rank)):
        ranks = [rank_of(pair) for pair in pairs]
        shares = (
            f"{sum(rank is not None and rank < first for rank in ranks) / len(ranks):.3f}"
            for first in (1, 3, 5)
        )
        print(f"    first of the {text}, in 3, in 5: {', '.join(shares)}")


def _print_tiers(gold: GoldMatching, half: str) -> None:
    pairs = [pair for pair in gold.true_pairs() if HALVES[half](pair.ids[0])]
    for tier in Tier:
        relations = [
            relation
            for proposal, relation in gold.of_tier(tier)
            if HALVES[half](proposal.left_project.external_id) and relation != "unsure"
        ]
        right = sum(relation in SAME for relation in relations)
        precision = f"{right / len(relations):.3f}" if relations else "none"
        recall = right / len(pairs)
        counts = f"{tier.value:<11} {len(relations):>4} pairs, {right:>3} right"
        print(f"  {counts}: precision {precision}, recall {recall:.3f}")


def _print_wrong(gold: GoldMatching) -> None:
    for proposal, relation in gold.of_tier(Tier.STRONG):
        project, other = proposal.left_project, proposal.right_project
        if relation not in SAME and is_tuned(project.external_id):
            print(f"{relation}: {project.name} | {other.name}: {'; '.join(reasons(proposal))}")
    for pair in gold.true_pairs():
        if pair.is_tuned and gold.rank(pair) is None:
            print(f"not proposed: {pair.ids}")


def _print_speed(address: str, source: str) -> None:
    engine = make_engine(parse_address(address))
    start = time.process_time()
    with reading(engine) as connection:
        matches = match_projects(connection, MatchRequest(source))
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    coverage = matches.coverage
    print(f"{coverage.projects}: {coverage.pairs:,} pairs scored, {len(matches.proposals):,} kept,")
    print(f"  {seconds:.1f} s (goal 8 s), {memory:.0f} MB (goal 300 MB)")


def main(arguments: Sequence[str]) -> None:
    """Print all figures, or those of an option."""
    if arguments[:1] == ["--speed"]:
        _print_speed(*arguments[1:3])
        return
    with TemporaryDirectory() as folder:
        gold = _gold(Path(folder))
    if arguments[:1] == ["--wrong"]:
        _print_wrong(gold)
    else:
        _print_figures(gold)


def _gold(folder: Path) -> GoldMatching:
    """Load the datasets into a new knowledge base, and return the judged pairs."""
    shared = ROOT.parent / "shared"
    engine = make_engine(parse_address(str(folder / "gold.sqlite")))
    set_up(engine)
    load_trackers(engine, shared, folder)
    gold = GoldMatching(shared, engine)
    engine.dispose()
    return gold


def _print_figures(gold: GoldMatching) -> None:
    kept = sum(gold.rank(pair) is not None for pair in gold.true_pairs())
    every = len(gold.true_pairs())
    print(f"Candidates keep {kept} of {every} true pairs: {kept / every:.3f} (goal 0.985)")
    for half, is_of in HALVES.items():
        print(f"{half}:")
        for collection in ("cari-aiddata", "gcdf3-loans"):
            pairs = [pair for pair in gold.true_pairs(collection) if is_of(pair.ids[0])]
            goal = " (goals 0.95, 0.98)" if collection == "cari-aiddata" else ""
            _print_ranks(gold, pairs, f"{collection}{goal}")
        _print_tiers(gold, half)


if __name__ == "__main__":
    main(sys.argv[1:])
