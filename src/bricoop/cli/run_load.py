"""Execution of loads for the command line, with progress, problems and result."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from sqlalchemy import Connection, Engine

from bricoop.cli.export import Export, hand_over, hand_over_several
from bricoop.cli.files import add_input, check_output
from bricoop.cli.group import say
from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.domain.english import agree, countable, counted
from bricoop.domain.names import printable
from bricoop.domain.project_kinds.rule_table import read_rules
from bricoop.errors import DataRejectedError, UsageError
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.pipeline import RowsLeftOutError, RowsRejectedError, load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.readers.file_options import NATIVE
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.run import styles_of
from bricoop.ingest.seeds import set_up
from bricoop.ingest.sources import SourceSpec
from bricoop.interruption import note_written
from bricoop.query.differences import differences_of_loads
from bricoop.query.execute import execute
from bricoop.query.new_records import NewRecords, new_records
from bricoop.query.question import Answer, Question
from bricoop.render.differences import excerpt, shortened
from bricoop.render.loading import (
    ProblemFile,
    write_notes,
    write_problems,
    write_result,
    write_yield,
)

#: The maximum numbers of differences and of new records of each noun that a dry run shows.
_DIFFERENCES_SHOWN, _NEW_SHOWN = 50, 5


@dataclass(frozen=True)
class LoadOptions:
    """The options of a load as given on the command line.

    Attributes:
        noun: the noun; empty with a profile.
        paths: the files and folders; the first one is that of `request`.
        source: the description of the source; its key is empty if none was named.
        form: options for the file format, by the names of the attributes of `Form`.
        profile: the name or path of a profile, or None.
        variant: the number style of the file, if the profile has several.
        links: a table that assigns sectors to links instead of the profile's, or None.
        kinds: a table of rules for kinds that the knowledge base uses from now on, or None.
        rejects: a file for rows with errors, if the others are to be loaded.
        complete: whether records that the file does not contain are withdrawn.
        dry_run: whether to roll everything back.
        filling: what empty cells hold, by column.
    """

    noun: str
    paths: list[str] | tuple[str, ...]
    source: SourceSpec
    form: Mapping[str, Any]
    profile: str | None
    variant: str
    links: Path | None = None
    kinds: Path | None = None
    rejects: Path | None = None
    complete: bool = False
    dry_run: bool = False
    filling: Mapping[str, str] = field(default_factory=dict)

    def request(self) -> LoadRequest:
        """Return the load request, with the profile read and its source completed by the options.

        Raises:
            UsageError: the profile cannot be read.
            NotFoundError: there is no such profile or noun.
        """
        if self.complete and self.rejects:
            message = "--complete needs every row of the file, and --rejects leaves rows out."
            raise UsageError(message, "Use one of the two.")
        profile = None
        if self.profile is None:
            if self.links:
                raise UsageError("--links works only with --profile.", "Leave it out.")
            layout_of(self.noun)
        else:
            profile = profile_of(self.profile, self.links)
            if profile.links and not self.links and self.profile.endswith(".toml"):
                add_input("--profile", Path(self.profile).parent / profile.links)
            styles_of(profile, self.variant)
            if self.rejects and any(rule.ordinal for rule in profile.records):
                message = f"Rows of {profile.name} have no ids: identical rows are told apart by"
                raise UsageError(f"{message} their order, which --rejects would change.")
        return LoadRequest(
            self.noun,
            self.paths[0],
            self.source.over(profile.source) if profile else self.source,
            profile=profile,
            variant=self.variant,
            kinds=read_rules(self.kinds) if self.kinds else None,
            form=(profile.form if profile else NATIVE).with_options(self.form),
            rejects=self.rejects,
            complete=self.complete,
            dry_run=self.dry_run,
            filling=self.filling,
        )


def run_load(
    engine: Engine, options: LoadOptions, *, problems: Path | None, export: Export | None = None
) -> None:
    """Load a file and write the result to standard error.

    Args:
        engine: the engine of the knowledge base.
        options: the options of the load.
        problems: the file for all problems, or None.
        export: the output of the differences of a dry run; None for a real load.

    Raises:
        UsageError: no source is named.
        RowsRejectedError: rows have errors, which have been written.
        RowsLeftOutError: rows with errors were left out and the others loaded.
    """
    request = options.request()
    if problems:
        check_output(problems, "--problems")
    require_source(engine, request)
    if export is not None:
        export.check()
        request = replace(
            request, tried=lambda connection, load: show_differences(export, connection, [load])
        )
    with problem_file(problems) as log:
        try:
            result = with_progress(engine, replace(request, written=_note_load), log)
        except RowsRejectedError as error:
            write_refusal(error.result)
            raise
        if result.problem_count:
            write_problems(result.problems, result.problem_count, sys.stderr)
        write_result(result, sys.stderr)
    if result.counts.rejected:
        raise RowsLeftOutError(result, printable(str(options.rejects)))


def _note_load(load_id: int) -> None:
    hint = f"To undo this load: bricoop undo {load_id}"
    note_written(f"load {load_id} had already been written", hint)


def show_differences(export: Export, connection: Connection, loads: Sequence[int]) -> None:
    """Show the changes of the loads of a dry run before it is rolled back, as `bricoop diff` would.

    Formats for people also show the first new records as they would be stored.
    """
    answer = differences_of_loads(connection, loads)
    if not export.format.writing.for_people:
        hand_over(answer, export, None)
        return
    rows = shortened(answer.rows)
    displayed_rows = list(islice(rows, _DIFFERENCES_SHOWN))
    if not displayed_rows:
        return
    new = [
        _title_and_answer(records)
        for records in new_records(connection, loads, _NEW_SHOWN, _columns)
    ]
    hand_over_several([("", replace(answer, rows=iter(displayed_rows))), *new], export)
    more = sum(1 for _ in rows)
    if more:
        say(f"… and {counted(more, 'rows')} more. --format json lists all differences.")


def _columns(noun: str) -> list[str]:
    return [column.name for column in layout_of(noun).columns]


def _title_and_answer(new: NewRecords) -> tuple[str, Answer]:
    """Return a title and the first new records of a noun, with long texts cut."""
    number = counted(new.number, f"new {countable(new.noun)}")
    title = f"{number}, as stored" if new.number == 1 else f"The {number}, as stored"
    if new.number > _NEW_SHOWN:
        title = f"The first {_NEW_SHOWN} of {number}, as stored"
    cells = (tuple(map(excerpt, row)) for row in new.first.rows)
    return f"{title}:", replace(new.first, rows=cells)


def check_profile(options: LoadOptions, problems: Path | None, out: TextIO) -> None:
    """Load a file into a temporary knowledge base and write what it would yield.

    Args:
        options: the profile, the file and the file format.
        problems: the file for all problems, or None.
        out: the stream for the yield.

    Raises:
        DataRejectedError: rows have errors, which have been written.
    """
    request = options.request()
    if problems:
        check_output(problems, "--problems")
    with TemporaryDirectory() as folder:
        engine = make_engine(parse_address(str(Path(folder) / "tried.sqlite")))
        try:
            set_up(engine)
            try_profile(engine, request, problems, out)
        finally:
            engine.dispose()


def try_profile(engine: Engine, request: LoadRequest, problems: Path | None, out: TextIO) -> None:
    """Load a file into a knowledge base as a dry run, and write what it would yield.

    Args and errors are those of `check_profile`.
    """
    with problem_file(problems) as log:
        try:
            result = with_progress(engine, replace(request, dry_run=True), log)
        except RowsRejectedError as error:
            write_refusal(error.result)
            raise _rejection_error(error.result) from error
    write_notes(result, sys.stderr)
    write_yield(result, out)


def _rejection_error(result: LoadResult) -> DataRejectedError:
    rejected, read = result.counts.rejected, result.counts.read
    if not rejected:
        return DataRejectedError(f"{result.file} does not match its profile.")
    have = agree(rejected, "has", "have")
    message = f"{rejected:,} of {counted(read, 'rows')} in {result.file} {have} problems."
    return DataRejectedError(message)


def with_progress(
    engine: Engine, request: LoadRequest, log: ProblemFile | None, position: str = ""
) -> LoadResult:
    """Load a file; show the progress on a terminal.

    Args:
        engine: the engine of the knowledge base.
        request: the file, and how to load it.
        log: the file for all problems, or None.
        position: which of several files it is, such as ` (2 of 5)`.
    """
    if log:
        request = replace(request, sink=log.add, begins=log.begin)
    if not sys.stderr.isatty():
        return load_file(engine, request)
    from bricoop.render.progress import shown_progress

    layout = request.profile.name if request.profile else request.noun
    with shown_progress(f"{layout} from {Path(request.path).name}{position}") as progress:
        return load_file(engine, replace(request, progress=progress))


@contextmanager
def problem_file(path: Path | None) -> Iterator[ProblemFile | None]:
    """Yield the problem file, or None without a path; close it at the end."""
    if path is None:
        yield None
        return
    with closing(ProblemFile(path)) as log:
        yield log


def write_refusal(result: LoadResult) -> None:
    """Write the notes and the problems of a file that was refused to standard error."""
    write_notes(result, sys.stderr)
    write_problems(result.problems, result.problem_count, sys.stderr)


def require_source(engine: Engine, request: LoadRequest) -> None:
    """Refuse a load without a source.

    Raises:
        UsageError: no source is named; the hint lists those that there are.
    """
    if not request.source.key:
        raise UsageError(
            "A load needs a source.", f"Name it with --source KEY.{_known_sources(engine)}"
        )


def _known_sources(engine: Engine) -> str:
    with reading(engine) as connection:
        sources = execute(connection, Question("sources", columns=("key",))).by_name()
        keys = ", ".join(row["key"] for row in sources)
    return f" Known: {keys}. A new source also needs --source-title and --tier."
