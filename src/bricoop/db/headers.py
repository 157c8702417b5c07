"""Reads the headers of loads, which map the raw cells of records to columns and fields."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import load_header
from bricoop.db.types import DamagedValueError
from bricoop.domain.cell_choice import from_data
from bricoop.domain.header import Header


def header_of(row: Row[Any]) -> Header:
    """Return the header that a row of `load_header` stores.

    Raises:
        DamagedValueError: the row has another form than bricoop writes.
    """
    try:
        origins = {name: from_data(choices) for name, choices in row.origins.items()}
        return Header(tuple(row.columns), origins, tuple(row.letters))
    except (TypeError, AttributeError) as error:
        raise DamagedValueError(row.origins, "a header") from error


def headers_of(
    connection: Connection, keys: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], Header]:
    """Return the headers by load and noun; an empty header if there is none."""
    pairs = set(keys)
    headers = {pair: Header(()) for pair in pairs}
    loads = {load_id for load_id, _ in pairs}
    statement = select(load_header).where(in_values(connection, load_header.c.load_id, loads))
    for row in connection.execute(statement):
        if (row.load_id, row.noun) in pairs:
            headers[row.load_id, row.noun] = header_of(row)
    return headers
