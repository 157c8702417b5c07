"""Pairs of projects for reviews, without a database."""

from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.features import Feature
from bricoop.identity.proposals import Proposal, Tier
from bricoop.identity.scorer import Score


def proposed(
    id_: str,
    other_id: str,
    tier: Tier = Tier.STRONG,
    amounts: tuple[tuple[float, ...], tuple[float, ...]] = ((), ()),
) -> Proposal:
    """Return a proposal of two projects of the sources `left` and `right`."""
    project, other = (
        ComparedProject(f"key-{number}", source, number, f"Road {number}", amounts=own)
        for source, number, own in zip(("left", "right"), (id_, other_id), amounts, strict=True)
    )
    features = (Feature("rare words", 5.0, 'rare words "kuri"'), Feature("year", 1.0, "2011=2011"))
    return Proposal(tier, project, other, Score(6.0, features), 2.5)
