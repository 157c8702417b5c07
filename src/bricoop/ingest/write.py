"""Prepared rows become records, entities and facts, a batch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select, update

from bricoop.db.bulk import Bulk
from bricoop.db.schema import record, record_version
from bricoop.db.seam import among
from bricoop.domain.problem import Origin, Problem
from bricoop.ingest.buffer import Buffer
from bricoop.ingest.derive import Deriver
from bricoop.ingest.finish import Prepared
from bricoop.ingest.forget import mentioned_by, prune, replace
from bricoop.ingest.ids import Numbers
from bricoop.ingest.layout import Layout
from bricoop.ingest.naming import name_by_mention
from bricoop.ingest.settle import settle
from bricoop.ingest.subjects import Subjects

#: What is known of a record: its id, external id, entity, digest and load.
_Known = Row[int, str, int, str, int]
#: So many rows are handed over at once, to be inserted while the next ones are prepared.
_PART = 2000
_CONTENT = ("load_id", "locator", "stated_name", "fields", "raw", "digest")


@dataclass
class Counts:
    """What became of the rows of a load; read is always the sum of the other four."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0

    @property
    def read(self) -> int:
        """How many rows were read."""
        return self.new + self.changed + self.unchanged + self.rejected


class Writer:
    """Writes the rows of one load into an open transaction.

    Attributes:
        counts: what became of the rows so far.
        created: how many entities of each kind were made because a cell names them.
        places: the countries and regions that names may mean.
    """

    def __init__(
        self,
        connection: Connection,
        layout: Layout,
        origin: Origin,
        *,
        source_id: int,
        load_id: int,
        numbers: Numbers,
        bulk: Bulk,
    ) -> None:
        """Begin a load; the writer's lock must be held."""
        self.counts = Counts()
        self._connection = connection
        self._layout = layout
        self._source_id = source_id
        self._load_id = load_id
        self._numbers = numbers
        self._buffer = Buffer(bulk)
        self._origin = origin
        self._subjects = Subjects(connection, layout, origin, self._buffer, numbers)
        self._deriver = Deriver(layout, self._subjects.meanings, self._buffer.facts)
        self.created = self._subjects.created
        self.places = self._subjects.places
        self._lines: dict[str, int] = {}
        self._is_first = self._says_nothing_yet()
        self._unsettled: set[int] = set()
        self._let_go: set[int] = set()

    def write(self, batch: Sequence[Prepared]) -> list[Problem]:
        """Write a batch; return what is wrong with the rows that were left out."""
        problems: list[Problem] = []
        accepted = [row for row in batch if not self._refused(self._repeated(row), problems)]
        known = self._known(accepted)
        fresh: list[tuple[Prepared, _Known | None]] = []
        for row in accepted:
            before = known.get(row.external_id)
            if before is not None and before.digest == row.digest:
                self.counts.unchanged += 1
            else:
                fresh.append((row, before))
        self._subjects.learn([row.fields for row, _ in fresh])
        for number, (row, before) in enumerate(fresh, start=1):
            self._refused(self._write_row(row, before), problems)
            if number % _PART == 0:
                self._buffer.flush()
        self._buffer.flush()
        settle(self._connection, self._unsettled, self._subjects.places)
        self._unsettled.clear()
        if self._let_go:
            # Before the next batch looks names up: changed rows may have taken some with them.
            prune(self._connection, self._let_go, self._load_id)
            name_by_mention(self._connection, self._let_go)
            self._subjects.forget_organizations()
            self._let_go.clear()
        return problems

    def _refused(self, found: list[Problem], problems: list[Problem]) -> bool:
        self.counts.rejected += bool(found)
        problems.extend(found)
        return bool(found)

    def _repeated(self, row: Prepared) -> list[Problem]:
        first = self._lines.setdefault(row.external_id, row.line)
        if first == row.line:
            return []
        rule = f"is the same row as {self._origin.place(first)}: both are {row.external_id!r}"
        column = "id" if "id" in row.fields else self._layout.identity[0]
        return [self._subjects.problem(row, column, rule, "Give each row an id of its own.")]

    def _says_nothing_yet(self) -> bool:
        """Return whether the source has no row of the noun yet: then none need be looked for."""
        said = select(record.c.id).where(
            record.c.source_id == self._source_id, record.c.noun == self._layout.noun
        )
        return self._connection.execute(said.limit(1)).first() is None

    def _known(self, rows: Sequence[Prepared]) -> dict[str, _Known]:
        if self._is_first:
            return {}
        columns = (
            record.c.id,
            record.c.external_id,
            record.c.entity_id,
            record.c.digest,
            record.c.load_id,
        )
        found = self._connection.execute(
            select(*columns).where(
                record.c.source_id == self._source_id,
                record.c.noun == self._layout.noun,
                among(self._connection, record.c.external_id, [row.external_id for row in rows]),
            )
        ).all()
        return {row.external_id: row for row in found}

    def _write_row(self, row: Prepared, before: _Known | None) -> list[Problem]:
        problems = self._subjects.ambiguous_organizations(row)
        found = self._subjects.find(row)
        if isinstance(found, Problem) or problems:
            return [*problems, *([found] if isinstance(found, Problem) else [])]
        if before is not None and self._layout.describes_entity:
            # A record stays with its entity, whatever its name has become.
            found = int(before.entity_id)
        record_id = self._numbers.next("record") if before is None else int(before.id)
        if before is not None:
            # First, as a new entity's name is a fact of this record too.
            self._keep(before)
        entity_id = found or self._subjects.create(row, record_id)
        if found and self._layout.describes_entity:
            self._unsettled.add(found)
            self._subjects.remember_names(row, found)
        if before is None:
            self.counts.new += 1
            noun = self._layout.noun
            self._buffer.add_record(record_id, self._source_id, self._load_id, entity_id, noun, row)
        else:
            self.counts.changed += 1
            self._replace(before, entity_id, row)
        self._deriver.derive(record_id, entity_id, row.fields)
        return []

    def _keep(self, before: _Known) -> None:
        self._let_go |= {before.entity_id, *mentioned_by(self._connection, [before.id])}
        kept = select(record.c.id, *(record.c[name] for name in _CONTENT))
        self._connection.execute(
            record_version.insert().from_select(
                ["record_id", *_CONTENT], kept.where(record.c.id == before.id)
            )
        )
        replace(self._connection, int(before.id), int(before.load_id), self._load_id)

    def _replace(self, before: _Known, entity_id: int, row: Prepared) -> None:
        self._buffer.flush()
        self._connection.execute(
            update(record)
            .where(record.c.id == before.id)
            .values(
                load_id=self._load_id,
                entity_id=entity_id,
                locator=row.locator,
                stated_name=row.stated_name,
                fields=row.fields,
                raw=row.raw,
                digest=row.digest,
            )
        )
