"""The command `bricoop set`: a value of an entity, stated by a source of one's own."""

from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.cli.group import say
from bricoop.cli.load_options import SourceTitle
from bricoop.cli.options import Database, Wait
from bricoop.cli.own_source_options import EntityName, OwnLocator, OwnSource, OwnTier
from bricoop.cli.session import opened
from bricoop.cli.written_load import note_load
from bricoop.domain.names import printable
from bricoop.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bricoop.ingest.request import LoadResult
    from bricoop.lookup.entities import EntityMatch


def set_(
    name: EntityName,
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="FIELD=VALUE",
            help="A column of its load file, except id, key, name and locator, and what a cell "
            "would have.",
        ),
    ],
    *,
    source: OwnSource,
    locator: OwnLocator = "",
    tier: OwnTier = None,
    source_title: SourceTitle = None,
    wait: Wait = None,
    db: Database = None,
) -> None:
    """Set values of an entity by hand.

    Each is a record of a source of your own, like a row of a load file: other sources keep what
    they state, and the usual ranking decides which value is shown. Setting the same field again
    replaces what your source stated before.

    Example: bricoop set "Gwadar Port" status=operation --source my-notes --locator "p. 12"
    """
    from bricoop.ingest.single_values import set_values
    from bricoop.ingest.sources import SourceSpec

    texts = _texts(values)
    spec = SourceSpec(source, title=source_title, tier=tier)
    with opened(db, wait) as engine:
        match, result = set_values(engine, name, texts, spec, locator, note_load)
        _report(engine, match, result, texts)


def _texts(values: list[str]) -> dict[str, str]:
    """Return the values by field.

    Raises:
        UsageError: a word has no equals sign, or a field is there twice.
    """
    texts: dict[str, str] = {}
    for word in values:
        field, sign, text = word.partition("=")
        field = field.strip().replace("-", "_")
        if not sign:
            raise UsageError(f"{word!r} is not of the form FIELD=VALUE.", "Write status=operation.")
        if field in texts:
            raise UsageError(f"{field} is there twice.", "Separate values of a list by semicolons.")
        texts[field] = text
    return texts


def _report(
    engine: "Engine", match: "EntityMatch", result: "LoadResult", texts: dict[str, str]
) -> None:
    """Print what was recorded, and which values of other sources are still shown."""
    from bricoop.db.engine import reading
    from bricoop.query.entity.recorded import entity_profile

    fields = ", ".join(texts)
    counts = result.counts
    outcome = "Recorded" if counts.new or counts.changed else "Nothing new:"
    about = f"{printable(match.name)} ({match.key})"
    say(f"{outcome} {fields} of {about}, as {result.source} states it.")
    with reading(engine) as connection:
        profile = entity_profile(connection, match.key)
    for disagreement in profile.disagreements:
        if disagreement.field in texts:
            value = printable(str(disagreement.shown))
            say(f"Sources differ in {disagreement.field}; {value!r} is shown, {disagreement.why}.")
    if result.has_changes:
        say(f"To undo this: bricoop undo {result.load_id}")
