"""Finds and undoes loads of a test."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select

from bricoop.db.engine import reading
from bricoop.db.schema import load as loads
from bricoop.ingest.undo.undo_load import undo_load


@contextmanager
def undone_afterwards(engine: Engine) -> Iterator[None]:
    """Undo all loads of the test at its end, the newest first."""
    with reading(engine) as connection:
        last = connection.execute(select(func.max(loads.c.id))).scalar_one()
    try:
        yield
    finally:
        with reading(engine) as connection:
            since = select(loads.c.id).where(loads.c.id > last, loads.c.undone_at.is_(None))
            numbers = list(connection.scalars(since))
        for number in sorted(numbers, reverse=True):
            undo_load(engine, number)


def newest(engine: Engine) -> int:
    """Return the id of the newest load that is not undone."""
    with reading(engine) as connection:
        standing = select(loads.c.id).where(loads.c.undone_at.is_(None)).order_by(loads.c.id.desc())
        return int(connection.scalars(standing.limit(1)).one())
