"""Markdown: text from files stays text, and cannot become markup, HTML or another column."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from bricoop.domain.names import printable
from bricoop.render.table import Heading

#: What a link may lead to: a page, an address, or a place that has no scheme before it.
_LINK = re.compile(r"(https?:|mailto:|[^:]*([/?#]|$))", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?")
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


def unmarked(text: str) -> str:
    """Return a user's Markdown as a terminal shows it: without marks, links with their addresses.

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
            marks = [_before(lines[first + at], content.strip()) for at, content in enumerate(read)]
            shown = _spoken(block.children or ()).split("\n")
            # Code has no lines of its own: then there are fewer than were read.
            lines[first : first + len(read)] = map("".join, zip(marks, shown, strict=False))
    return "\n".join(lines)


def _before(line: str, text: str) -> str:
    """Return what stands before the text of a line: the mark of a list, a quote or a heading."""
    at = line.rfind(text)
    # Where tabs became spaces, the text is not found.
    return line[:at] if at >= 0 else line[: len(line) - len(line.lstrip())]


def _spoken(tokens: Iterable[Any]) -> str:
    """Return the text of some lines, with the address of each link behind it."""
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
    """Return a user's Markdown with its lines as they are, and control characters made visible."""
    return "\n".join(map(printable, text.split("\n")))


def write_markdown(headings: Sequence[Heading], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Write a table."""
    out.write(f"| {' | '.join(escape(heading.label) for heading in headings)} |\n")
    out.write(f"|{'|'.join(' ---: ' if heading.number else ' --- ' for heading in headings)}|\n")
    for row in rows:
        cells = (escape(heading.text(value)) for value, heading in zip(row, headings, strict=True))
        out.write(f"| {' | '.join(cells)} |\n")
