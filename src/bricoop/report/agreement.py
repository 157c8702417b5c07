"""Builds the report on one agreement: parties, dates, what it covers, and the sources cited."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from bricoop.domain.english import counted_or_no, enumerated
from bricoop.domain.vocabularies import EntityKind, label
from bricoop.lookup.entities import find_entity
from bricoop.query.entity.recorded import EntityProfile, entity_profile
from bricoop.report.data import ReportQueries
from bricoop.report.disagreements import differences
from bricoop.report.entity_sections import (
    descriptions_section,
    facts_sections,
    names_section,
    relations_section,
    values_section,
)
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section, cited


def agreement_report(connection: Connection, request: Request) -> Report:
    """Build the report on the agreement with a name or key.

    Raises:
        NotFoundError: no agreement is known by that name.
        AmbiguousNameError: several agreements have that name.
    """
    agreement = find_entity(connection, request.name, [EntityKind.AGREEMENT])
    queries, profile = ReportQueries(connection), entity_profile(connection, agreement.key)
    row = queries.rows("agreements", {"key": (agreement.key,)})[0]
    sections = [*_sections(queries, profile)]
    sources = counted_or_no(len(cited(sections)), "sources")
    summary = f"{_summary(row)} It is described by {sources}."
    titles = (agreement.name, f"key {agreement.key}")
    return queries.report("agreement", agreement.key, titles, summary, sections)


def _summary(row: dict[str, Any]) -> str:
    """Return a sentence with the kind of an agreement, its parties and its dates."""
    kind = label(row["kind"]).capitalize() if row["kind"] else "An agreement"
    parties = [*row["country_names"], *row["organizations"]]
    between = f" of {enumerated(parties)}" if parties else ""
    words = {"signed": "signed", "in_force": "in force from", "ended": "ended"}
    dates = [f"{phrase} {row[word]}" for word, phrase in words.items() if row[word]]
    return f"{kind}{between}{f', {enumerated(dates)}' if dates else ''}."


def _sections(queries: ReportQueries, profile: EntityProfile) -> Iterator[Section]:
    yield from descriptions_section(profile.claims)
    parties = ("country", "region", "organization")
    yield from relations_section(profile, "parties", "Parties", parties)
    yield from relations_section(profile, "covers", "What it covers", ("project", "policy", "link"))
    yield from facts_sections(queries, profile)
    yield from differences(queries, {"about": (profile.key,)}, profile.name)
    yield from names_section(profile)
    yield from values_section(profile)
