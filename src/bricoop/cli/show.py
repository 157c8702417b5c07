"""The command `bricoop show`: everything about one entity."""

from typing import Annotated

import typer

from bricoop.cli.group import say
from bricoop.cli.options import Database, Output, Page, PageFormat, format_for
from bricoop.cli.output import answering
from bricoop.cli.pager import Pager, paged
from bricoop.cli.session import reading_from
from bricoop.domain.vocabularies import EntityKind

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
    db: Database = None,
) -> None:
    """Show one entity, with the source of every value.

    Example: bricoop show Gwadar Port
    """
    from bricoop.render import entity as draw

    page = format_for(format_, output, PageFormat)
    with reading_from(db) as state:
        entity = state.show(" ".join(name))
        notes = state.readings([" ".join(name)]) if entity.kind == EntityKind.COUNTRY else ()
    write = {
        PageFormat.TABLE: draw.write_portrait_text,
        PageFormat.MARKDOWN: draw.write_portrait_markdown,
        PageFormat.JSON: draw.write_portrait_json,
    }[page]
    paging = page is PageFormat.TABLE and output is None
    with answering(output) as out, paged(enabled=pager and paging) as screen:
        write(entity, screen if paging else out)
    for note in notes:
        say(note)
