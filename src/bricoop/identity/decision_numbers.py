"""The numbers of decisions, of clusters, and of pairs that are not settled."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from bricoop.db.schema import cluster_member, decision
from bricoop.domain.reviewer_names import RULE
from bricoop.identity.pair_standing import Standing, decided_pairs
from bricoop.ingest.clusters.judgements import quorum


def decision_numbers(connection: Connection) -> list[tuple[str, int]]:
    """Return labels and numbers of a whole knowledge base; empty without decisions and quorum."""
    return [(label, number) for label, number in _numbers(connection) if number]


def _numbers(connection: Connection) -> Iterator[tuple[str, int]]:
    is_by_rule = decision.c.reviewer.startswith(RULE, autoescape=True)
    of_reviewers = select(func.count()).select_from(decision)
    yield "decisions by people", connection.execute(of_reviewers.where(~is_by_rule)).scalar_one()
    yield "decisions by rules", connection.execute(of_reviewers.where(is_by_rule)).scalar_one()
    agreeing = quorum(connection)
    yield "quorum of reviewers", agreeing if agreeing > 1 else 0
    canonical = func.count(cluster_member.c.canonical_id.distinct())
    clusters, others = connection.execute(select(canonical, func.count())).one()
    yield "clusters of entities", clusters
    yield "entities in clusters", clusters + others
    standings = Counter(pair.standing for pair in decided_pairs(connection))
    yield "contested pairs", standings[Standing.CONTESTED]
    yield "waiting pairs", standings[Standing.WAITING]
