"""Counts what decisions made of the projects of a question: what is one, and what is open."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import cluster_member, decision, source
from bricoop.domain.vocabularies import EntityKind
from bricoop.identity.pair_standing import Standing, decided_pairs
from bricoop.query.execute import identities
from bricoop.query.question import Question


@dataclass(frozen=True)
class DecidedProjects:
    """What decisions made of some projects.

    Attributes:
        joined: the number of projects that are one of several by decision.
        members: the number of projects that these are without decisions.
        contested: the number of pairs on which reviewers disagree, or whose join another decision
            blocks.
        unsure: the number of pairs on which a reviewer is unsure, and that nobody decided.
        waiting: the number of other pairs that are undecided, or of which one is not loaded.
        sources: the keys of the sources of the decisions, with the number of decisions of each.
    """

    joined: int = 0
    members: int = 0
    contested: int = 0
    unsure: int = 0
    waiting: int = 0
    sources: tuple[tuple[str, int], ...] = ()


def decided_projects(connection: Connection, question: Question) -> DecidedProjects:
    """Return what decisions made of the projects of a question.

    A pair counts if one of its projects is in the question.
    """
    if connection.scalar(select(decision.c.id).limit(1)) is None:
        return DecidedProjects()
    ids = select(identities(connection, question).subquery().c.identity)
    member = cluster_member.c
    columns = (func.count(member.canonical_id.distinct()), func.count())
    row = connection.execute(
        select(*columns).where(
            member.canonical_id.in_(ids), member.kind == EntityKind.PROJECT.value
        )
    ).one()
    joined, hidden = row
    pairs = decided_pairs(connection)
    own = _rows_of_question(
        connection, question, {number for pair in pairs for number in pair.entities}
    )
    concerned = [pair for pair in pairs if not own.isdisjoint(pair.entities)]
    standings = Counter(pair.standing for pair in concerned)
    decided = {row.id for pair in concerned for row in pair.judgement.holding}
    unsure = sum(pair.is_unsure for pair in concerned)
    waiting = standings[Standing.WAITING] - unsure
    return DecidedProjects(
        joined, joined + hidden, standings[Standing.CONTESTED], unsure, waiting,
        tuple(_sources(connection, decided)),
    )  # fmt: skip


def _rows_of_question(
    connection: Connection, question: Question, entity_ids: Collection[int]
) -> set[int]:
    """Return those of some ids that are rows of a question."""
    rows = identities(connection, question).subquery()
    chosen = select(rows.c.identity).where(in_values(connection, rows.c.identity, entity_ids))
    return set(connection.scalars(chosen))


def _sources(connection: Connection, ids: Collection[int]) -> list[tuple[str, int]]:
    number = func.count()
    rows = connection.execute(
        select(source.c.key, number)
        .select_from(decision)
        .join(source, source.c.id == decision.c.source_id)
        .where(in_values(connection, decision.c.id, ids))
        .group_by(source.c.key)
        .order_by(number.desc(), source.c.key)
    )
    return [(row[0], row[1]) for row in rows]
