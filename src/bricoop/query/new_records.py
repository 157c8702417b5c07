"""A preview of the new records of a load, with their non-empty fields."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from bricoop.db.dialect import in_values
from bricoop.db.full_fields import full_fields
from bricoop.db.schema import record, record_version
from bricoop.domain.nouns import NounSpec
from bricoop.query.nouns.noun import Field, Noun
from bricoop.query.question import Answer


class NewRecords(NamedTuple):
    """The new records of one noun.

    Attributes:
        noun: name of the noun.
        number: number of new records.
        first: the first of them, with the fields that any of these has.
    """

    noun: str
    number: int
    first: Answer


def new_records(
    connection: Connection,
    loads: Sequence[int],
    shown: int,
    columns_of: Callable[[str], Sequence[str]],
) -> Iterator[NewRecords]:
    """Yield the new records of loads by noun, in the order in which nouns first occurred.

    Args:
        connection: an open connection.
        loads: the loads.
        shown: the largest number of records to return for each noun.
        columns_of: returns the names of a noun's fields, in order.
    """
    earlier = select(record_version.c.record_id).where(record_version.c.record_id == record.c.id)
    is_new = (in_values(connection, record.c.load_id, loads), ~earlier.exists())
    counted = (
        select(record.c.noun, func.count())
        .where(*is_new)
        .group_by(record.c.noun)
        .order_by(func.min(record.c.id))
    )
    for noun, number in connection.execute(counted).all():
        rows = (
            select(full_fields(record))
            .where(*is_new, record.c.noun == noun)
            .order_by(record.c.id)
            .limit(shown)
        )
        first = list(connection.scalars(rows))
        filled = {name for fields in first for name in fields}
        names = [name for name in columns_of(noun) if name in filled]
        columns = tuple(Field(name, "", in_table=True) for name in names)
        cells = [tuple(fields.get(name) for name in names) for fields in first]
        answer = Answer(Noun(NounSpec(noun), columns, (), "", ""), columns, iter(cells))
        yield NewRecords(noun, number, answer)
