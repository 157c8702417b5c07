"""The lines of a list of rows between two totals: rows that decisions relate, side by side."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

from sqlalchemy import Connection, and_, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import alias, record
from bricoop.domain.amounts import exact_sum
from bricoop.domain.batches import in_batches
from bricoop.domain.nouns import PROJECTS
from bricoop.query.execute import plan_of
from bricoop.totals.why.attribution import Attribution
from bricoop.totals.why.candidates import Candidate, Candidates
from bricoop.totals.why.causes import Cause, Entry
from bricoop.totals.why.paired_rows import Family, PairedRow, Side
from bricoop.totals.why.single_rows import SingleRow

_BATCH = 1000


class Shown(NamedTuple):
    """What is shown of a row of finance."""

    id: str
    project: str | None
    status: str | None
    date: str | None
    amount: Decimal | None
    counts: bool


class Line(NamedTuple):
    """A line of the list: a row of one source, or two rows side by side.

    Attributes:
        cause: the step.
        family: a number that rows share which decisions relate; None for other rows.
        rows: what is shown of the rows.
        change: what they add to the difference of the totals.
        reason: why a row does not count, or which row it repeats.
        candidate: the likeliest project of the other source, for a row that it does not have.
    """

    cause: Cause
    family: int | None
    rows: Mapping[Side, Shown]
    change: Decimal
    reason: str = ""
    candidate: Candidate | None = None


def single_lines(
    connection: Connection, rows: Iterable[SingleRow], candidates: Candidates
) -> Iterator[Line]:
    """Yield the lines of rows that only one source has, in their order."""
    for batch in in_batches(rows, _BATCH):
        names = _stated_names(connection, [row.record_id for row in batch])
        for row in batch:
            name = names.get(row.record_id, row.project)
            cells = Shown(row.id, name, row.status, row.date, row.amount, counts=True)
            candidate = candidates.by_project.get((row.side, row.project_key))
            yield Line(
                Cause.only(row.side), None, {row.side: cells}, row.change, candidate=candidate
            )


class PairedLines:
    """The lines of rows that decisions relate."""

    def __init__(self, connection: Connection, attribution: Attribution) -> None:
        """Number the families."""
        self._connection = connection
        self._attribution = attribution
        self._numbers = {
            family: number for number, family in enumerate(attribution.paired.families, start=1)
        }
        self._texts: dict[int, tuple[str | None, str | None, str | None]] = {}

    def of(self, cause: Cause) -> list[Line]:
        """Return the lines of a step, those that change the difference most first."""
        groups: defaultdict[Hashable, list[Entry]] = defaultdict(list)
        families: dict[Hashable, Family] = {}
        for position, (family, entry) in enumerate(self._attribution.entries):
            if entry.cause is cause:
                key = _group_of(cause, self._numbers[family], entry, position)
                groups[key].append(entry)
                families[key] = family
        self._read_texts(families.values())
        lines = [[*self._lines(families[key], entries)] for key, entries in groups.items()]
        return [line for group in sorted(lines, key=_order) for line in group]

    def _lines(self, family: Family, entries: Sequence[Entry]) -> Iterator[Line]:
        number, cause = self._numbers[family], entries[0].cause
        if cause not in {Cause.AMOUNTS, Cause.PARTS}:
            (entry,) = entries
            yield Line(cause, number, self._rows(entry), entry.change, _reason(entry))
            return
        columns = [
            [(self._shown(entry.row, entry.amount), entry.change) for entry in entries
             if entry.row.side is side]
            for side in Side
        ]  # fmt: skip
        if cause is Cause.PARTS:
            for side, column in zip(Side, columns, strict=True):
                column += [(cells, Decimal(0)) for cells in self._idle(family, side)]
        for column in columns:
            # The largest first: a whole stands beside the largest of its parts.
            column.sort(key=lambda cell: (-(cell[0].amount or 0), cell[0].id))
        for pair in zip_longest(*columns):
            rows = {side: cell[0] for side, cell in zip(Side, pair, strict=True) if cell}
            yield Line(cause, number, rows, exact_sum(cell[1] for cell in pair if cell))

    def _rows(self, entry: Entry) -> dict[Side, Shown]:
        """Return the row of an entry, and that of the other source, which does not count."""
        amount = entry.amount if entry.is_whole else self._amount(entry.row)
        rows = {entry.row.side: self._shown(entry.row, amount)}
        partner = entry.partner
        if partner is not None and partner.side is not entry.row.side:
            rows[partner.side] = self._shown(partner, self._amount(partner), counts=False)
        return rows

    def _idle(self, family: Family, side: Side) -> Iterator[Shown]:
        """Yield the rows of a source in a family that do not count."""
        for row in family:
            if row.side is side and not self._attribution.standings[row.record_id].counts:
                yield self._shown(row, self._amount(row), counts=False)

    def _amount(self, row: PairedRow) -> Decimal | None:
        return self._attribution.standings[row.record_id].amount

    def _shown(self, row: PairedRow, amount: Decimal | None, *, counts: bool = True) -> Shown:
        return Shown(row.id, *self._texts[row.record_id], amount, counts)

    def _read_texts(self, families: Iterable[Family]) -> None:
        ids = {row.record_id for family in families for row in family}
        for batch in in_batches(sorted(ids), _BATCH):
            self._texts |= _texts(self._connection, batch)


def _texts(
    connection: Connection, record_ids: Sequence[int]
) -> dict[int, tuple[str | None, str | None, str | None]]:
    """Return project, status and date of rows of finance, by the ids of their records.

    The projects of a pair are one, and have one name and status; but each row has the name that its
    own source gives the project.
    """
    plan = plan_of("finance")
    columns = [plan.scalars[name] for name in ("project", "status", "date")]
    tables = plan.tables.needed(plan.identity, *columns)
    statement = select(plan.identity, *columns).select_from(tables)
    stated = _stated_names(connection, record_ids)
    texts = {}
    chosen = statement.where(in_values(connection, plan.identity, record_ids))
    for number, *cells in connection.execute(chosen):
        project, status, date = cells
        texts[number] = stated.get(number, project), status, date
    return texts


def _stated_names(connection: Connection, record_ids: Sequence[int]) -> dict[int, str]:
    """Return the first name that the source of each row of finance gives its project."""
    described = record.alias("described")
    is_same_row = described.c.external_id == record.c.external_id
    statement = (
        select(record.c.id, alias.c.name)
        .join(
            described,
            and_(
                described.c.entity_id == record.c.entity_id,
                described.c.source_id == record.c.source_id,
                described.c.noun == PROJECTS.name,
                described.c.gone_in.is_(None),
            ),
        )
        .join(
            alias,
            and_(alias.c.record_id == described.c.id, alias.c.entity_id == described.c.entity_id),
        )
        .where(in_values(connection, record.c.id, record_ids))
        # The last one stays: the first name of the row of the same id, if there is one.
        .order_by(record.c.id, is_same_row, described.c.id.desc(), alias.c.position.desc())
    )
    return {row.id: row.name for row in connection.execute(statement)}


def _group_of(cause: Cause, family: int, entry: Entry, position: int) -> Hashable:
    """Return what the entries share that are shown together."""
    if cause is Cause.PARTS:
        return family
    return (family, entry.row.deal) if cause is Cause.AMOUNTS else position


def _reason(entry: Entry) -> str:
    if entry.cause is Cause.DUPLICATES and entry.partner is not None:
        return f"repeats {entry.partner.id}"
    return entry.reason


def _order(lines: Sequence[Line]) -> tuple[Decimal, str]:
    """Return the sort key of lines that are shown together: what changes most comes first."""
    change = exact_sum(line.change for line in lines)
    return change.copy_abs().copy_negate(), min(row.id for row in lines[0].rows.values())
