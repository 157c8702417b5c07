"""Search: a frozen request goes in, and an answer of ranked hits with their reasons comes out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import entity
from bricoop.domain.amounts import LARGEST
from bricoop.domain.vocabularies import EntityKind
from bricoop.lookup import spelling
from bricoop.lookup.fulltext import SCOPES, matching, probe, ranked
from bricoop.lookup.search_query import SearchQuery, parse
from bricoop.query.conditions import by_link, by_place, by_region_or_place
from bricoop.query.mentions import by_source
from bricoop.query.nouns.noun import Field, Noun, Type
from bricoop.query.nouns.shared import lists
from bricoop.query.question import Answer, Row
from bricoop.query.search.close_names import almost_named
from bricoop.query.search.evidence import texts_of
from bricoop.query.search.snippets import Snippet, snippet_of

_PAGE = 200
FIELDS = (
    Field("position", "its rank; the best hit is 1", Type.INTEGER),
    Field("key", "stable key"),
    Field("kind", "what it is", in_table=True, codes=EntityKind),
    Field("name", "name shown", in_table=True),
    Field("snippet", "text that shows why it was found", in_table=True),
    Field(
        "hits", "positions of the words in the snippet: first character, and the one after the last"
    ),
    lists("found_in", "what each part of the snippet is", in_table=True),
    lists("sources", "keys of the sources of the snippet", in_table=True),
    lists("locators", "places in these sources", in_table=True),
)
HITS = Noun("hits", "What a search finds.", FIELDS, (), "position", "")


@dataclass(frozen=True)
class SearchRequest:
    """What is searched for.

    Attributes:
        text: words, phrases in quotes, and words to leave out, as a person types them.
        kinds: only entities of these kinds; of all where empty.
        countries: only those in one of these places, by any name.
        links: only those under one of these links.
        sources: only those of which one of these sources speaks.
        regions: only those in one of these regions of the world, or places.
        limit: at most so many hits.
        offset: so many are skipped.
    """

    text: str
    kinds: tuple[EntityKind, ...] = ()
    countries: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    limit: int = 20
    offset: int = 0
    regions: tuple[str, ...] = ()


def search(connection: Connection, request: SearchRequest) -> Answer:
    """Return the hits: whole words in names first, then beginnings there, then both elsewhere.

    Where no name has the words, entities that they name almost come before all of these. Among
    those alike an exact name comes first, then the shorter name, then the order of keys.

    Raises:
        UsageError: there is no word to look for, or there are too many.
        NotFoundError: a filter names something that is not known.
        AmbiguousNameError: a filter names several things.
    """
    query = parse(request.text)
    ids = _ids(connection, request, query)
    return Answer(HITS, FIELDS, _rows(connection, query, ids, request.offset))


def count_hits(connection: Connection, request: SearchRequest, most: int | None = None) -> int:
    """Return how many entities are found, whatever the limit and offset, but no more than `most`.

    Raises:
        UsageError: as `search`.
        NotFoundError: as `search`.
        AmbiguousNameError: as `search`.
    """
    statement = _matching(connection, request, request.text).limit(most)
    return connection.execute(select(func.count()).select_from(statement.subquery())).scalar_one()


def suggestions(connection: Connection, request: SearchRequest) -> list[str]:
    """Return texts that were perhaps meant, and that find something, the likest first."""

    def finds(text: str) -> bool:
        statement = _matching(connection, request, text).limit(1)
        return connection.execute(statement).first() is not None

    return spelling.suggestions(connection, parse(request.text), finds)


def _ids(connection: Connection, request: SearchRequest, query: SearchQuery) -> list[int]:
    most = min(request.offset + request.limit, LARGEST)
    ranking: dict[int, None] = {}
    if ids := almost_named(connection, request.text):
        allowed = set(connection.scalars(_among_requested(connection, request, ids)))
        ranking.update(dict.fromkeys(number for number in ids if number in allowed))
    filters = partial(_conditions, connection, request)
    first = probe(connection, query, filters)
    for scope in SCOPES:
        if len(ranking) >= most:
            break
        if scope.prefixes and not query.has_prefixes:
            continue
        # What a narrower scope found is found again.
        many = min(most + len(ranking), LARGEST)
        ranking.update(dict.fromkeys(ranked(connection, query, scope, filters, many, first)))
    return list(islice(ranking, request.offset, most))


def _matching(connection: Connection, request: SearchRequest, text: str) -> Any:
    statement = matching(connection, text)
    held = statement.where(
        *_conditions(connection, request, next(iter(statement.selected_columns)))
    )
    ids = almost_named(connection, text)
    return held.union(_among_requested(connection, request, ids)) if ids else held


def _among_requested(connection: Connection, request: SearchRequest, ids: list[int]) -> Select[int]:
    """Return the statement that finds some entities, if they are among what the search asks for."""
    own = entity.c.id
    return select(own).where(own.in_(ids), *_conditions(connection, request, own))


def _conditions(
    connection: Connection, request: SearchRequest, own: ColumnElement[int]
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if request.kinds:
        kinds = [kind.value for kind in request.kinds]
        conditions.append(own.in_(select(entity.c.id).where(entity.c.kind.in_(kinds))))
    for condition, values in (
        (by_place(own), request.countries),
        (by_region_or_place(own), request.regions),
        (by_link(own), request.links),
        (by_source(own), request.sources),
    ):
        if values:
            conditions.append(condition(connection, values))
    return conditions


def _rows(connection: Connection, query: SearchQuery, ids: list[int], offset: int) -> Iterator[Row]:
    columns = (entity.c.id, entity.c.key, entity.c.kind, entity.c.name)
    for start in range(0, len(ids), _PAGE):
        page = ids[start : start + _PAGE]
        rows = connection.execute(select(*columns).where(in_values(connection, entity.c.id, page)))
        shown = {row.id: row for row in rows}
        texts = texts_of(connection, page)
        for position, number in enumerate(page, start=offset + start + 1):
            row, snippet = shown[number], snippet_of(texts[number], query.terms)
            if not snippet.texts:
                # A name in another language is in no text: the name that is shown stands for it.
                snippet = Snippet(row.name, (), tuple(texts[number][:1]))
            yield (
                position,
                row.key,
                row.kind,
                row.name,
                snippet.text,
                [list(hit) for hit in snippet.hits],
                [text.kind for text in snippet.texts],
                list(dict.fromkeys(text.source for text in snippet.texts if text.source)),
                [text.locator for text in snippet.texts if text.locator],
            )
