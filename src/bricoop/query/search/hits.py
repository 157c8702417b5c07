"""Search: a frozen request goes in, and an answer of ranked hits with their reasons comes out."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, Connection, func, select

from bricoop.db.schema import entity, search_document
from bricoop.db.seam import among
from bricoop.domain.amounts import LARGEST
from bricoop.domain.vocabularies import EntityKind
from bricoop.query.conditions import by_country, by_link, by_source
from bricoop.query.nouns.noun import Field, Noun
from bricoop.query.question import Answer, Row
from bricoop.query.search import spelling
from bricoop.query.search.evidence import texts_of
from bricoop.query.search.matching import REACHES, matching, ranked
from bricoop.query.search.snippets import snippet_of
from bricoop.query.search.wanted import Wanted, parse

_PAGE = 200
FIELDS = (
    Field("position", "its place among the hits, the best 1", number=True),
    Field("key", "stable key"),
    Field("kind", "what it is", in_table=True, coded=True),
    Field("name", "name shown", in_table=True),
    Field("snippet", "what shows why it was found, as it was said", in_table=True),
    Field("hits", "where in the snippet the words stand: first character, and after the last"),
    Field("found_in", "what the parts of the snippet are of", in_table=True),
    Field("sources", "keys of the sources that say so", in_table=True),
    Field("locators", "where they say so", in_table=True),
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


def search(connection: Connection, request: SearchRequest) -> Answer:
    """Return the hits: whole words in names first, then beginnings there, then both elsewhere.

    Among those alike an exact name comes first, then the shorter name, then the order of keys.

    Raises:
        UsageError: there is no word to look for, or there are too many.
        NotFoundError: a filter names something that is not known.
        AmbiguousNameError: a filter names several things.
    """
    wanted = parse(request.text)
    ids = _ids(connection, request, wanted)
    return Answer(HITS, FIELDS, _rows(connection, wanted, ids, request.offset))


def count_hits(connection: Connection, request: SearchRequest) -> int:
    """Return how many entities are found, whatever the limit and offset.

    Raises:
        UsageError: as `search`.
        NotFoundError: as `search`.
        AmbiguousNameError: as `search`.
    """
    found = matching(connection, request.text).where(*_conditions(connection, request))
    return connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()


def suggestions(connection: Connection, request: SearchRequest) -> list[str]:
    """Return texts that were perhaps meant, and that find something, the likest first."""
    conditions = _conditions(connection, request)

    def finds(text: str) -> bool:
        found = matching(connection, text).where(*conditions).limit(1)
        return connection.execute(found).first() is not None

    return spelling.suggestions(connection, parse(request.text), finds)


def _ids(connection: Connection, request: SearchRequest, wanted: Wanted) -> list[int]:
    conditions = _conditions(connection, request)
    most = min(request.offset + request.limit, LARGEST)
    found: dict[int, None] = {}
    for in_names, beginnings in REACHES:
        if len(found) >= most:
            break
        if beginnings and not wanted.has_beginnings:
            continue
        statement = ranked(connection, wanted, (in_names, beginnings)).where(*conditions)
        # What a narrower reach found is found again.
        statement = statement.limit(min(most + len(found), LARGEST))
        found.update(dict.fromkeys(connection.scalars(statement)))
    return list(islice(found, request.offset, most))


def _conditions(connection: Connection, request: SearchRequest) -> list[ColumnElement[bool]]:
    owner = search_document.c.entity_id
    conditions: list[ColumnElement[bool]] = []
    if request.kinds:
        kinds = [kind.value for kind in request.kinds]
        conditions.append(owner.in_(select(entity.c.id).where(entity.c.kind.in_(kinds))))
    for condition, values in (
        (by_country(owner), request.countries),
        (by_link(owner), request.links),
        (by_source(owner), request.sources),
    ):
        if values:
            conditions.append(condition(connection, values))
    return conditions


def _rows(connection: Connection, wanted: Wanted, ids: list[int], offset: int) -> Iterator[Row]:
    columns = (entity.c.id, entity.c.key, entity.c.kind, entity.c.name)
    for start in range(0, len(ids), _PAGE):
        page = ids[start : start + _PAGE]
        rows = connection.execute(select(*columns).where(among(connection, entity.c.id, page)))
        shown = {row.id: row for row in rows}
        texts = texts_of(connection, page)
        for place, number in enumerate(page, start=offset + start + 1):
            row, snippet = shown[number], snippet_of(texts[number], wanted.terms)
            yield (
                place,
                row.key,
                row.kind,
                row.name,
                snippet.text,
                [list(hit) for hit in snippet.hits],
                [one.what for one in snippet.texts],
                list(dict.fromkeys(one.source for one in snippet.texts if one.source)),
                [one.locator for one in snippet.texts if one.locator],
            )
