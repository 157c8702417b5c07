"""Generators of files that are loaded in several batches."""

from pathlib import Path
from typing import NamedTuple

from support.command_line import NEW_SOURCE

#: A layout so wide that its rows are written a few hundred at a time.
WIDE = """
title = "Wide"
[source]
key = "notes"
title = "My notes"
tier = 5
[[records]]
noun = "projects"
id = ["No"]
[records.fields]
key = { template = "wide-{No}" }
name = "Name"
countries = "Country"
financiers = { columns = ["Bank"], all = true, separator = [";"] }
[[records]]
noun = "finance"
id = ["No"]
[records.fields]
project = { template = "wide-{No}" }
kind = { constant = "pledge" }
"""
COLUMNS = 480


class Layout(NamedTuple):
    """A file to load, and how.

    Attributes:
        options: what the command line says besides the file.
        text: the file.
    """

    options: tuple[str, ...]
    text: str


def native(rows: int, bank: str = "Bank") -> Layout:
    """Return a native file; more than 4000 rows are written in two parts."""
    lines = "".join(
        f"{number},Hub {number},Belarus,{bank} {number % 7},{'x' * 400}\n" for number in range(rows)
    )
    return Layout(("projects", *NEW_SOURCE), "id,name,countries,financiers,description\n" + lines)


def wide(rows: int, folder: Path) -> Layout:
    """Return a file of a profile, whose rows are written in parts of 250."""
    profile = folder / "wide.toml"
    profile.write_text(WIDE, encoding="utf-8")
    more = COLUMNS - 4
    header = "No,Name,Country,Bank," + ",".join(f"c{number}" for number in range(more))
    cells = ",".join(["abcd"] * more)
    lines = "".join(
        f"{number},Hub {number},Belarus,Bank {number % 7},{cells}\n" for number in range(rows)
    )
    return Layout(("--profile", str(profile)), f"{header}\n{lines}")
