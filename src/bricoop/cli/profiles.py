"""The commands `bricoop profiles`: list, explain, propose and check profiles."""

import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.cli.file_format_options import (
    Delimiter,
    Encoding,
    HeaderRow,
    Problems,
    Sheet,
    form_options,
)
from bricoop.cli.file_options import input_option, name_or_input_option
from bricoop.cli.files import refuse_existing
from bricoop.cli.group import say
from bricoop.cli.options import NewOutput, Output, refuse_ending
from bricoop.cli.output import answering
from bricoop.cli.plain_commands import PlainCommand, PlainGroup
from bricoop.domain.english import counted

if TYPE_CHECKING:
    from bricoop.ingest.profile.propose.proposal import Proposal
    from bricoop.ingest.profile.sample import Sample

app = typer.Typer(
    name="profiles",
    cls=PlainGroup,
    add_completion=False,
    help="List, explain and check profiles of published files.",
    rich_markup_mode=None,
)
#: The maximum number of unassigned columns in messages; the proposal itself lists all.
_LISTED = 10
Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="The name of a profile, or the path of a .toml file.",
        callback=name_or_input_option,
    ),
]
Variant = Annotated[
    str,
    typer.Option(
        "--variant", metavar="NAME", help="Number style of the file, if the profile has several."
    ),
]
Links = Annotated[
    Path | None,
    typer.Option(
        "--links",
        metavar="FILE",
        help="A CSV table that assigns sectors to links, instead of the profile's.",
        callback=input_option,
    ),
]


@app.callback(invoke_without_command=True)
def profiles(ctx: typer.Context, output: Output = None) -> None:
    """List the profiles that come with bricoop.

    Example: bricoop profiles
    """
    if ctx.invoked_subcommand:
        return
    from bricoop.ingest.profile.parse import profile_of
    from bricoop.ingest.profile.profile_files import shipped
    from bricoop.render.profiles import write_profiles

    refuse_ending(output, "txt")
    with answering(output) as out:
        write_profiles([profile_of(name) for name in shipped()], out)


@app.command(cls=PlainCommand)
def show(
    name: Name,
    toml: Annotated[
        bool, typer.Option("--toml", help="Print the file of a shipped profile, to copy it.")
    ] = False,
    output: NewOutput = None,
) -> None:
    """Explain a profile: what it is for, and what columns become.

    Example: bricoop profiles show gcdf3
    """
    from bricoop.ingest.profile.parse import profile_of
    from bricoop.ingest.profile.profile_files import text_of
    from bricoop.render.profiles import write_profile

    refuse_ending(output, "toml" if toml else "txt")
    refuse_existing(output)
    if toml:
        text = text_of(name)
        with answering(output) as out:
            out.write(text)
        return
    profile = profile_of(name)
    with answering(output) as out:
        write_profile(profile, out)


@app.command(cls=PlainCommand)
def new(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A CSV file or a workbook.", callback=input_option),
    ],
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    header_row: HeaderRow = None,
    output: NewOutput = None,
) -> None:
    """Propose a profile for a file, from its header and rows.

    Comments that begin with "Check:" say what you must decide. Columns that it cannot place are
    listed with the fields that each may be.

    Example: bricoop profiles new parks.csv -o parks.toml
    """
    from bricoop.ingest.profile.propose.proposal import proposed
    from bricoop.ingest.profile.sample import read_sample

    refuse_ending(output, "toml")
    refuse_existing(output)
    sample = read_sample(file, encoding, sheet, header_row, delimiter)
    proposal = proposed(sample)
    with answering(output) as out:
        out.write(proposal.text)
    _report_columns(proposal)
    _report_shipped_profile(sample, file)
    if output is not None:
        say(f"Look at its comments, then try it: bricoop profiles check {output} {file}")


def _report_columns(proposal: "Proposal") -> None:
    """Print the columns that a proposed profile does not read."""
    listed_columns = [column for column in proposal.left_over if column.fields][:_LISTED]
    for column in listed_columns:
        say(f"Not assigned to any field: {column.sentence}")
    if more := len(proposal.left_over) - len(listed_columns):
        other = "more columns" if listed_columns else "columns"
        listed = "the comments of the profile list them"
        say(f"Not assigned to any field: {counted(more, other)}; {listed}.")


def _report_shipped_profile(sample: "Sample", file: str) -> None:
    """Print the command that loads a file, if a profile that comes with bricoop reads it."""
    from bricoop.ingest.profile.propose.shipped import options_for, shipped_layout

    if layout := shipped_layout(sample.header):
        options = options_for(layout, sample)
        say(f"The profile {layout} reads this layout: bricoop load {options} {quote(file)}")


@app.command(cls=PlainCommand)
def links(output: NewOutput = None) -> None:
    """Print the table that assigns sectors to the five links.

    Copy it, change it, and load with --links.

    Example: bricoop profiles links > mine.csv
    """
    from bricoop.ingest.profile.profile_files import links_table

    refuse_ending(output, "csv", "txt")
    refuse_existing(output)
    with answering(output) as out:
        out.write(links_table().read_text(encoding="utf-8"))


@app.command(cls=PlainCommand)
def kinds(output: Output = None) -> None:
    """Print the rules that give projects a kind.

    Copy it, change it, and use it with `bricoop load --kinds` or `bricoop db rebuild --kinds`.

    Example: bricoop profiles kinds > mine.csv
    """
    from bricoop.domain.project_kinds.rule_table import shipped_text

    refuse_ending(output, "csv", "txt")
    refuse_existing(output)
    with answering(output) as out:
        out.write(shipped_text())


@app.command(cls=PlainCommand)
def organizations(output: Output = None) -> None:
    """Print known names of organizations, each with its source.

    `bricoop match organizations` looks names up in them. To use them as names in your knowledge
    base, load them with `bricoop load organizations`.

    Example: bricoop profiles organizations -o names.csv
    """
    from bricoop.identity.organizations.listed_names import listed_text

    refuse_ending(output, "csv", "txt")
    refuse_existing(output)
    with answering(output) as out:
        out.write(listed_text())


@app.command(cls=PlainCommand)
def check(  # noqa: PLR0917 (as many parameters as options)
    name: Name,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The file to check.", callback=input_option)
    ],
    variant: Variant = "",
    links: Links = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    header_row: HeaderRow = None,
    problems: Problems = None,
) -> None:
    """Read a file by a profile and say what it would become.

    No knowledge base is needed or changed.

    Example: bricoop profiles check gcdf3 gcdf.csv
    """
    from bricoop.cli.run_load import LoadOptions, check_profile
    from bricoop.ingest.sources import SourceSpec

    form = form_options(encoding, delimiter, sheet, header_row)
    options = LoadOptions("", [file], SourceSpec(""), form, name, variant, links)
    check_profile(options, problems, sys.stdout)
