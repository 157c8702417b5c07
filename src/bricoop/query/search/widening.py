"""Messages for a search without hits: corrections, and how to widen it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from bricoop.domain.english import counted, there_are
from bricoop.lookup.search_query import Term, parse
from bricoop.query.search.hits import SearchRequest, count_hits, suggestions

#: Most terms that are searched one by one.
_TRIED = 5
#: Operators of library catalogs, which are ordinary words here.
_OPERATORS = frozenset({"OR", "AND", "NOT"})
#: More hits than this are not counted.
_MAX_HITS = 1000


def nothing_found(connection: Connection, request: SearchRequest) -> list[str]:
    """Return the lines of the message for a search without hits.

    Args:
        connection: must see the same database state as the search.
        request: the search; its limit and offset are ignored.
    """
    ways = [*_wider(connection, request)]
    wider = "; ".join(ways)
    # Words that find something without a filter are spelled right.
    is_spelled_right = any(way.startswith("without ") for way in ways)
    meant = "" if is_spelled_right else "; ".join(suggestions(connection, request))
    lines = [f"No rows.{f' Did you mean: {meant}?' if meant else ''}", _looked_for(request)]
    if wider:
        lines.append(f"{wider[0].upper()}{wider[1:]}.")
    elif not meant:
        lines.append("Try another spelling or language, or the beginning of a word.")
    return lines


def note_on_operators(text: str) -> str:
    """Return a note if a search has AND, OR or NOT between its words; empty if not."""
    operators = [word for word in text.split()[1:-1] if word in _OPERATORS]
    if not operators:
        return ""
    return (
        f"{operators[0]} is searched as a word: all words must match, and -word excludes one."
        " Search for alternatives one by one."
    )


def _looked_for(request: SearchRequest) -> str:
    query = parse(request.text)
    words = ", ".join(map(_described, query.terms))
    without = "".join(f", without {term.typed}" for term in query.excluded)
    filters = "".join(f", {name} {'/'.join(values)}" for name, values in _filters(request))
    return f"Looked for, in names and in texts about them: {words}{without}{filters}."


def _described(term: Term) -> str:
    quoted = term.typed if term.typed.startswith('"') else f'"{term.typed}"'
    return f"words that begin with {quoted}" if term.is_prefix else f"the word {quoted}"


def _filters(request: SearchRequest) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the filters of a search as command-line options, with their values."""
    for name, values in (
        ("--kind", tuple(kind.value for kind in request.kinds)),
        ("--country", request.countries),
        ("--region", request.regions),
        ("--link", request.links),
        ("--source", request.sources),
    ):
        if values:
            yield name, values


def _wider(connection: Connection, request: SearchRequest) -> Iterator[str]:
    """Yield phrases on variants that have hits: without a filter, or with a single term."""
    names = [name for name, _ in _filters(request)]
    for name in names:
        emptied: dict[str, Any] = {_FIELDS[name]: ()}
        without = replace(request, **emptied)
        if number := count_hits(connection, without, _MAX_HITS):
            yield there_are(f"without {name}", _hits(number))
    if len(names) > 1:
        bare = replace(request, kinds=(), countries=(), regions=(), links=(), sources=())
        if number := count_hits(connection, bare, _MAX_HITS):
            yield there_are("without any filter", _hits(number))
    terms = parse(request.text).terms
    if len(terms) > 1:
        for term in terms[:_TRIED]:
            alone = replace(request, text=term.typed)
            if number := count_hits(connection, alone, _MAX_HITS):
                yield there_are(f"for {term.typed} alone", _hits(number))


def _hits(number: int) -> str:
    if number >= _MAX_HITS:
        return f"{_MAX_HITS:,} hits or more"
    return counted(number, "hits")


_FIELDS = {
    "--kind": "kinds",
    "--country": "countries",
    "--region": "regions",
    "--link": "links",
    "--source": "sources",
}
