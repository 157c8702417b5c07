"""All recorded information about one entity, each value with its source and locator."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from typing import Any

from sqlalchemy import Connection, Row, select

from bricoop.db.claims import RULE, Precedence, claims_name, decided_by, rank, rank_in_sql
from bricoop.db.full_fields import full_fields
from bricoop.db.headers import headers_of
from bricoop.db.schema import (
    alias,
    entity,
    entity_link,
    link,
    location,
    project,
    project_kind,
    record,
    source,
)
from bricoop.domain.cells import Cell
from bricoop.domain.header import Header
from bricoop.domain.nouns import CONTESTED, DESCRIBING
from bricoop.domain.vocabularies import EntityKind, FindingKind
from bricoop.lookup.entities import find_entity
from bricoop.query.entity.decided import DecisionEntry, MemberEntry
from bricoop.query.entity.relations import Relation, relations_of
from bricoop.query.execute import execute
from bricoop.query.nouns.entities import SCORES
from bricoop.query.plans.contradictions import Scope, contested
from bricoop.query.question import Question

#: Fields that identify a row or state the basis of another field; they are not shown as claims.
_NO_CLAIMS = frozenset({"id", "key", "project", "countries_basis", "links_basis"})
#: The locator of a row in a workbook.
_ROW = re.compile(r"^sheet .*, row (\d+)$")


@dataclass(frozen=True)
class AliasEntry:
    """A name of the entity, with the source that uses it and the locator there."""

    name: str
    kind: str
    language: str | None
    source: str
    locator: str | None


@dataclass(frozen=True)
class KindEntry:
    """A kind of a project: stated, or by which rule, with the source and the locator there."""

    kind: str
    basis: str
    rule: str | None
    source: str
    locator: str | None


@dataclass(frozen=True)
class LinkEntry:
    """A link that the entity belongs to, with its basis, source and locator."""

    code: str
    name: str
    basis: str
    source: str
    locator: str | None


@dataclass(frozen=True)
class LocationEntry:
    """A location of the entity in WGS 84 degrees, with its precision, source and locator."""

    name: str | None
    latitude: float
    longitude: float
    precision: str
    source: str
    locator: str | None


@dataclass(frozen=True)
class Claim:
    """The value of one field in one record.

    Attributes:
        field: name of the field.
        value: the cleaned value.
        raw: the cells from which it was read, by header; empty if a rule of the profile set it.
        source: key of the source.
        locator: place in the source, or row of its file.
        cells: for a workbook, the addresses of those cells in the sheet of the locator.
    """

    field: str
    value: Cell
    raw: Mapping[str, str]
    source: str
    locator: str | None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Disagreement:
    """A field in which records differ.

    Attributes:
        field: name of the field; for money, which is summed by source, the amount that is summed.
        shown: the displayed value.
        why: the part of the ranking rule that decided, or the whole rule if several parts did.
        claims: the displayed claim and those that differ; for money only the latter.
        unit: for money, its price base and kind of flow.
    """

    field: str
    shown: Cell
    why: str
    claims: tuple[Claim, ...]
    unit: str = ""


@dataclass(frozen=True)
class EntityProfile:
    """All recorded information about one entity.

    `members` and `decisions` are read by `identity.entity_decisions`.
    """

    key: str
    kind: str
    name: str
    short_name: str | None
    description: str | None
    aliases: tuple[AliasEntry, ...]
    kinds: tuple[KindEntry, ...]
    links: tuple[LinkEntry, ...]
    relations: tuple[Relation, ...]
    locations: tuple[LocationEntry, ...]
    claims: tuple[Claim, ...]
    disagreements: tuple[Disagreement, ...]
    statistics: tuple[dict[str, Any], ...]
    findings: tuple[dict[str, Any], ...]
    notes: tuple[dict[str, Any], ...]
    finance: tuple[dict[str, Any], ...]
    finance_claims: tuple[Claim, ...]
    scores: dict[str, int | None]
    members: tuple[MemberEntry, ...] = ()
    decisions: tuple[DecisionEntry, ...] = ()


def entity_profile(connection: Connection, typed: str) -> EntityProfile:
    """Return all recorded information about the entity with a given name, code or key.

    Raises:
        NotFoundError: no entity matches.
        AmbiguousNameError: several entities match.
    """
    match = find_entity(connection, typed)
    about = connection.execute(
        select(entity.c.description, project.c.short_name)
        .outerjoin(project, project.c.id == entity.c.id)
        .where(entity.c.id == match.id)
    ).one()
    claims = claims_about(connection, match.id)
    precedences = precedences_of(connection)
    findings = _findings(connection, match.kind, match.key)
    return EntityProfile(
        key=match.key,
        kind=match.kind,
        name=match.name,
        short_name=about.short_name,
        description=about.description,
        aliases=_aliases(connection, match.id),
        kinds=_kinds(connection, match.id),
        links=_links(connection, match.id),
        relations=relations_of(connection, match.id, match.kind),
        locations=_locations(connection, match.id),
        claims=claims,
        disagreements=disagreements(connection, match.id, claims, precedences),
        statistics=_about(connection, "statistics", match.key),
        findings=tuple(row for row in findings if row["kind"] != FindingKind.NOTE),
        notes=tuple(row for row in findings if row["kind"] == FindingKind.NOTE),
        finance=_finance(connection, match.kind, match.key),
        finance_claims=claims_about(connection, match.id, ("finance",)),
        scores=_scores(connection, match.kind, match.key),
    )


def precedences_of(connection: Connection) -> dict[str, Precedence]:
    """Return the precedence of each source, by key, which decides whose value is displayed."""
    rows = connection.execute(select(source.c.key, source.c.tier, source.c.published))
    return {row.key: Precedence(row.tier, row.published) for row in rows}


def disagreements(
    connection: Connection,
    entity_id: int,
    claims: Sequence[Claim],
    precedences: Mapping[str, Precedence],
) -> tuple[Disagreement, ...]:
    """Return the disagreements of records about an entity: fields with one value, then money.

    Args:
        connection: an open connection.
        entity_id: the entity.
        claims: the claims of its records, in the order of precedence.
        precedences: precedence of each source, by key.
    """
    rows = _contested(connection, entity_id)
    money = (row for row in rows if row.field not in CONTESTED)
    return (*_in_words(rows, claims, precedences), *map(partial(_in_money, precedences), money))


def _contested(connection: Connection, entity_id: int) -> Sequence[Row[Any]]:
    rows = contested(Scope(lambda column: column == entity_id))
    shown_source = source.alias("shown_source")
    statement = (
        select(rows, source.c.key.label("source"), shown_source.c.key.label("shown_source"))
        .join(source, source.c.id == rows.c.source_id)
        .join(shown_source, shown_source.c.id == rows.c.shown_source_id)
        .order_by(rows.c.number)
    )
    return connection.execute(statement).all()


def _in_words(
    rows: Sequence[Row[Any]], claims: Sequence[Claim], precedences: Mapping[str, Precedence]
) -> Iterator[Disagreement]:
    contesting = {(row.field, row.says, row.source, row.locator) for row in rows}
    shown = {row.field: row for row in rows}
    for field in (name for name in CONTESTED if name in shown):
        first = shown[field]
        stated = [claim for claim in claims if claim.field == field]
        differs = [
            (field, claim.value, claim.source, claim.locator) in contesting for claim in stated
        ]
        reasons = {
            decided_by(precedences[first.shown_source], precedences[claim.source])
            for claim in compress(stated, differs)
        }
        why = f"chosen by {reasons.pop() if len(reasons) == 1 else RULE}"
        listed = [
            differ or claim.value == first.shown
            for claim, differ in zip(stated, differs, strict=True)
        ]
        yield Disagreement(field, first.shown, why, tuple(compress(stated, listed)))


def _in_money(precedences: Mapping[str, Precedence], row: Row[Any]) -> Disagreement:
    """Return the disagreement of one source's sum of money with the displayed source's sum."""
    why = decided_by(precedences[row.shown_source], precedences[row.source])
    claim = Claim(row.field, row.amount, {}, row.source, row.locator)
    return Disagreement(row.field, row.shown_amount, f"chosen by {why}", (claim,), row.unit)


def _aliases(connection: Connection, entity_id: int) -> tuple[AliasEntry, ...]:
    rows = connection.execute(
        select(alias.c.name, alias.c.kind, alias.c.language, source.c.key, record.c.locator)
        .join(record, record.c.id == alias.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(alias.c.entity_id == entity_id)
        .order_by(alias.c.record_id, alias.c.position)
    )
    # Two records of one row, such as a project and its finance, repeat the name with its locator.
    return tuple(dict.fromkeys(AliasEntry(*row) for row in rows))


def _kinds(connection: Connection, entity_id: int) -> tuple[KindEntry, ...]:
    """Return the kinds of a project, the main one first."""
    columns = (project_kind.c.kind, project_kind.c.basis, project_kind.c.rule)
    rows = connection.execute(
        select(*columns, source.c.key, record.c.locator)
        .join(record, record.c.id == project_kind.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(project_kind.c.entity_id == entity_id)
        .order_by(
            project_kind.c.basis.desc(),
            *rank_in_sql(source.c.tier, source.c.published, record.c.id),
            project_kind.c.position,
        )
    )
    return tuple(KindEntry(*row) for row in rows)


def _links(connection: Connection, entity_id: int) -> tuple[LinkEntry, ...]:
    rows = connection.execute(
        select(link.c.code, entity.c.name, entity_link.c.basis, source.c.key, record.c.locator)
        .select_from(entity_link)
        .join(link, link.c.id == entity_link.c.link_id)
        .join(entity, entity.c.id == link.c.id)
        .join(record, record.c.id == entity_link.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(entity_link.c.entity_id == entity_id)
        .order_by(link.c.position, record.c.id)
    )
    return tuple(LinkEntry(*row) for row in rows)


def _locations(connection: Connection, entity_id: int) -> tuple[LocationEntry, ...]:
    columns = (location.c.name, location.c.latitude, location.c.longitude, location.c.precision)
    rows = connection.execute(
        select(*columns, source.c.key, record.c.locator)
        .join(record, record.c.id == location.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(location.c.entity_id == entity_id)
        .order_by(location.c.record_id, location.c.position)
    )
    return tuple(LocationEntry(*row) for row in rows)


def claims_about(
    connection: Connection, entity_id: int, nouns: Sequence[str] = DESCRIBING
) -> tuple[Claim, ...]:
    """Return the claims of an entity's records of some nouns, the source of best rank first."""
    content = (record.c.noun, full_fields(record).label("fields"), record.c.raw)
    location = (record.c.id, record.c.external_id, record.c.load_id, record.c.locator)
    rows = connection.execute(
        select(*content, *location, source.c.key, source.c.tier, source.c.published)
        .join(source, source.c.id == record.c.source_id)
        .where(record.c.entity_id == entity_id, record.c.noun.in_(nouns))
    ).all()
    ranked = sorted(rows, key=lambda row: rank(row.tier, row.published, row.id))
    headers = headers_of(connection, [(row.load_id, row.noun) for row in rows])
    return tuple(
        claim for row in ranked for claim in _claims_of(row, headers[row.load_id, row.noun])
    )


def _claims_of(row: Row[Any], header: Header) -> list[Claim]:
    line = _ROW.search(row.locator or "")
    leaves_out = _NO_CLAIMS if claims_name(row.noun, row.fields) else _NO_CLAIMS | {"name"}
    claims = []
    for name, value in row.fields.items():
        if name not in leaves_out:
            raw = header.read_from(row.raw or (), name, row.external_id)
            letters = (header.letter_of(column) for column in raw) if line else ()
            cells = tuple(f"{letter}{line[1]}" for letter in letters if line and letter)
            claims.append(Claim(name, value, raw, row.key, row.locator, cells))
    return claims


def _about(connection: Connection, noun: str, key: str) -> tuple[dict[str, Any], ...]:
    return tuple(execute(connection, Question(noun, {"subject": (key,)})).by_name())


def _findings(connection: Connection, kind: str, key: str) -> tuple[dict[str, Any], ...]:
    name = "link" if kind == EntityKind.LINK else "subject"
    return tuple(execute(connection, Question("findings", {name: (key,)})).by_name())


def _finance(connection: Connection, kind: str, key: str) -> tuple[dict[str, Any], ...]:
    name = {"project": "project", "organization": "financier"}.get(kind)
    if name is None:
        return ()
    return tuple(execute(connection, Question("finance", {name: (key,)})).by_name())


def _scores(connection: Connection, kind: str, key: str) -> dict[str, int | None]:
    """Return AidData's record-quality scores of a project; empty for other kinds of entities."""
    if kind != EntityKind.PROJECT:
        return {}
    names = tuple(score.name for score in SCORES)
    (scores,) = execute(connection, Question("projects", {"key": (key,)}, names)).by_name()
    return scores
