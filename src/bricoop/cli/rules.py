"""The commands `bricoop rules`: list and explain counting rules."""

from typing import Annotated

import typer

from bricoop.cli.file_options import name_or_input_option
from bricoop.cli.options import Output, refuse_ending
from bricoop.cli.output import answering
from bricoop.cli.plain_commands import PlainCommand, PlainGroup

app = typer.Typer(
    name="rules",
    cls=PlainGroup,
    add_completion=False,
    help="List and explain the counting rules.",
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def rules(ctx: typer.Context, output: Output = None) -> None:
    """List the counting rules that come with bricoop.

    Example: bricoop rules
    """
    if ctx.invoked_subcommand:
        return
    from bricoop.render.rules import write_rules
    from bricoop.totals.rules import rule_of, shipped

    refuse_ending(output, "txt")
    with answering(output) as out:
        write_rules([rule_of(name) for name in shipped()], out)


@app.command(cls=PlainCommand)
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="The name of a rule, or the path of a .toml file.",
            callback=name_or_input_option,
        ),
    ],
    output: Output = None,
) -> None:
    """Explain a rule: what it counts, and what its steps leave out.

    Example: bricoop rules show signed
    """
    from bricoop.render.rules import write_rule
    from bricoop.totals.rules import rule_of

    refuse_ending(output, "txt")
    with answering(output) as out:
        write_rule(rule_of(name), out)
