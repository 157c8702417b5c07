"""Records what a reviewer decides: in one load at once, or one decision after another."""

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from tempfile import NamedTemporaryFile

import orjson
from sqlalchemy import Connection, Engine, select

from bricoop.db.engine import commit_uninterrupted, reading, writing
from bricoop.db.ids import acquire_write_lock
from bricoop.db.retries import retried
from bricoop.db.schema import decision, source
from bricoop.domain.amounts import plain
from bricoop.domain.nouns import DECISIONS
from bricoop.domain.references import Reference
from bricoop.domain.vocabularies import Relation
from bricoop.identity.own_decisions import RefPair, decision_text, own_decisions
from bricoop.identity.reviewer import described_source
from bricoop.identity.seen import seen_of
from bricoop.ingest.decision_session import (
    DecisionRefusedError,
    append_decision,
    remove_decision,
)
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load

#: The locator of decisions that are in no file.
_NO_PLACE = "by hand"
_COLUMNS = (
    "id", "left", "right", "relation", "reviewer", "decided_at", "why", "score", "features",
    "left_seen", "right_seen", "replaces", "locator",
)  # fmt: skip
_NAME = "decisions"
Cells = dict[str, str]


@dataclass(frozen=True)
class NewDecision:
    """What a reviewer decides on two records or organizations.

    Attributes:
        left: the reference to the left one.
        right: the reference to the right one.
        relation: what they are to each other.
        why: the reason, in words.
        score: the score of the pair when it was decided.
        features: what spoke for and against it.
    """

    left: Reference
    right: Reference
    relation: Relation
    why: str = ""
    score: Decimal | None = None
    features: str = ""

    @property
    def pair(self) -> RefPair:
        """Both references in their written form."""
        return frozenset((str(self.left), str(self.right)))


def record_decisions(
    engine: Engine,
    new: Sequence[NewDecision],
    reviewer: str,
    spec: SourceSpec,
    written: Callable[[int], object] = lambda _: None,
) -> LoadResult:
    """Load decisions of a reviewer, all or none.

    Args:
        engine: the knowledge base.
        new: the decisions.
        reviewer: who decided.
        spec: the source of the decisions; a new one is a person.
        written: called with the load id right after the commit.

    Raises:
        DecisionRefusedError: a decision contradicts others.
    """
    with reading(engine) as connection:
        described = described_source(connection, spec, reviewer)
        rows = _cells(connection, new, reviewer, spec.key)
    with NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        request = LoadRequest(DECISIONS.name, file.name, described, named=_NAME, written=written)
        try:
            return load_file(engine, request)
        except RowsRejectedError as error:
            raise DecisionRefusedError(error.result.problems[0]) from error


class DecisionSession:
    """Decisions that a reviewer makes one after another, each committed at once, in one load.

    Attributes:
        load_id: the load; None before the first decision, and after it was taken back.
        decided: the decisions of the session that hold, in their order.
        replaced: the decision of the reviewer from before the session that the last one replaced,
            in words; empty if there was none.
    """

    def __init__(self, engine: Engine, reviewer: str, spec: SourceSpec) -> None:
        """Start with no decision, and write nothing.

        Args:
            engine: the knowledge base.
            reviewer: who decides.
            spec: the source of the decisions; a new one is a person.
        """
        self.load_id: int | None = None
        self.decided: list[NewDecision] = []
        self.replaced = ""
        self._engine = engine
        self._reviewer = reviewer
        self._spec = spec
        self._ids: list[str] = []

    def add(self, new: NewDecision, written: Callable[[int], object] = lambda _: None) -> int:
        """Commit a decision; return the id of the load.

        Args:
            new: the decision.
            written: called with the load id right after the commit.

        Raises:
            DecisionRefusedError: it contradicts others; nothing was written.
            UsageError: the load of the session was undone meanwhile.
        """
        replaced = self._replaced_by(new)
        if self.load_id is None:
            result = record_decisions(self._engine, [new], self._reviewer, self._spec, written)
            if result.load_id is None:
                raise AssertionError(result)
            self.load_id = result.load_id
            self._ids = [self._first_id()]
        else:
            appended = partial(self._append, self.load_id, new, written)
            self._ids.append(retried(self._engine, appended))
        self.decided.append(new)
        self.replaced = replaced
        return self.load_id

    def take_back(self) -> NewDecision | None:
        """Take the last decision of the session back; return it, or None if there is none.

        Raises:
            UsageError: the load of the session was undone meanwhile.
        """
        if self.load_id is None:
            return None
        if len(self._ids) == 1:
            undo_load(self._engine, self.load_id)
            self.load_id = None
        else:
            retried(self._engine, partial(self._remove_last, self.load_id))
        self._ids.pop()
        return self.decided.pop()

    def _replaced_by(self, new: NewDecision) -> str:
        with reading(self._engine) as connection:
            row = own_decisions(connection, self._reviewer, {new.pair}).get(new.pair)
        return "" if row is None or row.load_id == self.load_id else decision_text(row)

    def _append(self, load_id: int, new: NewDecision, written: Callable[[int], object]) -> str:
        with writing(self._engine) as connection:
            acquire_write_lock(connection)
            (cells,) = _cells(connection, [new], self._reviewer, self._spec.key)
            append_decision(connection, load_id, cells)
            commit_uninterrupted(connection, partial(written, load_id))
        return cells["id"]

    def _remove_last(self, load_id: int) -> None:
        with writing(self._engine) as connection:
            acquire_write_lock(connection)
            remove_decision(connection, load_id, self._ids[-1])

    def _first_id(self) -> str:
        with reading(self._engine) as connection:
            own = select(decision.c.external_id).where(decision.c.load_id == self.load_id)
            return connection.scalars(own).one()


def _cells(
    connection: Connection, new: Sequence[NewDecision], reviewer: str, key: str
) -> list[Cells]:
    """Return the cells of decisions, with what both sides look like now."""
    looks = seen_of(connection, {ref for each in new for ref in each.pair})
    earlier = own_decisions(connection, reviewer, {each.pair for each in new})
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    latest = {pair: row.external_id for pair, row in earlier.items()}
    ids: set[str] = set()
    rows = []
    for each in new:
        pair = (str(each.left), str(each.right))
        cells = {
            "left": pair[0], "right": pair[1], "relation": each.relation.value,
            "reviewer": reviewer, "decided_at": now, "why": each.why,
            "score": "" if each.score is None else plain(each.score), "features": each.features,
            "left_seen": looks.get(pair[0], ""), "right_seen": looks.get(pair[1], ""),
            "replaces": latest.get(each.pair, ""), "locator": _NO_PLACE,
        }  # fmt: skip
        free = (number for number in _ids(cells) if _is_free(connection, key, number))
        number = next(number for number in free if number not in ids)
        ids.add(number)
        latest[each.pair] = number
        rows.append({"id": number, **cells})
    return rows


def _ids(cells: Cells) -> Iterator[str]:
    """Yield ids for a decision; a reviewer may decide the same again within a second."""
    attempt = 0
    while True:
        content = orjson.dumps([attempt, *cells.values()])
        yield hashlib.blake2b(content, digest_size=8).hexdigest()
        attempt += 1


def _is_free(connection: Connection, key: str, external_id: str) -> bool:
    own = (
        select(decision.c.id)
        .join(source, source.c.id == decision.c.source_id)
        .where(source.c.key == key, decision.c.external_id == external_id)
    )
    return connection.scalar(own) is None
