"""Leaves out pairs on which nothing is left to decide."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, entity, record, source
from bricoop.domain.batches import in_batches
from bricoop.domain.references import Reference
from bricoop.domain.vocabularies import EntityKind
from bricoop.identity.review.pairs import AnyProposal, ReviewPair
from bricoop.ingest.clusters.homes import parsed
from bricoop.ingest.clusters.judgements import Judgement, Verdict, judgements

_BATCH = 1000
_SETTLED = frozenset({Verdict.JOINED, Verdict.RELATED, Verdict.DIFFERENT})


def without_settled(
    connection: Connection, pairs: Iterable[ReviewPair[AnyProposal]], reviewer: str
) -> list[ReviewPair[AnyProposal]]:
    """Return the pairs that a reviewer may still decide.

    Pairs are left out that the reviewer has decided, also as unsure, and those that others have
    settled: what is one with one side has the same decisions as that side.
    """
    settled = [
        judgement.deciding.pair
        for judgement in judgements(connection)
        if _is_settled(judgement, reviewer)
    ]
    keys = _keys(connection, {ref for refs in settled for ref in refs})
    done = {
        frozenset((key, other))
        for first, second in settled
        for key in keys[first]
        for other in keys[second]
    }
    return [pair for pair in pairs if frozenset((pair.left_key, pair.right_key)) not in done]


def _is_settled(judgement: Judgement, reviewer: str) -> bool:
    holding = judgement.holding
    if any(row.reviewer == reviewer for row in holding):
        return True
    # A person may overrule a rule.
    by_rule = all(row.is_by_rule for row in holding)
    return judgement.verdict in _SETTLED and not by_rule


def _keys(connection: Connection, refs: Iterable[str]) -> defaultdict[str, set[str]]:
    """Return the keys of the entities that references mean."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    groups: defaultdict[tuple[str, str], list[Reference]] = defaultdict(list)
    for ref in parsed(refs).values():
        groups[ref.source, ref.noun].append(ref)
    for (key, noun), group in groups.items():
        for batch in in_batches(sorted(ref.id for ref in group), _BATCH):
            rows = (
                _of_records(connection, key, noun, batch) if noun else _of_names(connection, batch)
            )
            for number, entity_key in rows:
                keys[str(Reference(key, noun, number))].add(entity_key)
    return keys


def _of_records(
    connection: Connection, source_key: str, noun: str, ids: list[str]
) -> Iterator[tuple[str, str]]:
    statement = (
        select(record.c.external_id, entity.c.key)
        .join(source, source.c.id == record.c.source_id)
        .join(entity, entity.c.id == record.c.entity_id)
        .where(source.c.key == source_key, record.c.noun == noun)
        .where(in_values(connection, record.c.external_id, ids))
    )
    yield from connection.execute(statement)


def _of_names(connection: Connection, names: list[str]) -> Iterator[tuple[str, str]]:
    statement = (
        select(alias.c.normalised, entity.c.key)
        .join(entity, entity.c.id == alias.c.entity_id)
        .where(entity.c.kind == EntityKind.ORGANIZATION.value)
        .where(in_values(connection, alias.c.normalised, names))
        .distinct()
    )
    yield from connection.execute(statement)
