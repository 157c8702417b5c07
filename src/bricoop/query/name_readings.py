"""How names of a question were read where they may mean something else: sources, countries."""

import shlex
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection

from bricoop.domain.country_names import namesake
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import EntityKind
from bricoop.lookup.entities import find_entity
from bricoop.lookup.sources import match_source
from bricoop.query.catalog import noun_of
from bricoop.query.compiler import NOT
from bricoop.query.question import Question
from bricoop.query.regions import regions_named
from bricoop.query.where import Both, Comparison, Condition, Either, Negated, parse

#: The filters that take sources or countries, and the fields that conditions compare with them.
_SOURCES = frozenset({"source", "sources"})
_COUNTRIES = frozenset({"country", "countries", "country_names"})


def readings(connection: Connection, question: Question) -> tuple[str, ...]:
    """Return a sentence for each name that the question gives only in part, or without its rest."""
    typed = dict(_typed(question, _COUNTRIES))
    # Nouns that have no regions look among countries alone.
    has_regions = any(one.name == "region" for one in noun_of(question.noun).filters)
    return (
        *readings_of_countries(connection, typed),
        *_readings_of_regions(connection, typed if has_regions else {}),
        *readings_of_sources(connection, dict(_typed(question, _SOURCES))),
    )


def readings_of_sources(connection: Connection, typed: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each text that is only a part of the key or title of its source."""
    found = [(one, match_source(connection, one)) for one in dict.fromkeys(typed)]
    return tuple(
        f"{one!r} is read as the source {match.key}: {match.title}."
        for one, match in found
        if not match.is_exact
    )


def readings_of_countries(connection: Connection, typed: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each name that two countries share, such as a bare `Congo`."""
    found = []
    for one in dict.fromkeys(typed):
        if namesakes := namesake(one):
            country = find_entity(connection, one, [EntityKind.COUNTRY])
            found.append(f"{one!r} is read as {country.name}: {namesakes}.")
    return tuple(found)


def _readings_of_regions(connection: Connection, typed: Mapping[str, bool]) -> Iterator[str]:
    """Yield a sentence for each region of sources that stands where countries do."""
    for one, is_wanted in typed.items():
        found = find_entity(connection, one, [EntityKind.COUNTRY, EntityKind.REGION])
        if found.kind == EntityKind.REGION:
            is_known = is_wanted and regions_named(connection, one)
            wider = f"; for those, use --region {shlex.quote(one)}" if is_known else ""
            name = "" if normalise(found.name) == normalise(one) else f" {found.name}"
            named = f"the region{name} as named in sources"
            yield f"{one!r} means {named}, not the countries in it{wider}."


def _typed(question: Question, names: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Yield what a question compares with filters or fields of some names, and if it is wanted."""
    for name in names & question.filters.keys():
        for value in question.filters[name]:
            yield value.removeprefix(NOT).strip(), not value.startswith(NOT)
    for text in question.where:
        yield from _compared(parse(text), names)


def _compared(condition: Condition, names: frozenset[str]) -> Iterator[tuple[str, bool]]:
    match condition:
        case Comparison(field, "=", values):
            yield from ((value, True) for value in values if field in names)
        case Negated(inner):
            yield from ((value, not wanted) for value, wanted in _compared(inner, names))
        case Both(parts) | Either(parts):
            for one in parts:
                yield from _compared(one, names)
