"""Execution of the loads of several files for the command line, with one summary at the end."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Engine

from bricoop.cli.export import Export
from bricoop.cli.files import add_inputs, check_output
from bricoop.cli.group import say
from bricoop.cli.run_load import (
    LoadOptions,
    problem_file,
    require_source,
    run_load,
    show_differences,
    with_progress,
    write_refusal,
)
from bricoop.domain.english import agree, counted, enumerated
from bricoop.domain.names import printable
from bricoop.errors import BricoopError, UsageError
from bricoop.ingest.file_list import listed_files
from bricoop.ingest.pipeline import RowsRejectedError
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.several_files import load_files, try_files
from bricoop.interruption import note_written
from bricoop.render.loading import ProblemFile
from bricoop.render.several_loads import LoadsSummary

__all__ = ["LoadOptions", "run_loads"]

#: So many names or numbers are listed in a message.
_LISTED = 3


def run_loads(
    engine: Engine,
    options: LoadOptions,
    *,
    problems: Path | None,
    export: Export | None = None,
) -> None:
    """Load the files that paths name, each by a load of its own; write the results to stderr.

    Args:
        engine: the engine of the knowledge base.
        options: the options of each load.
        problems: the file for all problems, or None.
        export: the output of the differences of a dry run; None for real loads.

    Raises:
        UsageError: the files cannot be loaded together, or no source is named.
        BricoopError: a file cannot be loaded; those before it were.
    """
    listed = listed_files(options.paths)
    for note in listed.notes:
        say(f"Note: {note}")
    if len(listed.files) == 1:
        options = replace(options, paths=listed.files)
        add_inputs("FILE", listed.files)
        run_load(engine, options, problems=problems, export=export)
        return
    if options.rejects:
        message = f"--rejects is for one file, and there are {len(listed.files):,}."
        raise UsageError(message, "Load the file with errors by itself.")
    add_inputs("FILE", listed.files)
    request = options.request()
    if problems:
        check_output(problems, "--problems")
    require_source(engine, request)
    with problem_file(problems) as log:
        _SeveralLoads(engine, request, listed.files, log).run(export)


@dataclass(frozen=True)
class _SeveralLoads:
    """Loads of several files.

    Attributes:
        engine: the engine of the knowledge base.
        request: how to load each file.
        files: the files.
        log: the file for all problems, or None.
        summary: the results so far.
    """

    engine: Engine
    request: LoadRequest
    files: Sequence[str]
    log: ProblemFile | None
    summary: LoadsSummary = field(default_factory=LoadsSummary)

    def run(self, export: Export | None) -> None:
        """Load all files, or try to; write the summary, also if one of them fails.

        Raises:
            BricoopError: that of the first file with an error.
        """
        done = 0
        try:
            for result in self._results(export):
                self.summary.add(result)
                done += 1
        except BricoopError as error:
            if isinstance(error, RowsRejectedError):
                write_refusal(error.result)
                self.summary.add_refused(error.result)
            self.summary.write(sys.stderr)
            self._complete(error, done)
            raise
        self.summary.write(sys.stderr)

    def _results(self, export: Export | None) -> Iterator[LoadResult]:
        if export is None:
            return load_files(self.engine, self.request, self.files, self._load)
        export.check()
        say("Dry run, nothing is written.")
        request = self.request
        if self.log:
            request = replace(request, sink=self.log.add, begins=self.log.begin)
        return try_files(
            self.engine,
            request,
            self.files,
            lambda connection, loads: show_differences(export, connection, loads),
        )

    def _load(self, request: LoadRequest) -> LoadResult:
        number = len(self.summary.loads) + 1

        def note(load_id: int) -> None:
            loads = _numbers([*self.summary.loads, load_id])
            clause = f"{number:,} of {len(self.files):,} files had already been loaded ({loads})"
            note_written(clause, "Run the same command again to load the others.")

        position = f" ({number:,} of {len(self.files):,})"
        return with_progress(self.engine, replace(request, written=note), self.log, position)

    def _complete(self, error: BricoopError, done: int) -> None:
        """Add to an error its file, what was loaded and what was not, and how to go on."""
        name = printable(self.files[done]) if done < len(self.files) else ""
        if name and name not in error.message:
            error.message = f"{name}: {error.message}"
        if self.request.dry_run:
            return
        sentences = [error.hint] if error.hint else []
        if done:
            loaded = f"{done:,} of {counted(len(self.files), 'files')}"
            sentences.append(
                f"{loaded} {agree(done, 'was', 'were')} loaded before and "
                f"{agree(done, 'stays', 'stay')} ({_numbers(self.summary.loads)})."
            )
        else:
            sentences.append("No file was loaded.")
        sentences += self._not_tried(self.files[done + 1 :])
        if self.request.complete:
            sentences.append("No record was withdrawn.")
        if done:
            again = "The same command again loads the rest, and leaves loaded rows unchanged."
            sentences.append(again)
        error.hint = " ".join(sentences)

    def _not_tried(self, files: Sequence[str]) -> list[str]:
        if not files:
            return []
        names = [printable(file) for file in files[:_LISTED]]
        more = len(files) - len(names)
        names += [f"{more:,} more"] if more else []
        return [f"Not tried: {enumerated(names)}."]


def _numbers(loads: Sequence[int]) -> str:
    """Return the numbers of loads for a message."""
    if len(loads) <= _LISTED:
        return f"{agree(len(loads), 'load', 'loads')} {enumerated(loads)}"
    return f"loads {loads[0]} to {loads[-1]}"
