"""Reads how each decided pair stands: settled, contested, or waiting."""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection

from bricoop.domain.vocabularies import Relation
from bricoop.identity.reference_entities import entities_of
from bricoop.ingest.clusters.judgements import Judgement, Verdict, judgements


class Standing(StrEnum):
    """How a pair stands."""

    SETTLED = "settled"
    #: Reviewers disagree, or another decision blocks its join.
    CONTESTED = "contested"
    #: Undecided, or one side is not loaded.
    WAITING = "waiting"


class DecidedPair(NamedTuple):
    """A pair with decisions, how it stands, and the entities of those sides that are loaded."""

    judgement: Judgement
    standing: Standing
    entities: frozenset[int]

    @property
    def is_unsure(self) -> bool:
        """Whether it is undecided, as the reviewers are unsure."""
        return self.judgement.verdict is Verdict.UNDECIDED and all(
            row.relation == Relation.UNSURE for row in self.judgement.holding
        )


def decided_pairs(connection: Connection, refs: Collection[str] | None = None) -> list[DecidedPair]:
    """Return all pairs with decisions, or those with one of some references, the oldest first."""
    judged = judgements(connection, refs)
    named = {ref for judgement in judged for ref in judgement.deciding.pair}
    ids = {ref: referred.id for ref, referred in entities_of(connection, named).items()}
    pairs = []
    for judgement in judged:
        first, second = map(ids.get, judgement.deciding.pair)
        entities = frozenset(number for number in (first, second) if number is not None)
        pairs.append(DecidedPair(judgement, _standing(judgement, first, second), entities))
    return pairs


def _standing(judgement: Judgement, first: int | None, second: int | None) -> Standing:
    """Return how a pair stands whose sides are these entities; None is not loaded."""
    if judgement.verdict is Verdict.CONTESTED:
        return Standing.CONTESTED
    if judgement.verdict is Verdict.UNDECIDED or first is None or second is None:
        return Standing.WAITING
    is_blocked = judgement.verdict is Verdict.JOINED and first != second
    return Standing.CONTESTED if is_blocked else Standing.SETTLED
