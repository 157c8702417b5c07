"""The command `bricoop note`: a text about an entity, stated by a source of one's own."""

from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.cli.group import say
from bricoop.cli.load_options import SourceTitle
from bricoop.cli.options import Database, Wait
from bricoop.cli.own_source_options import EntityName, OwnLocator, OwnSource, OwnTier
from bricoop.cli.session import opened
from bricoop.cli.written_load import note_load
from bricoop.domain.names import printable

if TYPE_CHECKING:
    from bricoop.ingest.request import LoadResult
    from bricoop.lookup.entities import EntityMatch


def note(
    name: EntityName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note.")],
    *,
    source: OwnSource,
    locator: OwnLocator = "",
    tier: OwnTier = None,
    source_title: SourceTitle = None,
    wait: Wait = None,
    db: Database = None,
) -> None:
    """Add a note on an entity.

    It is a record of a source of your own, like a row of a load file. `bricoop show` and reports
    on the entity have it under Notes, `bricoop search` finds its words, and `bricoop query findings
    --kind note` lists all. The same source can add any number.

    Example: bricoop note "Gwadar Port" "Dredging goes on." --source my-notes --locator "p. 12"
    """
    from bricoop.ingest.entity_notes import add_note
    from bricoop.ingest.sources import SourceSpec

    spec = SourceSpec(source, title=source_title, tier=tier)
    with opened(db, wait) as engine:
        _report(*add_note(engine, name, text, spec, locator, note_load))


def _report(match: "EntityMatch", result: "LoadResult") -> None:
    """Print what was recorded, and how to undo it."""
    counts = result.counts
    outcome = "Recorded a note" if counts.new or counts.changed else "Nothing new: the note"
    say(f"{outcome} on {printable(match.name)} ({match.key}), as {result.source} states it.")
    if result.has_changes:
        say(f"To undo this: bricoop undo {result.load_id}")
