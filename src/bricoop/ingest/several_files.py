"""Load several files by one command: one load a file, which may be one complete edition."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection, Engine

from bricoop.db.engine import writing
from bricoop.db.ids import acquire_write_lock
from bricoop.db.vacuum import update_statistics
from bricoop.domain.english import counted
from bricoop.ingest.load.edition import Edition
from bricoop.ingest.pipeline import load_file, try_into
from bricoop.ingest.request import LoadRequest, LoadResult

#: Loads the file of a request, as `load_file` does.
Loading = Callable[[LoadRequest], LoadResult]


def load_files(
    engine: Engine, request: LoadRequest, files: Sequence[str], loading: Loading | None = None
) -> Iterator[LoadResult]:
    """Load files one after another, each in a transaction of its own; yield the results.

    The first error ends it, and what was loaded before stays. In a complete edition, only the load
    of the last file marks records as gone: those that none of the files contains.

    Args:
        engine: the knowledge base.
        request: how to load each file; its path is ignored.
        files: the paths of the files.
        loading: loads one file, if not `load_file` alone.

    Raises:
        BricoopError: those of `load_file`, for the file after the last one that was yielded.
    """
    edition = _edition_of(request, files)
    written = 0
    for number, path in enumerate(files, start=1):
        request_of_file = _part(request, path, edition, is_last=number == len(files))
        result = load_file(engine, request_of_file) if loading is None else loading(request_of_file)
        written += result.counts.new + result.counts.changed
        yield _with_note(result, edition)
    if edition is not None:
        update_statistics(engine, written)


def try_files(
    engine: Engine,
    request: LoadRequest,
    files: Sequence[str],
    tried: Callable[[Connection, Sequence[int]], object],
) -> Iterator[LoadResult]:
    """Load files in one transaction that is rolled back at the end; yield the results.

    So each file is read as if those before it had been loaded.

    Args:
        engine: the knowledge base.
        request: how to load each file; its path is ignored.
        files: the paths of the files.
        tried: called with the connection and the load ids before the rollback.

    Raises:
        BricoopError: those of `load_file`.
    """
    edition = _edition_of(request, files)
    loads: list[int] = []
    with writing(engine) as connection:
        acquire_write_lock(connection)
        for number, path in enumerate(files, start=1):
            request_of_file = _part(request, path, edition, is_last=number == len(files))
            result, load_id = try_into(connection, request_of_file)
            loads.append(load_id)
            yield _with_note(result, edition)
        tried(connection, loads)
        connection.rollback()


def _edition_of(request: LoadRequest, files: Sequence[str]) -> Edition | None:
    """Return the edition that several files are together; None for one file."""
    return Edition(is_complete=request.complete) if len(files) > 1 else None


def _with_note(result: LoadResult, edition: Edition | None) -> LoadResult:
    """Return a result with a note on its rows that changed records of earlier files."""
    if edition is None or not edition.overwritten:
        return result
    number, edition.overwritten = edition.overwritten, 0
    records = counted(number, "records")
    note = (
        f"It changed {records} that an earlier file of this command contains as well: the later "
        "file is kept. Loading these files again would change them there and back."
    )
    return replace(result, notes=(*result.notes, note))


def _part(
    request: LoadRequest, path: str, edition: Edition | None, *, is_last: bool
) -> LoadRequest:
    complete = request.complete and is_last
    return replace(request, path=path, edition=edition, complete=complete)
