"""The command `bricoop show`: everything about one entity."""

from typing import Annotated

import typer

from bricoop.cli.group import say
from bricoop.cli.options import FORMAT_HELP, Database, Output, Unmerged, format_for
from bricoop.cli.output import answering
from bricoop.cli.pager import Pager, paged
from bricoop.cli.session import reading_from
from bricoop.domain.vocabularies import EntityKind
from bricoop.query.entity.decided import note_on_key
from bricoop.render.registered_format import RegisteredFormat, Writing


class PageFormat(RegisteredFormat):
    """Output formats of `bricoop show`."""

    TABLE = Writing("table", "entity", "write_entity_text", ("txt",))
    MARKDOWN = Writing("markdown", "entity", "write_entity_markdown", ("md", "markdown"))
    JSON = Writing("json", "entity", "write_entity_json", ("json",))


Page = Annotated[
    PageFormat | None, typer.Option("--format", "-f", help=FORMAT_HELP, show_default=False)
]
Name = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME", help="A name in any spelling or script, a code or a key; no quotes needed."
    ),
]


def show(
    name: Name,
    format_: Page = None,
    output: Output = None,
    pager: Pager = True,
    unmerged: Unmerged = False,
    db: Database = None,
) -> None:
    """Show one entity, with the source of every value.

    NAME may be a reference to a record, such as gcdf3/projects/96203: what it is about is shown.

    Example: bricoop show Gwadar Port
    """
    page = format_for(format_, output, PageFormat)
    with reading_from(db, unmerged=unmerged) as state:
        entity = state.show(" ".join(name))
        notes = state.readings([" ".join(name)]) if entity.kind == EntityKind.COUNTRY else ()
        notes += state.notes
    joined = note_on_key(" ".join(name), entity.key, entity.members)
    paging = page is PageFormat.TABLE and output is None
    with answering(output) as out, paged(enabled=pager and paging) as screen:
        page.writing.writer()(entity, screen if paging else out)
    for note in filter(None, (*notes, joined)):
        say(note)
