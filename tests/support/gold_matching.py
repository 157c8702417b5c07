"""Projects of three datasets, pairs of them judged by hand, and what the matching makes of them."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.identity.candidates import Candidates
from bricoop.identity.proposals import Proposal, Tier, propose
from bricoop.identity.rarity import Rarity
from bricoop.identity.read_projects import read_projects, sources_of_projects
from bricoop.identity.scorer import Scorer
from bricoop.identity.weights import shipped_weights
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest

SAME = frozenset({"same-deal", "same-project"})
#: The sources as the pairs name them, with their keys.
_KEYS = {
    "sais-cari-2021": "sais-cari-2021",
    "aiddata-gcof-1.0": "aidata-gcof-1",
    "aiddata-gcdf-3.0": "aidata-gcdf-3",
}
#: Their files, by profile.
_FILES = {
    "cari": "cari_loans_2021.csv",
    "gcof1": "gcof1_africa.csv",
    "gcdf3": "gcdf3_africa_sample.csv",
}


@dataclass(frozen=True)
class JudgedPair:
    """A pair that was judged by hand."""

    collection: str
    sources: tuple[str, str]
    ids: tuple[str, str]
    relation: str

    @property
    def is_tuned(self) -> bool:
        """Whether weights may be chosen by it; the other half is held out."""
        return is_tuned(self.ids[0])


def is_tuned(left_id: str) -> bool:
    """Return whether a project belongs to the half by which weights may be chosen."""
    return hashlib.md5(left_id.encode(), usedforsecurity=False).digest()[0] % 2 == 0


class GoldMatching:
    """The judged pairs, and the proposals for the sources of each."""

    def __init__(self, shared: Path, engine: Engine) -> None:
        """Read the pairs, and their projects from a knowledge base with `load_trackers`."""
        with (shared / "gold" / "matching" / "project_pairs.csv").open(encoding="utf-8") as stream:
            self.pairs = [_pair(row) for row in csv.DictReader(stream)]
        self.relations = {pair.ids: pair.relation for pair in self.pairs}
        with reading(engine) as connection:
            read = read_projects(connection, sources_of_projects(connection))
        self.projects, self._counts = read
        self._indexes: dict[tuple[str, str], tuple[Candidates, Scorer]] = {}
        self._proposals: dict[tuple[str, str], list[Proposal]] = {}

    def proposals(self, sources: tuple[str, str]) -> list[Proposal]:
        """Return the proposals for two sources."""
        if sources not in self._proposals:
            compared = {source: self.projects[source] for source in sources}
            counts = {source: self._counts[source] for source in sources}
            proposals, _ = propose(compared, counts, shipped_weights())
            self._proposals[sources] = [each for each in proposals if not each.is_one]
        return self._proposals[sources]

    def true_pairs(self, collection: str = "") -> list[JudgedPair]:
        """Return the pairs that are one project, of one set or of all."""
        return [
            pair
            for pair in self.pairs
            if pair.relation in SAME and collection in {"", pair.collection}
        ]

    def rank(self, pair: JudgedPair) -> int | None:
        """Return the position, from 0, of the right project among the scored candidates."""
        return self._position(pair, self._scored(pair))

    def proposed_rank(self, pair: JudgedPair) -> int | None:
        """Return the position, from 0, of the right project among those proposed for the left."""
        return self._position(
            pair,
            [
                (proposal.right_project.external_id, proposal.score.points)
                for proposal in self.proposals(pair.sources)
                if proposal.left_project.external_id == pair.ids[0]
            ],
        )

    def _position(self, pair: JudgedPair, scored: list[tuple[str, float]]) -> int | None:
        ids = [right_id for right_id, _ in sorted(scored, key=lambda item: -item[1])]
        return ids.index(pair.ids[1]) if pair.ids[1] in ids else None

    def of_tier(self, tier: Tier) -> Iterator[tuple[Proposal, str]]:
        """Yield the proposals of a tier for judged left projects, with their judged relations."""
        for sources in sorted({pair.sources for pair in self.pairs}):
            judged = {pair.ids[0] for pair in self.pairs if pair.sources == sources}
            for proposal in self.proposals(sources):
                ids = (proposal.left_project.external_id, proposal.right_project.external_id)
                if proposal.tier is tier and ids[0] in judged:
                    yield proposal, self.relations.get(ids, "different")

    def _scored(self, pair: JudgedPair) -> list[tuple[str, float]]:
        """Return the ids of the candidates of the left project of a pair, with their points."""
        projects, others = (self.projects[source] for source in pair.sources)
        candidates, scorer = self._indexed(pair.sources)
        (project,) = (project for project in projects if project.external_id == pair.ids[0])
        return [
            (others[position].external_id, scorer.score(project, others[position]).points)
            for position in candidates.of(project)
        ]

    def _indexed(self, sources: tuple[str, str]) -> tuple[Candidates, Scorer]:
        if sources not in self._indexes:
            others = self.projects[sources[1]]
            weights = shipped_weights()
            rarity = Rarity(weights.rarity, *(self._counts[source] for source in sources))
            candidates = Candidates(others, rarity, weights.candidates)
            self._indexes[sources] = (candidates, Scorer(weights, rarity))
        return self._indexes[sources]


def load_trackers(engine: Engine, shared: Path, folder: Path) -> None:
    """Load the datasets of the pairs; rows that are refused are written to a folder."""
    for name, file in _FILES.items():
        read = profile_of(name)
        path = str(shared / "data" / file)
        rejects = folder / f"{name}.csv"
        load_file(engine, LoadRequest("", path, read.source, profile=read, rejects=rejects))


def _pair(row: dict[str, str]) -> JudgedPair:
    return JudgedPair(
        row["set"],
        (_KEYS[row["left_source"]], _KEYS[row["right_source"]]),
        # The pairs have an O before the ids of GCOF.
        (row["left"].removeprefix("O"), row["right"].removeprefix("O")),
        row["relation"],
    )
