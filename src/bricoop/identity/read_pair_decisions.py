"""Reads what was decided on proposed pairs, by a few statements for all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import decision
from bricoop.domain.batches import in_batches
from bricoop.domain.decision_status import Status
from bricoop.domain.references import Reference
from bricoop.domain.reviewer_names import reviewer_key
from bricoop.domain.vocabularies import Relation
from bricoop.identity.organizations.proposals import OrganizationProposal
from bricoop.identity.pair_decision import PairDecision, View
from bricoop.identity.proposals import Proposal
from bricoop.identity.reference_entities import entities_of
from bricoop.identity.same_names import SAME_NAME
from bricoop.identity.seen import has_changed, seen_of
from bricoop.ingest.clusters.homes import homes_of, parsed
from bricoop.ingest.clusters.judgements import AFFIRMING, Judgement, Verdict, judgements

AnyProposal = TypeVar("AnyProposal", Proposal, OrganizationProposal)
#: The keys of both sides of a pair; a single one if they are one already.
_Keys = frozenset[str]
_SETTLED = frozenset({Verdict.JOINED, Verdict.RELATED, Verdict.DIFFERENT})
_BATCH = 1000
_BY_NAME = PairDecision(
    (View(SAME_NAME, Relation.SAME_PROJECT.value),), Status.HOLDS, frozenset({SAME_NAME})
)


def with_decisions(connection: Connection, proposals: Sequence[AnyProposal]) -> list[AnyProposal]:
    """Return proposals with what was decided on each of them.

    What is one with one side has the same decisions as that side. What is one without a decision is
    so by its name.
    """
    decided = _DecidedPairs(connection, proposals)
    own = [(proposal, decided.of(proposal)) for proposal in proposals]
    return [
        proposal if of_pair is None else replace(proposal, decision=of_pair)
        for proposal, of_pair in own
    ]


class _DecidedPairs:
    """The judgements on pairs, by the keys of both sides."""

    def __init__(self, connection: Connection, proposals: Sequence[AnyProposal]) -> None:
        self._judgements = _by_keys(
            connection, {frozenset(proposal.keys) for proposal in proposals}
        )
        every = [each for judged in self._judgements.values() for each in judged]
        self._changed = _changed(connection, every)
        self._refs = parsed({ref for each in every for ref in each.deciding.pair})
        in_doubt = [
            ref
            for proposal in proposals
            if proposal.is_one and self._judged(proposal) and not self._direct(proposal)
            for ref in proposal.refs
        ]
        self._homes = homes_of(connection, in_doubt)

    def of(self, proposal: Proposal | OrganizationProposal) -> PairDecision | None:
        judged = self._direct(proposal) if proposal.is_one else self._judged(proposal)
        if proposal.is_one and not judged:
            if self._is_by_name(proposal):
                return _BY_NAME
            judged = self._judged(proposal)
        if not judged:
            return None
        telling = max(judged, key=lambda each: self._rank(each, proposal))
        return PairDecision(
            tuple(View(row.reviewer, row.relation) for row in telling.holding),
            self._status(telling),
            frozenset(reviewer_key(row.reviewer) for each in judged for row in each.holding),
            self._own_refs(telling, proposal),
        )

    def _own_refs(
        self, judgement: Judgement, proposal: Proposal | OrganizationProposal
    ) -> tuple[Reference, Reference] | None:
        """Return the references of a judgement in the order of a pair; None if it is on others."""
        if not self._is_direct(judgement, proposal):
            return None
        first, second = (self._refs[ref] for ref in judgement.deciding.pair)
        left_ref = proposal.refs[0]
        is_left = (first.source, first.id) == (left_ref.source, left_ref.id)
        return (first, second) if is_left else (second, first)

    def _judged(self, proposal: Proposal | OrganizationProposal) -> list[Judgement]:
        return self._judgements.get(frozenset(proposal.keys), [])

    def _direct(self, proposal: Proposal | OrganizationProposal) -> list[Judgement]:
        """Return the judgements on the rows of a pair themselves, or on their money."""
        return [each for each in self._judged(proposal) if self._is_direct(each, proposal)]

    def _is_direct(self, judgement: Judgement, proposal: Proposal | OrganizationProposal) -> bool:
        return _rows(self._refs[ref] for ref in judgement.deciding.pair) == _rows(proposal.refs)

    def _is_by_name(self, proposal: Proposal | OrganizationProposal) -> bool:
        first, second = proposal.refs
        return not self._judged(proposal) or self._homes.get(first) == self._homes.get(second)

    def _rank(
        self, judgement: Judgement, proposal: Proposal | OrganizationProposal
    ) -> tuple[bool, bool, bool, str]:
        """Return the sort key by which one of several judgements tells what was decided."""
        is_settled = judgement.verdict in _SETTLED
        is_direct = self._is_direct(judgement, proposal)
        decided_at = judgement.deciding.decided_at
        return is_settled and not self._is_stale(judgement), is_settled, is_direct, decided_at

    def _is_stale(self, judgement: Judgement) -> bool:
        return all(row.id in self._changed for row in judgement.holding)

    def _status(self, judgement: Judgement) -> Status:
        if self._is_stale(judgement):
            return Status.LOOK_AGAIN
        if judgement.verdict is Verdict.CONTESTED:
            return Status.CONTESTED
        if judgement.verdict is Verdict.UNDECIDED and any(
            row.relation in AFFIRMING for row in judgement.holding
        ):
            return Status.WAITS
        return Status.HOLDS


def _by_keys(connection: Connection, pairs: Collection[_Keys]) -> dict[_Keys, list[Judgement]]:
    """Return the judgements on pairs of entities; on a single one, those that made it one."""
    if not pairs:
        return {}
    judged = judgements(connection)
    entities = entities_of(connection, {ref for each in judged for ref in each.deciding.pair})
    by_keys: defaultdict[_Keys, list[Judgement]] = defaultdict(list)
    for each in judged:
        if not entities.keys() >= set(each.deciding.pair):
            continue
        keys = frozenset(entities[ref].key for ref in each.deciding.pair)
        if keys in pairs and (len(keys) > 1 or each.verdict is Verdict.JOINED):
            by_keys[keys].append(each)
    return dict(by_keys)


def _changed(connection: Connection, judged: Iterable[Judgement]) -> set[int]:
    """Return the ids of the decisions of which a record has changed since."""
    ids = {row.id for each in judged for row in each.holding}
    columns = [
        decision.c[name] for name in ("id", "left_ref", "left_seen", "right_ref", "right_seen")
    ]
    rows = [
        row
        for batch in in_batches(sorted(ids), _BATCH)
        for row in connection.execute(
            select(*columns).where(in_values(connection, decision.c.id, batch))
        )
    ]
    looks = seen_of(connection, {ref for row in rows for ref in (row.left_ref, row.right_ref)})
    return {row.id for row in rows if has_changed(row, looks)}


def _rows(refs: Iterable[Reference]) -> frozenset[tuple[str, str]]:
    """Return the rows of sources that references mean: a project and its money share their row."""
    return frozenset((ref.source, ref.id) for ref in refs)
