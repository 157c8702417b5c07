"""The entity and source of what a person records by hand, as arguments and options."""

from typing import Annotated

import typer

EntityName = Annotated[
    str, typer.Argument(metavar="NAME", help="A name in any spelling, a code or a key.")
]
OwnSource = Annotated[
    str, typer.Option("--source", metavar="KEY", help="Key of the source that states it.")
]
OwnLocator = Annotated[
    str, typer.Option("--locator", metavar="TEXT", help="Where it states it, such as a page.")
]
OwnTier = Annotated[
    int | None, typer.Option("--tier", help="Tier of a new source, 1 to 8. Default: 6.")
]
