"""The one door: a file is read, mapped, cleaned, checked, resolved and written, or nothing is."""

import gc
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, update

from bricoop import __version__
from bricoop.db.bulk import Bulk
from bricoop.db.engine import writing
from bricoop.db.schema import load
from bricoop.domain.problem import Problem
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import DataRejectedError, FileUnreadableError
from bricoop.ingest.clean import Places
from bricoop.ingest.ids import Numbers, become_writer
from bricoop.ingest.prepare import HeaderRejectedError, Prepared, Preparer, likely_header
from bricoop.ingest.readers.form import NATIVE, Form
from bricoop.ingest.readers.opening import open_table
from bricoop.ingest.readers.table import Table
from bricoop.ingest.registry import layout_of
from bricoop.ingest.sources import SourceSpec, source_for
from bricoop.ingest.write import Counts, Writer

BATCH = 4000
#: So many problems are kept in memory; a sink sees them all.
KEPT = 1000

Sink = Callable[[Problem], None]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class LoadRequest:
    """What is to be loaded.

    Attributes:
        noun: the noun whose native layout the file has.
        path: the file; `-` is standard input.
        source: who says what the file says.
        dry_run: whether everything is to be taken back at the end.
        form: how the file is to be read.
        sink: is given every problem as it is found.
        progress: is given the number of rows read so far.
    """

    noun: str
    path: str
    source: SourceSpec
    dry_run: bool = False
    form: Form = NATIVE
    sink: Sink = field(default=lambda _: None)
    progress: Progress = field(default=lambda _: None)


@dataclass(frozen=True)
class LoadResult:
    """What a load did, or would do.

    Attributes:
        load_id: its number, or None where nothing was written.
        noun: the noun loaded.
        file: the file as the user named it.
        source: the source's key.
        counts: what became of the rows.
        created: how many entities of each kind were made because a cell names them.
        problems: the first problems found.
        problem_count: how many were found.
        notes: what the reader of the file accepted, each in a sentence.
    """

    load_id: int | None
    noun: str
    file: str
    source: str
    counts: Counts
    created: dict[EntityKind, int]
    problems: list[Problem]
    problem_count: int
    notes: tuple[str, ...] = ()


class RowsRejectedError(DataRejectedError):
    """Rows were refused, and so nothing was written; the result says which and why."""

    def __init__(self, result: LoadResult) -> None:
        """Say how much is wrong."""
        rejected, read = result.counts.rejected, result.counts.read
        rows = "1 row was" if rejected == 1 else f"{rejected} rows were"
        super().__init__(f"{rows} refused of {read} in {result.file}; nothing was loaded.")
        self.result = result


def load_file(engine: Engine, request: LoadRequest) -> LoadResult:
    """Load a file in a transaction of its own.

    Raises:
        RowsRejectedError: at least one row is wrong; nothing was written.
        DataRejectedError: the file cannot be read or has another layout; nothing was written.
        UsageError: the source is not described well enough.
    """
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
            return _Run(bulk, request, file).run()
    finally:
        file.close()
        if collecting:
            gc.enable()


class _Run:
    """One run of the door."""

    def __init__(self, bulk: Bulk, request: LoadRequest, file: Table) -> None:
        connection = bulk.connection
        self._connection = connection
        self._request = request
        self._file = file
        self._layout = layout_of(request.noun)
        numbers = Numbers(connection)
        source_id = source_for(connection, request.source, numbers)
        self._load_id = numbers.next("load")
        self._started = datetime.now(UTC)
        self._register(source_id)
        self._writer = Writer(
            connection,
            self._layout,
            file.origin,
            source_id=source_id,
            load_id=self._load_id,
            numbers=numbers,
            bulk=bulk,
        )
        self._problems: list[Problem] = []
        self._problem_count = 0

    def run(self) -> LoadResult:
        """Read the file to its end."""
        places = self._writer.places
        preparer = self._preparer(places)
        for batch in self._batches(preparer):
            for problem in self._writer.write(batch):
                self._complain(problem)
            self._request.progress(self._writer.counts.read)
        self._close()
        return LoadResult(
            load_id=None if self._request.dry_run or self._problem_count else self._load_id,
            noun=self._layout.noun,
            file=self._file.name,
            source=self._request.source.key,
            counts=self._writer.counts,
            created=dict(self._writer.created),
            problems=self._problems,
            problem_count=self._problem_count,
            notes=self._file.notes,
        )

    def _preparer(self, places: Places) -> Preparer:
        file = self._file
        try:
            return Preparer(self._layout, file.origin, file.header, places)
        except HeaderRejectedError as error:
            with suppress(FileUnreadableError):
                line = likely_header(self._layout, file.rows())
                if line is not None:
                    place = file.origin.place(line).capitalize()
                    hint = f"{place} looks like the header: --header-row {line}."
                    raise HeaderRejectedError(error.message, hint) from error
            raise

    def _batches(self, preparer: Preparer) -> Iterator[list[Prepared]]:
        batch: list[Prepared] = []
        for row in self._file.rows():
            prepared = preparer.prepare(row)
            if isinstance(prepared, Prepared):
                batch.append(prepared)
            else:
                self._writer.counts.rejected += 1
                for problem in prepared:
                    self._complain(problem)
            if len(batch) == BATCH:
                yield batch
                batch = []
        yield batch

    def _complain(self, problem: Problem) -> None:
        self._problem_count += 1
        if len(self._problems) < KEPT:
            self._problems.append(problem)
        self._request.sink(problem)

    def _register(self, source_id: int) -> None:
        # The name and no path: where a file lay on somebody's machine is nobody's business.
        self._connection.execute(
            load.insert().values(
                id=self._load_id,
                source_id=source_id,
                noun=self._layout.noun,
                profile="native",
                file_name=Path(self._file.name).name,
                file_sha256="",
                tool_version=__version__,
                started_at=self._started,
                finished_at=self._started,
                rows_read=0,
                rows_new=0,
                rows_changed=0,
                rows_unchanged=0,
                rows_rejected=0,
            )
        )

    def _close(self) -> None:
        counts = self._writer.counts
        self._connection.execute(
            update(load)
            .where(load.c.id == self._load_id)
            .values(
                file_sha256=self._file.sha256,
                finished_at=datetime.now(UTC),
                rows_read=counts.read,
                rows_new=counts.new,
                rows_changed=counts.changed,
                rows_unchanged=counts.unchanged,
                rows_rejected=counts.rejected,
            )
        )
