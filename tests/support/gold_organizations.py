"""Pairs of names of organizations that were judged by hand, and what the matching makes of them."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.domain.names import normalise
from bricoop.identity.organizations.candidates import OrganizationCandidates
from bricoop.identity.organizations.compared_organization import ComparedOrganization
from bricoop.identity.organizations.listed_names import compared_organization
from bricoop.identity.organizations.proposals import tier_of
from bricoop.identity.organizations.rarity import NameRarity
from bricoop.identity.organizations.read_organizations import read_organizations
from bricoop.identity.organizations.scorer import OrganizationScorer
from bricoop.identity.organizations.weights import shipped_weights
from bricoop.identity.proposals import Tier
from bricoop.identity.scorer import Score

_SAME = "same"


@dataclass(frozen=True)
class JudgedNames:
    """Two names that were judged by hand; `part-of` is not the same."""

    cluster: str
    names: tuple[str, str]
    is_same: bool

    @property
    def is_tuned(self) -> bool:
        """Whether weights may be chosen by it; the other half is held out."""
        text = self.cluster or self.names[0]
        return hashlib.md5(text.encode(), usedforsecurity=False).digest()[0] % 2 == 0


class GoldOrganizations:
    """The judged pairs, among the organizations of a knowledge base with `load_trackers`.

    A judged name stands for an organization with this name only, and with what the knowledge base
    says of it.
    """

    def __init__(self, shared: Path, engine: Engine, *, is_listed: bool = True) -> None:
        """Read the pairs and the organizations.

        Args:
            shared: the folder of the judged pairs.
            engine: the knowledge base.
            is_listed: whether `organization_names.csv` is used.
        """
        path = shared / "gold" / "matching" / "organization_pairs.csv"
        with path.open(encoding="utf-8") as stream:
            self.pairs = [
                JudgedNames(row["cluster"], (row["left"], row["right"]), row["relation"] == _SAME)
                for row in csv.DictReader(stream)
                if row["relation"] != "unsure"
            ]
        with reading(engine) as connection:
            self._pool = [*read_organizations(connection)]
        self._is_listed = is_listed
        if not is_listed:
            self._pool = [replace(organization, listed=None) for organization in self._pool]
        self._organizations = self._by_name()
        self._right_keys = self._keys_of_clusters()
        weights = shipped_weights()
        rarity = NameRarity(weights.rarity, self._pool)
        self._scorer = OrganizationScorer(weights, rarity)
        self._candidates = OrganizationCandidates(self._pool, rarity, weights)

    def ranks(self, pairs: Sequence[JudgedNames]) -> list[int | None]:
        """Return the position, from 0, of the right name for each name of the true pairs.

        Other names of the same organization do not count before it.
        """
        true_names = [(pair.cluster, pair.names) for pair in pairs if pair.is_same]
        return [
            self._rank(cluster, *ordered)
            for cluster, names in true_names
            for ordered in (names, names[::-1])
        ]

    def score(self, pair: JudgedNames) -> Score:
        """Return the score of a pair."""
        return self._scorer.score(*(self._organizations[name] for name in pair.names))

    def tier(self, pair: JudgedNames) -> Tier | None:
        """Return the tier of a pair."""
        return tier_of(self.score(pair), shipped_weights().tiers)

    def recall(self, pairs: Sequence[JudgedNames], precision: float) -> float:
        """Return the largest share of the true pairs that a bound of the score finds so well."""
        scored = sorted(pairs, key=lambda pair: (-self.score(pair).points, pair.is_same))
        true_pairs = sum(pair.is_same for pair in pairs)
        right, recall = 0, 0.0
        for number, pair in enumerate(scored, 1):
            right += pair.is_same
            if right >= precision * number:
                recall = right / true_pairs
        return recall

    def _by_name(self) -> dict[str, ComparedOrganization]:
        """Return the organization for each judged name; unknown ones are added to the pool."""
        stored = {
            normalise(name.text): organization
            for organization in self._pool
            for name in organization.names
        }
        organizations = {}
        for name in sorted({name for pair in self.pairs for name in pair.names}):
            organization = stored.get(normalise(name))
            if organization is None:
                named = compared_organization(name, name)
                organization = named if self._is_listed else replace(named, listed=None)
                self._pool.append(organization)
            else:
                names = compared_organization(name, name, country=organization.country).names
                organization = replace(organization, name=name, names=names)
            organizations[name] = organization
        return organizations

    def _keys_of_clusters(self) -> dict[str, set[str]]:
        keys: defaultdict[str, set[str]] = defaultdict(set)
        for pair in self.pairs:
            if pair.is_same:
                keys[pair.cluster].update(self._organizations[name].key for name in pair.names)
        return keys

    def _rank(self, cluster: str, name: str, right_name: str) -> int | None:
        organization, right = self._organizations[name], self._organizations[right_name]
        others = self._right_keys[cluster] - {right.key}
        scored = [
            (-self._scorer.score(organization, self._pool[position]).points, key)
            for position in self._candidates.of(organization)
            if (key := self._pool[position].key) not in {*others, organization.key}
        ]
        keys = [right.key] if right.key == organization.key else [key for _, key in sorted(scored)]
        return keys.index(right.key) if right.key in keys else None
