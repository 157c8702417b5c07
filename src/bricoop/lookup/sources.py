"""What a person typed becomes one source."""

from sqlalchemy import Connection, select

from bricoop.db.schema import source
from bricoop.domain.names import normalise
from bricoop.errors import AmbiguousNameError, NotFoundError


def find_source(connection: Connection, typed: str) -> int:
    """Return the id of the source with a key, or with a title that holds what was typed.

    Raises:
        NotFoundError: no source is known so; it names the keys that are.
        AmbiguousNameError: several titles hold it.
    """
    rows = connection.execute(select(source.c.id, source.c.key, source.c.title)).all()
    wanted = normalise(typed)
    exact = [row for row in rows if typed == row.key or wanted == normalise(row.title)]
    found = exact or [row for row in rows if wanted and wanted in normalise(row.title)]
    if not found:
        raise NotFoundError("source", typed, [row.key for row in rows])
    if len(found) > 1:
        raise AmbiguousNameError(typed, [row.key for row in found])
    return int(found[0].id)
