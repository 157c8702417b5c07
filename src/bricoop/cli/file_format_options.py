"""Shared options that describe the format of an input file."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bricoop.cli.file_options import output_option

Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="Encoding of a CSV file: windows-1252, gb18030.")
]
Delimiter = Annotated[
    str | None,
    typer.Option(metavar="CHARACTER", help="What separates cells of a CSV file: ';', '|', tab."),
]
Sheet = Annotated[
    str | None, typer.Option(metavar="NAME", help="Sheet of a workbook, by name or number.")
]
HeaderRow = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Line or row of the header; above it is preamble."),
]
Problems = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write every problem to a CSV file.", callback=output_option),
]


def form_options(
    encoding: str | None, delimiter: str | None, sheet: str | None, header_row: int | None
) -> dict[str, Any]:
    """Return these options by the names of the attributes of `FileOptions`."""
    return {"encoding": encoding, "delimiter": delimiter, "sheet": sheet, "header_row": header_row}
