"""The first records that a load made, with the fields that are filled, as they are stored."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from bricoop.db.schema import record, record_version
from bricoop.query.nouns.noun import Field, Noun
from bricoop.query.question import Answer


class NewRecords(NamedTuple):
    """What is new of one noun.

    Attributes:
        noun: the noun.
        number: how many records are new.
        first: the first of them, under the fields that any of these has.
    """

    noun: str
    number: int
    first: Answer


def new_records(
    connection: Connection, load_id: int, shown: int, columns_of: Callable[[str], Sequence[str]]
) -> Iterator[NewRecords]:
    """Yield what a load made, a noun at a time, in the order in which the nouns came.

    Args:
        connection: an open connection.
        load_id: the load.
        shown: so many records of each noun are returned.
        columns_of: returns the fields of a noun in their order.
    """
    earlier = select(record_version.c.record_id).where(record_version.c.record_id == record.c.id)
    is_new = (record.c.load_id == load_id, ~earlier.exists())
    counted = (
        select(record.c.noun, func.count())
        .where(*is_new)
        .group_by(record.c.noun)
        .order_by(func.min(record.c.id))
    )
    for noun, number in connection.execute(counted).all():
        rows = (
            select(record.c.fields)
            .where(*is_new, record.c.noun == noun)
            .order_by(record.c.id)
            .limit(shown)
        )
        first = list(connection.scalars(rows))
        filled = {name for fields in first for name in fields}
        names = [name for name in columns_of(noun) if name in filled]
        columns = tuple(Field(name, "", in_table=True) for name in names)
        cells = [tuple(fields.get(name) for name in names) for fields in first]
        answer = Answer(Noun(noun, "", columns, (), "", ""), columns, iter(cells))
        yield NewRecords(noun, number, answer)
