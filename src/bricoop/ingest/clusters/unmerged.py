"""A knowledge base as it would be without decisions, in a private copy for questions on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from sqlalchemy import Connection, func, select

from bricoop.db.private_copy import private_copy
from bricoop.db.schema import cluster_member, cluster_record, deal_member, record
from bricoop.db.search.index import refresh_names
from bricoop.domain.english import agree, counted, enumerated, plural
from bricoop.domain.nouns import PROJECTS
from bricoop.ingest.clusters.derive import refresh_documents, suspend_clusters


class Searched(Enum):
    """What of the search index the questions on a copy look into."""

    NOTHING = "nothing"
    NAMES = "names"  #: as filters do that find entities by parts of their names
    TEXTS = "texts"


@contextmanager
def without_decisions(connection: Connection, searched: Searched) -> Iterator[Connection]:
    """Yield a connection to entities as loads made them; if decisions changed none, the same one.

    Args:
        connection: an open transaction that reads; on PostgreSQL, nothing else may be read by it
            afterwards.
        searched: what has to be right in the search index.

    Raises:
        DatabaseError: PostgreSQL does not allow the user to create temporary tables.
    """
    if not _has_followed(connection):
        yield connection
        return
    with private_copy(connection, with_search=searched is not Searched.NOTHING) as copy:
        touched = suspend_clusters(copy).touched
        if searched is Searched.NAMES:
            refresh_names(copy, touched)
        elif searched is Searched.TEXTS:
            refresh_documents(copy, touched)
        yield copy


def shown_apart(connection: Connection) -> str:
    """Return a note on what `--unmerged` shows apart, and together again, as a sentence.

    Args:
        connection: a transaction that sees the clusters.
    """
    member = cluster_member.c
    number = func.count(member.canonical_id.distinct())
    clusters = select(member.kind, number, func.count()).group_by(member.kind)
    apart = [
        f"{counted(joined, 'clusters')} as {counted(joined + others, plural(kind))}"
        for kind, joined, others in connection.execute(clusters.order_by(member.kind.desc()))
    ]
    sentences = [f"--unmerged shows {enumerated(apart)}."] if apart else []
    if parted := _count_parted(connection):
        their = agree(parted, "its", "their")
        projects = counted(parted, PROJECTS.name)
        sentences.append(f"--unmerged does not part {projects} from others of {their} name.")
    nothing = "--unmerged: no decision joins or parts projects or organizations."
    return " ".join(sentences) or nothing


def _has_followed(connection: Connection) -> bool:
    """Return whether decisions have joined or parted anything, or made rows one deal."""
    return any(
        connection.execute(select(table.c[0]).limit(1)).first()
        for table in (cluster_member, cluster_record, deal_member)
    )


def _count_parted(connection: Connection) -> int:
    """Count the records of projects that are about another entity than others of their home."""
    parted = (
        select(func.count())
        .select_from(cluster_record)
        .join(record, record.c.id == cluster_record.c.record_id)
        .outerjoin(cluster_member, cluster_member.c.entity_id == cluster_record.c.own_entity_id)
        .where(record.c.noun == PROJECTS.name)
        .where(record.c.entity_id.is_distinct_from(cluster_member.c.canonical_id))
    )
    return connection.execute(parted).scalar_one()
