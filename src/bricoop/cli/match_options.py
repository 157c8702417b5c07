"""Options that say which pairs are proposed."""

from typing import Annotated

import typer

LeftSource = Annotated[
    str | None,
    typer.Option(
        "--left",
        metavar="SOURCE",
        help="Only pairs with a project or organization of this source, by key or title.",
        show_default=False,
    ),
]
RightSource = Annotated[
    str | None,
    typer.Option(
        "--right", metavar="SOURCE", help="The other source of the pairs.", show_default=False
    ),
]
Country = Annotated[
    str | None,
    typer.Option(
        metavar="COUNTRY",
        help="Only projects in this country, or organizations of it, by any name or code.",
        show_default=False,
    ),
]
