"""The commands `bricoop report KIND`, generated from the list of reports."""

from collections.abc import Callable
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any

import typer

from bricoop.cli.file_options import input_option
from bricoop.cli.group import say
from bricoop.cli.options import Database, Output
from bricoop.cli.pager import Pager
from bricoop.cli.plain_commands import PlainCommand, PlainGroup
from bricoop.cli.report_output import Bibliography, PaperFormat, check_paper, hand_over_report
from bricoop.cli.rule_options import Base, Rule
from bricoop.cli.session import reading_from
from bricoop.report.kinds import KINDS, Kind, countries_named
from bricoop.report.request import Request

app = typer.Typer(
    name="report",
    cls=PlainGroup,
    add_completion=False,
    help="Write a report that cites its sources.",
    rich_markup_mode=None,
)
Of = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="What the names are, if ambiguous: country, organization or link.",
        show_default=False,
    ),
]
Brief = Annotated[
    bool,
    typer.Option("--brief", help="Print one page: figures, a chart, a map, the largest rows."),
]
_OPTIONS: tuple[tuple[str, Any, Any], ...] = (
    ("rule", Rule, "signed"),
    ("base", Base, None),
    ("brief", Brief, False),
    ("cite", Bibliography, None),
    ("format_", PaperFormat, None),
    ("output", Output, None),
    ("pager", Pager, True),
    ("db", Database, None),
)


def _command(kind: Kind) -> Callable[..., None]:
    def run(**options: Any) -> None:
        names = tuple(options.get("names") or ())
        request = Request(
            kind.name, names, options["rule"], options["base"], options.get("of"), options["brief"]
        )
        check_paper(options["format_"], options["output"], options["cite"])
        with reading_from(options["db"]) as state:
            report = state.report(request)
            notes = state.readings(countries_named(request))
        form = (options["format_"], options["output"], options["cite"])
        hand_over_report(report, *form, pager=options["pager"])
        for note in notes:
            say(note)

    parameters = [*_names(kind), *(_option(*option) for option in _options(kind))]
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__name__ = kind.name
    example = f"bricoop report {kind.name} {kind.example}".rstrip()
    run.__doc__ = f"{kind.help}\n\nExample: {example}"
    return run


def _names(kind: Kind) -> list[Parameter]:
    if not kind.about:
        return []
    help_ = f"{kind.about[:1].upper()}{kind.about[1:]}."
    argument = typer.Argument(metavar="NAME", help=help_, show_default=False)
    if kind.needs_name:
        names: Any = Annotated[list[str], argument]
        return [Parameter("names", Parameter.KEYWORD_ONLY, annotation=names)]
    names = Annotated[list[str] | None, argument]
    return [Parameter("names", Parameter.KEYWORD_ONLY, default=None, annotation=names)]


def _options(kind: Kind) -> tuple[tuple[str, Any, Any], ...]:
    return (("of", Of, None), *_OPTIONS) if kind.takes_several else _OPTIONS


def _option(name: str, annotation: Any, default: Any) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


@app.callback(invoke_without_command=True)
def reports(
    context: typer.Context,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="MEMO",
            help="Write a report that is defined in a TOML file; see docs/reports.md.",
            show_default=False,
            callback=input_option,
        ),
    ] = None,
    brief: Brief = False,
    format_: PaperFormat = None,
    output: Output = None,
    pager: Pager = True,
    db: Database = None,
) -> None:
    """Write a report that cites its sources.

    Example: bricoop report --from memo.toml --output memo.html
    """
    if context.invoked_subcommand is not None:
        return
    if from_ is None:
        typer.echo(context.get_help())
        return
    from bricoop.cli.memo import make_memo

    make_memo(from_, format_, output, db, brief=brief, pager=pager)


for _kind in KINDS:
    app.command(_kind.name, cls=PlainCommand)(_command(_kind))
