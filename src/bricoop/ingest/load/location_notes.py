"""Notes on locations whose coordinates lie far outside the countries of their project."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bricoop.domain.point_in_country import doubt
from bricoop.domain.problem import Level, Problem
from bricoop.ingest.load.entity_resolver import EntityResolver
from bricoop.ingest.resolve.known_places import KnownPlaces
from bricoop.ingest.resolve.resolver import Resolver
from bricoop.ingest.transform.validate import PreparedRow


def notes_on(
    rows: Sequence[tuple[PreparedRow, int]],
    resolver: Resolver,
    known_places: KnownPlaces,
    subjects: EntityResolver,
) -> Iterator[Problem]:
    """Yield a note for each location far outside the countries of its project.

    Args:
        rows: locations, each with the entity id of its project.
        resolver: looks up the countries of projects.
        known_places: looks up the names of countries.
        subjects: locates cells for the notes.
    """
    countries = resolver.countries_of({project for _, project in rows})
    for row, project in rows:
        latitude, longitude = row.fields["latitude"], row.fields["longitude"]
        known = {
            code: known_places.name(code)
            for number in countries.get(project, ())
            if (code := known_places.code_of(number))
        }
        suspicion = doubt(float(latitude), float(longitude), known)
        if suspicion is not None:
            problem = subjects.problem(row, "latitude", suspicion.rule, suspicion.hint)
            point = f"{latitude}, {longitude}"
            yield replace(problem, value=point, level=Level.NOTE.value)
