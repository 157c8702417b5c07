"""Record single values of an entity as a source of one's own states them, by an ordinary load."""

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from tempfile import NamedTemporaryFile

from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import source
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import NotFoundError, UsageError
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import LAYOUT_OF_KIND
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec
from bricoop.lookup.entities import EntityMatch, find_entity

#: The tier of a new source of one's own, unless another one is stated: between those of research
#: and of news.
USUAL_TIER = 6
#: The locator of values whose place in the source is not stated: a line of the file that is loaded
#: for them would mean nothing.
_NO_PLACE = "command line"
#: Columns that say which entity a row is about, and where the source says it.
_ABOUT = ("id", "key", "name", "locator")
#: Endings of columns that belong to another one, and are stated together with it.
_BESIDE = ("_unit", "_basis")


def set_values(
    engine: Engine,
    typed: str,
    values: Mapping[str, str],
    spec: SourceSpec,
    locator: str = "",
    written: Callable[[int], object] = lambda _: None,
) -> tuple[EntityMatch, LoadResult]:
    """Load values of one entity, each as a record of its own.

    A value that the source has stated of the same field before is replaced; other fields stay.

    Args:
        engine: the knowledge base.
        typed: a name, code or key of the entity.
        values: the texts of the values by field, as in cells of load files.
        spec: the source that states them; a new one gets the tier `USUAL_TIER` and a title made of
            its key, if it has none.
        locator: where the source states them; empty if that is not known.
        written: called with the load id right after the commit.

    Returns:
        The entity, and the result of the load.

    Raises:
        NotFoundError: no entity or field matches.
        AmbiguousNameError: several entities match.
        UsageError: a value is wrong, or entities of this kind have no values to set.
    """
    with reading(engine) as connection:
        match = find_entity(connection, typed)
        is_known = connection.scalar(select(source.c.id).where(source.c.key == spec.key))
    layout = LAYOUT_OF_KIND[match.kind]
    _check_fields(layout, match, values)
    if is_known is None:
        title = spec.title or f"Notes of {spec.key}"
        spec = replace(spec, title=title, tier=spec.tier or USUAL_TIER, kind=spec.kind or "person")
    with NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv") as file:
        columns = [name for name in (*_ABOUT, *values) if layout.column(name)]
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(_rows(match, values, locator))
        file.flush()
        request = LoadRequest(layout.noun, file.name, spec, named=f"set {match.key}")
        try:
            return match, load_file(engine, replace(request, written=written))
        except RowsRejectedError as error:
            raise UsageError(error.result.problems[0].sentence()) from error


def _check_fields(layout: Layout, match: EntityMatch, values: Mapping[str, str]) -> None:
    names = [column.name for column in layout.columns if column.name not in _ABOUT]
    if any(column.required and column.name not in _ABOUT for column in layout.columns):
        message = f"{match.name} is a {match.kind}, whose values are fixed."
        raise UsageError(message, "Values can be set of projects, organizations and the like.")
    for name, text in values.items():
        if name not in names:
            near = nearest(name, {normalise(field): field for field in names})
            raise NotFoundError(f"field of {layout.noun}", name, near or names)
        if not text.strip():
            message = f"The value of {name} is empty."
            raise UsageError(message, "Write FIELD=VALUE. `bricoop undo LOAD` takes a value back.")


def _rows(match: EntityMatch, values: Mapping[str, str], locator: str) -> list[dict[str, str]]:
    """Return a row for each field, with the fields that belong to it."""
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for name, text in values.items():
        main = name
        for ending in _BESIDE:
            main = main.removesuffix(ending)
        groups[main][name] = text
    about = {"key": match.key, "name": match.name, "locator": locator or _NO_PLACE}
    return [{"id": f"{match.key} {main}", **about, **own} for main, own in groups.items()]
