"""Load a file in one transaction: read, map, clean, check, resolve and write it, or nothing."""

import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from bricoop.db.engine import commit_uninterrupted, reading, writing
from bricoop.db.ids import acquire_write_lock
from bricoop.db.retries import retried
from bricoop.db.vacuum import analyze_sqlite, vacuum_analyze
from bricoop.domain.english import agree, counted
from bricoop.domain.nouns import DECISIONS
from bricoop.errors import DataRejectedError
from bricoop.ingest.clusters.derive import derive_clusters, suspend_clusters
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.readers.open_table import open_table
from bricoop.ingest.readers.streams import is_pipe, pipe, shown_name
from bricoop.ingest.rejects import Rejects
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.resolve.exchanged_names import EntityName
from bricoop.ingest.run import Run
from bricoop.ingest.sources import has_records


class RowsRejectedError(DataRejectedError):
    """Rows were refused and nothing was written; `result` holds the problems."""

    def __init__(
        self, result: LoadResult, *, may_leave_out: bool = False, of_several: bool = False
    ) -> None:
        """Build the message from the counts of the result.

        Args:
            result: the result.
            may_leave_out: whether the other rows can be loaded without those that were refused.
            of_several: whether other files are loaded as well.
        """
        rejected, read = result.counts.rejected, result.counts.read
        were = agree(rejected, "was", "were")
        rows = counted(read, "rows")
        nothing = "nothing of it was loaded" if of_several else "nothing was loaded"
        message = f"{rejected:,} of {rows} in {result.file} {were} refused; {nothing}."
        if not rejected:
            message = f"{result.file} does not match its profile; {nothing}."
        hint = "With --rejects FILE the other rows are loaded, and those with errors go to FILE."
        hint = f"Load this file by itself: {hint[0].lower()}{hint[1:]}" if of_several else hint
        super().__init__(message, hint if may_leave_out and 0 < rejected < read else "")
        self.result = result


class RowsLeftOutError(DataRejectedError):
    """Rows were left out and the others loaded; `result` holds the problems."""

    def __init__(self, result: LoadResult, rejects: str) -> None:
        """Build the message from the counts and the path of the rejected rows."""
        rejected, read = result.counts.rejected, result.counts.read
        were, them = agree(rejected, "was", "were"), agree(rejected, "it", "them")
        rows = counted(read, "rows")
        message = f"{rejected:,} of {rows} {were} left out and written to {rejects}."
        if result.load_id is None:
            super().__init__(message, "Nothing was loaded: it was a dry run.")
        else:
            super().__init__(message, f"Correct {them} there and load that file the same way.")
        self.result = result


def load_file(engine: Engine, request: LoadRequest) -> LoadResult:
    """Load a file in a transaction of its own.

    If rows may be left out, the file is read again without the refused rows until none is refused.
    If PostgreSQL rolls the load back because of another transaction, it is read again as well;
    standard input and pipes are only if they were copied.

    Raises:
        RowsRejectedError: at least one row is wrong; nothing was written.
        DataRejectedError: the file cannot be read or has another layout; nothing was written.
        UsageError: the source is not described well enough.
        DatabaseError: the database cannot be written; nothing was written.
    """
    if request.profile is None:
        layout_of(request.noun)
    rejects = Rejects(request.rejects, request.form)
    with _readable_again(engine, request) as again:
        try:
            result = _load(engine, again, rejects)
        finally:
            rejects.discard()
    if result.load_id is not None:
        if request.edition is not None:
            request.edition.end_file(result.file, result.load_id)
        vacuum_analyze(engine, result.counts.new + result.counts.changed)
    return result


def _has_no_ids(request: LoadRequest) -> bool:
    """Return whether identical rows are told apart by their order, which rejects would change."""
    profile = request.profile
    return profile is not None and any(rule.ordinal for rule in profile.records)


def _rejection_of(request: LoadRequest, result: LoadResult) -> RowsRejectedError:
    edition = request.edition
    is_complete = request.complete if edition is None else edition.is_complete
    may = request.rejects is None and not is_complete and not _has_no_ids(request)
    return RowsRejectedError(result, may_leave_out=may, of_several=edition is not None)


def _load(engine: Engine, request: LoadRequest, rejects: Rejects) -> LoadResult:
    earlier: list[LoadResult] = []
    exchanged: set[EntityName] = set()
    again = False
    while True:
        tried = _retried(engine, request, rejects, exchanged, again=again)
        result = _with_problems_of(earlier, tried.result)
        again = bool(tried.exchanged_late)
        if again:
            # Rows used these names before the load came to the rows that exchange them.
            exchanged |= tried.exchanged_late
            continue
        if not tried.result.problem_count:
            return result
        if not tried.refused:
            raise _rejection_of(request, result)
        earlier.append(tried.result)
        rejects.lines |= tried.refused
        # A row that is left out from now on may be one that exchanged a name.
        exchanged.clear()


def _with_problems_of(earlier: Sequence[LoadResult], result: LoadResult) -> LoadResult:
    """Return a result with the problems of earlier readings added."""
    every = [*earlier, result]
    return replace(
        result,
        problems=[problem for tried in every for problem in tried.problems],
        problem_count=sum(tried.problem_count for tried in every),
    )


def _retried(
    engine: Engine,
    request: LoadRequest,
    rejects: Rejects,
    exchanged: Collection[EntityName],
    *,
    again: bool,
) -> "_Tried":
    """Read the file, and again if other transactions make that necessary."""
    is_repeated = again

    def attempt() -> _Tried:
        nonlocal is_repeated
        request.begins(is_repeated)
        is_repeated = True
        return _try(engine, request, rejects, exchanged)

    return attempt() if is_pipe(request.path) else retried(engine, attempt)


def _try(
    engine: Engine, request: LoadRequest, rejects: Rejects, exchanged: Collection[EntityName]
) -> "_Tried":
    """Read the file once; commit the transaction if there is no problem."""
    rejects.begin_again()
    with writing(engine) as connection:
        acquire_write_lock(connection)
        tried = _run(connection, request, rejects, exchanged)
        done = not tried.result.problem_count and not tried.exchanged_late
        if done and request.dry_run:
            request.tried(connection, tried.load_id)
        if done:
            rejects.keep()
        if tried.result.load_id is None or not done:
            connection.rollback()
        else:
            analyze_sqlite(connection, tried.result.counts.new + tried.result.counts.changed)
            commit_uninterrupted(connection, partial(request.written, tried.result.load_id))
    return tried


@contextmanager
def _readable_again(database: Engine | Connection, request: LoadRequest) -> Iterator[LoadRequest]:
    """Yield a request whose file can be read several times if that may be necessary.

    Standard input and pipes are copied to a temporary file if rows may be left out, or if names
    may be exchanged, as in a newer edition.

    Raises:
        FileUnreadableError: there is a pipe, and it cannot be read.
    """
    source = pipe(request.path) if _may_begin_again(database, request) else None
    if source is None:
        yield request
        return
    with NamedTemporaryFile() as copy:
        with source as stream:
            shutil.copyfileobj(stream, copy)
        copy.flush()
        yield replace(request, path=copy.name, named=request.named or shown_name(request.path))


def _may_begin_again(database: Engine | Connection, request: LoadRequest) -> bool:
    if request.rejects is not None:
        return True
    if not is_pipe(request.path):
        return False
    if isinstance(database, Connection):
        return has_records(database, request.source.key, request.nouns)
    with reading(database) as connection:
        return has_records(connection, request.source.key, request.nouns)


def load_into(connection: Connection, request: LoadRequest) -> LoadResult:
    """Load a file into an open transaction whose write lock is held.

    If the result holds problems, the caller must roll the transaction back.
    """
    return _run(connection, request, Rejects(None, request.form)).result


def try_into(connection: Connection, request: LoadRequest) -> tuple[LoadResult, int]:
    """Load a file into an open transaction that will be rolled back; return also the load id.

    The file is read again if names were exchanged, as in a newer edition.

    Raises:
        RowsRejectedError: at least one row is wrong.
        DataRejectedError: the file cannot be read or has another layout.
    """
    exchanged: set[EntityName] = set()
    is_repeated = False
    with _readable_again(connection, request) as again:
        while True:
            again.begins(is_repeated)
            savepoint = connection.begin_nested()
            tried = _run(connection, again, Rejects(None, again.form), exchanged)
            if tried.result.problem_count and not tried.exchanged_late:
                raise _rejection_of(again, tried.result)
            if not tried.exchanged_late:
                savepoint.commit()
                break
            savepoint.rollback()
            exchanged |= tried.exchanged_late
            is_repeated = True
    if request.edition is not None:
        request.edition.end_file(tried.result.file, tried.load_id)
    return tried.result, tried.load_id


class _Tried(NamedTuple):
    """The outcome of reading a file once.

    Attributes:
        result: counts and problems.
        refused: the problems of each refused row, by line; None if the file as a whole is wrong.
        load_id: the id of the load, whether it is committed or not.
        exchanged_late: exchanged names that rows had used before the exchange was noticed.
    """

    result: LoadResult
    refused: dict[int, str] | None
    load_id: int
    exchanged_late: set[EntityName]


def _run(
    connection: Connection,
    request: LoadRequest,
    rejects: Rejects,
    exchanged: Collection[EntityName] = (),
) -> _Tried:
    with closing(open_table(request.path, request.form, request.named)) as file:
        # Rows are matched with entities as they are without decisions.
        suspended = None if request.noun == DECISIONS.name else suspend_clusters(connection)
        run = Run(connection, request, file, rejects, exchanged)
        tried = _Tried(run.run(), run.refused(), run.load_id, run.exchanged_late())
    is_final = not tried.result.problem_count and not tried.exchanged_late
    if suspended is not None and is_final:
        derive_clusters(connection, suspended)
    return tried
