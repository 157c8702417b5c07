"""The output of `bricoop template`: an example load file, and the list of its columns."""

from typing import TextIO

from bricoop.domain.csv_writer import CsvWriter
from bricoop.ingest.layouts.layout import Layout
from bricoop.render.table import Heading, write_table


def write_template(layout: Layout, out: TextIO) -> None:
    """Write the header and one example row."""
    writer = CsvWriter(out)
    writer.write([column.name for column in layout.columns])
    writer.write([column.example for column in layout.columns])


def write_columns(layout: Layout, out: TextIO) -> None:
    """Write a table that describes the columns."""
    rows = [
        (column.name, "required" if column.required else "", column.help)
        for column in layout.columns
    ]
    write_table([Heading("Column"), Heading(""), Heading("What it holds")], rows, out)
