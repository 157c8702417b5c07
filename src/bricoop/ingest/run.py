"""One run of the door: rows are read and prepared a batch at a time, and written noun by noun."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

from bricoop import __version__
from bricoop.db.bulk import Bulk
from bricoop.db.schema import load
from bricoop.domain.problem import Problem
from bricoop.errors import FileUnreadableError, UsageError
from bricoop.ingest.clean import Places
from bricoop.ingest.finish import Prepared
from bricoop.ingest.ids import Numbers
from bricoop.ingest.prepare import HeaderRejectedError, Preparer, likely_header
from bricoop.ingest.profile.model import Profile, Styles
from bricoop.ingest.readers.table import Table
from bricoop.ingest.registry import layout_of
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.rows import NativeRows, ProfileRows, Rows
from bricoop.ingest.sources import source_for
from bricoop.ingest.write import Counts, Writer

#: So many cells of rows are prepared before they are written: wide rows come in smaller batches.
_CELLS = 120_000
_FEWEST, _MOST = 250, 4000
#: So many problems are kept in memory; a sink sees them all.
_KEPT = 1000


class Run:
    """One run of the door, into an open transaction whose writer's lock is held."""

    def __init__(self, bulk: Bulk, request: LoadRequest, file: Table) -> None:
        """Register the load; nothing is read yet beyond the header."""
        self._connection = bulk.connection
        self._request = request
        self._file = file
        numbers = Numbers(self._connection)
        source_id = source_for(self._connection, request.source, numbers)
        self._load_id = numbers.next("load")
        profile = request.profile
        nouns = [rule.noun for rule in profile.records] if profile else [request.noun]
        self._layouts = [layout_of(noun) for noun in nouns]
        self._register(source_id)
        self._writers = [
            Writer(
                self._connection,
                layout,
                file.origin,
                source_id=source_id,
                load_id=self._load_id,
                numbers=numbers,
                bulk=bulk,
            )
            for layout in self._layouts
        ]
        self._rejected: set[int] = set()
        #: How many rows were refused for a record after their first one, which had been written.
        self._late = 0
        self._problems: list[Problem] = []
        self._problem_count = 0

    def run(self) -> LoadResult:
        """Read the file to its end."""
        rows = self._rows()
        for batch in self._batches(rows):
            self._write(batch)
            self._request.progress(self._counts().read)
        for problem in rows.finish():
            self._complain(problem)
        self._close()
        created = sum((Counter(writer.created) for writer in self._writers), Counter())
        records: Counter[str] = Counter()
        for layout, writer in zip(self._layouts, self._writers, strict=True):
            counts = writer.counts
            records[layout.noun] += counts.new + counts.changed + counts.unchanged
        return LoadResult(
            load_id=None if self._request.dry_run or self._problem_count else self._load_id,
            noun=self._layouts[0].noun,
            file=self._file.name,
            source=self._request.source.key,
            counts=self._counts(),
            created=dict(created),
            records=dict(records),
            problems=self._problems,
            problem_count=self._problem_count,
            notes=self._file.notes,
        )

    def _rows(self) -> Rows:
        file, places = self._file, self._writers[0].places
        profile = self._request.profile
        if profile is None:
            return NativeRows(self._preparer(places))
        styles = styles_of(profile, self._request.variant)
        return ProfileRows(profile, styles, file.origin, file.header, places)

    def _preparer(self, places: Places) -> Preparer:
        file, layout = self._file, self._layouts[0]
        try:
            return Preparer(layout, file.origin, file.header, places)
        except HeaderRejectedError as error:
            with suppress(FileUnreadableError):
                line = likely_header(layout, file.rows())
                if line is not None:
                    place = file.origin.place(line).capitalize()
                    hint = f"{place} looks like the header: --header-row {line}."
                    raise HeaderRejectedError(error.message, hint) from error
            raise

    def _batches(self, rows: Rows) -> Iterator[list[list[Prepared]]]:
        size = batch_size(len(self._file.header))
        batch: list[list[Prepared]] = [[] for _ in self._layouts]
        read = 0
        for row in self._file.rows():
            records, problems = rows.prepare(row)
            if problems:
                self._refuse(problems)
            else:
                for place, made in enumerate(records):
                    batch[place].extend(made)
            read += 1
            if read == size:
                yield batch
                batch = [[] for _ in self._layouts]
                read = 0
        yield batch

    def _write(self, batch: Sequence[Sequence[Prepared]]) -> None:
        for number, (writer, records) in enumerate(zip(self._writers, batch, strict=True)):
            # What is wrong in one record of a row is wrong in the row.
            good = [one for one in records if one.line not in self._rejected]
            before = len(self._rejected)
            self._refuse(writer.write(good))
            if number:
                self._late += len(self._rejected) - before

    def _counts(self) -> Counts:
        first = self._writers[0].counts
        # The first record keeps the whole row: it changes when anything in the row does.
        return Counts(first.new - self._late, first.changed, first.unchanged, len(self._rejected))

    def _refuse(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self._rejected.add(problem.line)
            self._complain(problem)

    def _complain(self, problem: Problem) -> None:
        self._problem_count += 1
        if len(self._problems) < _KEPT:
            self._problems.append(problem)
        self._request.sink(problem)

    def _register(self, source_id: int) -> None:
        # The name and no path: where a file lay on somebody's machine is nobody's business.
        profile = self._request.profile
        self._connection.execute(
            load.insert().values(
                id=self._load_id,
                source_id=source_id,
                noun=self._layouts[0].noun,
                profile=profile.name if profile else "native",
                file_name=Path(self._file.name).name,
                file_sha256="",
                tool_version=__version__,
                started_at=datetime.now(UTC),
                finished_at=datetime.now(UTC),
                rows_read=0,
                rows_new=0,
                rows_changed=0,
                rows_unchanged=0,
                rows_rejected=0,
            )
        )

    def _close(self) -> None:
        counts = self._counts()
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


def batch_size(columns: int) -> int:
    """Return how many rows of so many columns are prepared before they are written."""
    return max(_FEWEST, min(_MOST, _CELLS // max(1, columns)))


def styles_of(profile: Profile, variant: str) -> Styles:
    """Return how a layout writes numbers and dates, in one of its variants.

    Raises:
        UsageError: there are variants and none of them is named, or there is none of that name.
    """
    if not profile.variants and not variant:
        return profile.styles
    if variant in profile.variants:
        return profile.variants[variant]
    names = ", ".join(profile.variants) or "none"
    message = f"Files of {profile.name} come in more than one number style."
    if variant:
        message = f"The profile {profile.name} has no variant {variant!r}."
    raise UsageError(message, f"Say which with --variant: {names}.")
