"""Why an entity was found: the texts that hold what was looked for, and who says them where."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Result, Select, select

from bricoop.db.schema import (
    agreement_party,
    alias,
    entity,
    entity_country,
    entity_region,
    finance,
    finding,
    location,
    participation,
    record,
    source,
)
from bricoop.db.seam import among
from bricoop.db.search.parts import is_identifier, names_of
from bricoop.domain.vocabularies import label


class Text(NamedTuple):
    """A text about an entity.

    Attributes:
        what: what it is: a name, the description, a contractor, ….
        text: the text, as it was said.
        source: key of the source that says it; empty where it is our own.
        locator: where the source says it.
    """

    what: str
    text: str
    source: str = ""
    locator: str | None = None


Texts = dict[int, list[Text]]


def texts_of(connection: Connection, ids: Sequence[int]) -> Texts:
    """Return every text of entities by which search finds them: names first, numbers last."""
    found: Texts = defaultdict(list)
    shown = {
        row.id: row
        for row in connection.execute(
            select(entity.c.id, entity.c.key, entity.c.name, entity.c.description).where(
                among(connection, entity.c.id, ids)
            )
        )
    }
    _names(connection, ids, found)
    for entity_id, texts in found.items():
        # The name that is shown comes first, whoever said it first.
        name = shown[entity_id].name
        texts[:] = sorted(texts, key=partial(_differs, name))
    _descriptions(connection, {number: row.description for number, row in shown.items()}, found)
    _said(connection, ids, found, "finding", finding.c.entity_id, finding.c.statement)
    _mentioned(connection, ids, found)
    _said(connection, ids, found, "place", location.c.entity_id, location.c.name)
    for row in shown.values():
        found[row.id].append(Text("key", row.key))
    _numbers(connection, ids, found)
    return found


def _differs(name: str, one: Text) -> bool:
    return one.text != name


def _names(connection: Connection, ids: Sequence[int], found: Texts) -> None:
    columns: tuple[Column[Any], ...] = (
        alias.c.entity_id, alias.c.name, alias.c.kind, alias.c.language,
    )  # fmt: skip
    rows: Result[Any] = connection.execute(
        _with_source(select(*columns), alias.c.record_id)
        .where(among(connection, alias.c.entity_id, ids))
        .order_by(alias.c.record_id, alias.c.position)
    )
    for row in rows:
        what = "name" if row.kind == "name" else f"name, {label(row.kind)}"
        said = f"{what} ({row.language})" if row.language else what
        found[row.entity_id].append(Text(said, row.name, row.key, row.locator))


def _descriptions(connection: Connection, shown: dict[int, str | None], found: Texts) -> None:
    described = [number for number, text in shown.items() if text]
    columns = (record.c.entity_id, record.c.fields, source.c.key, record.c.locator)
    rows = connection.execute(
        select(*columns)
        .join(source, source.c.id == record.c.source_id)
        .where(among(connection, record.c.entity_id, described))
        .order_by(record.c.id)
    )
    said: dict[int, tuple[str, str | None]] = {}
    for entity_id, fields, key, locator in rows:
        if fields.get("description") == shown[entity_id]:
            said.setdefault(entity_id, (key, locator))
    for number in described:
        found[number].append(
            Text("description", shown[number] or "", *said.get(number, ("", None)))
        )


def _mentioned(connection: Connection, ids: Sequence[int], found: Texts) -> None:
    named: tuple[tuple[Column[Any], Column[Any], Column[Any] | None, str], ...] = (
        (participation.c.entity_id, participation.c.organization_id, participation.c.role, ""),
        (agreement_party.c.entity_id, agreement_party.c.party_id, None, "party"),
        (finance.c.entity_id, finance.c.financier_id, None, "financier"),
        (entity_country.c.entity_id, entity_country.c.country_id, None, "country"),
        (entity_region.c.entity_id, entity_region.c.region_id, None, "region"),
    )
    said: list[tuple[Any, ...]] = []
    for owner, other, role, what in named:
        table = owner.table
        columns = (owner, other, *((role,) if role is not None else ()))
        rows = connection.execute(
            _with_source(select(*columns), table.c.record_id)
            .where(among(connection, owner, ids), other.is_not(None))
            .order_by(table.c.record_id, table.c.position)
        )
        for entity_id, number, *more, key, locator in rows:
            said.append((entity_id, number, label(more[0]) if more else what, key, locator))
    # Of all of them at once: a server is some way off.
    names = names_of(connection, {number for _, number, *_ in said})
    for entity_id, number, what, key, locator in said:
        found[entity_id] += [Text(what, name, key, locator) for name in names[number]]


def _said(
    connection: Connection,
    ids: Sequence[int],
    found: Texts,
    what: str,
    owner: Column[Any],
    text: Column[Any],
) -> None:
    table = owner.table
    rows = connection.execute(
        _with_source(select(owner, text), table.c.record_id)
        .where(among(connection, owner, ids), text.is_not(None))
        .order_by(table.c.record_id, table.c.position)
    )
    for entity_id, said, key, locator in rows:
        found[entity_id].append(Text(what, said, key, locator))


def _numbers(connection: Connection, ids: Sequence[int], found: Texts) -> None:
    columns = (record.c.entity_id, record.c.external_id, source.c.key, record.c.locator)
    rows = connection.execute(
        select(*columns)
        .join(source, source.c.id == record.c.source_id)
        .where(among(connection, record.c.entity_id, ids))
        .order_by(record.c.id)
    )
    for entity_id, number, key, locator in rows:
        if entity_id is not None and is_identifier(number):
            found[entity_id].append(Text("identifier", number, key, locator))


def _with_source(statement: Select[Any], record_id: Column[Any]) -> Select[Any]:
    return (
        statement.add_columns(source.c.key, record.c.locator)
        .join(record, record.c.id == record_id)
        .join(source, source.c.id == record.c.source_id)
    )
