"""Options that say which pairs are proposed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.errors import UsageError

if TYPE_CHECKING:
    from bricoop.identity.proposals import Tier

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
OnlyNew = Annotated[
    bool,
    typer.Option(
        "--new",
        help="Only undecided pairs with a project or organization that the latest loads brought: "
        "the newest load, and those before it back to the last decision.",
    ),
]
WithDecided = Annotated[
    bool, typer.Option("--all", help="Also pairs that are decided, with what was decided.")
]
Accept = Annotated[
    str | None,
    typer.Option(
        metavar="TIER",
        help="Decide that all undecided pairs of the tier strong are one, as a rule, in one load.",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="With --accept: do not ask for a confirmation.")]


def tiers_named(typed: Sequence[str]) -> "tuple[Tier, ...]":
    """Return the tiers that are named; the value of one is written with a space or a hyphen.

    Raises:
        UsageError: there is no such tier.
    """
    from bricoop.identity.proposals import Tier

    names = {tier.value.replace(" ", "-"): tier for tier in Tier}
    for word in typed:
        if word.replace(" ", "-") not in names:
            raise UsageError(f"There is no tier {word!r}.", f"Tiers: {', '.join(names)}.")
    return tuple(names[word.replace(" ", "-")] for word in typed)
