"""What records look like to those who decide on them, as text that is alike everywhere."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from bricoop.db.dialect import in_values
from bricoop.db.full_fields import full_fields
from bricoop.db.schema import record
from bricoop.domain.batches import in_batches
from bricoop.domain.nouns import FINANCE, PROJECTS
from bricoop.domain.references import Reference
from bricoop.ingest.clusters.homes import HomeRecord, homes_of, parsed, records_of

#: Between name, countries, years and amounts.
_BAR = "|"
_BATCH = 500
_PARTS = 4


def seen_of(connection: Connection, refs: Iterable[str]) -> dict[str, str]:
    """Return what references look like: `name | countries | years | amounts`.

    Only what the source of a record states counts: not what other sources, decisions or rates of
    exchange add. So the text is the same in every knowledge base that has these records. The money
    of a project is that of the finance with its id, or else of all its finance in its source. An
    organization is its name.

    Args:
        connection: an open connection.
        refs: references in their written form.

    Returns:
        The text by reference; what is not in the knowledge base is left out.
    """
    references = parsed(set(refs))
    homes = homes_of(connection, references.values())
    awake = {text: ref for text, ref in references.items() if ref in homes}
    of_records = [ref for ref in awake.values() if not ref.is_organization]
    appearances = {text: ref.id for text, ref in awake.items() if ref.is_organization}
    for batch in in_batches(of_records, _BATCH):
        looks = _Looks(connection, batch, {homes[ref] for ref in batch})
        appearances |= {str(ref): looks.of(ref) for ref in batch}
    return appearances


def is_comparable(text: str) -> bool:
    """Return whether a text was written by `seen_of` for a record; decisions may state others."""
    return text.count(_BAR) == _PARTS - 1


def has_changed(row: Row[Any], looks: Mapping[str, str]) -> bool:
    """Return whether a record looks otherwise than when a decision was made.

    Args:
        row: the decision, with its references and what they looked like.
        looks: what they look like now.
    """
    before = ((row.left_ref, row.left_seen), (row.right_ref, row.right_seen))
    return any(
        text is not None and is_comparable(text) and looks.get(ref) != text for ref, text in before
    )


class _Looks:
    """The records of some homes, and what they state."""

    def __init__(
        self, connection: Connection, refs: Collection[Reference], homes: Collection[int]
    ) -> None:
        rows = {(ref.source, ref.id) for ref in refs}
        sources = {ref.source for ref in refs}
        records = [
            home_record
            for home_record in records_of(connection, homes)
            if home_record.row in rows
            or (home_record.ref.noun == FINANCE.name and home_record.ref.source in sources)
        ]
        self._records = {home_record.ref: home_record for home_record in records}
        self._money = [each for each in records if each.ref.noun == FINANCE.name]
        self._fields = _fields_of(connection, [home_record.id for home_record in records])

    def of(self, ref: Reference) -> str:
        own = self._records[ref]
        described = self._records.get(Reference(ref.source, PROJECTS.name, ref.id), own)
        if described.home != own.home:
            described = own
        fields = self._fields[described.id]
        money = [self._fields[each.id] for each in self._money_of(own)]
        years = {date[:4] for each in money if (date := each.get("date"))}
        years = years or {date[:4] for date in _dates(fields)}
        amounts = [amount for each in money if (amount := _amount(each))]
        texts = (
            fields.get("name") or fields.get("project") or ref.id,
            "; ".join(sorted(fields.get("countries", ()))),
            "; ".join(sorted(years)),
            "; ".join(sorted(amounts)),
        )
        # Cells of load files have no blanks at their ends.
        return f" {_BAR} ".join(text.replace(_BAR, "/") for text in texts).strip()

    def _money_of(self, own: HomeRecord) -> list[HomeRecord]:
        if not own.describes:
            return [own]
        of_row = [each for each in self._money if each.row == own.row and each.home == own.home]
        return of_row or [
            each
            for each in self._money
            if each.ref.source == own.ref.source and each.home == own.home
        ]


def _fields_of(connection: Connection, record_ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    fields: dict[int, Mapping[str, Any]] = {}
    for batch in in_batches(sorted(record_ids), _BATCH):
        own = select(record.c.id, full_fields(record)).where(
            in_values(connection, record.c.id, batch)
        )
        fields |= dict(connection.execute(own).all())
    return fields


def _dates(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield when a project started, or else when it was announced."""
    for name in ("started", "announced"):
        if fields.get(name):
            yield fields[name]
            return


def _amount(fields: Mapping[str, Any]) -> str:
    for name, currency in (("amount", fields.get("currency", "")), ("amount_usd", "USD")):
        if fields.get(name):
            return f"{currency} {Decimal(fields[name]):,f}"
    return ""
