"""What a person typed becomes one source."""

from sqlalchemy import Connection, select

from bricoop.db.schema import source
from bricoop.domain.closeness import nearest
from bricoop.domain.names import normalise
from bricoop.errors import AmbiguousNameError, NotFoundError


def find_source(connection: Connection, typed: str) -> int:
    """Return the id of the source with a key, or with a title that holds what was typed.

    A beginning of a single key will do, too, up to a hyphen: `aidata-gcdf` for `aidata-gcdf-3`.

    Raises:
        NotFoundError: no source is known so; it names the keys that are.
        AmbiguousNameError: several titles hold it.
    """
    rows = connection.execute(select(source.c.id, source.c.key, source.c.title)).all()
    wanted = normalise(typed)
    exact = [row for row in rows if typed == row.key or wanted == normalise(row.title)]
    found = exact or [row for row in rows if wanted and wanted in normalise(row.title)]
    found = found or [row for row in rows if row.key.startswith(f"{typed.casefold()}-")]
    if not found:
        keys = {row.key: row.key for row in rows}
        near = nearest(typed, {**keys, **{normalise(row.title): row.key for row in rows}})
        raise NotFoundError("source", typed, near or list(keys))
    if len(found) > 1:
        raise AmbiguousNameError(typed, [row.key for row in found])
    return int(found[0].id)
