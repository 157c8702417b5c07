"""Answers the question which organizations may be one; writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from bricoop.domain.english import agree, counted
from bricoop.errors import UsageError
from bricoop.identity.latest_loads import latest_organizations
from bricoop.identity.match_notes import notes_on_candidates
from bricoop.identity.match_request import MatchRequest
from bricoop.identity.open_pairs import open_pairs
from bricoop.identity.organizations.proposals import (
    OrganizationCoverage,
    OrganizationProposal,
    propose_organizations,
)
from bricoop.identity.organizations.read_organizations import read_organizations
from bricoop.identity.organizations.weights import shipped_weights
from bricoop.lookup.sources import match_source


@dataclass(frozen=True)
class OrganizationMatches:
    """Pairs of organizations that may be one.

    Attributes:
        proposals: the pairs, the likeliest first.
        coverage: what was compared.
        weights_version: the version of the weights that the scores come from.
        notes: what was not compared, in sentences.
    """

    proposals: tuple[OrganizationProposal, ...]
    coverage: OrganizationCoverage
    weights_version: int
    notes: tuple[str, ...]


def match_organizations(connection: Connection, request: MatchRequest) -> OrganizationMatches:
    """Propose pairs of organizations that may be one.

    Without sources, all organizations are compared with each other. A source can be compared with
    itself.

    Raises:
        NotFoundError: a source or country is unknown.
        AmbiguousNameError: a name matches several.
        UsageError: a source names no organizations.
    """
    organizations = read_organizations(connection)
    named_by = {key for organization in organizations for key in organization.sources}
    weights = shipped_weights()
    proposals, coverage = propose_organizations(
        organizations,
        weights,
        left_source=_chosen(connection, request.left_source, named_by),
        right_source=_chosen(connection, request.right_source, named_by),
        country=request.alpha2(connection),
    )
    chosen, notes = open_pairs(connection, proposals, request, latest_organizations)
    notes = (*_notes(coverage, weights.candidates.candidates), *notes)
    return OrganizationMatches(chosen, coverage, weights.version, notes)


def _chosen(connection: Connection, typed: str, named_by: set[str]) -> str:
    """Return the key of a source."""
    if not typed:
        return ""
    key = match_source(connection, typed).key
    if key not in named_by:
        listed = ", ".join(sorted(named_by)) or "none"
        raise UsageError(f"{typed} names no organizations.", f"Sources that do: {listed}.")
    return key


def _notes(coverage: OrganizationCoverage, scored: int) -> Iterator[str]:
    if not coverage.compared or not coverage.compared_with:
        yield "Nothing was compared: there are no such organizations."
    if number := coverage.unnamed:
        were = agree(number, "was", "were")
        yield (
            f"{counted(number, 'organizations')} without a name, such as Unspecified, {were} not "
            "compared."
        )
    if number := coverage.without_country:
        were = agree(number, "was", "were")
        yield f"{counted(number, 'organizations')} without a country {were} not compared."
    yield from notes_on_candidates("organizations", coverage.cut, scored, coverage.skipped_words)
    if number := coverage.of_both:
        are = agree(number, "is", "are")
        yield f"{counted(number, 'organizations')} {are} named by both sources already."
