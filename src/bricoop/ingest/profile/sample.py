"""Reads the first rows of an unknown file and detects its encoding, delimiter and header."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from io import StringIO
from itertools import islice

from bricoop.errors import DataRejectedError, FileUnreadableError, UsageError
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.date_guesses import are_years
from bricoop.ingest.readers import encodings
from bricoop.ingest.readers.decode import marked_encoding
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.readers.header_rows import joined
from bricoop.ingest.readers.open_table import beginning, open_table
from bricoop.ingest.readers.streams import STANDARD_INPUT
from bricoop.ingest.readers.table import SourceRow

#: Size of the sample: at least this many rows, at most this many, at most this many cells.
_FEWEST_ROWS, _MOST_ROWS, _MOST_CELLS = 1000, 10_000, 300_000
#: The sample ends when its cells have more characters than this.
_MOST_CHARACTERS = 32 * 1024 * 1024
_DELIMITERS = (",", ";", "\t", "|")
#: The largest number of rows above the header.
_MOST_ROWS_ABOVE_HEADER = 20
#: Bytes from which the encoding is detected, and rows from which the delimiter is.
_ENCODING_BYTES, _DELIMITER_ROWS = 1024 * 1024, 200


@dataclass(frozen=True)
class Sample:
    """The beginning of a file.

    Attributes:
        file: the file as the user named it.
        header: the headings of its columns, with white space collapsed.
        rows: the cells of its first rows.
        form: the options with which it was read.
        sheet: the sheet of a workbook; empty for a CSV file.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[Sequence[str], ...]
    form: FileOptions
    sheet: str

    def values(self, column: str) -> list[str]:
        """Return the stripped cells of a column, without empty ones."""
        position = self.header.index(column)
        cells = (row[position].strip() for row in self.rows if position < len(row))
        return [cell for cell in cells if cell]


def read_sample(
    path: str,
    encoding: str | None,
    sheet: str | None,
    header_row: int | None,
    delimiter: str | None = None,
) -> Sample:
    """Read the beginning of a file, and detect the options with which to read it.

    Args:
        path: a CSV file or a workbook; not standard input, as it is read several times.
        encoding: its encoding, or None to detect it.
        sheet: the sheet of a workbook, or None.
        header_row: the number of the row with the header, or None to detect it.
        delimiter: the delimiter of cells, or None to detect it.

    Raises:
        FileUnreadableError: the file cannot be read, or its encoding cannot be detected.
        DataRejectedError: the file has no header.
        UsageError: the file is standard input.
    """
    if path == STANDARD_INPUT:
        message = "Standard input cannot be used here: the file is read several times."
        raise UsageError(message, "Name a file.")
    options = {"delimiter": delimiter}
    form = FileOptions(undoubted=False, sheet=sheet, header_row=header_row).with_options(options)
    # A sheet is only named for workbooks, which need neither encoding nor delimiter.
    if sheet is None and (lines := _first_lines(path)) is not None:
        marked = marked_encoding(lines)
        detected = marked or encoding or _encoding(lines, path)
        text = lines.decode(detected, "replace").removeprefix("\ufeff")
        form = FileOptions(encoding="utf-8" if marked else detected, delimiter=_delimiter(text),
                    header_row=header_row, undoubted=False).with_options(options)  # fmt: skip
    name, first_row, rows, named = _read(path, form)
    if header_row is None and (position := _header_index(first_row, rows)) is not None:
        form = _options_for_header(form, first_row, rows, position)
        name, first_row, rows, named = _read(path, form)
    if form.header_rows == 1 and _header_continues(first_row, rows):
        form = replace(form, header_rows=2)
        name, first_row, rows, named = _read(path, form)
    header = tuple(" ".join(cell.split()) for cell in first_row)
    if not any(header):
        raise DataRejectedError(f"{name} is empty: it has no header.")
    return Sample(name, header, tuple(row.cells for row in rows), form, named)


def _read(path: str, form: FileOptions) -> tuple[str, Sequence[str], list[SourceRow], str]:
    table = open_table(path, form)
    try:
        most = max(_FEWEST_ROWS, min(_MOST_ROWS, _MOST_CELLS // max(len(table.header), 1)))
        return table.name, table.header, _first(table.rows(), most), table.origin.sheet
    finally:
        table.close()


def _first(rows: Iterable[SourceRow], most: int) -> list[SourceRow]:
    """Return at most `most` rows, and fewer if their cells are long."""
    first: list[SourceRow] = []
    characters = 0
    for row in islice(rows, most):
        first.append(row)
        characters += sum(map(len, row.cells))
        if characters > _MOST_CHARACTERS:
            break
    return first


def _first_lines(path: str) -> bytes | None:
    """Return the first lines of a text file as bytes, or None for a workbook."""
    block = beginning(path, _ENCODING_BYTES)
    # The last line is left out: the block may end within a character of several bytes.
    return (
        block if block is None or len(block) < _ENCODING_BYTES else block[: block.rfind(b"\n") + 1]
    )


def _encoding(lines: bytes, path: str) -> str:
    try:
        lines.decode("utf-8")
    except UnicodeDecodeError as error:
        for guess in encodings.likely(lines, "utf-8"):
            return guess.encoding
        message = f"{path} is not UTF-8, and its encoding cannot be recognised."
        raise FileUnreadableError(message, "Name it: --encoding NAME.") from error
    return "utf-8"


def _delimiter(text: str) -> str:
    """Return the delimiter that splits most rows into the same number of cells, above one."""

    def fit(delimiter: str) -> tuple[float, int]:
        # Cells may contain line breaks, so rows are counted instead of lines.
        lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        rows: list[int] = []
        with suppress(csv.Error):
            rows.extend(len(row) for row in islice(lines, _DELIMITER_ROWS) if row)
        widths = Counter(rows)
        width, times = max(
            widths.items(), key=lambda counted: (counted[0] > 1, counted[1]), default=(1, 0)
        )
        return (times / len(rows) if width > 1 else 0.0), width

    fits = {delimiter: fit(delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: fits[delimiter])
    return best if fits[best][1] > 1 else ","


def _header_index(first: Sequence[str], rows: Sequence[SourceRow]) -> int | None:
    """Return the index of the row with the header, or None if the first row of the file is it.

    The first row is taken for a title if it has less than half as many cells as usual.
    """
    filled = [sum(1 for cell in row.cells if cell.strip()) for row in rows[:200]]
    if not filled:
        return None
    usual = sorted(filled)[len(filled) // 2]
    if _distinct_texts(first) * 2 >= usual:
        return None
    above = (
        position
        for position, row in enumerate(rows[:_MOST_ROWS_ABOVE_HEADER])
        if _distinct_texts(row.cells) * 2 >= usual
    )
    return next(above, None)


def _options_for_header(
    form: FileOptions, first: Sequence[str], rows: Sequence[SourceRow], position: int
) -> FileOptions:
    """Return options for a header in a given row; the row above may be part of the header."""
    header = rows[position]
    above = rows[position - 1] if position else None
    cells = first if above is None else above.cells
    is_near = above is None or above.line == header.line - 1
    # A title is a single text, but headings that span columns are several.
    if is_near and _distinct_texts(cells) > 1 and _header_continues(cells, rows[position:]):
        return replace(form, header_row=above and above.line, header_rows=2)
    return replace(form, header_row=header.line)


def _header_continues(first: Sequence[str], rows: Sequence[SourceRow]) -> bool:
    """Return whether the row below a header continues it, with headings for its empty cells."""
    if len(rows) < 2:  # noqa: PLR2004 (the row, and one below it)
        return False
    header = [cell.strip() for cell in first]
    cells = [cell.strip() for cell in rows[0].cells]
    # A heading that spans columns is in the first of them, or in every cell of a merged range.
    open_ = [at for at, cell in enumerate(header)
             if not cell or (at and cell == header[at - 1])]  # fmt: skip
    if not open_ or any(at >= len(cells) or not cells[at] for at in open_):
        return False
    begin = next((at for at, cell in enumerate(header) if cell), 0)
    spanned = [at for at in open_ if at > begin] or range(begin, len(header))
    filled = [cell for cell in cells if cell]
    below = [row.cells[at].strip() for row in rows[1:] for at in spanned if at < len(row.cells)]
    below = [cell for cell in below if cell]
    are_names = all(are_years([cell]) or not guesses.is_number([cell]) for cell in filled)
    names = joined([header, cells], " ")
    return (
        are_names
        and len(set(names)) == len(names)
        and guesses.is_mostly_number(below)
        and not are_years(below)
    )


def _distinct_texts(cells: Sequence[str]) -> int:
    """Return the number of different texts in cells: a merged title is repeated in each cell."""
    return len({cell.strip() for cell in cells} - {""})
