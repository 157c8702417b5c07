"""The command `bricoop diff`: changes of a load, or differences between two loads."""

from dataclasses import replace
from typing import Annotated

import typer

from bricoop.cli.export import Export, hand_over
from bricoop.cli.group import say
from bricoop.cli.options import Database, LoadNumber, Output, RowFormat, load_number_of
from bricoop.cli.session import reading_from


def diff(
    load_number: LoadNumber,
    other: Annotated[
        int | None,
        typer.Argument(
            metavar="LOAD",
            help="A second load of the same source, to compare with.",
            parser=load_number_of,
        ),
    ] = None,
    format_: RowFormat = None,
    output: Output = None,
    db: Database = None,
) -> None:
    """Show what a load changed.

    Lists the entities that are new, changed or removed, field by field.

    With two loads of one source, show what differs between the states after each of them.

    Example: bricoop diff 12
    """
    from bricoop.render.differences import shortened

    export = Export.chosen(format_, output)
    export.check()
    with reading_from(db) as state:
        answer = state.differences(load_number, other)
        rows = list(answer.rows)
        displayed_rows = shortened(rows) if export.format.writing.for_people else iter(rows)
        hand_over(replace(answer, rows=displayed_rows), export, state)
    if not rows:
        say("No differences.")
