"""Counts the hits that a search leaves out because they have no country or link."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, Connection, func, select

from bricoop.db.schema import entity, entity_country, entity_link, entity_region
from bricoop.domain.english import agree, counted
from bricoop.domain.vocabularies import EntityKind
from bricoop.query.search.hits import SearchRequest, ids_matching

#: Kinds of entities that may have countries and links.
_KINDS = (EntityKind.PROJECT.value, EntityKind.AGREEMENT.value, EntityKind.POLICY.value)
#: More hits than this are not counted.
_MOST = 1000
#: What is missing, the filters that it does not meet, and where it would be recorded.
_MISSING: tuple[tuple[str, tuple[str, ...], tuple[Column[int], ...]], ...] = (
    ("country", ("countries", "regions"), (entity_country.c.entity_id, entity_region.c.entity_id)),
    ("link", ("links",), (entity_link.c.entity_id,)),
)


def left_out(connection: Connection, request: SearchRequest) -> Iterator[str]:
    """Yield a sentence for each filter whose field is empty in hits that match everything else.

    Only projects, agreements and policies count, as others may have no country or link.

    Args:
        connection: must see the same database state as the search.
        request: the search; its limit and offset are ignored.
    """
    for name, filters, owners in _MISSING:
        if any(getattr(request, attribute) for attribute in filters):
            emptied: dict[str, Any] = dict.fromkeys(filters, ())
            number = _count(connection, replace(request, **emptied), owners)
            if number:
                is_many = number > _MOST
                more = (
                    f"More than {_MOST:,} results" if is_many else counted(number, "more results")
                )
                match, have = agree(number, "matches", "match"), agree(number, "has", "have")
                yield f"{more} {match} everything else and {have} no {name}."


def _count(connection: Connection, request: SearchRequest, owners: tuple[Column[int], ...]) -> int:
    """Return the number of hits that no row of facts has as its owner, up to one too many."""
    hits = ids_matching(connection, request, request.text).subquery()
    (hit_id,) = hits.c
    statement = select(entity.c.id).join(hits, hit_id == entity.c.id)
    empty = [~select(owner).where(owner == entity.c.id).exists() for owner in owners]
    chosen = statement.where(entity.c.kind.in_(_KINDS), *empty).limit(_MOST + 1).subquery()
    return connection.execute(select(func.count()).select_from(chosen)).scalar_one()
