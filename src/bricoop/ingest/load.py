"""The one door: a file is read, mapped, cleaned, checked, resolved and written, or nothing is."""

import gc

from sqlalchemy import Connection, Engine

from bricoop.db.bulk import Bulk
from bricoop.db.engine import writing
from bricoop.errors import DataRejectedError
from bricoop.ingest.ids import become_writer
from bricoop.ingest.readers.opening import open_table
from bricoop.ingest.registry import layout_of
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.run import Run


class RowsRejectedError(DataRejectedError):
    """Rows were refused, and so nothing was written; the result says which and why."""

    def __init__(self, result: LoadResult) -> None:
        """Say how much is wrong."""
        rejected, read = result.counts.rejected, result.counts.read
        rows = "1 row was" if rejected == 1 else f"{rejected} rows were"
        message = f"{rows} refused of {read} in {result.file}; nothing was loaded."
        if not rejected:
            message = f"{result.file} is not what its profile promises; nothing was loaded."
        super().__init__(message)
        self.result = result


def load_file(engine: Engine, request: LoadRequest) -> LoadResult:
    """Load a file in a transaction of its own.

    Raises:
        RowsRejectedError: at least one row is wrong; nothing was written.
        DataRejectedError: the file cannot be read or has another layout; nothing was written.
        UsageError: the source is not described well enough.
    """
    if request.profile is None:
        layout_of(request.noun)
    with writing(engine) as connection:
        become_writer(connection)
        result = load_into(connection, request)
        if request.dry_run or result.problem_count:
            connection.rollback()
    if result.problem_count:
        raise RowsRejectedError(result)
    return result


def load_into(connection: Connection, request: LoadRequest) -> LoadResult:
    """Load a file into an open transaction whose writer's lock is held.

    The result may hold problems: then the caller must roll the transaction back.
    """
    file = open_table(request.path, request.form)
    # A load makes millions of small objects and no circles; looking for circles takes a quarter of
    # its time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        with Bulk(connection) as bulk:
            return Run(bulk, request, file).run()
    finally:
        file.close()
        if collecting:
            gc.enable()
