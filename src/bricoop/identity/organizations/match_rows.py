"""Presents proposed pairs of organizations as rows."""

from collections.abc import Iterable, Iterator

from bricoop.domain.cells import Cell, Row
from bricoop.domain.references import organization_reference
from bricoop.identity.match_rows import (
    DECISION_FIELDS,
    decision_cells,
    exact,
    reasons,
    reference_field,
)
from bricoop.identity.organizations.compared_organization import ComparedOrganization
from bricoop.identity.organizations.proposals import OrganizationProposal
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer


def _of_side(side: str) -> tuple[Field, ...]:
    return (
        reference_field(side),
        Field(f"{side}_key", "its key"),
        Field(f"{side}_name", "its name"),
        Field(f"{side}_names", "other names that were compared", many=True),
        Field(f"{side}_kind", "code of its kind"),
        Field(f"{side}_countries", "code of its home country, or else of those in its names",
              many=True),
        Field(f"{side}_sources", "keys of the sources that name it", many=True),
    )  # fmt: skip


FIELDS = (
    Field("tier", "strong, likely or possible"),
    Field("score", "points for and against both being one organization", Type.DECIMAL),
    Field("margin", "by how much it exceeds the next best pair of either", Type.DECIMAL),
    *_of_side("left"),
    *_of_side("right"),
    Field("reasons", "what speaks for and against it, with points", many=True),
    Field("weights_version", "version of the weights of the score", Type.INTEGER),
    *DECISION_FIELDS,
)


def organization_match_answer(
    proposals: Iterable[OrganizationProposal], weights_version: int, notes: tuple[str, ...] = ()
) -> Answer:
    """Return proposed pairs as rows."""
    return Answer(None, FIELDS, _rows(proposals, weights_version), notes)


def stated_countries(organization: ComparedOrganization) -> tuple[str, ...]:
    """Return the home country of an organization, or else the countries in its names."""
    return (organization.country,) if organization.country else (*sorted(organization.countries),)


def _rows(proposals: Iterable[OrganizationProposal], weights_version: int) -> Iterator[Row]:
    for proposal in proposals:
        yield (
            proposal.tier.value,
            exact(proposal.score.points),
            exact(proposal.margin),
            *_side(proposal.left_organization),
            *_side(proposal.right_organization),
            reasons(proposal),
            weights_version,
            *decision_cells(proposal.decision),
        )


def _side(organization: ComparedOrganization) -> tuple[Cell, ...]:
    return (
        str(organization_reference(organization.name)),
        organization.key,
        organization.name,
        tuple(name.text for name in organization.names if name.text != organization.name),
        organization.kind or None,
        stated_countries(organization),
        organization.sources,
    )
