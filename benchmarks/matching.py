"""Measures the proposals of `bricoop match` against pairs judged by hand, with speed and memory.

The pairs and the datasets are not part of the project: they are read from `../shared`. Weights and
bounds may be chosen by the tuned half of the pairs; the other half is held out. `--wrong` lists
what is wrong in the tuned half. `--speed ADDRESS SOURCE` measures a knowledge base: the projects of
a source against those of all others, beside reading all names of projects and splitting them at
spaces. `--organizations` measures made-up organizations: 20,000 of
one source against 4,000 of another.
"""

import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, select

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.db.schema import alias, record
from bricoop.domain.nouns import PROJECTS
from bricoop.identity.match_request import MatchRequest
from bricoop.identity.match_rows import reasons
from bricoop.identity.matches import match_projects
from bricoop.identity.organizations.matches import match_organizations
from bricoop.identity.organizations.word_lists import organization_words
from bricoop.identity.proposals import Tier
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.seeds import set_up
from bricoop.ingest.sources import SourceSpec

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from support.gold_matching import (  # noqa: E402 (tests measure the same)
    SAME,
    GoldMatching,
    JudgedPair,
    is_tuned,
    load_trackers,
)
from support.gold_organizations import GoldOrganizations, JudgedNames  # noqa: E402 (as above)

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
    floor = _seconds_of_names(engine)
    start = time.process_time()
    with reading(engine) as connection:
        matches = match_projects(connection, MatchRequest(source))
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    coverage = matches.coverage
    print(f"{coverage.projects}: {coverage.pairs:,} pairs scored, {len(matches.proposals):,} kept,")
    print(f"  {seconds:.1f} s (goal 8 s), {memory:.0f} MB (goal 300 MB),")
    print(f"  {seconds / floor:.1f} times reading and splitting all names ({floor:.1f} s)")


def _seconds_of_names(engine: Engine) -> float:
    """Return the processor time of reading all names of projects and splitting them at spaces."""
    names = (
        select(alias.c.name)
        .join(record, record.c.id == alias.c.record_id)
        .where(record.c.noun == PROJECTS.name)
        .execution_options(yield_per=2000)
    )
    start = time.process_time()
    with reading(engine) as connection:
        for page in connection.execute(names).partitions():
            for (name,) in page:
                name.split()
    return time.process_time() - start


def _print_organizations(shared: Path, engine: Engine) -> None:
    for is_listed in (True, False):
        gold = GoldOrganizations(shared, engine, is_listed=is_listed)
        print(f"Organizations, {'with' if is_listed else 'without'} listed names:")
        for half, is_of in _HALVES_OF_NAMES.items():
            pairs = [pair for pair in gold.pairs if is_of(pair)]
            ranks = gold.ranks(pairs)
            shares = (
                f"{sum(rank is not None and rank < first for rank in ranks) / len(ranks):.3f}"
                for first in (1, 3, 5)
            )
            print(
                f"  {half}, {len(pairs)} pairs: first, in 3, in 5 (goal 0.97): {', '.join(shares)}"
            )
            print(f"    recall at precision 0.98 (goal 0.90): {gold.recall(pairs, 0.98):.3f}")
            counts = Counter((gold.tier(pair), pair.is_same) for pair in pairs)
            for tier in (Tier.STRONG, Tier.LIKELY, Tier.POSSIBLE):
                right, wrong = counts[tier, True], counts[tier, False]
                print(f"    {tier.value}: {right} of {right + wrong} right")


_HALVES_OF_NAMES: dict[str, Callable[[JudgedNames], bool]] = {
    "tuned": lambda pair: pair.is_tuned,
    "held out": lambda pair: not pair.is_tuned,
    "all": lambda _: True,
}


def _print_speed_of_organizations() -> None:
    random = Random(1)  # noqa: S311 (the same names each time)
    with TemporaryDirectory() as folder:
        engine = make_engine(parse_address(str(Path(folder) / "made.sqlite")))
        set_up(engine)
        for source, number in (("many", 20_000), ("few", 4_000)):
            path = Path(folder) / f"{source}.csv"
            path.write_text(
                "name\n" + "\n".join(islice(_made_names(random), number)), encoding="utf-8"
            )
            spec = SourceSpec(source, title=source, tier=5)
            load_file(engine, LoadRequest("organizations", str(path), spec))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        start = time.process_time()
        with reading(engine) as connection:
            matches = match_organizations(connection, MatchRequest("many", "few"))
        seconds = time.process_time() - start
        engine.dispose()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    coverage = matches.coverage
    print(f"{coverage.compared:,} x {coverage.compared_with:,} organizations: ", end="")
    print(f"{coverage.pairs:,} pairs scored, {len(matches.proposals):,} proposed,")
    print(f"  {seconds:.1f} s, {memory:.0f} MB (goal 300 MB; {before:.0f} MB after the loads)")


def _made_names(random: Random) -> Iterator[str]:
    """Yield distinct names of two to six words, some with a country and an abbreviation."""
    syllables = "ka ri mo ta lu ne si bo ze wa ti do gu pe ma na fi ro".split()  # noqa: SIM905
    rare = ["".join(random.choices(syllables, k=3)).capitalize() for _ in range(9_000)]
    common = [word.capitalize() for word in sorted(organization_words().common)]
    shares = [1 / position for position in range(2, len(common) + 2)]
    names: set[str] = set()
    while True:
        words = [
            *random.choices(["China", "Kenya", "Lake", ""], [3, 1, 1, 5]),
            random.choice(rare),
            *random.choices(common, shares, k=random.choice((1, 2, 2, 3))),
            *random.choice(([], ["Group"], ["Company"], ["Corporation"])),
        ]
        words = [word for word in words if word]
        letters = "".join(word[0] for word in words)
        name = " ".join([*words, *random.choice(([f"({letters})"], [], []))])
        if name not in names:
            names.add(name)
            yield name


def main(arguments: Sequence[str]) -> None:
    """Print all figures, or those of an option."""
    if arguments[:1] == ["--speed"]:
        _print_speed(*arguments[1:3])
        return
    if arguments[:1] == ["--organizations"]:
        _print_speed_of_organizations()
        return
    shared = ROOT.parent / "shared"
    with TemporaryDirectory() as folder:
        engine = make_engine(parse_address(str(Path(folder) / "gold.sqlite")))
        set_up(engine)
        load_trackers(engine, shared, Path(folder))
        gold = GoldMatching(shared, engine)
        if arguments[:1] == ["--wrong"]:
            _print_wrong(gold)
        else:
            _print_figures(gold)
            _print_organizations(shared, engine)
        engine.dispose()


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
