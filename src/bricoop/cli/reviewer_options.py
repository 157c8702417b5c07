"""Options of commands that record decisions."""

from typing import Annotated

import typer

Reviewer = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Who decides. Default: BRICOOP_REVIEWER.", show_default=False
    ),
]
DecisionSource = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="KEY",
        help="Key of the source of the decisions. Default: decisions-of-NAME.",
        show_default=False,
    ),
]
Why = Annotated[str, typer.Option(metavar="TEXT", help="The reason, in words.")]
