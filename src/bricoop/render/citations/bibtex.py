"""Bibliographies in BibTeX format, with special characters of TeX escaped."""

import re
from collections.abc import Iterator, Sequence

from bricoop.domain.authors import Author, authors_in
from bricoop.domain.names import printable
from bricoop.query.entity.citations import SourceEntry

_TYPES = {
    "article": "article",
    "book": "book",
    "report": "techreport",
    "official-document": "techreport",
}
#: Braces become commands: BibTeX counts even escaped braces to find the end of a field.
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
_ANY = re.compile("[" + re.escape("".join(_SPECIAL)) + "]")
_KEY = re.compile(r"[^A-Za-z0-9:._-]")


def bibtex(entries: Sequence[SourceEntry]) -> Iterator[str]:
    """Yield the BibTeX entry of each source, under the key of the source."""
    for entry in entries:
        fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(entry))
        yield f"@{_TYPES.get(entry.kind, 'misc')}{{{_KEY.sub('-', entry.key)},\n{fields}}}\n"


def _fields(entry: SourceEntry) -> Iterator[tuple[str, str]]:
    if entry.authors:
        yield "author", " and ".join(map(_author, authors_in(entry.authors)))
    yield "title", f"{{{_escaped(entry.title)}}}"
    if entry.publisher:
        name = "institution" if _TYPES.get(entry.kind) == "techreport" else "publisher"
        yield name, f"{{{_escaped(entry.publisher)}}}"
    if entry.published:
        year, *rest = entry.published.split("-")
        yield "year", year
        if rest:
            yield "date", entry.published
    if entry.url:
        # The \url command takes text verbatim; only remove what would end the field.
        yield "url", re.sub(r"[\\{}\s]", "", printable(entry.url))
    notes = [f"key {entry.key}", *([entry.licence] if entry.licence else []), entry.note or ""]
    yield "note", _escaped("; ".join(filter(None, notes)))


def _author(author: Author) -> str:
    """Return a person as `Family, Given`, and an institution in braces."""
    if author.given:
        return f"{_escaped(author.family)}, {_escaped(author.given)}"
    return f"{{{_escaped(author.family)}}}"


def _escaped(text: str) -> str:
    return _ANY.sub(lambda match: _SPECIAL[match[0]], printable(text))
