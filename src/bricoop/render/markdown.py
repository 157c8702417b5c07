"""Markdown: text from files stays text, and cannot become markup, HTML or another column."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from bricoop.domain.names import printable
from bricoop.render.table import Heading

#: What a link may lead to: a page, an address, or a place that has no scheme before it.
_LINK = re.compile(r"(https?:|mailto:|[^:]*([/?#]|$))", re.IGNORECASE)
_SPECIAL = re.compile(r"([\\`*_\[\]|<>#~])")


def escape(text: str) -> str:
    """Return text that Markdown shows as it stands.

    An underscore within a word and a number sign within a line need no help.
    """
    return _SPECIAL.sub(r"\\\1", printable(text)).replace("&", "&amp;")


def is_harmless(text: str) -> bool:
    """Return whether Markdown has no HTML, no picture, and only links to pages and addresses."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 (few reports have a user's own text)

    class EveryLink(MarkdownIt):
        """Reads every link as one, so that it can be judged."""

        def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 (the library's names)
            return True

    reader = EveryLink("commonmark", {"html": True}).enable("table")
    definitions: dict[str, Any] = {}
    blocks = reader.parse(text, definitions)
    tokens = [*blocks, *(token for block in blocks for token in block.children or ())]
    # A link may be defined in one text and used in another.
    links = [str(link["href"]) for link in definitions.get("references", {}).values()]
    links += [str(token.attrGet("href") or "") for token in tokens]
    has_markup = any(token.type in {"html_block", "html_inline", "image"} for token in tokens)
    return not has_markup and all(map(_LINK.match, links))


def own_markdown(text: str) -> str:
    """Return a user's Markdown with its lines as they are, and control characters made visible."""
    return "\n".join(map(printable, text.split("\n")))


def write_markdown(headings: Sequence[Heading], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Write a table."""
    out.write(f"| {' | '.join(escape(heading.label) for heading in headings)} |\n")
    out.write(f"|{'|'.join(' ---: ' if one.number else ' --- ' for one in headings)}|\n")
    for row in rows:
        cells = (escape(heading.text(value)) for value, heading in zip(row, headings, strict=True))
        out.write(f"| {' | '.join(cells)} |\n")
