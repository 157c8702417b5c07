"""The command `bricoop verify`: comparison of a saved total with the current one."""

from pathlib import Path
from typing import Annotated

import typer

from bricoop.cli.file_options import input_option
from bricoop.cli.options import Database, Output, refuse_ending
from bricoop.cli.output import answering
from bricoop.cli.session import reading_from

#: Exit code if a total differs from its card, the same as for refused data.
CHANGED = 3


def verify(
    card: Annotated[
        Path,
        typer.Argument(
            metavar="CARD", help="A card that `bricoop total --card` wrote.", callback=input_option
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    output: Output = None,
    db: Database = None,
) -> None:
    """Check whether a saved total still holds.

    Counts again what a card of `bricoop total --card` holds. If the total has changed, the output
    names the rows and loads that changed it, and the exit code is 3.

    Example: bricoop verify pakistan.json
    """
    from bricoop.render import verification as draw
    from bricoop.totals.card import read_card

    refuse_ending(output, "json" if json else "txt")
    read = read_card(card)
    with reading_from(db) as state:
        verdict = state.verify(read)
    with answering(output) as out:
        if json:
            draw.write_verdict_json(verdict, out)
        else:
            draw.write_verdict_text(verdict, str(card), out)
    if not verdict.same:
        raise typer.Exit(CHANGED)
