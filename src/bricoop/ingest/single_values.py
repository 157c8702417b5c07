"""Record single values of an entity as a source of one's own states them, by an ordinary load."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import NotFoundError, UsageError
from bricoop.ingest.clusters.named_member import NamedMember, named_member
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import LAYOUT_OF_KIND
from bricoop.ingest.own_records import NO_LOCATOR, load_own_rows
from bricoop.ingest.request import LoadResult
from bricoop.ingest.sources import SourceSpec
from bricoop.lookup.entities import EntityMatch

#: Columns that say which entity a row is about, and where the source says it.
_ABOUT = ("id", "key", "name", "locator")
#: How many similar columns are named.
_MOST_NEAR = 3
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
        typed: a name, code, key or reference of the entity or of a member of it.
        values: the texts of the values by field, as in cells of load files.
        spec: the source that states them, as `load_own_rows` takes it.
        locator: where the source states them; empty if that is not known.
        written: called with the load id right after the commit.

    Returns:
        The entity or member, and the result of the load.

    Raises:
        NotFoundError: no entity or field matches.
        AmbiguousNameError: several entities match.
        UsageError: a value is wrong, or entities of this kind have no values to set.
    """
    with reading(engine) as connection:
        member = named_member(connection, typed)
    match = member.match
    layout = LAYOUT_OF_KIND[match.kind]
    _check_fields(layout, match, values)
    rows = _rows(member, values, locator or NO_LOCATOR)
    return match, load_own_rows(engine, layout, rows, spec, f"set {match.key}", written)


def _check_fields(layout: Layout, match: EntityMatch, values: Mapping[str, str]) -> None:
    names = [column.name for column in layout.columns if column.name not in _ABOUT]
    if any(column.required and column.name not in _ABOUT for column in layout.columns):
        message = f"{match.name} is a {match.kind}, whose values are fixed."
        raise UsageError(message, "Values can be set of projects, organizations and the like.")
    for name, text in values.items():
        if name in _ABOUT:
            message = f"The column {name} says which row is meant, and where it is stated."
            hint = "stated_name is the name as printed; --locator is the place in the source."
            raise UsageError(message, hint)
        if name not in names:
            near = nearest(name, {normalise(field): field for field in names})[:_MOST_NEAR]
            advice = f"`bricoop template {layout.noun}` has the columns."
            raise NotFoundError(f"field of {layout.noun}", name, near, advice)
        if not text.strip():
            message = f"The value of {name} is empty."
            raise UsageError(message, "Write FIELD=VALUE. `bricoop undo LOAD` takes a value back.")


def _rows(member: NamedMember, values: Mapping[str, str], locator: str) -> list[dict[str, str]]:
    """Return a row for each field, with the fields that belong to it."""
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for name, text in values.items():
        main = name
        for ending in _BESIDE:
            main = main.removesuffix(ending)
        groups[main][name] = text
    about = {"key": member.key, "name": member.match.name, "locator": locator}
    return [{"id": f"{member.own_id} {main}", **about, **own} for main, own in groups.items()]
