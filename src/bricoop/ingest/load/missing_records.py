"""Mark records that are missing from a newer edition as gone, and delete their facts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, Row, select, update

from bricoop.db.checksums import standing_of
from bricoop.db.dialect import in_values
from bricoop.db.schema import load, record
from bricoop.domain.batches import in_batches
from bricoop.errors import DataRejectedError
from bricoop.ingest.editions.choose_values import choose_values
from bricoop.ingest.editions.delete_facts import delete_orphans, entities_of_facts, replace_facts
from bricoop.ingest.editions.mention_names import blank_undescribed, name_by_mention
from bricoop.ingest.editions.undo_log import log_rows
from bricoop.ingest.load.context import LoadContext
from bricoop.ingest.load.edition import Edition

_BATCH = 1000
#: The columns that tell whether a record is current, and which entity it is about.
STANDING = (record.c.id, record.c.entity_id, record.c.gone_in)
_Standing = Row[int, int | None, int | None, int]


def mark_missing(work: LoadContext, nouns: Iterable[str]) -> dict[str, int]:
    """Mark records that are not in a complete edition; return the count for each noun.

    Their facts are deleted, and so are entities to which nothing else refers; both are logged so
    that the load can be undone. The content of the records is kept.
    """
    return mark(work, {noun: _unseen(work, noun) for noun in nouns})


def refuse_undone(connection: Connection, edition: Edition) -> None:
    """Refuse to complete an edition of which another process undid a load in the meantime.

    Raises:
        DataRejectedError: one of the loads no longer stands.
    """
    undone = select(load.c.id).where(in_values(connection, load.c.id, edition.loads))
    undone = undone.where(load.c.undone_at.is_not(None)).order_by(load.c.id)
    number = connection.scalar(undone.limit(1))
    if number is not None:
        message = f"Load {number}, a part of this edition, was undone in the meantime."
        raise DataRejectedError(message, "Run the same command again.")


def mark(work: LoadContext, records: Mapping[str, Iterable[Sequence[_Standing]]]) -> dict[str, int]:
    """Mark records as gone; return the count for each noun.

    Args:
        work: the load from which they are missing.
        records: for each noun, the records in batches.
    """
    connection = work.connection
    marked: Counter[str] = Counter()
    touched: set[int] = set()
    for noun, groups in records.items():
        for group in groups:
            marked[noun] += len(group)
            touched |= _mark(work, group)
    # Only after all are marked, so that no entity is named by a record that goes as well.
    work.touched.update(touched)
    left = sorted(touched - delete_orphans(connection, touched, work.load_id))
    for batch in in_batches(left, _BATCH):
        name_by_mention(connection, batch, work.load_id)
        blank_undescribed(connection, batch)
        choose_values(connection, batch, work.known_places)
    return dict(marked)


def _mark(work: LoadContext, group: Sequence[_Standing]) -> set[int]:
    """Mark records and delete their facts; return the ids of the entities concerned."""
    connection, load_id = work.connection, work.load_id
    ids = [row.id for row in group]
    touched = {row.entity_id for row in group if row.entity_id is not None}
    touched |= entities_of_facts(connection, ids)
    replace_facts(connection, {row.id: row.load_id for row in group}, load_id)
    log_rows(connection, load_id, record, [(None, row[:3]) for row in group], STANDING)
    connection.execute(
        update(record)
        .where(in_values(connection, record.c.id, ids))
        .values(gone_in=load_id, entity_id=None, standing=standing_of(None, load_id))
    )
    return touched


def _unseen(work: LoadContext, noun: str) -> Iterator[Sequence[_Standing]]:
    """Yield batches of the current records that the file did not contain, by id."""
    last = 0
    while True:
        rows = work.connection.execute(
            select(*STANDING, record.c.load_id)
            .where(record.c.source_id == work.source_id, record.c.noun == noun)
            .where(record.c.gone_in.is_(None), record.c.id > last)
            .order_by(record.c.id)
            .limit(_BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        unseen = [row for row in rows if not work.has_read(row.id)]
        if unseen:
            yield unseen
