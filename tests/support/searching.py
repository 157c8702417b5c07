"""Searches a knowledge base, and counts and checks what a search finds."""

from typing import Any

from sqlalchemy import Engine

from bricoop.db.check import check
from bricoop.db.engine import reading
from bricoop.query.search.hits import SearchRequest, count_hits, search

PROJECTS = """id,name,name_zh,aliases,countries,financiers,contractors,description
KE-1,Mombasa–Nairobi Railway,蒙内铁路,SGR,Kenya,China Development Bank,CRBC,A standard gauge railway of 480 km.
KE-2,Nairobi Expressway,,,Kenya,,CRBC,"A road through the city, and not a railway."
ET-1,Addis Ababa–Djibouti Railway,亚吉铁路,,Ethiopia; Djibouti,,,The first electric railway of East Africa; {long} terminus at the sea port.
PK-1,Port,,,Pakistan,,,Its name is short.
PK-2,Portal Works,,,Pakistan,,CCCC,
CI-1,Réhabilitation du port d’Abidjan,,,Côte d'Ivoire,Société Générale de Côte d'Ivoire,,
X-77,O'Neill & Sons <b>Dam</b>,,,Kenya,,,
""".format(long="the line climbs from the coast to the highlands and " * 4)


def hits(engine: Engine, text: str, **more: Any) -> list[tuple[Any, ...]]:
    """Return the rows that a search finds."""
    with reading(engine) as connection:
        return list(search(connection, SearchRequest(text, **more)).rows)


def hit_keys(engine: Engine, text: str, **more: Any) -> list[str]:
    """Return the keys of what a search finds."""
    return [row[1] for row in hits(engine, text, **more)]


def hit_count(engine: Engine, text: str, **more: Any) -> int:
    """Return the number of hits of a search."""
    with reading(engine) as connection:
        return count_hits(connection, SearchRequest(text, **more))


def is_whole(engine: Engine) -> bool:
    """Return whether no check of a knowledge base finds anything."""
    with reading(engine) as connection:
        return [result for result in check(connection) if result.violations] == []
