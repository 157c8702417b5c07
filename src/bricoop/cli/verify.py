"""The command `bricoop verify`: comparison of a saved total with the current one."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bricoop.cli.file_options import input_option
from bricoop.cli.options import Database, Output, refuse_ending
from bricoop.cli.output import answering
from bricoop.cli.session import reading_from

if TYPE_CHECKING:
    from bricoop.api.snapshot import Snapshot
    from bricoop.totals.card import Card
    from bricoop.totals.why.card import DifferenceCard

#: Exit code if a total differs from its card, the same as for refused data.
CHANGED = 3


def verify(
    card: Annotated[
        Path,
        typer.Argument(
            metavar="CARD",
            help="A card that --card of `bricoop total` or `bricoop why` wrote.",
            callback=input_option,
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    output: Output = None,
    db: Database = None,
) -> None:
    """Check whether a saved total still holds.

    Counts again what a card of `bricoop total --card` holds, or one of `bricoop why --card`, with
    the steps between two totals. If it has changed, the output names the rows and loads that
    changed it, and the exit code is 3.

    Example: bricoop verify pakistan.json
    """
    from bricoop.totals.why.card import read_any_card

    refuse_ending(output, "json" if json else "txt")
    read = read_any_card(card)
    with reading_from(db) as state:
        write, same = _verified(state, read, str(card), json=json)
    with answering(output) as out:
        write(out)
    if not same:
        raise typer.Exit(CHANGED)


def _verified(
    state: "Snapshot", read: "Card | DifferenceCard", path: str, *, json: bool
) -> tuple[Callable[[TextIO], None], bool]:
    """Return what writes the result for a card, and whether it is the same."""
    from bricoop.totals.card import Card

    if isinstance(read, Card):
        from bricoop.render import verification as draw

        verdict = state.verify(read)
        if json:
            return partial(draw.write_verdict_json, verdict), verdict.same
        return partial(draw.write_verdict_text, verdict, path), verdict.same
    from bricoop.render import difference_verification as draw_difference

    compared = state.verify_difference(read)
    if json:
        return partial(draw_difference.write_difference_verdict_json, compared), compared.same
    return partial(draw_difference.write_difference_verdict, compared, path), compared.same
