"""Markdown: text from files stays text, and cannot become markup, HTML or another column."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from bricoop.domain.names import printable
from bricoop.render.table import Heading

_SPECIAL = re.compile(r"([\\`*_\[\]|<>#~])")


def escape(text: str) -> str:
    """Return text that Markdown shows as it stands.

    An underscore within a word and a number sign within a line need no help.
    """
    return _SPECIAL.sub(r"\\\1", printable(text)).replace("&", "&amp;")


def write_markdown(headings: Sequence[Heading], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Write a table."""
    out.write(f"| {' | '.join(escape(heading.label) for heading in headings)} |\n")
    out.write(f"|{'|'.join(' ---: ' if one.number else ' --- ' for one in headings)}|\n")
    for row in rows:
        cells = (escape(heading.text(value)) for value, heading in zip(row, headings, strict=True))
        out.write(f"| {' | '.join(cells)} |\n")
