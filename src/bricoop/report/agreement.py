"""The report on an agreement: its parties, its dates, what it covers, and who says so."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from bricoop.domain.vocabularies import EntityKind, label
from bricoop.lookup.entities import find_entity
from bricoop.query.entity_profile import Portrait, portrait
from bricoop.report.data import Asking, counted, listing
from bricoop.report.differences import differences
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
    """Return the report on the agreement that a name or key means.

    Raises:
        NotFoundError: no agreement is known by that name.
        AmbiguousNameError: the name means several of them.
    """
    found = find_entity(connection, request.name, [EntityKind.AGREEMENT])
    asking, about = Asking(connection), portrait(connection, found.key)
    row = asking.rows("agreements", {"key": (found.key,)})[0]
    sections = [*_sections(asking, about)]
    sources = counted(len(cited(sections)), "sources")
    summary = f"{_said(row)} Described by {sources}."
    titles = (found.name, f"key {found.key}")
    return asking.finished("agreement", found.key, titles, summary, sections)


def _said(row: dict[str, Any]) -> str:
    """Return in a sentence what an agreement is, between whom, and since when."""
    kind = label(row["kind"]).capitalize() if row["kind"] else "An agreement"
    parties = [*row["country_names"], *row["organizations"]]
    between = f" of {listing(parties)}" if parties else ""
    words = {"signed": "signed", "in_force": "in force from", "ended": "ended"}
    dates = [f"{said} {row[word]}" for word, said in words.items() if row[word]]
    return f"{kind}{between}{f', {listing(dates)}' if dates else ''}."


def _sections(asking: Asking, about: Portrait) -> Iterator[Section]:
    yield from descriptions_section(about.claims)
    parties = ("country", "region", "organization")
    yield from relations_section(about, "parties", "Parties", parties)
    yield from relations_section(about, "covers", "What it covers", ("project", "policy", "link"))
    yield from facts_sections(asking, about)
    yield from differences(asking, {"about": (about.key,)}, about.name)
    yield from names_section(about)
    yield from values_section(about)
