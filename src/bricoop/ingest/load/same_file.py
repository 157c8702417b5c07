"""Recognize a file that an earlier load read, so that its outcome is known without its rows.

A load of a profile stores what it reported, unless the same file might be reported differently
next time. Loading the same bytes again by the same rules and options reports the same, with all
rows unchanged, as long as no load has changed records of the source, or countries or regions (by
which cells are understood), and no load was undone.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Row, func, select

from bricoop.db.schema import load, load_header, record
from bricoop.domain.nouns import REFERENCE_NOUNS
from bricoop.ingest.load.context import LoadContext
from bricoop.ingest.readers.streams import digest_of, size_of
from bricoop.ingest.request import LoadRequest, LoadResult, ignore


@dataclass(frozen=True)
class KnownOutcome:
    """What a load reported, and what has to be the same for the next load to report it as well.

    Attributes:
        options: a digest of the options for reading the file, and of the control totals.
        size: the size of the file in bytes.
        undone: how many loads of the knowledge base were undone at the time.
        current: how many current records of the profile's nouns the source had.
        records: the number of records of each noun in the file.
        notes: the notes on the file.
        nothing: reasons why rows produced no record, with their number.
        skipped: rules by which rows were left out, with their number.
        is_complete: whether all current records of the source are in the file.
    """

    options: str
    size: int
    undone: int
    current: int
    records: dict[str, int]
    notes: list[str]
    nothing: dict[str, int]
    skipped: dict[str, int]
    is_complete: bool


class SameFile(NamedTuple):
    """A file that an earlier load read.

    Attributes:
        load_id: the earlier load.
        sha256: the digest of the file.
        rows: how many of its rows produced records.
        stored: the outcome as the earlier load stored it.
        outcome: the outcome.
    """

    load_id: int
    sha256: str
    rows: int
    stored: str
    outcome: KnownOutcome


def outcome_of(
    work: LoadContext, request: LoadRequest, result: LoadResult, *, has_value_notes: bool
) -> str | None:
    """Return the outcome of a load as it is stored; None if it might differ next time.

    Args:
        work: the load.
        request: its request.
        result: its result.
        has_value_notes: whether there may be notes on the file that concern the values of new or
            changed records, which are not read again once they are stored.
    """
    is_final = not (result.problem_count or result.row_note_count or result.counts.rejected)
    # Lists in later files of a command leave out what earlier ones contain.
    is_alone = request.edition is None
    if request.profile is None or not (is_final and is_alone) or has_value_notes:
        return None
    outcome = KnownOutcome(
        _options(request), size_of(request.path), _undone(work), _current(work, request),
        result.records, list(result.notes), result.nothing, result.skipped, request.complete,
    )  # fmt: skip
    return orjson.dumps(asdict(outcome)).decode()


def same_file(work: LoadContext, request: LoadRequest, rules: str | None) -> SameFile | None:
    """Return the newest earlier load of the same file, or None if the rows must be read.

    Args:
        work: the load.
        request: its request.
        rules: the digest of its reading rules; None for native files.

    Raises:
        FileUnreadableError: the file cannot be read.
    """
    if request.edition is not None:
        # Only rows that are read tell which records the files of a command contain.
        return None
    size = size_of(request.path)
    if not (rules and size):
        return None
    options, sha256 = _options(request), ""
    for row in _candidates(work, rules):
        outcome = _parsed(row.outcome)
        if outcome is None or (outcome.options, outcome.size) != (options, size):
            continue
        sha256 = sha256 or digest_of(request.path)
        if row.file_sha256 == sha256:
            rows = row.rows_new + row.rows_changed + row.rows_unchanged
            file = SameFile(row.id, sha256, rows, row.outcome, outcome)
            return file if _still_holds(work, request, file) else None
    return None


def _candidates(work: LoadContext, rules: str) -> Iterator[Row[Any]]:
    statement = select(load).where(load.c.source_id == work.source_id, load.c.rules_sha256 == rules)
    is_known = load.c.outcome.is_not(None) & load.c.undone_at.is_(None)
    newest_first = statement.where(is_known, load.c.id < work.load_id).order_by(load.c.id.desc())
    yield from work.connection.execute(newest_first).all()


def _parsed(stored: str) -> KnownOutcome | None:
    """Return a stored outcome; None if another program damaged it, which `db check` reports."""
    try:
        return KnownOutcome(**orjson.loads(stored))
    except (TypeError, ValueError):
        return None


def _still_holds(work: LoadContext, request: LoadRequest, file: SameFile) -> bool:
    """Return whether the rows of a file would be understood as before, and would change nothing."""
    outcome = file.outcome
    if request.complete and not outcome.is_complete:
        return False
    # Rows without a record are reported one by one to those who listen.
    if request.sink is not ignore and (outcome.nothing or outcome.skipped):
        return False
    if outcome.undone != _undone(work) or outcome.current != _current(work, request):
        return False
    connection, is_later = work.connection, load.c.id > file.load_id
    of_places = select(load.c.id).join(load_header, load_header.c.load_id == load.c.id)
    of_places = of_places.where(is_later, load_header.c.noun.in_(REFERENCE_NOUNS))
    if connection.scalar(of_places.limit(1)) is not None:
        return False
    later = list(
        connection.scalars(select(load.c.id).where(is_later, load.c.source_id == work.source_id))
    )
    changed = record.c.load_id.in_(later) | record.c.gone_in.in_(later)
    return connection.scalar(select(record.c.id).where(changed).limit(1)) is None


def _options(request: LoadRequest) -> str:
    """Return a digest of what the rules do not cover: also the ending, on which there are notes."""
    controls = request.profile.controls if request.profile else None
    ending = Path(request.path).suffix.lower()
    return hashlib.sha256(repr((request.form, controls, ending)).encode()).hexdigest()


def _undone(work: LoadContext) -> int:
    undone = select(func.count()).select_from(load).where(load.c.undone_at.is_not(None))
    return work.connection.scalar(undone) or 0


def _current(work: LoadContext, request: LoadRequest) -> int:
    """Return the number of current records of the nouns of a load."""
    own = (record.c.source_id == work.source_id) & record.c.noun.in_(set(request.nouns))
    count = select(func.count()).select_from(record)
    # Two counts by indexes: one with both conditions would read the table.
    total = work.connection.scalar(count.where(own)) or 0
    withdrawn = work.connection.scalar(count.where(record.c.gone_in.is_not(None), own)) or 0
    return total - withdrawn
