"""What stands between the cells of a file that does not say it: told from its header."""

import re
from itertools import islice

from bricoop.errors import UsageError

#: What may stand between cells, and what it is called.
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
#: How a delimiter is named that a shell or a keyboard makes hard to type.
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
    """Return what stands between the cells of a header in which no name has a comma.

    Args:
        start: the beginning of the file.
        header_row: the line of the header, where it is not the first that is not blank.

    >>> delimiter_of("name;kind;countries", None), delimiter_of("name,kind", None)
    (';', ',')
    """
    below = islice(start.splitlines(), (header_row or 1) - 1, None)
    header = _QUOTED.sub("", next((line for line in below if line.strip()), ""))
    if "," in header:
        return ","
    most = max(_DELIMITERS, key=header.count)
    return most if most in header else ","


def delimiter_in(cell: str) -> str:
    """Return the word for what divides the only cell of a header; empty where nothing does.

    >>> delimiter_in("name;countries"), delimiter_in("name,kind"), delimiter_in("name")
    ('semicolon', 'comma', '')
    """
    mark = max(_MARKS, key=cell.count)
    return _MARKS[mark] if mark in cell else ""


def delimiter_notes(delimiter: str) -> list[str]:
    """Return the note on cells that are not separated by commas."""
    name = _DELIMITERS.get(delimiter)
    return [f"Its cells are separated by {name}."] if name else []
