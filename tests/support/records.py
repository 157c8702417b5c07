"""Reads the records of a knowledge base."""

from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.headers import headers_of
from bricoop.db.schema import record


def raws(engine: Engine, noun: str, load_id: int | None = None) -> dict[str, dict[str, str]]:
    """Return the cells of the records of a noun, optionally of one load, by external id."""
    statement = select(record).where(record.c.noun == noun)
    if load_id is not None:
        statement = statement.where(record.c.load_id == load_id)
    with reading(engine) as connection:
        rows = connection.execute(statement).all()
        headers = headers_of(connection, [(row.load_id, noun) for row in rows])
    return {row.external_id: headers[row.load_id, noun].said(row.raw) for row in rows}
