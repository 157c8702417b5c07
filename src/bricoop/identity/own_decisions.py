"""Finds what a reviewer decided before on pairs that are decided on again."""

from collections.abc import Collection
from itertools import product
from typing import Any

from sqlalchemy import Connection, Row, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import decision
from bricoop.domain.batches import in_batches
from bricoop.domain.reviewer_names import reviewer_key
from bricoop.ingest.clusters.judgements import judgements
from bricoop.ingest.clusters.row_references import references_of_rows

#: Two references in their written form, in either order.
RefPair = frozenset[str]
_BATCH = 1000


def own_decisions(
    connection: Connection, reviewer: str, pairs: Collection[RefPair]
) -> dict[RefPair, Row[Any]]:
    """Return the newest decision of a reviewer on each of some pairs, where there is one.

    A decision on the money of both rows, or on their projects, is on the same pair.

    Args:
        connection: an open connection.
        reviewer: the name of the reviewer, in any spelling that means the same person.
        pairs: the pairs.
    """
    refs = {ref for pair in pairs for ref in pair}
    own: dict[RefPair, int] = {}
    for judgement in judgements(connection, refs):
        for row in judgement.newest:
            if reviewer_key(row.reviewer) == reviewer_key(reviewer):
                own |= dict.fromkeys(map(frozenset, judgement.pairs), row.id)
    others = references_of_rows(connection, refs)
    ids = {pair: number for pair in pairs if (number := _first(own, _on_rows(pair, others)))}
    rows = {
        row.id: row
        for batch in in_batches(sorted(set(ids.values())), _BATCH)
        for row in connection.execute(
            select(decision).where(in_values(connection, decision.c.id, batch))
        )
    }
    return {pair: rows[number] for pair, number in ids.items()}


def decision_text(row: Row[Any]) -> str:
    """Return a decision in words, without the time of day.

    It is `a/projects/1 same-project b/projects/b1, decided on 2026-11-30 (load 9)`.
    """
    day = row.decided_at[:10]
    pair = f"{row.left_ref} {row.relation} {row.right_ref}"
    return f"{pair}, decided on {day} (load {row.load_id})"


def _on_rows(pair: RefPair, others: dict[str, str]) -> list[RefPair]:
    """Return a pair, and those of the other references to the same rows."""
    sides = [(ref, others.get(ref, ref)) for ref in sorted(pair)]
    return [pair, *map(frozenset, product(*sides))]


def _first(own: dict[RefPair, int], pairs: list[RefPair]) -> int | None:
    return next((own[pair] for pair in pairs if pair in own), None)
