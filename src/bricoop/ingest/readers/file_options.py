"""How a file is to be read, as a value that a command line or a profile fills in."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bricoop.errors import UsageError
from bricoop.ingest.readers.delimiters import delimiter_named


class Kind(StrEnum):
    """What a file is, once it is unpacked."""

    CSV = "csv"
    WORKBOOK = "workbook"


#: Python's codecs that turn texts into texts, and are no encodings of files: a cell `C:\\new` would
#: get a line break.
_NO_ENCODINGS = {"unicode-escape", "raw-unicode-escape", "idna", "punycode"}


@dataclass(frozen=True)
class FileOptions:
    """How a file is to be read; native load files are read by NATIVE.

    Attributes:
        kind: what the file is; None means whatever its first bytes say.
        encoding: of a CSV file; a byte order mark in the file has the last word.
        delimiter: what stands between two cells of a CSV file.
        any_delimiter: whether the header tells what stands between cells, where it has no commas.
        is_delimiter_named: whether the user named the delimiter, which no workbook has.
        quote: what stands around a cell of a CSV file; an empty text where nothing does.
        header_row: the line, or the row of a sheet, on which the header stands; None means the
            first that is not blank.
        header_rows: how many rows the header has, which are joined into one.
        header_separator: what stands between the names of joined rows.
        sheet: name or number of a workbook's sheet; None means the usual one, or the only one.
        usual_sheet: the sheet of a layout's workbooks; its CSV files have none.
        skip_unnamed: whether columns without a name after the last named one are passed over.
        undoubted: whether numbers of a workbook are written so that nobody can take them for
            thousands, as native cells must be; a profile says itself how numbers are read.
        long_cells: whether cells of more than 200 lines are no sign of a quote left open.
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
        """Refuse what no file can be read with.

        Raises:
            UsageError: no encoding has that name, there is no such row, or cells cannot be told
                apart so.
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
        """Return this form with what a user says of a file in place of its own.

        Args:
            options: values by the names of this class; one that is empty is not said.

        Raises:
            UsageError: no file can be read so.
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
        """Return how rows are written and read that were left out of a file of this form.

        A file without quotes has none of its delimiter in its cells; what is said of its rows, and
        cells of a workbook, may have it.
        """
        return self if self.quote else replace(self, quote='"')


def _is_encoding(name: str) -> bool:
    try:
        "a".encode(name)
        return codecs.lookup(name).name.replace("_", "-") not in _NO_ENCODINGS
    except (LookupError, ValueError):
        return False


NATIVE = FileOptions(any_delimiter=True)
