"""What was decided on a pair that may be one."""

from dataclasses import dataclass
from typing import NamedTuple

from bricoop.domain.decision_status import Status
from bricoop.domain.references import Reference
from bricoop.domain.reviewer_names import is_rule
from bricoop.domain.vocabularies import Relation, label


class View(NamedTuple):
    """What a reviewer holds of a pair: its relation, by its code."""

    reviewer: str
    relation: str


@dataclass(frozen=True, slots=True)
class PairDecision:
    """What was decided on a pair.

    Attributes:
        views: what each reviewer holds who is not overruled, the oldest decision first.
        status: what has become of it: it holds, is contested, waits for the quorum, or says to look
            again, as a record has changed since.
        reviewers: the keys of all who have decided on the pair, or on others that are one with
            both.
        refs: what it refers to, the left one of the pair first: its rows or their money; None if it
            is on others that are one with both.
    """

    views: tuple[View, ...]
    status: Status
    reviewers: frozenset[str]
    refs: tuple[Reference, Reference] | None = None

    @property
    def relations(self) -> tuple[str, ...]:
        """The codes of what was decided, each once."""
        return tuple(dict.fromkeys(view.relation for view in self.views))

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to decide; being unsure settles nothing."""
        return self.status is Status.HOLDS and self.relations != (Relation.UNSURE.value,)

    @property
    def is_by_rule(self) -> bool:
        """Whether a rule decided, and no person."""
        return all(is_rule(view.reviewer) for view in self.views)

    @property
    def text(self) -> str:
        """The decision in words: *look again: same project by reviewer-a*."""
        status = "" if self.status is Status.HOLDS else f"{self.status.value}: "
        views = (
            f"{label(relation)} by {', '.join(self._who(relation))}" for relation in self.relations
        )
        return status + "; ".join(views)

    def _who(self, relation: str) -> list[str]:
        return [view.reviewer for view in self.views if view.relation == relation]
