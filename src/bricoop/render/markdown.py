"""Markdown output, with text from files escaped, and safety checks of users' own Markdown."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from bricoop.domain.cells import Cell
from bricoop.domain.names import printable
from bricoop.render.table import Heading

#: Allowed targets of links: web pages, e-mail addresses, and relative URLs.
_LINK = re.compile(r"(https?:|mailto:|[^:]*([/?#]|$))", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?")
_SPECIAL = re.compile(r"([\\`*_\[\]|<>#~])")


def escape(text: str) -> str:
    """Return text with the special characters of Markdown escaped.

    Control characters become visible.
    """
    return _SPECIAL.sub(r"\\\1", printable(text)).replace("&", "&amp;")


def is_harmless(text: str) -> bool:
    """Return whether Markdown has no HTML, no images, and only allowed links."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 (few reports have a user's own text)

    class EveryLink(MarkdownIt):
        """A parser that accepts every link, so that all of them can be checked."""

        def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 (the library's names)
            return True

    reader = EveryLink("commonmark", {"html": True}).enable("table")
    definitions: dict[str, Any] = {}
    blocks = reader.parse(text, definitions)
    tokens = [*blocks, *(token for block in blocks for token in block.children or ())]
    # A link may be defined in one paragraph and used in another.
    links = [str(link["href"]) for link in definitions.get("references", {}).values()]
    links += [str(token.attrGet("href") or "") for token in tokens]
    has_markup = any(token.type in {"html_block", "html_inline", "image"} for token in tokens)
    return not has_markup and all(map(_LINK.match, links))


def unmarked(text: str) -> str:
    """Return Markdown as plain text: without emphasis, and with the URLs of links.

    >>> unmarked("We look at **Kenya**; see [AidData](https://aiddata.org).")
    'We look at Kenya; see AidData (https://aiddata.org).'
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415 (few reports have a user's own text)

    lines = _LINE_END.sub("\n", text).split("\n")
    blocks = MarkdownIt("commonmark", {"html": False}).parse(text)
    for block in reversed(blocks):
        if block.type == "inline" and block.map:
            first = block.map[0]
            read = block.content.split("\n")
            marks = [
                _line_prefix(lines[first + at], content.strip()) for at, content in enumerate(read)
            ]
            shown = _plain_text(block.children or ()).split("\n")
            # Line breaks in inline code become spaces: then there are fewer lines.
            lines[first : first + len(read)] = map("".join, zip(marks, shown, strict=False))
    return "\n".join(lines)


def _line_prefix(line: str, text: str) -> str:
    """Return the beginning of a line before its text, such as the mark of a list item."""
    at = line.rfind(text)
    # The text is not found if the parser expanded tabs.
    return line[:at] if at >= 0 else line[: len(line) - len(line.lstrip())]


def _plain_text(tokens: Iterable[Any]) -> str:
    """Return the text of inline tokens, with the URL after each link."""
    words: list[str] = []
    address, start = "", 0
    for token in tokens:
        if token.type == "link_open":
            address, start = str(token.attrGet("href") or ""), len(words)
        elif token.type == "link_close":
            named = "".join(words[start:])
            if address and address != named:
                words.append(f" ({address})" if named else f"({address})")
        elif token.type in {"softbreak", "hardbreak"}:
            words.append("\n")
        else:
            words.append(token.content)
    return "".join(words)


def own_markdown(text: str) -> str:
    """Return Markdown with control characters other than line feeds made visible."""
    return "\n".join(map(printable, text.split("\n")))


def write_markdown(
    headings: Sequence[Heading], rows: Iterable[Sequence[Cell]], out: TextIO
) -> None:
    """Write a Markdown table."""
    out.write(f"| {' | '.join(escape(heading.label) for heading in headings)} |\n")
    out.write(f"|{'|'.join(' ---: ' if heading.number else ' --- ' for heading in headings)}|\n")
    for row in rows:
        cells = (escape(heading.text(value)) for value, heading in zip(row, headings, strict=True))
        out.write(f"| {' | '.join(cells)} |\n")
