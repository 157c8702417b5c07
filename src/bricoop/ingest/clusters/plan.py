"""Works out, from judgements, which records are about which entity, and which are one deal."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bricoop.domain.clusters import Clusters, Pair, RefusedJoin
from bricoop.domain.nouns import FINANCE, FINDINGS
from bricoop.domain.references import COMPARED_NOUNS, Reference
from bricoop.ingest.clusters.homes import (
    HomeRecord,
    homes_of,
    parsed,
    ranks_of,
    records_of,
)
from bricoop.ingest.clusters.judgements import Judgement, Verdict

#: The rows of a home that is parted; others have the home itself as their only part.
Row = tuple[str, str]


class Part(NamedTuple):
    """A home, or what a decision parted from it.

    Attributes:
        home: the home.
        row: the best row of the part; None if it keeps the entity of the home.
    """

    home: int
    row: Row | None = None


@dataclass
class Plan:
    """What follows from judgements.

    Attributes:
        targets: by home, the home whose entity it is one with, where that is another one.
        parted: for records that leave their home, the part that they belong to: either one whose
            entity has to be made, or another home.
        names: by part whose entity has to be made, a record of it.
        deals: by record of finance, the first record of the same deal.
        refused: joins that are not made, as they would make one of what is different.
        absent: the references that mean nothing in this knowledge base.
        homes: the home of each other reference.
    """

    targets: dict[int, int] = field(default_factory=dict)
    parted: dict[int, Part] = field(default_factory=dict)
    deals: dict[int, int] = field(default_factory=dict)
    refused: list[RefusedJoin] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    homes: dict[str, int] = field(default_factory=dict)


def plan_of(connection: Connection, judgements: Sequence[Judgement]) -> Plan:
    """Return what follows from judgements; nothing is written.

    Args:
        connection: an open connection.
        judgements: all judgements on some entities, and on all that are joined with these.
    """
    return _Planner(connection, judgements).plan


class _Planner:
    def __init__(self, connection: Connection, judgements: Sequence[Judgement]) -> None:
        self._connection = connection
        self.plan = Plan()
        references = parsed(ref for judgement in judgements for ref in judgement.deciding.pair)
        homes = homes_of(connection, references.values())
        self._refs = {text: ref for text, ref in references.items() if ref in homes}
        self.plan.homes = {text: homes[ref] for text, ref in self._refs.items()}
        self.plan.absent = {
            ref for judgement in judgements for ref in judgement.deciding.pair
        } - set(self._refs)
        awake = [
            judgement
            for judgement in judgements
            if self._refs.keys() >= set(judgement.deciding.pair)
        ]
        self._joined = [judgement for judgement in awake if judgement.verdict is Verdict.JOINED]
        self._apart = [judgement for judgement in awake if judgement.verdict is Verdict.DIFFERENT]
        self._parts_by_home: dict[int, dict[Row, Part]] = {}
        self._records: dict[int, list[HomeRecord]] = {}
        self._part_homes()
        self._cluster()
        self._pair_deals()

    def _part_homes(self) -> None:
        """Part the homes of which some rows are different by decision."""
        blocked: dict[int, list[Pair]] = defaultdict(list)
        for judgement in self._apart:
            home, other = (self.plan.homes[ref] for ref in judgement.deciding.pair)
            first, second = (self._refs[ref] for ref in judgement.deciding.pair)
            if home == other and (first.source, first.id) != (second.source, second.id):
                pair = Pair((first.source, first.id), (second.source, second.id), judgement)
                blocked[home].append(pair)
        nouns = (*COMPARED_NOUNS, FINDINGS.name)
        for home_record in records_of(self._connection, blocked, nouns) if blocked else ():
            self._records.setdefault(home_record.home, []).append(home_record)
        for home, pairs in blocked.items():
            self._parts_by_home[home] = self._parts(home, pairs)

    def _parts(self, home: int, blocked: Sequence[Pair]) -> dict[Row, Part]:
        """Return the part of each row of a home: rows of equal names stay together if they may.

        What no row describes, such as an organization that is only named, has no parts.
        """
        ranks = {
            home_record.row: home_record.rank
            for home_record in reversed(self._records.get(home, ()))
            if home_record.describes
        }
        rows = sorted(ranks, key=ranks.__getitem__)
        groups: Clusters = Clusters(ranks.__getitem__)
        pairs = [pair for pair in blocked if pair.first in ranks and pair.second in ranks]
        groups.keep_apart(pairs)
        groups.join(
            Pair(row, other) for number, row in enumerate(rows) for other in rows[number + 1 :]
        )
        parts_by_row: dict[Row, Part] = {}
        for canonical, members in groups.clusters().items():
            home_part = Part(home, None if rows[0] in members else canonical)
            parts_by_row |= dict.fromkeys(members, home_part)
        # Rows that are in no pair, where there is only one of them.
        return parts_by_row | {row: Part(home) for row in rows if row not in parts_by_row}

    def _part_of(self, text: str) -> Part:
        """Return the part that a reference means."""
        ref, home = self._refs[text], self.plan.homes[text]
        return self._part_of_row(home, ref)

    def _part_of_row(self, home: int, ref: Reference) -> Part:
        parts_by_row = self._parts_by_home.get(home)
        if parts_by_row is None:
            return Part(home)
        own = parts_by_row.get((ref.source, ref.id))
        if own is not None:
            return own
        # Money that is stated in rows of its own follows the only project row of its source.
        of_source = {home_part for row, home_part in parts_by_row.items() if row[0] == ref.source}
        return of_source.pop() if len(of_source) == 1 else Part(home)

    def _part_of_record(self, home_record: HomeRecord) -> Part:
        """Return the part of a record; notes stay at home unless they are about a row of a part."""
        parts_by_row = self._parts_by_home[home_record.home]
        if home_record.about is not None:
            return parts_by_row.get(home_record.about, Part(home_record.home))
        if home_record.ref.noun == FINDINGS.name:
            return Part(home_record.home)
        return self._part_of_row(home_record.home, home_record.ref)

    def _cluster(self) -> None:
        ranks = ranks_of(self._connection, set(self.plan.homes.values()))

        def rank(home_part: Part) -> tuple[Any, ...]:
            # A part without an entity of its own is canonical only among its like.
            return home_part.row is not None, ranks[home_part.home], home_part.row or ()

        groups: Clusters = Clusters(rank)
        groups.keep_apart(self._pairs(self._apart))
        groups.join(self._pairs(self._joined))
        self.plan.refused = groups.refused
        canonical = {
            member: head for head, members in groups.clusters().items() for member in members
        }
        for home_part, head in canonical.items():
            if home_part.row is None and head != home_part:
                self.plan.targets[home_part.home] = head.home
        for home in self._parts_by_home:
            for home_record in self._records.get(home, ()):
                home_part = self._part_of_record(home_record)
                if home_part.row is not None:
                    self.plan.parted[home_record.id] = canonical.get(home_part, home_part)

    def _pairs(self, judged: Iterable[Judgement]) -> list[Pair]:
        pairs = []
        for judgement in judged:
            first, second = map(self._part_of, judgement.deciding.pair)
            if first != second:
                pairs.append(Pair(first, second, judgement))
        return pairs

    def _pair_deals(self) -> None:
        """Find the records of finance that are one deal."""
        refused = {id(join.join.decision) for join in self.plan.refused}
        deals = [
            judgement
            for judgement in self._joined
            if judgement.is_deal and id(judgement) not in refused
        ]
        if not deals:
            return
        homes = {self.plan.homes[ref] for judgement in deals for ref in judgement.deciding.pair}
        money = _Money(records_of(self._connection, homes, (FINANCE.name,)))
        groups: Clusters = Clusters(money.ranks.__getitem__)
        groups.keep_apart(self._pairs_of_money(money, self._apart))
        groups.join(self._pairs_of_money(money, deals))
        self.plan.refused += groups.refused
        for members in groups.clusters().values():
            first = min(members)
            self.plan.deals |= dict.fromkeys(members, first)

    def _pairs_of_money(self, money: "_Money", judged: Iterable[Judgement]) -> list[Pair]:
        pairs = []
        for judgement in judged:
            first, second = (money.of(self._refs[ref]) for ref in judgement.deciding.pair)
            if first and second and first != second:
                pairs.append(Pair(first, second, judgement))
        return pairs


class _Money:
    """The records of finance that references mean."""

    def __init__(self, records: Collection[HomeRecord]) -> None:
        self.ranks: Mapping[int, Any] = {of_money.id: of_money.rank for of_money in records}
        self._by_row: dict[Row, list[int]] = defaultdict(list)
        for of_money in records:
            self._by_row[of_money.row].append(of_money.id)

    def of(self, ref: Reference) -> int | None:
        """Return the record of a reference: its own, or that of the same row of the source."""
        ids = self._by_row.get((ref.source, ref.id), ())
        return ids[0] if len(ids) == 1 else None
