"""Scores pairs of organizations: how much speaks for both being one."""

import math
from collections.abc import Sequence
from itertools import product

from bricoop.identity.features import Feature, agreement
from bricoop.identity.organizations.compared_organization import ComparedOrganization, Evidence
from bricoop.identity.organizations.name_comparison import ABBREVIATION, NameComparison
from bricoop.identity.organizations.rarity import NameRarity
from bricoop.identity.organizations.weights import OrganizationWeights
from bricoop.identity.organizations.word_lists import organization_words
from bricoop.identity.scorer import Score, score_of

#: The name of a feature that tiers ask for.
LISTED = "listed"


class OrganizationScorer:
    """Scores pairs of organizations by weights, and by how rare words are."""

    def __init__(self, weights: OrganizationWeights, rarity: NameRarity) -> None:
        """Use weights, and the rarity of words among all organizations."""
        self.weights = weights
        self.rarity = rarity
        self._names = NameComparison(weights, rarity)

    def score(self, organization: ComparedOrganization, other: ComparedOrganization) -> Score:
        """Return the score of a pair; the order of the two does not matter."""
        pairs = [
            [*self._names.features(name, other_name, organization, other)]
            for name, other_name in product(organization.names, other.names)
        ]
        of_names = max(pairs, key=_strength) if len(pairs) > 1 else pairs[0]
        listed = self._listed(organization, other)
        if listed is None:
            country = self._country(organization, other, of_names)
        else:
            country = self._stated_country(organization, other)
            if listed.points > 0:
                # Listed names of one organization may have nothing in common.
                of_names = [feature for feature in of_names if feature.points > 0]
        others = (listed, country, self._kind(organization, other))
        return score_of([*of_names, *(feature for feature in others if feature is not None)])

    def _listed(
        self, organization: ComparedOrganization, other: ComparedOrganization
    ) -> Feature | None:
        first, second = organization.listed, other.listed
        if first is None or second is None:
            return None
        weights = self.weights.listed
        if first.key != second.key:
            return Feature(LISTED, weights.differs, f"listed {first.key}/{second.key}")
        points = {
            Evidence.NAME: weights.name,
            Evidence.ABBREVIATION: weights.abbreviation,
            Evidence.SHARED_NAME: weights.shared_name,
        }
        least = min(points[first.evidence], points[second.evidence])
        return Feature(LISTED, least, f"listed {first.key}")

    def _country(
        self,
        organization: ComparedOrganization,
        other: ComparedOrganization,
        of_names: Sequence[Feature],
    ) -> Feature | None:
        stated = self._stated_country(organization, other)
        if stated is not None or organization.countries == other.countries:
            return stated
        is_abbreviated = any(
            feature.name == ABBREVIATION and feature.points >= self.weights.tiers.abbreviation
            for feature in of_names
        )
        if is_abbreviated or not (organization.needs_country or other.needs_country):
            return None
        return Feature("country", self.weights.country.one_only, "country of one only")

    def _stated_country(
        self, organization: ComparedOrganization, other: ComparedOrganization
    ) -> Feature | None:
        homes = {organization.country} - {""}, {other.country} - {""}
        if not all(homes):
            homes = {*organization.countries}, {*other.countries}
        return agreement("country", *homes, self.weights.country) if all(homes) else None

    def _kind(
        self, organization: ComparedOrganization, other: ComparedOrganization
    ) -> Feature | None:
        groups = organization_words().kind_groups
        here, there = (
            {groups[side.kind]} if side.kind in groups else set[str]()
            for side in (organization, other)
        )
        return agreement("kind", here, there, self.weights.kind)


def _strength(compared: Sequence[Feature]) -> tuple[float, list[tuple[str, float]]]:
    """Return what the likeliest of several pairs of names has most of."""
    points = round(math.fsum(feature.points for feature in compared), 4)
    return points, sorted((feature.name, feature.points) for feature in compared)
