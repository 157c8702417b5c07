"""What reviewers hold about a pair: the newest decision of each, and what follows from all.

A pair is two rows of sources, or two organizations. A row that is a project and its money has a
reference for each; decisions that name one or the other are on the same pair.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, Row, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import decision, knowledge_base
from bricoop.domain.batches import in_batches
from bricoop.domain.nouns import FINANCE
from bricoop.domain.reviewer_names import is_rule, reviewer_key
from bricoop.domain.vocabularies import JOINING, Relation
from bricoop.ingest.clusters.row_references import named_twice, references_of_rows

_EDGES = frozenset({Relation.PART_OF, Relation.PHASE_OF, Relation.FINANCED_UNDER})
#: The relations that take effect only if enough reviewers agree.
AFFIRMING = JOINING | _EDGES
_MONEY = f"/{FINANCE.name}/"
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
        return is_rule(self.reviewer)

    @property
    def relates_money(self) -> bool:
        """Whether it makes money a part of other money, which says nothing of the projects."""
        return self.relation in _EDGES and _MONEY in self.left_ref and _MONEY in self.right_ref


class Judgement(NamedTuple):
    """What the decisions on a pair come to.

    Attributes:
        verdict: what they come to.
        deciding: the newest of the decisions that the verdict rests on; its direction and relation
            hold.
        holding: the newest decision of each reviewer who is not overruled, the oldest first.
        newest: the newest decision of each reviewer, also of those who are overruled.
        pairs: the pairs of references of all decisions; these are one pair of rows.
        is_deal: whether both are one deal.
    """

    verdict: Verdict
    deciding: DecisionRow
    holding: tuple[DecisionRow, ...]
    newest: tuple[DecisionRow, ...] = ()
    pairs: frozenset[tuple[str, str]] = frozenset()
    is_deal: bool = False

    @property
    def agreeing(self) -> int:
        """How many reviewers agree with the newest decision that joins or relates."""
        affirming = [row for row in self.holding if row.relation in AFFIRMING]
        return len(_agreeing(affirming)) if affirming else 0


def judge(rows: Iterable[DecisionRow], quorum: int = 1) -> Judgement:
    """Return what the decisions on one pair come to.

    The newest decision of a reviewer replaces his earlier ones. Persons overrule rules; but where
    all of them join what a rule joins, and they are fewer than the quorum, the rule holds as well.
    If some say that both are one and others that they are not, the pair is contested, and is not
    joined.

    Args:
        rows: all decisions on the pair; at least one.
        quorum: how many reviewers must agree to join or to relate; a rule needs no others.
    """
    every = tuple(rows)
    newest = _newest(every)
    persons = tuple(row for row in newest if not row.is_by_rule)
    rules = tuple(row for row in newest if row.is_by_rule)
    # Persons who confirm a rule, and are fewer than the quorum, do not part what it joined.
    is_confirmed = len(persons) < quorum and all(row.relation in JOINING for row in newest)
    by_rule = rules if is_confirmed or not persons else ()
    holding = newest if by_rule else persons
    verdict, deciding = _verdict(holding, 1 if by_rule else quorum)
    deals = [row for row in holding if row.relation == Relation.SAME_DEAL]
    agreed = sum(not row.is_by_rule for row in deals) >= quorum
    is_deal = verdict is Verdict.JOINED and (agreed or any(row.is_by_rule for row in deals))
    return Judgement(
        verdict,
        deals[-1] if is_deal else deciding,
        holding,
        newest,
        frozenset(row.pair for row in every),
        is_deal,
    )


def _newest(rows: Sequence[DecisionRow]) -> tuple[DecisionRow, ...]:
    """Return the newest decision of each reviewer, the oldest of these first."""
    if len(rows) == 1:
        return tuple(rows)
    newest: dict[str, DecisionRow] = {}
    for row in sorted(rows, key=lambda row: (row.decided_at, row.id)):
        newest.pop(reviewer_key(row.reviewer), None)
        newest[reviewer_key(row.reviewer)] = row
    return tuple(newest.values())


def _verdict(holding: Sequence[DecisionRow], needed: int) -> tuple[Verdict, DecisionRow]:
    """Return what the decisions of reviewers come to, and the newest of those it rests on."""
    joins = [row for row in holding if row.relation in JOINING]
    edges = [row for row in holding if row.relation in _EDGES]
    apart = [row for row in holding if row.relation == Relation.DIFFERENT]
    if sum(map(bool, (joins, edges, apart))) > 1:
        return Verdict.CONTESTED, holding[-1]
    if apart:
        return Verdict.DIFFERENT, apart[-1]
    if edges and len(_agreeing(edges)) >= needed:
        return Verdict.RELATED, edges[-1]
    if joins and len(joins) >= needed:
        return Verdict.JOINED, joins[-1]
    return Verdict.UNDECIDED, holding[-1]


def _agreeing(rows: Sequence[DecisionRow]) -> list[DecisionRow]:
    """Return the decisions that agree with the newest one: all that join, or equal relations."""
    last = rows[-1]
    if last.relation in JOINING:
        return [row for row in rows if row.relation in JOINING]
    return [row for row in rows if row[1:4] == last[1:4]]


def judgements(connection: Connection, refs: Iterable[str] | None = None) -> list[Judgement]:
    """Return the judgements on all pairs, or on those with one of some references.

    They are in the order in which they came about, so that equal decisions have equal consequences
    in every knowledge base.
    """
    searched = None if refs is None else set(refs)
    if searched is not None:
        searched |= set(references_of_rows(connection, searched).values())
    pairs: defaultdict[tuple[str, str], list[DecisionRow]] = defaultdict(list)
    for row in decisions(connection, searched):
        pairs[row.pair].append(row)
    own_quorum = quorum(connection)
    judged = [judge(rows, own_quorum) for rows in _on_rows(connection, pairs)]
    return sorted(judged, key=_age)


def _on_rows(
    connection: Connection, pairs: Mapping[tuple[str, str], list[DecisionRow]]
) -> Iterator[list[DecisionRow]]:
    """Yield the decisions on each pair of rows of sources, by whichever references they name them.

    That money is a part of other money says nothing of the projects: where a reviewer decided so,
    the decisions on the money and those on the projects stay apart.
    """
    refs = {ref for pair in pairs for ref in pair}
    money = {ref for ref in refs if _MONEY in ref}
    projects = references_of_rows(connection, named_twice(money, refs))
    grouped: defaultdict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for pair in pairs:
        grouped[tuple(sorted(projects.get(ref, ref) for ref in pair))].append(pair)
    for own in grouped.values():
        if len(own) == 1:
            yield pairs[own[0]]
        elif any(row.relates_money for pair in own for row in _newest(pairs[pair])):
            yield from (pairs[pair] for pair in own)
        else:
            yield [row for pair in own for row in pairs[pair]]


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
