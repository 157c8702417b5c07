"""Presents proposed pairs as rows."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Protocol

from bricoop.domain.cells import Cell, Row
from bricoop.domain.nouns import PROJECTS
from bricoop.domain.references import Reference
from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.features import Feature
from bricoop.identity.pair_decision import PairDecision
from bricoop.identity.proposals import Proposal
from bricoop.identity.scorer import Score
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer

_CENT = Decimal("0.01")
_SHOWN_POINTS = 0.05


class ScoredPair(Protocol):
    """A pair with its score and margin."""

    @property
    def score(self) -> Score:
        """What speaks for and against it."""

    @property
    def margin(self) -> float:
        """By how many points it exceeds the next best pair of either."""


def reference_field(side: str) -> Field:
    """Return the field of the reference to one side, by which decisions name it."""
    return Field(side, f"reference to the {side} one, as decisions name it")


def _of_side(side: str) -> tuple[Field, ...]:
    return (
        reference_field(side),
        Field(f"{side}_source", "key of its source"),
        Field(f"{side}_id", "its id within the source"),
        Field(f"{side}_key", "key of the project"),
        Field(f"{side}_name", "its name, as the source states it"),
        Field(f"{side}_years", "years of its finance or start", Type.INTEGER, many=True,
              identifies=True),
        Field(f"{side}_usd", "its amounts in nominal US dollars", Type.DECIMAL, many=True),
    )  # fmt: skip


#: What was decided on a pair.
DECISION_FIELDS = (
    Field("decision", "what was decided on both: same-project, different, unsure, ...", many=True),
    Field("decided_by", "the reviewers or rules that decided so", many=True),
    Field("decision_status", "what has become of it: holds, contested, waits, or look again"),
)
FIELDS = (
    Field("tier", "strong, likely, possible, or same money"),
    Field("score", "points for and against both being one project", Type.DECIMAL),
    Field("margin", "by how much it exceeds the next best pair of either", Type.DECIMAL),
    Field("countries", "codes of the countries of both", many=True),
    *_of_side("left"),
    *_of_side("right"),
    Field("reasons", "what speaks for and against it, with points", many=True),
    Field("weights_version", "version of the weights of the score", Type.INTEGER),
    *DECISION_FIELDS,
)


def match_answer(
    proposals: Iterable[Proposal], weights_version: int, notes: tuple[str, ...] = ()
) -> Answer:
    """Return proposed pairs as rows."""
    return Answer(None, FIELDS, _rows(proposals, weights_version), notes)


def reasons(pair: ScoredPair) -> tuple[str, ...]:
    """Return what speaks for and against a pair, with points, and its margin."""
    texts = (_reason(feature) for feature in pair.score.features if _counts(feature))
    return (*texts, f"margin {pair.margin:.1f}")


def decision_cells(decision: PairDecision | None) -> tuple[Cell, ...]:
    """Return the cells of `DECISION_FIELDS`; empty ones if nothing was decided."""
    if decision is None:
        return (), (), None
    reviewers = tuple(view.reviewer for view in decision.views)
    return decision.relations, reviewers, decision.status.value


def exact(points: float) -> Decimal:
    """Return points or dollars as a decimal with two places."""
    return Decimal(points).quantize(_CENT)


def _counts(feature: Feature) -> bool:
    return abs(feature.points) >= _SHOWN_POINTS


def _reason(feature: Feature) -> str:
    return f"{feature.reason} {feature.points:+.1f}"


def _rows(proposals: Iterable[Proposal], weights_version: int) -> Iterator[Row]:
    for proposal in proposals:
        project, other = proposal.left_project, proposal.right_project
        countries = tuple(code for code in project.countries if code in other.countries)
        yield (
            proposal.tier.value,
            exact(proposal.score.points),
            exact(proposal.margin),
            countries,
            *_side(project),
            *_side(other),
            reasons(proposal),
            weights_version,
            *decision_cells(proposal.decision),
        )


def _side(project: ComparedProject) -> tuple[Cell, ...]:
    return (
        str(Reference(project.source, PROJECTS.name, project.external_id)),
        project.source,
        project.external_id,
        project.key,
        project.name,
        project.years,
        tuple(map(exact, project.amounts)),
    )
