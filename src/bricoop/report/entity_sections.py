"""Sections on one entity: names, values by field, descriptions, relations and statistics."""

from collections.abc import Iterator, Sequence
from typing import Any

from bricoop.domain.vocabularies import label
from bricoop.query.entity.cells_read import cells_read
from bricoop.query.entity.citations import Citation
from bricoop.query.entity.recorded import Claim, EntityProfile
from bricoop.query.nouns.entities import CODED_FIELDS
from bricoop.report.blocks import Column, Line, Text
from bricoop.report.data import ReportQueries
from bricoop.report.notes import notes_section
from bricoop.report.sections import Section, once, table
from bricoop.report.tables import table_of_rows

_VALUES = (Column("field", "Field"), Column("value", "Value"), Column("raw", "As read"))


def names_section(profile: EntityProfile) -> Iterator[Section]:
    """Yield the section of the names of an entity in every language, if it has any."""
    columns = (
        Column("name", "Name"),
        Column("kind", "Kind", coded=True),
        Column("language", "Language"),
    )
    lines = [
        Line((alias.name, alias.kind, alias.language), (Citation(alias.source, alias.locator),))
        for alias in profile.aliases
    ]
    if lines:
        yield table("names", "Names", columns, once(lines))


def values_section(profile: EntityProfile, *, finance: bool = False) -> Iterator[Section]:
    """Yield the section of all claims about an entity, with the cells as read.

    Args:
        profile: the profile of the entity.
        finance: take the claims of its finance rows instead of its own.
    """
    claims = profile.finance_claims if finance else profile.claims
    lines = [_value(claim) for claim in claims if claim.field not in {"links", "description"}]
    if lines and finance:
        yield table("terms", "Finance, value by value", _VALUES, lines)
    elif lines:
        yield table("values", "Value by value", _VALUES, lines)


def descriptions_section(claims: Sequence[Claim]) -> Iterator[Section]:
    """Yield the section of the descriptions of an entity, if there are any."""
    texts = tuple(
        Text((str(claim.value),), (Citation(claim.source, claim.locator),))
        for claim in claims
        if claim.field == "description"
    )
    if texts:
        yield Section("descriptions", "Descriptions", texts)


def relations_section(
    profile: EntityProfile, name: str, title: str, kinds: Sequence[str]
) -> Iterator[Section]:
    """Yield the section of the relations of an entity to entities of some kinds."""
    columns = (
        Column("relation", "Role", coded=True),
        Column("name", "Name"),
        Column("kind", "Kind", coded=True),
        Column("basis", "Basis", coded=True),
    )
    lines = [
        Line(
            (relation.relation, relation.name, relation.kind, relation.basis),
            (Citation(relation.source, relation.locator),),
        )
        for relation in profile.relations
        if relation.kind in kinds
    ]
    if lines:
        yield table(name, title, columns, once(lines))


def facts_sections(queries: ReportQueries, profile: EntityProfile) -> Iterator[Section]:
    """Yield the sections of the statistics, findings and notes on an entity, if there are any."""
    for noun, name in (("statistics", "figures"), ("findings", "findings")):
        rows = list(getattr(profile, noun))
        if rows:
            yield Section(name, name.capitalize(), (table_of_rows(queries, noun, rows),))
    yield from notes_section(queries, {"subject": (profile.key,)}, about=profile.name)


def _value(claim: Claim) -> Line:
    value = _labelled(claim.value) if claim.field in CODED_FIELDS else claim.value
    raw = cells_read(claim.field, claim.value, claim.raw)
    locator = ", ".join(filter(None, (claim.locator, *claim.cells)))
    return Line(
        (claim.field.replace("_", " "), value, raw), (Citation(claim.source, locator or None),)
    )


def _labelled(value: Any) -> Any:
    """Return the label of a code, or those of a list of codes."""
    if isinstance(value, list | tuple):
        return [_labelled(code) for code in value]
    return label(value) if isinstance(value, str) else value
