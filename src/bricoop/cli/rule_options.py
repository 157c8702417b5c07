"""The options that choose how money is counted, of `bricoop total` and `bricoop report`."""

from typing import Annotated

import typer

from bricoop.cli.file_options import name_or_input_option
from bricoop.cli.options import completing


def _rules() -> tuple[str, ...]:
    from bricoop.totals.rules import shipped

    return shipped()


Rule = Annotated[
    str,
    typer.Option(
        "--rule",
        metavar="NAME",
        help="Counting rule: a name from `bricoop rules`, or the path of a file or card.",
        autocompletion=completing(_rules),
        callback=name_or_input_option,
    ),
]
Base = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="BASE",
        help="Price base of totals, instead of the rule's: nominal or constant US dollars, or "
        "amounts as stated.",
        show_default=False,
        autocompletion=completing(lambda: ("nominal", "constant", "stated")),
    ),
]
