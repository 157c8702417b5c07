"""`bricoop diff LOAD [LOAD]`: what loads changed."""

from dataclasses import replace
from typing import Annotated

import typer

from bricoop.cli.group import say
from bricoop.cli.options import FORMAT_HELP, Database, Output, format_for
from bricoop.cli.session import answering, reading_from
from bricoop.domain.amounts import LARGEST
from bricoop.render.answer import Format


def diff(
    load_number: Annotated[
        int,
        typer.Argument(
            metavar="LOAD", max=LARGEST, help="The load's number, as `query loads` prints it."
        ),
    ],
    other: Annotated[
        int | None,
        typer.Argument(
            metavar="[LOAD]", max=LARGEST, help="A second load: what differs between the two."
        ),
    ] = None,
    format_: Annotated[
        Format | None, typer.Option("--format", "-f", help=FORMAT_HELP, show_default=False)
    ] = None,
    output: Output = None,
    db: Database = None,
) -> None:
    """Show what a load changed: what is new, what differs in which field, what is gone.

    With two loads of a source, what differs between the states after the one and the other.

    Example: bricoop diff 12
    """
    from bricoop.render.answer import write_answer
    from bricoop.render.differences import shortened

    with reading_from(db) as state:
        answer = state.differences(load_number, other)
        rows = list(answer.rows)
    wanted = format_for(format_, output, Format)
    shown = shortened(rows) if wanted in {Format.TABLE, Format.MARKDOWN} else iter(rows)
    with answering(output) as out:
        write_answer(replace(answer, rows=shown), wanted, out)
    if not rows:
        say("Nothing differs.")
