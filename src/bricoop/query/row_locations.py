"""Locations of the rows of an answer, for maps; they are read page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import entity, location, record, source
from bricoop.domain.batches import in_batches
from bricoop.domain.cells import Row
from bricoop.domain.english import as_subject
from bricoop.errors import UsageError
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer, Question

#: Number of rows whose locations are read by one statement.
_PAGE = 500
PLACES = Field("places", "where it is", Type.PLACE, many=True)
#: Fields that rows must have to be shown on a map, by noun.
_NEEDED = {"projects": ("key",), "locations": ("latitude", "longitude")}


class Place(NamedTuple):
    """A location in WGS 84 degrees, with its precision, source and locator."""

    longitude: float
    latitude: float
    name: str | None
    precision: str
    source: str
    locator: str | None


def mappable(question: Question) -> Question:
    """Return a question with the columns added that a map needs.

    Raises:
        UsageError: the question has groups, or its noun has no coordinates.
    """
    needed = _NEEDED.get(question.noun)
    if question.grouping is not None:
        raise UsageError("Groups have no coordinates and cannot be shown on a map.")
    if needed is None:
        message = f"{as_subject(question.noun)} have no coordinates and cannot be shown on a map."
        raise UsageError(message, f"Use one of: {', '.join(_NEEDED)}.")
    if not question.columns:
        return question
    return replace(question, columns=tuple(dict.fromkeys((*question.columns, *needed))))


def located(connection: Connection, answer: Answer) -> Answer:
    """Add the field `places` to an answer if its rows are projects; else return it unchanged."""
    names = [field.name for field in answer.fields]
    if answer.noun is None or answer.noun.name != "projects" or "key" not in names:
        return answer
    rows = _rows(connection, answer.rows, names.index("key"))
    return replace(answer, fields=(*answer.fields, PLACES), rows=rows)


def _rows(connection: Connection, rows: Iterator[Row], key: int) -> Iterator[Row]:
    for page in in_batches(rows, _PAGE):
        by_key = _places(connection, [str(row[key]) for row in page])
        for row in page:
            yield *row, by_key.get(str(row[key]), [])


def _places(connection: Connection, keys: Sequence[str]) -> dict[str, list[Place]]:
    by_key: dict[str, list[Place]] = {}
    rows = connection.execute(
        select(
            entity.c.key,
            location.c.longitude,
            location.c.latitude,
            location.c.name,
            location.c.precision,
            source.c.key,
            record.c.locator,
        )
        .join(entity, entity.c.id == location.c.entity_id)
        .join(record, record.c.id == location.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(in_values(connection, entity.c.key, keys))
        .order_by(location.c.record_id, location.c.position)
    )
    for owner, longitude, latitude, name, precision, key, locator in rows:
        point = Place(longitude, latitude, name, precision, key, locator)
        by_key.setdefault(owner, []).append(point)
    return by_key
