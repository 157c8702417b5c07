"""Projects of three datasets, pairs of them judged by hand, and what the matching makes of them."""

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bricoop.domain.country_names import alpha2_of
from bricoop.domain.project_kinds.classifier import shipped_classifier
from bricoop.identity.candidates import Candidates
from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.mentions import Mentions
from bricoop.identity.proposals import Proposal, Tier, propose
from bricoop.identity.rarity import Rarity
from bricoop.identity.scorer import Scorer
from bricoop.identity.stated_project import StatedProject, compared_project
from bricoop.identity.weights import shipped_weights

CARI, GCOF, GCDF = "sais-cari-2021", "aiddata-gcof-1.0", "aiddata-gcdf-3.0"
SAME = frozenset({"same-deal", "same-project"})
_READ = 1000
_INSTRUMENTS = {
    "Grant": "grant", "Loan": "loan", "Loan (excluding debt rescheduling)": "loan",
    "Debt forgiveness": "debt-relief", "Debt rescheduling": "debt-relief",
    "Free-standing technical assistance": "technical-assistance",
    "Scholarships/training in the donor country": "technical-assistance",
    "Export credits": "export-credit", "Strategic/Supplier Credit": "export-credit",
}  # fmt: skip
#: A semicolon in CARI also stands for the comma of `Co., Ltd.`
_SEPARATOR = re.compile(r";\s*(?!Ltd)")


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

    def __init__(self, shared: Path) -> None:
        """Read the datasets and the pairs."""
        self._data = shared / "data"
        rows = _rows(shared / "gold" / "matching" / "project_pairs.csv")
        self.pairs = [
            JudgedPair(
                row["set"], (row["left_source"], row["right_source"]),
                (row["left"], row["right"]), row["relation"],
            )
            for row in rows
        ]  # fmt: skip
        self.relations = {pair.ids: pair.relation for pair in self.pairs}
        self._indexes: dict[tuple[str, str], tuple[Candidates, Scorer]] = {}
        self._proposals: dict[tuple[str, str], list[Proposal]] = {}

    @cached_property
    def projects(self) -> Mapping[str, list[ComparedProject]]:
        """The projects of each source, as loads would state them."""
        stated = [*_cari(self._data), *_gcof(self._data), *_gcdf(self._data)]
        mentions = Mentions(project for project, _ in stated)
        projects: defaultdict[str, list[ComparedProject]] = defaultdict(list)
        for project, description in stated:
            words = mentions.of(project, description[:_READ])
            projects[project.source].append(compared_project(project, words))
        return projects

    def proposals(self, sources: tuple[str, str]) -> list[Proposal]:
        """Return the proposals for two sources."""
        if sources not in self._proposals:
            compared = {source: self.projects[source] for source in sources}
            self._proposals[sources], _ = propose(compared, shipped_weights())
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
            projects, others = (self.projects[source] for source in sources)
            weights = shipped_weights()
            rarity = Rarity(weights.rarity, (*projects, *others))
            candidates = Candidates(others, rarity, weights.candidates)
            self._indexes[sources] = (candidates, Scorer(weights, rarity))
        return self._indexes[sources]


def _cari(folder: Path) -> Iterator[tuple[StatedProject, str]]:
    for row in _rows(folder / "cari_loans_2021.csv"):
        if not row["Country"]:
            continue  # a paragraph of a narrative, which the file has on lines of its own
        stated = _stated(CARI, row["Loan ID"], row["Purpose"], [row["Country"]], row["Narratives"])
        stated.years = _years(row["Year"])
        stated.amounts = tuple(1e6 * amount for amount in _amounts(row["USD (M)"]))
        stated.instruments = ("loan",)
        stated.lenders = (row["Lender"],)
        stated.builders = tuple(_SEPARATOR.split(row["Contractor"]))
        yield stated, row["Narratives"]


def _gcof(folder: Path) -> Iterator[tuple[StatedProject, str]]:
    for row in _rows(folder / "gcof1_africa.csv"):
        external_id = f"O{row['project_id'].removesuffix('.0')}"
        countries = row["all_recipients"].split(",")
        sector = row["crs_sector_code"].strip().removesuffix(".0")
        stated = _stated(GCOF, external_id, row["title"], countries, row["description"], sector)
        stated.years = _years(row["year"])
        stated.amounts = _amounts(row["usd_current"])
        stated.instruments = _instruments(row["flow"])
        stated.lenders = _specified([row["funding_agency"]])
        stated.builders = (row["implementing_agency"],)
        yield stated, row["description"]


def _gcdf(folder: Path) -> Iterator[tuple[StatedProject, str]]:
    for row in _rows(folder / "gcdf3_africa_sample.csv"):
        description, sector = row["Description"], row["Sector Code"]
        countries = [row["Recipient ISO-3"]]
        external_id = row["AidData Record ID"]
        stated = _stated(GCDF, external_id, row["Title"], countries, description, sector)
        stated.years = _years(row["Commitment Year"])
        stated.amounts = _amounts(row["Amount (Nominal USD)"])
        stated.instruments = _instruments(row["Flow Type"])
        agencies = [*row["Funding Agencies"].split("|"), *row["Co-financing Agencies"].split("|")]
        stated.lenders = _specified(agencies)
        stated.builders = tuple(row["Implementing Agencies"].split("|"))
        yield stated, description


def _stated(
    source: str, external_id: str, name: str, countries: list[str], description: str, sector: str = ""
) -> StatedProject:  # fmt: skip
    kinds = shipped_classifier().kinds(name, sector=sector, description=description)
    codes = {alpha2 for country in countries if (alpha2 := alpha2_of(country.strip()))}
    return StatedProject(
        external_id, source, external_id, name, countries=tuple(sorted(codes)),
        kinds=tuple(kind.kind for kind in kinds),
    )  # fmt: skip


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


def _years(cell: str) -> tuple[int, ...]:
    return (int(float(cell)),) if cell.strip() else ()


def _amounts(cell: str) -> tuple[float, ...]:
    digits = cell.strip().replace(",", "")
    return (float(digits),) if digits not in {"", "NaN"} else ()


def _instruments(cell: str) -> tuple[str, ...]:
    return (_INSTRUMENTS[cell],) if cell in _INSTRUMENTS else ()


def _specified(agencies: list[str]) -> tuple[str, ...]:
    return tuple(agency for agency in agencies if not agency.strip().startswith("Unspecified"))
