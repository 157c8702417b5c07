"""Detect the delimiter of a CSV file from its header, and parse delimiters named by users."""

import re
from itertools import islice

from bricoop.errors import UsageError

#: The delimiters that are detected besides the comma, with their names in notes.
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
#: Words for delimiters that are hard to type on a command line.
_NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "bar": "|"}
_MARKS = {mark: word for word, mark in _NAMES.items() if word.isalpha()}
_QUOTED = re.compile(r'"[^"]*"')


def delimiter_named(text: str) -> str:
    """Return the delimiter that a user names: a character, or a word such as `tab`.

    Raises:
        UsageError: it is neither.

    >>> delimiter_named("semicolon"), delimiter_named("|")
    (';', '|')
    """
    delimiter = delimiter_word(text)
    if len(delimiter) != 1:
        hint = "Name one character, or one of: comma, semicolon, tab, bar."
        raise UsageError(f"{text!r} is not a delimiter.", hint)
    return delimiter


def delimiter_word(text: str) -> str:
    """Return the character that a word such as `tab` means, or any other text as it is."""
    return _NAMES.get(text.lower(), text)


def delimiter_of(start: str, header_row: int | None) -> str:
    """Return the delimiter of a header; a header with a comma is separated by commas.

    Args:
        start: the beginning of the file.
        header_row: the line of the header; None means the first line that is not blank.

    >>> delimiter_of("name;kind;countries", None), delimiter_of("name,kind", None)
    (';', ',')
    """
    below = islice(start.splitlines(), (header_row or 1) - 1, None)
    header = _QUOTED.sub("", next((line for line in below if line.strip()), ""))
    # Names of native columns contain neither commas nor semicolons, so one comma decides.
    if "," in header:
        return ","
    most = max(_DELIMITERS, key=header.count)
    return most if most in header else ","


def delimiter_in(cell: str) -> str:
    """Return the word for the delimiter inside the only cell of a header; empty if there is none.

    >>> delimiter_in("name;countries"), delimiter_in("name,kind"), delimiter_in("name")
    ('semicolon', 'comma', '')
    """
    mark = max(_MARKS, key=cell.count)
    return _MARKS[mark] if mark in cell else ""


def delimiter_notes(delimiter: str) -> list[str]:
    """Return the note on a delimiter other than the comma."""
    name = _DELIMITERS.get(delimiter)
    return [f"Its cells are separated by {name}."] if name else []
