"""Compares projects that tests describe, without a knowledge base."""

from collections.abc import Mapping, Sequence

from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.proposals import Coverage, Proposal, propose
from bricoop.identity.rarity import WordCounts
from bricoop.identity.weights import shipped_weights


def proposed(
    projects: Mapping[str, Sequence[ComparedProject]], country: str = "", only: str = ""
) -> tuple[list[Proposal], Coverage]:
    """Return the proposals for the projects of sources, and what was compared."""
    counts = {key: WordCounts.of(listed) for key, listed in projects.items()}
    return propose(projects, counts, shipped_weights(), country, only)
