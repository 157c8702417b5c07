"""Notes on ambiguous or partial names in a question, and how they were resolved."""

import shlex
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection

from bricoop.domain.country_names import namesake
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import EntityKind
from bricoop.lookup.entities import find_entity
from bricoop.lookup.sources import match_source
from bricoop.query.catalog import noun_of
from bricoop.query.conditions.compiler import NOT
from bricoop.query.conditions.parser import And, Comparison, Condition, Not, Or, parse
from bricoop.query.conditions.regions import regions_named
from bricoop.query.question import Question

#: Names of filters and fields whose values are sources or countries.
_SOURCES = frozenset({"source", "sources"})
_COUNTRIES = frozenset({"country", "countries", "country_names"})


def readings(connection: Connection, question: Question) -> tuple[str, ...]:
    """Return a sentence for each partial or ambiguous name in a question."""
    typed = dict(_typed(question, _COUNTRIES))
    # Nouns without a filter by region resolve these names to countries only.
    has_regions = any(option.name == "region" for option in noun_of(question.noun).filters)
    return (
        *readings_of_countries(connection, typed),
        *_readings_of_regions(connection, typed if has_regions else {}),
        *readings_of_sources(connection, dict(_typed(question, _SOURCES))),
    )


def readings_of_sources(connection: Connection, typed: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each text that is only a part of a source's key or title."""
    matches = [(text, match_source(connection, text)) for text in dict.fromkeys(typed)]
    return tuple(
        f"{text!r} is read as the source {match.key}: {match.title}."
        for text, match in matches
        if not match.is_exact
    )


def readings_of_countries(connection: Connection, typed: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each name that two countries share, such as `Congo`."""
    sentences = []
    for text in dict.fromkeys(typed):
        if namesakes := namesake(text):
            country = find_entity(connection, text, [EntityKind.COUNTRY])
            sentences.append(f"{text!r} is read as {country.name}: {namesakes}.")
    return tuple(sentences)


def _readings_of_regions(connection: Connection, typed: Mapping[str, bool]) -> Iterator[str]:
    """Yield a sentence for each name that denotes a region named by sources, not a country."""
    for text, is_wanted in typed.items():
        match = find_entity(connection, text, [EntityKind.COUNTRY, EntityKind.REGION])
        if match.kind == EntityKind.REGION:
            is_known = is_wanted and regions_named(connection, text)
            wider = f"; for those, use --region {shlex.quote(text)}" if is_known else ""
            name = "" if normalise(match.name) == normalise(text) else f" {match.name}"
            named = f"the region{name} as named in sources"
            yield f"{text!r} means {named}, not the countries in it{wider}."


def _typed(question: Question, names: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Yield the values compared with some filters or fields; False marks a negated value."""
    for name in names & question.filters.keys():
        for value in question.filters[name]:
            yield value.removeprefix(NOT).strip(), not value.startswith(NOT)
    for text in question.where:
        yield from _compared(parse(text), names)


def _compared(condition: Condition, names: frozenset[str]) -> Iterator[tuple[str, bool]]:
    match condition:
        case Comparison(field, "=", values):
            yield from ((value, True) for value in values if field in names)
        case Not(inner):
            yield from ((value, not is_wanted) for value, is_wanted in _compared(inner, names))
        case And(operands) | Or(operands):
            for operand in operands:
                yield from _compared(operand, names)
