"""Full-text search: ranked hits for a request, each with a snippet that shows the match."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import entity
from bricoop.domain.amounts import LARGEST
from bricoop.domain.batches import in_batches
from bricoop.domain.cells import Row
from bricoop.domain.nouns import NounSpec
from bricoop.domain.vocabularies import EntityKind
from bricoop.lookup import spelling
from bricoop.lookup.fulltext import SCOPES, matching, probe, ranked
from bricoop.lookup.search_query import SearchQuery, parse
from bricoop.query.conditions.filters import by_link, by_place, by_region_or_place
from bricoop.query.nouns.noun import Field, Noun, Type
from bricoop.query.nouns.shared import lists
from bricoop.query.plans.mentions import by_source
from bricoop.query.question import Answer
from bricoop.query.search.close_names import almost_named
from bricoop.query.search.evidence import HitEntity, texts_of
from bricoop.query.search.snippets import Snippet, has_all, snippet_of

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
HITS = Noun(NounSpec("hits", rows="What a search finds."), FIELDS, (), "position", "")


@dataclass(frozen=True)
class SearchRequest:
    """A full-text search.

    Attributes:
        text: words, phrases in quotes, and excluded words (`-word`).
        kinds: limits hits to entities of these kinds; empty for all.
        countries: limits hits to entities in one of these places, by any name or code.
        links: limits hits to entities that belong to one of these links.
        sources: limits hits to entities that one of these sources mentions.
        regions: limits hits to entities in one of these UN M49 regions, or in places of that name.
        limit: the largest number of hits.
        offset: number of hits to skip.
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
    """Return the ranked hits of a search.

    Hits rank in this order: the exact name, whole words in names, beginnings of words in names,
    whole words in other texts, beginnings of words there. Within each, shorter names come first,
    then the order of keys. If no name has the words, entities with an almost equal name come first.

    Raises:
        UsageError: there is no required word, or there are too many words.
        NotFoundError: a filter names something that is not in the database.
        AmbiguousNameError: a filter names several entities or sources.
    """
    query = parse(request.text)
    ids = _ids(connection, request, query)
    return Answer(HITS, FIELDS, _rows(connection, query, ids, request.offset))


def count_hits(connection: Connection, request: SearchRequest, most: int | None = None) -> int:
    """Count the hits of a search, up to `most`, regardless of its limit and offset.

    Raises:
        UsageError: as `search`.
        NotFoundError: as `search`.
        AmbiguousNameError: as `search`.
    """
    statement = ids_matching(connection, request, request.text).limit(most)
    return connection.execute(select(func.count()).select_from(statement.subquery())).scalar_one()


def suggestions(connection: Connection, request: SearchRequest) -> list[str]:
    """Return corrected search texts that have hits, the most similar first."""

    def finds(text: str) -> bool:
        statement = ids_matching(connection, request, text).limit(1)
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
        # A wider scope also returns the hits of the stricter ones.
        many = min(most + len(ranking), LARGEST)
        ranking.update(dict.fromkeys(ranked(connection, query, scope, filters, many, first)))
    return list(islice(ranking, request.offset, most))


def ids_matching(connection: Connection, request: SearchRequest, text: str) -> Any:
    """Select the ids of the hits of a text, within the filters of a request."""
    statement = matching(connection, text)
    held = statement.where(
        *_conditions(connection, request, next(iter(statement.selected_columns)))
    )
    ids = almost_named(connection, text)
    return held.union(_among_requested(connection, request, ids)) if ids else held


def _among_requested(connection: Connection, request: SearchRequest, ids: list[int]) -> Select[int]:
    """Select those of some entities that meet the filters of the request."""
    entity_id = entity.c.id
    return select(entity_id).where(entity_id.in_(ids), *_conditions(connection, request, entity_id))


def _conditions(
    connection: Connection, request: SearchRequest, entity_id: ColumnElement[int]
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if request.kinds:
        kinds = [kind.value for kind in request.kinds]
        conditions.append(entity_id.in_(select(entity.c.id).where(entity.c.kind.in_(kinds))))
    for condition, values in (
        (by_place(entity_id), request.countries),
        (by_region_or_place(entity_id), request.regions),
        (by_link(entity_id), request.links),
        (by_source(entity_id), request.sources),
    ):
        if values:
            conditions.append(condition(connection, values))
    return conditions


def _rows(connection: Connection, query: SearchQuery, ids: list[int], offset: int) -> Iterator[Row]:
    columns = (entity.c.id, entity.c.key, entity.c.kind, entity.c.name, entity.c.description)
    has_terms = partial(has_all, terms=query.terms)
    positions = count(offset + 1)
    for page in in_batches(ids, _PAGE):
        rows = connection.execute(select(*columns).where(in_values(connection, entity.c.id, page)))
        shown = {row.id: HitEntity(*row) for row in rows}
        texts = texts_of(connection, list(shown.values()), has_terms)
        for number in page:
            row, snippet = shown[number], snippet_of(texts[number], query.terms)
            if not snippet.texts:
                # A country found by a name in another language has no matching text.
                snippet = Snippet(row.name, (), tuple(texts[number][:1]))
            yield (
                next(positions),
                row.key,
                row.kind,
                row.name,
                snippet.text,
                [list(hit) for hit in snippet.hits],
                [text.kind for text in snippet.texts],
                list(dict.fromkeys(text.source for text in snippet.texts if text.source)),
                [text.locator for text in snippet.texts if text.locator],
            )
