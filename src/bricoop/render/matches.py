"""Proposed pairs of projects for people: a block for each pair."""

from collections.abc import Iterable
from typing import TextIO

from bricoop.domain.english import dollars_in_short
from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.match_rows import reasons
from bricoop.identity.proposals import Proposal
from bricoop.render.screen import Screen


def write_matches_text(proposals: Iterable[Proposal], out: TextIO) -> None:
    """Write each pair as lines: tier and score, both projects, and the reasons."""
    screen = Screen(out)
    for number, proposal in enumerate(proposals):
        if number:
            screen.say("")
        countries = [
            code
            for code in proposal.left_project.countries
            if code in proposal.right_project.countries
        ]
        head = f"{proposal.tier.value} {proposal.score.points:.1f}, {', '.join(countries)}"
        screen.say(head, "bold")
        for project in (proposal.left_project, proposal.right_project):
            screen.say_indented(_line(project))
        screen.say_indented("; ".join(reasons(proposal)), "dim")


def _line(project: ComparedProject) -> str:
    figures = [*map(str, project.years), *map(dollars_in_short, project.amounts)]
    ends = f" ({', '.join(figures)})" if figures else ""
    return f"{project.source} {project.external_id}: {project.name}{ends}"
