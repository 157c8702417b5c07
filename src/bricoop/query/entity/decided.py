"""What decisions say about an entity: what was made one with it, and what is related to it."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import Relation, label

#: What the left one of a decision is to the right one, said of the right one.
_FROM_THE_RIGHT = {
    Relation.PART_OF: "has part",
    Relation.PHASE_OF: "has phase",
    Relation.FINANCED_UNDER: "finances",
}


@dataclass(frozen=True)
class MemberEntry:
    """A record, or a name of an organization, of an entity that decisions made one of several.

    Attributes:
        source: key of the source.
        id: id of the record in its source; None for an organization that is only named.
        key: the key that its entity has without decisions.
        name: the name as stated.
        locator: place in the source.
        relation: the relation that the decision which joined it states; None if there is none, as
            it has the canonical key already.
        reviewer: who decided, or the rule.
        decided_at: when.
        why: the reason, if one was stated.
        decision_source: key of the source of the decision.
        decision_locator: place in that source.
    """

    source: str
    id: str | None
    key: str
    name: str
    locator: str | None
    relation: str | None = None
    reviewer: str | None = None
    decided_at: str | None = None
    why: str | None = None
    decision_source: str | None = None
    decision_locator: str | None = None


@dataclass(frozen=True)
class DecisionEntry:
    """A decision on an entity, as far as nobody has overruled it.

    Attributes:
        verdict: what all decisions on the pair come to: `joined`, `related`, `different`,
            `undecided`, `contested`, `blocked` if they are not joined because something different
            would become one then, or `asleep` until the other record is loaded.
        relation: what the reviewer states that the left one is to the right one.
        left: the reference to the left record or organization.
        right: the reference to the right one.
        other_key: the key of the other entity; None if both are this one, or it is not loaded.
        other_name: its name.
        reviewer: who decided, or the rule.
        decided_at: when.
        why: the reason, if one was stated.
        score: the score of the pair when it was decided, if any.
        source: key of the source of the decision.
        id: id of the decision in that source.
        locator: place in that source.
        is_left: whether this entity is the left one.
    """

    verdict: str
    relation: str
    left: str
    right: str
    other_key: str | None
    other_name: str | None
    reviewer: str
    decided_at: str
    why: str | None
    score: Decimal | None
    source: str
    id: str
    locator: str | None
    is_left: bool

    @property
    def other(self) -> str:
        """The reference to the other one."""
        return self.right if self.is_left else self.left

    @property
    def is_within(self) -> bool:
        """Whether both are this entity, which is one by this decision and others."""
        return self.verdict == "joined"


def relation_in_words(entry: DecisionEntry) -> str:
    """Return what the entity is to the other one: `part of`, or `has part` from the other side."""
    relation = Relation(entry.relation)
    return label(relation) if entry.is_left else _FROM_THE_RIGHT.get(relation, label(relation))


def other_names(members: tuple[MemberEntry, ...], key: str, name: str) -> list[str]:
    """Return the names of the members that have other keys without decisions, one for each key.

    A name that several of them have, or the whole, is followed by the key in brackets.

    Args:
        members: the members of an entity.
        key: the key that they have together.
        name: the name that they have together.
    """
    names = {entry.key: entry.name for entry in reversed(members) if entry.key != key}
    keys = dict.fromkeys(entry.key for entry in members if entry.key != key)
    times = Counter(map(normalise, (name, *names.values())))
    return [
        f"{names[own]} ({own})" if times[normalise(names[own])] > 1 else names[own] for own in keys
    ]


def note_on_key(typed: str, key: str, members: tuple[MemberEntry, ...]) -> str:
    """Return a note that a typed key is that of what is one with another now; empty if it is not.

    Args:
        typed: what a person typed.
        key: the key of the entity that it means.
        members: the members of the entity.
    """
    own = typed.strip().lower()
    if own == key:
        return ""
    joined = next((entry for entry in members if entry.key == own), None)
    if joined is None:
        return ""
    by = f" by a decision of {joined.reviewer}" if joined.reviewer else " by decision"
    when = f" ({joined.decided_at})" if joined.decided_at else ""
    return f"{own} is one with {key}{by}{when}."
