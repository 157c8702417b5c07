"""Replay a load from its records, after an earlier load on which it depended was reverted."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Row, Text, cast, func, select, update

from bricoop.db.checksums import set_load_checksum
from bricoop.db.full_fields import full_fields
from bricoop.db.headers import header_of, headers_of
from bricoop.db.ids import Ids
from bricoop.db.schema import load, load_effect, load_header, record
from bricoop.domain.cell_references import Shortener
from bricoop.domain.header import Header
from bricoop.domain.problem import Origin
from bricoop.ingest.counts import Became, rows_became
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.load.context import LoadContext
from bricoop.ingest.load.missing_records import STANDING, mark
from bricoop.ingest.load.search_documents import SearchDocuments
from bricoop.ingest.load.writer import Writer
from bricoop.ingest.resolve.exchanged_names import EntityName
from bricoop.ingest.transform.batches import batch_size
from bricoop.ingest.transform.validate import PreparedRow, digest_of
from bricoop.ingest.undo.refusal import UndoRefusedError

#: A locator derived from the line of a row, or of an unpivoted cell: see `Origin.locator`.
_LINE = re.compile(r"(?:line|sheet .*, row) (\d+)(?:, column .*)?", re.DOTALL)
_NATIVE = "native"


class Statement(NamedTuple):
    """The content of a record in a load."""

    noun: str
    row: PreparedRow


@dataclass(frozen=True)
class Replay:
    """A load in a form that can be replayed.

    Attributes:
        load: its row in the register.
        headers: its rows in the table of headers.
        statements: its records, in the order in which they are replayed.
        gone: noun and id of the records that it marked as gone.
        seen: noun and id of all records in its file, if that was a complete edition, or in all
            files of its edition, if it completed it.
    """

    load: Row[Any]
    headers: Sequence[Row[Any]]
    statements: Sequence[Statement]
    gone: frozenset[tuple[str, str]]
    seen: frozenset[tuple[str, str]] | None


def capture(connection: Connection, load_id: int, without: int) -> Replay:
    """Return a load in a form that can be replayed; all later dependents must be reverted.

    Rows that were unchanged in this load become its own, as the load that wrote them is undone.

    Args:
        connection: an open transaction.
        load_id: the load.
        without: the earlier load that will be undone.

    Raises:
        UndoRefusedError: it cannot be determined which rows were unchanged.
    """
    register = connection.execute(select(load).where(load.c.id == load_id)).one()
    chosen = select(load_header).where(load_header.c.load_id == load_id)
    headers = connection.execute(chosen).all()
    living = (record.c.source_id == register.source_id) & record.c.gone_in.is_(None)
    living &= record.c.noun.in_([row.noun for row in headers])
    marked = select(record.c.noun, record.c.external_id).where(record.c.gone_in == load_id)
    gone = frozenset((row.noun, row.external_id) for row in connection.execute(marked))
    seen = None
    if gone:
        held = connection.execute(select(record.c.noun, record.c.external_id).where(living))
        seen = frozenset((row.noun, row.external_id) for row in held)
    written = _statements(connection, load_id)
    is_same_edition = _is_same_edition(connection, register, without)
    # No two files of an edition contain the same record.
    restated = [] if is_same_edition else _statements(connection, without, living)
    others = select(func.count()).select_from(record).where(living, record.c.load_id != load_id)
    has_marked = _has_marked(connection, without, register)
    # The last of several files of an edition has marked records, but not read all others.
    has_read_others = bool(gone) and register.edition is None
    if not (has_read_others or is_same_edition):
        count = connection.scalar(others) or 0
        _refuse_unknown(register, without, count, restated=bool(restated), has_marked=has_marked)
    if restated and (has_read_others or register.rows_unchanged):
        columns = {row.noun: tuple(row.columns) for row in headers}
        known = headers_of(connection, [(without, noun) for noun in columns])
        moved = [
            _moved(statement, known[without, statement.noun], columns[statement.noun])
            for statement in restated
        ]
        written = [*moved, *written]
    return Replay(register, headers, _in_order(written), gone, seen)


def _is_same_edition(connection: Connection, newer: Row[Any], load_id: int) -> bool:
    """Return whether another load is of a file of the same complete edition of several files."""
    edition = connection.scalar(select(load.c.edition).where(load.c.id == load_id))
    return edition is not None and newer.edition == edition


def _refuse_unknown(
    register: Row[Any], without: int, others: int, *, restated: bool, has_marked: bool
) -> None:
    """Refuse if it cannot be determined which other records the file of a load contained.

    An edition that marked records as gone was complete and contained all others. Otherwise the
    number of unchanged rows tells if it contained all others or none; but not for profiles, whose
    rows become several records, of which only the first are counted.
    """
    unchanged = register.rows_unchanged if register.profile == _NATIVE else None
    newer = f"load {register.id} ({register.file_name}), a newer file of the same source,"
    if restated and unchanged not in {0, others}:
        reason = (
            f"{newer} left some rows of load {without} unchanged, and it is not recorded which "
            f"ones, so it cannot be read again without load {without}"
        )
    elif has_marked and (unchanged is None or others <= unchanged):
        reason = (
            f"it withdrew records, and it is not recorded whether {newer} is a complete edition, "
            "which would withdraw them too"
        )
    else:
        return
    raise UndoRefusedError(without, reason, [register.id], register.file_name)


def _has_marked(connection: Connection, load_id: int, newer: Row[Any]) -> bool:
    """Return whether a load of the same source marked records as gone."""
    marks = (
        select(load_effect.c.id)
        .join(load, load.c.id == load_effect.c.load_id)
        .where(load_effect.c.load_id == load_id, load.c.source_id == newer.source_id)
        .where(load_effect.c.table_name == record.name)
        .limit(1)
    )
    return connection.execute(marks).first() is not None


def _statements(connection: Connection, load_id: int, *conditions: Any) -> list[Statement]:
    """Return the content of the records of a load that satisfy some conditions."""
    content = (record.c.external_id, record.c.locator, record.c.stated_name)
    # Stored JSON is written again as it is, without parsing it.
    stored = (cast(record.c.fields, Text), cast(record.c.raw, Text), record.c.digest)
    statement = select(record.c.noun, *content, full_fields(record), *stored)
    rows = connection.execute(
        statement.where(record.c.load_id == load_id, *conditions).order_by(record.c.id)
    )
    return [
        Statement(
            noun,
            PreparedRow(
                _line_of(locator) or 0,
                external_id,
                locator,
                stated_name,
                fields,
                stored_fields.encode(),
                raw.encode(),
                digest,
            ),
        )
        for noun, external_id, locator, stated_name, fields, stored_fields, raw, digest in rows
    ]


def _moved(statement: Statement, header: Header, columns: Sequence[str]) -> Statement:
    """Convert a statement of an older file to the header of the newer one.

    Its line in the newer file is not recorded, so a locator derived from the line is dropped.
    """
    row = statement.row
    cells = header.said(row.raw)
    raw = [cells.get(column, "") for column in columns]
    raw_json = orjson.dumps(raw)
    locator = None if _line_of(row.locator) else row.locator
    stored = Shortener(layout_of(statement.noun).long).shortened(row.fields, raw)
    stored_json, fields_json = (
        orjson.dumps(fields, option=orjson.OPT_SORT_KEYS) for fields in (stored, row.fields)
    )
    digest = digest_of(columns, fields_json, raw_json, locator)
    moved = row._replace(locator=locator, stored_json=stored_json, raw_json=raw_json, digest=digest)
    return statement._replace(row=moved)


def _line_of(locator: str | None) -> int | None:
    match = _LINE.fullmatch(locator or "")
    return int(match[1]) if match else None


def _in_order(statements: Sequence[Statement]) -> list[Statement]:
    """Sort statements by line; if some have none, number them in the given order."""
    if all(statement.row.line for statement in statements):
        return sorted(statements, key=lambda statement: statement.row.line)
    numbered = enumerate(statements, start=1)
    return [
        statement._replace(row=statement.row._replace(line=number))
        for number, statement in numbered
    ]


def replay(connection: Connection, again: Replay, without: int) -> None:
    """Write a reverted load again.

    Args:
        connection: an open transaction whose write lock is held.
        again: the load.
        without: the earlier load that was undone.

    Raises:
        UndoRefusedError: a row cannot be resolved, or is ambiguous, without the earlier load.
    """
    exchanged: set[EntityName] = set()
    while True:
        with connection.begin_nested() as savepoint:
            late = _replay(connection, again, without, exchanged)
            if not late:
                return
            savepoint.rollback()
        exchanged |= late


def _replay(
    connection: Connection, again: Replay, without: int, exchanged: set[EntityName]
) -> set[EntityName]:
    """Write a load; stop at exchanged names that are noticed too late, and return them."""
    _register_again(connection, again)
    known = again.load
    origin = Origin(known.file_name)
    work = LoadContext.on(connection, Ids(connection), known.source_id, known.id, origin)
    work.resolver.exchanged.expect(exchanged)
    work.resolver.exchanged.watch(work.numbers.last("entity"), work.numbers.last("record"))
    documents = SearchDocuments(work)
    rows = _write(work, again, without, documents)
    if not work.resolver.exchanged.late:
        gone = mark(work, _missing(work, again))
        documents.finish()
        _count_again(connection, again, rows, gone.get(known.noun, 0))
        set_load_checksum(connection, known.id, work.contents)
    return work.resolver.exchanged.late


def _register_again(connection: Connection, again: Replay) -> None:
    own = load.c.id == again.load.id
    connection.execute(update(load).where(own).values(undone_at=None))
    if again.headers:
        connection.execute(load_header.insert(), [row._asdict() for row in again.headers])


def _write(
    work: LoadContext, again: Replay, without: int, documents: SearchDocuments
) -> Counter[Became]:
    """Write the records of a load; stop if an exchanged name is noticed too late.

    Returns:
        How many rows are new, changed and so on.
    """
    headers = {row.noun: header_of(row) for row in again.headers}
    writers = {noun: Writer(work, layout_of(noun), header) for noun, header in headers.items()}
    first_noun = again.load.noun
    in_order = [writers[noun] for noun in sorted(writers, key=lambda noun: noun != first_noun)]
    rows: Counter[Became] = Counter()
    for batch in _batches(again, headers):
        work.resolver.forget()
        for noun, records in batch.items():
            problems = writers[noun].write(records, writers[noun].look_up(records))
            if work.resolver.exchanged.late:
                return rows
            if problems:
                problem = problems[0]
                has_value = problem.value and not problem.rule.startswith("'")
                reason = f"{problem.value!r} {problem.rule}" if has_value else problem.rule
                needing = f"load {again.load.id} ({again.load.file_name}) depends on it"
                because = f"{needing}, as without it {reason}"
                raise UndoRefusedError(without, because, [again.load.id])
        rows.update(rows_became([writer.became for writer in in_order]).values())
        documents.write()
    for writer in writers.values():
        writer.settle()
    return rows


def _batches(
    again: Replay, headers: Mapping[str, Header]
) -> Iterator[dict[str, list[PreparedRow]]]:
    """Yield the rows of a load by noun, in batches of the same size as in a normal load."""
    size = batch_size(max((len(header.columns) for header in headers.values()), default=1))
    batch: dict[str, list[PreparedRow]] = defaultdict(list)
    lines: set[int] = set()
    for noun, row in again.statements:
        if row.line not in lines and len(lines) == size:
            yield batch
            batch, lines = defaultdict(list), set()
        lines.add(row.line)
        batch[noun].append(row)
    yield batch


def _missing(work: LoadContext, again: Replay) -> dict[str, list[Sequence[Any]]]:
    """Return the records to be marked as gone in the replayed load, by noun."""
    nouns = [row.noun for row in again.headers]
    statement = (
        select(*STANDING, record.c.load_id, record.c.noun, record.c.external_id)
        .where(record.c.source_id == again.load.source_id, record.c.gone_in.is_(None))
        .where(record.c.noun.in_(nouns))
        .order_by(record.c.id)
    )
    if again.seen is None:
        return {}
    missing: dict[str, list[Sequence[Any]]] = {}
    for row in work.connection.execute(statement).all():
        if (row.noun, row.external_id) not in again.seen:
            missing.setdefault(row.noun, [[]])[0].append(row)  # type: ignore[attr-defined]
    return missing


def _count_again(connection: Connection, again: Replay, rows: Counter[Became], gone: int) -> None:
    """Update the counts of the load in the register; the numbers of other rows stay."""
    known = again.load
    written = known.rows_new + known.rows_changed + known.rows_unchanged
    # If a profile reads locators, it is not known which records were one row, and each counts.
    new = min(rows[Became.NEW] + rows[Became.BACK], written)
    changed = min(rows[Became.CHANGED], written - new)
    connection.execute(
        update(load)
        .where(load.c.id == known.id)
        .values(
            rows_new=new,
            rows_changed=changed,
            rows_unchanged=written - new - changed,
            rows_gone=gone,
        )
    )
