"""Proposed pairs for people: a block for each pair."""

from collections.abc import Iterable
from typing import TextIO

from bricoop.domain.english import dollars_in_short
from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.match_rows import reasons
from bricoop.identity.organizations.compared_organization import ComparedOrganization
from bricoop.identity.organizations.match_rows import stated_countries
from bricoop.identity.organizations.proposals import OrganizationProposal
from bricoop.identity.proposals import Proposal
from bricoop.render.screen import Screen


def write_matches_text(proposals: Iterable[Proposal], out: TextIO) -> None:
    """Write each pair as lines: tier and score, both projects, and the reasons."""
    screen = Screen(out)
    for number, proposal in enumerate(proposals):
        countries = [
            code
            for code in proposal.left_project.countries
            if code in proposal.right_project.countries
        ]
        head = f"{_head(proposal)}, {', '.join(countries)}{_mark(proposal)}"
        lines = map(_project_line, (proposal.left_project, proposal.right_project))
        _write_block(screen, number, head, lines, reasons(proposal))


def write_organization_matches_text(proposals: Iterable[OrganizationProposal], out: TextIO) -> None:
    """Write each pair as lines: tier and score, both organizations, and the reasons."""
    screen = Screen(out)
    for number, proposal in enumerate(proposals):
        head = f"{_head(proposal)}{_mark(proposal)}"
        lines = map(_organization_line, (proposal.left_organization, proposal.right_organization))
        _write_block(screen, number, head, lines, reasons(proposal))


def _head(proposal: Proposal | OrganizationProposal) -> str:
    return f"{proposal.tier.value} {proposal.score.points:.1f}"


def _mark(proposal: Proposal | OrganizationProposal) -> str:
    """Return what was decided on a pair, after what comes before it."""
    return f" ({proposal.decision.text})" if proposal.decision is not None else ""


def _write_block(
    screen: Screen, number: int, head: str, lines: Iterable[str], texts: Iterable[str]
) -> None:
    if number:
        screen.say("")
    screen.say(head, "bold")
    for line in lines:
        screen.say_indented(line)
    screen.say_indented("; ".join(texts), "dim")


def _project_line(project: ComparedProject) -> str:
    figures = [*map(str, project.years), *map(dollars_in_short, project.amounts)]
    ends = f" ({', '.join(figures)})" if figures else ""
    return f"{project.source} {project.external_id}: {project.name}{ends}"


def _organization_line(organization: ComparedOrganization) -> str:
    """Return the key of an organization, its name, and what tells it apart."""
    details = ", ".join((*stated_countries(organization), *organization.sources))
    return f"{organization.key}: {organization.name} ({details})"
