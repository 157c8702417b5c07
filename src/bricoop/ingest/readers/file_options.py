"""Options for reading a file: kind, encoding, delimiter, header row, sheet."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bricoop.errors import UsageError
from bricoop.ingest.readers.delimiters import delimiter_named


class Kind(StrEnum):
    """The kind of an unpacked file."""

    CSV = "csv"
    WORKBOOK = "workbook"


#: Python codecs that are not encodings of files: with unicode-escape, a cell `C:\\new` would get a
#: line break.
_NO_ENCODINGS = {"unicode-escape", "raw-unicode-escape", "idna", "punycode"}


@dataclass(frozen=True)
class FileOptions:
    """Options for reading a file; `NATIVE` holds those of native load files.

    Attributes:
        kind: the required kind of file; None means that it is detected.
        encoding: the encoding of a CSV file; a byte order mark in the file overrides it.
        delimiter: the character between two cells of a CSV file.
        any_delimiter: whether the delimiter is detected from a header without commas.
        is_delimiter_named: whether the user named the delimiter; an error for workbooks.
        quote: the character around cells of a CSV file; empty if quotes have no meaning.
        header_row: the line, or the row of a sheet, of the header; None means the first that is
            not blank.
        header_rows: how many header rows are joined into one.
        header_separator: the text between the names of joined header rows.
        sheet: name or number of a workbook's sheet; None means the usual one, or the only one.
        usual_sheet: the sheet that workbooks of a layout have; ignored for CSV files.
        skip_unnamed: whether to ignore columns without a name after the last named one.
        undoubted: whether numbers of a workbook are written unambiguously, so that decimals cannot
            be mistaken for thousands, as native files require; profiles define how to read them.
        long_cells: whether to accept cells of more than 200 lines, which may be unclosed quotes.
    """

    kind: Kind | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    any_delimiter: bool = False
    is_delimiter_named: bool = False
    quote: str = '"'
    header_row: int | None = None
    header_rows: int = 1
    header_separator: str = " "
    sheet: str | int | None = None
    usual_sheet: str | int | None = None
    skip_unnamed: bool = True
    undoubted: bool = True
    long_cells: bool = False

    def __post_init__(self) -> None:
        """Validate the options.

        Raises:
            UsageError: the encoding is unknown, or the delimiter, quote or header row is invalid.
        """
        if not _is_encoding(self.encoding):
            raise UsageError(
                f"There is no encoding {self.encoding!r}.",
                "Usual ones are utf-8, windows-1252, gb18030, shift_jis and utf-16-le.",
            )
        if len(self.delimiter) != 1 or self.delimiter in f"\r\n{self.quote}":
            raise UsageError(
                f"{self.delimiter!r} is not a delimiter.",
                "It must be one character, and not the quote character.",
            )
        if len(self.quote) > 1:
            raise UsageError(
                f"{self.quote!r} is not a quote character.", "It must be one character, or none."
            )
        if self.header_row is not None and self.header_row < 1:
            raise UsageError(f"There is no row {self.header_row}.", "Rows are counted from 1.")

    def with_options(self, options: Mapping[str, Any]) -> "FileOptions":
        """Return these options, overridden by those that a user gave.

        Args:
            options: values by attribute name; empty ones are ignored.

        Raises:
            UsageError: the options are invalid.
        """
        stated = {name: value for name, value in options.items() if value}
        if (row := options.get("header_row")) is not None:
            stated["header_row"] = row
        if (delimiter := options.get("delimiter")) is not None:
            stated |= {
                "delimiter": delimiter_named(delimiter),
                "any_delimiter": False,
                "is_delimiter_named": True,
            }
        return replace(self, **stated)

    def for_rejected_rows(self) -> "FileOptions":
        """Return the options for the file of rejected rows of a file with these options.

        It always has quotes: messages, and cells of a workbook, may contain the delimiter.
        """
        return self if self.quote else replace(self, quote='"')


def _is_encoding(name: str) -> bool:
    try:
        "a".encode(name)
        return codecs.lookup(name).name.replace("_", "-") not in _NO_ENCODINGS
    except (LookupError, ValueError):
        return False


NATIVE = FileOptions(any_delimiter=True)
