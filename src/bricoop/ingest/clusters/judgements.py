"""What reviewers hold about a pair: the newest decision of each, and what follows from all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, Row, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import decision, knowledge_base
from bricoop.domain.batches import in_batches
from bricoop.domain.vocabularies import JOINING, Relation

#: Reviewers with this beginning are rules: any person overrules them.
RULE = "rule:"
_EDGES = frozenset({Relation.PART_OF, Relation.PHASE_OF, Relation.FINANCED_UNDER})
_BATCH = 1000


class Verdict(StrEnum):
    """What the decisions on a pair come to."""

    JOINED = "joined"  #: one thing
    RELATED = "related"  #: a part, a phase, or financed under the other
    DIFFERENT = "different"
    UNDECIDED = "undecided"  #: unsure, or fewer reviewers than the quorum
    CONTESTED = "contested"  #: reviewers disagree


class DecisionRow(NamedTuple):
    """A decision, as far as clusters follow from it."""

    id: int
    left_ref: str
    right_ref: str
    relation: str
    reviewer: str
    decided_at: str

    @property
    def pair(self) -> tuple[str, str]:
        """Both references, the smaller one first."""
        refs = (self.left_ref, self.right_ref)
        return refs if refs[0] < refs[1] else refs[::-1]

    @property
    def is_by_rule(self) -> bool:
        """Whether a rule decided, and no person."""
        return self.reviewer.startswith(RULE)


class Judgement(NamedTuple):
    """What the decisions on a pair come to.

    Attributes:
        verdict: what they come to.
        deciding: the newest of the decisions that the verdict rests on; its direction and relation
            hold.
        holding: the newest decision of each reviewer who is not overruled, the oldest first.
    """

    verdict: Verdict
    deciding: DecisionRow
    holding: tuple[DecisionRow, ...]

    @property
    def is_deal(self) -> bool:
        """Whether both are one deal."""
        return self.verdict is Verdict.JOINED and any(
            row.relation == Relation.SAME_DEAL for row in self.holding
        )


def judge(rows: Iterable[DecisionRow], quorum: int = 1) -> Judgement:
    """Return what the decisions on one pair come to.

    The newest decision of a reviewer replaces his earlier ones. Persons overrule rules. If some say
    that both are one and others that they are not, the pair is contested, and is not joined.

    Args:
        rows: all decisions on the pair; at least one.
        quorum: how many reviewers must agree to join; a rule needs no others.
    """
    newest: dict[str, DecisionRow] = {}
    for row in sorted(rows, key=lambda row: (row.decided_at, row.id)):
        newest.pop(row.reviewer, None)
        newest[row.reviewer] = row
    persons = tuple(row for row in newest.values() if not row.is_by_rule)
    holding = persons or tuple(newest.values())
    joins = [row for row in holding if row.relation in JOINING]
    edges = [row for row in holding if row.relation in _EDGES]
    apart = [row for row in holding if row.relation == Relation.DIFFERENT]
    if sum(map(bool, (joins, edges, apart))) > 1:
        return Judgement(Verdict.CONTESTED, holding[-1], holding)
    if apart:
        return Judgement(Verdict.DIFFERENT, apart[-1], holding)
    if edges:
        return Judgement(Verdict.RELATED, edges[-1], holding)
    if joins and (len(joins) >= quorum or not persons):
        return Judgement(Verdict.JOINED, joins[-1], holding)
    return Judgement(Verdict.UNDECIDED, holding[-1], holding)


def judgements(connection: Connection, refs: Iterable[str] | None = None) -> list[Judgement]:
    """Return the judgements on all pairs, or on those with one of some references.

    They are in the order in which they came about, so that equal decisions have equal consequences
    in every knowledge base.
    """
    pairs: defaultdict[tuple[str, str], list[DecisionRow]] = defaultdict(list)
    for row in decisions(connection, refs):
        pairs[row.pair].append(row)
    own_quorum = quorum(connection)
    judged = [judge(rows, own_quorum) for rows in pairs.values()]
    return sorted(judged, key=_age)


def quorum(connection: Connection) -> int:
    """Return how many reviewers must agree before a decision joins."""
    return connection.scalar(select(knowledge_base.c.quorum)) or 1


def decisions(connection: Connection, refs: Iterable[str] | None = None) -> Iterator[DecisionRow]:
    """Yield all decisions, or those on a pair with one of some references, each once."""
    columns = [decision.c[name] for name in DecisionRow._fields]
    if refs is None:
        yield from map(_row, connection.execute(select(*columns).order_by(decision.c.id)))
        return
    yielded: set[int] = set()
    for batch in in_batches(sorted(set(refs)), _BATCH):
        for side in (decision.c.left_ref, decision.c.right_ref):
            for row in connection.execute(
                select(*columns).where(in_values(connection, side, batch))
            ):
                if row.id not in yielded:
                    yielded.add(row.id)
                    yield _row(row)


def _row(row: Row[int, str, str, str, str, str]) -> DecisionRow:
    return DecisionRow(*row)


def _age(judgement: Judgement) -> tuple[str, tuple[str, str]]:
    deciding = judgement.deciding
    return deciding.decided_at, deciding.pair
