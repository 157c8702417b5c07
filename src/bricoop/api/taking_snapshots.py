"""Snapshots of a knowledge base, as it is or without decisions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from bricoop.api.snapshot import Snapshot
from bricoop.db.engine import reading
from bricoop.domain.english import as_subject
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.question import Question

if TYPE_CHECKING:
    from bricoop.ingest.clusters.unmerged import Searched


@contextmanager
def snapshot_for(engine: Engine, question: Question | None = None) -> Iterator[Snapshot]:
    """Yield a snapshot on which a question can be asked.

    Args:
        engine: the knowledge base.
        question: the question; without one, entities are as decisions made them.

    Raises:
        DatabaseError: the database cannot be reached or read, or PostgreSQL does not allow the
            private copy that a question without decisions needs.
        UsageError: decisions play no part in the rows that an unmerged question asks for.
    """
    is_unmerged = question is not None and question.unmerged
    if question is not None and is_unmerged and not noun_of(question.noun).is_merged:
        message = f"{as_subject(question.noun)} are the same with and without decisions."
        raise UsageError(message, "Leave out --unmerged.")
    with reading(engine) as connection:
        if question is not None and is_unmerged:
            with _unmerged(connection, _searched_by(question)) as snapshot:
                yield snapshot
        else:
            yield Snapshot(connection)


@contextmanager
def unmerged_snapshot(engine: Engine) -> Iterator[Snapshot]:
    """Yield a snapshot without decisions, in which entities are shown and words are searched.

    Raises:
        DatabaseError: as `snapshot_for`.
    """
    from bricoop.ingest.clusters.unmerged import Searched  # noqa: PLC0415 (as below)

    with reading(engine) as connection, _unmerged(connection, Searched.TEXTS) as snapshot:
        yield snapshot


def _searched_by(question: Question) -> "Searched":
    from bricoop.ingest.clusters.unmerged import Searched  # noqa: PLC0415 (as below)

    if question.search:
        return Searched.TEXTS
    return Searched.NAMES if question.filters or question.where else Searched.NOTHING


@contextmanager
def _unmerged(connection: Connection, searched: "Searched") -> Iterator[Snapshot]:
    from bricoop.ingest.clusters.unmerged import (  # noqa: PLC0415 (other questions need none of it)
        shown_apart,
        without_decisions,
    )

    note = shown_apart(connection)
    with without_decisions(connection, searched) as copy:
        yield Snapshot(copy, (note,), is_unmerged=True)
