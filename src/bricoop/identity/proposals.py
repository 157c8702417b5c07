"""Proposes pairs of projects of different sources that may be one, in tiers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from bricoop.domain.nouns import PROJECTS
from bricoop.domain.references import Reference
from bricoop.identity.best_scores import BestScores
from bricoop.identity.candidates import Candidates
from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.features import DESCRIPTION, MONEY, RARE_WORDS, YEAR
from bricoop.identity.pair_decision import PairDecision
from bricoop.identity.rarity import Rarity, WordCounts
from bricoop.identity.scorer import Score, Scorer
from bricoop.identity.weights import Tiers, Weights

#: The most pairs that are proposed of a project; further ones hardly ever are right.
_PROPOSED = 5


class Tier(StrEnum):
    """How likely it is that both projects of a pair are one, the likeliest first."""

    STRONG = "strong"
    LIKELY = "likely"
    POSSIBLE = "possible"
    SAME_MONEY = "same money"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair of projects that may be one.

    Attributes:
        tier: how likely that is.
        left_project: the project of the first source.
        right_project: the project of the second source.
        score: what speaks for and against it.
        margin: by how many points it exceeds the next best pair of either project.
        decision: what was decided on it; None for nothing, or if that was not looked up.
    """

    tier: Tier
    left_project: ComparedProject
    right_project: ComparedProject
    score: Score
    margin: float
    decision: PairDecision | None = None

    @property
    def keys(self) -> tuple[str, str]:
        """The keys of both projects."""
        return self.left_project.key, self.right_project.key

    @property
    def refs(self) -> tuple[Reference, Reference]:
        """The references to both records."""
        project, other = (
            Reference(compared.source, PROJECTS.name, compared.external_id)
            for compared in (self.left_project, self.right_project)
        )
        return project, other

    @property
    def is_one(self) -> bool:
        """Whether both are one project already."""
        return self.left_project.key == self.right_project.key


@dataclass
class Coverage:
    """What was compared, and what was not.

    Attributes:
        projects: the number of descriptions of projects by source.
        without_country: the number of those without a country, which are compared with nothing.
        pairs: the number of pairs that were scored.
        cut: the number of projects with more candidates than are scored.
        skipped_words: the number of words that too many projects of a country have.
        skipped_amounts: the number of amounts that are near too many others of a country.
    """

    projects: dict[str, int]
    without_country: int = 0
    pairs: int = 0
    cut: int = 0
    skipped_words: int = 0
    skipped_amounts: int = 0


def propose(
    projects: Mapping[str, Sequence[ComparedProject]],
    counts: Mapping[str, WordCounts],
    weights: Weights,
    country: str = "",
    only: str = "",
) -> tuple[list[Proposal], Coverage]:
    """Compare the projects of each source with those of each other one.

    A score depends on the projects of both sources only, not on the other arguments. Pairs that are
    one project already are among the proposals, and count for the margins of others.

    Args:
        projects: the projects of each source that are compared, by its key.
        counts: how many projects each source has, and how many have each word.
        weights: the weights of features.
        country: the alpha-2 code of the only country whose projects are compared; empty for all.
        only: the key of a source; pairs without it are left out.

    Returns:
        The proposals, the likeliest first, and what was compared.
    """
    chosen = {
        key: [project for project in listed if not country or country in project.countries]
        for key, listed in projects.items()
    }
    coverage = Coverage(
        {
            key: source.projects_in[country] if country else source.number
            for key, source in counts.items()
        }
    )
    if not country:
        coverage.without_country = sum(source.without_country for source in counts.values())
    proposals: list[Proposal] = []
    for key, other_key in combinations(projects, 2):
        if not only or only in {key, other_key}:
            scorer = Scorer(weights, Rarity(weights.rarity, counts[key], counts[other_key]))
            proposals += _Comparison(chosen[key], chosen[other_key], scorer, coverage).proposals()
    proposals.sort(key=_order)
    return proposals, coverage


def _order(proposal: Proposal) -> tuple[int, float, str, str]:
    project, other = proposal.left_project, proposal.right_project
    position = [*Tier].index(proposal.tier)
    return (position, -proposal.score.points, project.external_id, other.external_id)


class _Comparison:
    """The comparison of the projects of two sources."""

    def __init__(
        self,
        projects: Sequence[ComparedProject],
        others: Sequence[ComparedProject],
        scorer: Scorer,
        coverage: Coverage,
    ) -> None:
        self._projects = projects
        self._others = others
        self._tiers = scorer.weights.tiers
        self._best_of_left = BestScores()
        self._best_of_right = BestScores()
        #: By position on the left, the likely ones on the right.
        self._scores: dict[int, list[tuple[int, Score]]] = {}
        self._score(scorer, coverage)

    def _score(self, scorer: Scorer, coverage: Coverage) -> None:
        candidates = Candidates(self._others, scorer.rarity, scorer.weights.candidates)
        for position, project in enumerate(self._projects):
            likely: list[tuple[int, Score]] = []
            for other in candidates.of(project):
                score = scorer.score(project, self._others[other])
                coverage.pairs += 1
                self._best_of_left.add(position, score.points)
                self._best_of_right.add(other, score.points)
                if score.points >= self._tiers.possible:
                    likely.append((other, score))
            if likely:
                likely.sort(key=lambda pair: (-pair[1].points, pair[0]))
                self._scores[position] = [*self._proposed(project.key, likely)]
        coverage.cut += candidates.cut
        coverage.skipped_words += len(candidates.skipped_words)
        coverage.skipped_amounts += candidates.skipped_amounts

    def _proposed(
        self, key: str, likely: Iterable[tuple[int, Score]]
    ) -> Iterator[tuple[int, Score]]:
        """Yield the likeliest, besides what is one with the project already."""
        number = 0
        for other, score in likely:
            is_one = self._others[other].key == key
            if is_one or number < _PROPOSED:
                yield other, score
            number += not is_one

    def proposals(self) -> Iterator[Proposal]:
        for position, scored in self._scores.items():
            for other, score in scored:
                margin = self._margin(position, other, score.points)
                tier = tier_of(score, margin, self._tiers)
                if tier is not None:
                    yield Proposal(
                        tier, self._projects[position], self._others[other], score, margin
                    )

    def _margin(self, position: int, other: int, points: float) -> float:
        next_best = max(
            self._best_of_left.besides(position, points),
            self._best_of_right.besides(other, points),
        )
        return round(points - next_best, 4)


def tier_of(score: Score, margin: float, tiers: Tiers) -> Tier | None:
    """Return the tier of a pair; None if too little speaks for it."""
    is_free = all(feature.points > tiers.contradiction for feature in score.features)
    rare = score.points_of(RARE_WORDS)
    words = rare + score.points_of(DESCRIPTION)
    for tier, bounds, telling in (
        (Tier.STRONG, tiers.strong, rare),
        (Tier.LIKELY, tiers.likely, words),
    ):
        if is_free and bounds.includes(score.points, margin, telling):
            return tier
    if words >= tiers.least_words:
        return Tier.POSSIBLE if score.points >= tiers.possible else None
    same_money = (
        score.points >= tiers.same_money
        and score.points_of(MONEY) >= tiers.same_money_amount
        and score.points_of(YEAR) >= tiers.same_money_year
    )
    return Tier.SAME_MONEY if same_money else None
