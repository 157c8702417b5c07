"""Notes on generated keys that an earlier load of the source generated from other cells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select

from bricoop.db.dialect import in_values
from bricoop.db.headers import headers_of
from bricoop.db.schema import record
from bricoop.domain.header import Header
from bricoop.domain.problem import Level, Problem
from bricoop.ingest.load.context import LoadContext
from bricoop.ingest.load.entity_resolver import EntityResolver
from bricoop.ingest.transform.validate import PreparedRow

_KEY = "key"


def notes_on_keys(
    rows: Sequence[tuple[PreparedRow, int]],
    work: LoadContext,
    noun: str,
    header: Header,
    subjects: EntityResolver,
) -> Iterator[Problem]:
    """Yield a note for each new record whose key an earlier load generated from other cells.

    Two different things may have been merged into one entity.

    Args:
        rows: new records whose entities were found by key, each with its entity id.
        work: the load.
        noun: the noun of the records.
        header: the header of their file.
        subjects: locates cells for the notes.
    """
    earlier = _earlier(work, noun, {entity_id for _, entity_id in rows})
    for row, entity_id in rows:
        if entity_id not in earlier:
            continue
        external_id, load_id, cells = earlier[entity_id]
        own = _cells(header, row.raw)
        # With empty cells, the key was not generated from them but from the name.
        if own.keys() == cells.keys() and own != cells and any(cells.values()):
            rule = (
                f"becomes the key {row.fields[_KEY]!r}, which load {load_id} made of another value"
                f" for {external_id!r}: both are taken for one"
            )
            hint = "Put a column into the template that tells them apart, or {#} for a short id."
            problem = subjects.problem(row, _KEY, rule, hint)
            yield replace(problem, level=Level.NOTE.value)


def _earlier(
    work: LoadContext, noun: str, entity_ids: set[int]
) -> dict[int, tuple[str, int, Mapping[str, str]]]:
    """Return id, load and cells of each entity's first record from another load of the source."""
    first = (
        select(func.min(record.c.id))
        .where(
            in_values(work.connection, record.c.entity_id, entity_ids),
            record.c.source_id == work.source_id,
            record.c.noun == noun,
            record.c.load_id != work.load_id,
        )
        .group_by(record.c.entity_id)
    )
    columns = (record.c.entity_id, record.c.external_id, record.c.load_id, record.c.raw)
    rows = work.connection.execute(select(*columns).where(record.c.id.in_(first))).all()
    headers = headers_of(work.connection, [(row.load_id, noun) for row in rows])
    return {
        row.entity_id: (row.external_id, row.load_id, _cells(headers[row.load_id, noun], row.raw))
        for row in rows
    }


def _cells(header: Header, raw: Sequence[str]) -> dict[str, str]:
    """Return the cells from which a key was generated, with case and white space normalised."""
    cells = header.said(raw)
    columns = header.columns_of(_KEY)
    return {name: " ".join(cells.get(name, "").split()).casefold() for name in columns}
