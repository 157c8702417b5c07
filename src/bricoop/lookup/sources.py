"""What a person typed becomes one source."""

from typing import NamedTuple

from sqlalchemy import Connection, exists, select

from bricoop.db.schema import load, record, source
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import AmbiguousNameError, NotFoundError

#: What a load without a profile says in place of its name.
_NO_PROFILE = "native"


class FoundSource(NamedTuple):
    """The one source that a text means.

    Attributes:
        id: its id.
        key: its key.
        title: its title.
        is_exact: whether the text is its key or its title, and not only a part of either.
    """

    id: int
    key: str
    title: str
    is_exact: bool


def find_source(connection: Connection, typed: str) -> int:
    """Return the id of the source that a text means, as `match_source` finds it."""
    return match_source(connection, typed).id


def match_source(connection: Connection, typed: str) -> FoundSource:
    """Return the source with a key or a title, or the only one that a part of either fits.

    The name of a profile means what it loaded. Parts count alike, so that none is preferred in
    silence: a part of a title, and whole parts of a key between hyphens (`aidata-gcdf` of
    `aidata-gcdf-3`).

    Raises:
        NotFoundError: nothing fits; it names the keys that are near.
        AmbiguousNameError: the parts fit several sources.
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
    """Return the keys nearest to a text, of the sources of which there are records."""
    has_records = exists().where(record.c.source_id == source.c.id)
    rows = connection.execute(select(source.c.key, source.c.title).where(has_records)).all()
    keys = {row.key: row.key for row in rows}
    return nearest(typed, {**keys, **{normalise(row.title): row.key for row in rows}})


def _loaded_by(connection: Connection, profile: str) -> set[int]:
    """Return the sources that a profile loaded."""
    if profile == _NO_PROFILE:
        return set()
    loads = select(load.c.source_id).where(load.c.profile == profile, load.c.undone_at.is_(None))
    return set(connection.scalars(loads))
