"""The options of `bricoop load` that no other command has."""

from pathlib import Path
from typing import Annotated

import typer

from bricoop.cli.file_options import input_option, name_or_input_option, output_option
from bricoop.cli.options import FORMAT_HELP, completing
from bricoop.domain.nouns import LOADED
from bricoop.render.row_formats import Format


def _nouns() -> list[str]:
    return [noun.name for noun in LOADED]


_ROW_HELP = f"What each row is: {', '.join(_nouns())}."
Noun = Annotated[
    str, typer.Argument(metavar="NOUN", help=_ROW_HELP, autocompletion=completing(_nouns))
]
NounOrFile = Annotated[
    str,
    typer.Argument(
        metavar="NOUN",
        help=f"{_ROW_HELP} Leave it out with --profile.",
        autocompletion=completing(_nouns),
    ),
]
File = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="A CSV file or workbook (.xlsx, .xls, .ods), also gzipped or zipped; - is stdin.",
        callback=input_option,
    ),
]
Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE",
        help="CSV files or workbooks (.xlsx, .xls, .ods), also gzipped or zipped; a folder stands "
        "for its files, without those of its subfolders; - is stdin.",
        callback=input_option,
        show_default=False,
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The profile of the file; see `bricoop profiles`.",
        callback=name_or_input_option,
    ),
]
Source = Annotated[
    str | None, typer.Option(metavar="KEY", help="Key of the source that the data come from.")
]
SourceTitle = Annotated[str | None, typer.Option(help="Title of a new source.")]
Tier = Annotated[
    int | None,
    typer.Option(
        help="Tier of a new source: 1 government, 2 implementer, 3 other official, "
        "4 peer-reviewed, 5 other scholarly, 6 NGO, 7 media, 8 social media."
    ),
]
SourceKind = Annotated[
    str | None, typer.Option(help="Kind of a new source: article, report, dataset, …")
]
Authors = Annotated[
    str | None,
    typer.Option(help="Authors of a new source: 'Li, Wei; Smith, John' or 'World Bank'."),
]
Publisher = Annotated[str | None, typer.Option(help="Publisher of a new source.")]
Published = Annotated[
    str | None, typer.Option(metavar="DATE", help="Date of a new source: 2019, 2019-03.")
]
Edition = Annotated[str | None, typer.Option(help="Edition of a new source.")]
Url = Annotated[str | None, typer.Option(help="Web address of a new source.")]
Licence = Annotated[str | None, typer.Option(help="Licence of a new source.")]
Language = Annotated[
    str | None, typer.Option(metavar="CODE", help="Language of a new source: en, zh.")
]
LongCells = Annotated[
    bool, typer.Option("--long-cells", help="Accept cells of more than 200 lines.")
]
Rejects = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Load the correct rows of one file, and write the others to this CSV file.",
        callback=output_option,
    ),
]
Complete = Annotated[
    bool,
    typer.Option(
        "--complete",
        help="The files together are the whole dataset: records that none of them contains any "
        "longer are withdrawn, and kept as such.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change, without writing anything.")
]
DryRunFormat = Annotated[
    Format | None,
    typer.Option("--format", "-f", help=f"With --dry-run: {FORMAT_HELP}", show_default=False),
]
