"""Find the one source that a typed key, title or profile name denotes."""

from typing import NamedTuple

from sqlalchemy import Connection, exists, select

from bricoop.db.schema import load, record, source
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import AmbiguousNameError, NotFoundError

#: Recorded as the profile of a load that was read without one.
_NO_PROFILE = "native"


class FoundSource(NamedTuple):
    """A source found by text.

    Attributes:
        id: its id.
        key: its key.
        title: its title.
        is_exact: whether the text is the whole key or title, not only a part of it.
    """

    id: int
    key: str
    title: str
    is_exact: bool


def find_source(connection: Connection, typed: str) -> int:
    """Return the id of the source found by `match_source`, with the same errors."""
    return match_source(connection, typed).id


def match_source(connection: Connection, typed: str) -> FoundSource:
    """Return the source with a given key or title, or the only one that matches in part.

    The name of a profile denotes the source that it loaded. Partial matches are a part of a title,
    or whole parts of a key between hyphens (`aidata-gcdf` of `aidata-gcdf-3`); they rank equally,
    so that no source is preferred silently.

    Raises:
        NotFoundError: no source matches; the error lists similar keys.
        AmbiguousNameError: several sources match.
    """
    rows = connection.execute(select(source.c.id, source.c.key, source.c.title)).all()
    title, key = normalise(typed), typed.strip().casefold()
    exact = [row for row in rows if key == row.key or title == normalise(row.title)]
    loaded = _loaded_by(connection, typed.strip())
    matches = exact or [row for row in rows if row.id in loaded]
    matches = matches or [
        row
        for row in rows
        if (title and title in normalise(row.title)) or (key and f"-{key}-" in f"-{row.key}-")
    ]
    if not matches:
        near = _nearest(connection, typed)
        raise NotFoundError("source", typed, near, "`bricoop query sources` lists them.")
    if len(matches) > 1:
        raise AmbiguousNameError(typed, [row.key for row in matches])
    return FoundSource(*matches[0], is_exact=bool(exact))


def _nearest(connection: Connection, typed: str) -> list[str]:
    """Return the keys most similar to a text, among sources that have records."""
    has_records = exists().where(record.c.source_id == source.c.id)
    rows = connection.execute(select(source.c.key, source.c.title).where(has_records)).all()
    keys = {row.key: row.key for row in rows}
    return nearest(typed, {**keys, **{normalise(row.title): row.key for row in rows}})


def _loaded_by(connection: Connection, profile: str) -> set[int]:
    """Return the ids of the sources with a load, not undone, that used a profile."""
    if profile == _NO_PROFILE:
        return set()
    loads = select(load.c.source_id).where(load.c.profile == profile, load.c.undone_at.is_(None))
    return set(connection.scalars(loads))
