"""The command `bricoop diff`: changes of a load, or differences between two loads."""

from dataclasses import replace
from typing import Annotated

import typer

from bricoop.cli.export import Export, hand_over
from bricoop.cli.group import say
from bricoop.cli.options import Database, Output, RowFormat
from bricoop.cli.session import reading_from
from bricoop.domain.amounts import LARGEST


def diff(
    load_number: Annotated[
        int,
        typer.Argument(
            metavar="LOAD", max=LARGEST, help="The number of a load; see `bricoop query loads`."
        ),
    ],
    other: Annotated[
        int | None,
        typer.Argument(
            metavar="LOAD", max=LARGEST, help="A second load of the same source, to compare with."
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
