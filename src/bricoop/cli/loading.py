"""One load from the command line: its progress, its problems, its result."""

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.domain.names import printable
from bricoop.errors import UsageError
from bricoop.ingest.load import LoadRequest, LoadResult, RowsRejectedError, load_file
from bricoop.ingest.registry import layout_of
from bricoop.ingest.sources import SourceSpec
from bricoop.query.ask import ask
from bricoop.query.question import Question
from bricoop.render.loading import ProblemFile, write_problems, write_result


def run_load(
    engine: Engine,
    noun: str,
    file: str,
    spec: SourceSpec | None,
    *,
    dry_run: bool,
    problems: Path | None,
) -> None:
    """Load a file and say what became of it on standard error.

    Raises:
        UsageError: no source is named, or the problems would take the data's place.
        RowsRejectedError: rows were refused; the problems have been said.
    """
    layout_of(noun)
    _refuse_to_overwrite(file, problems)
    if spec is None:
        raise UsageError("A load needs its source.", f"Name it with --source KEY.{_known(engine)}")
    log = ProblemFile(problems) if problems else None
    try:
        with _progress() as shown:
            task = shown.add_task(printable(f"{noun} from {Path(file).name}"), total=None)
            request = LoadRequest(
                noun,
                file,
                spec,
                dry_run=dry_run,
                sink=log.add if log else lambda _: None,
                progress=lambda rows: shown.update(task, completed=rows),
            )
            result = load_file(engine, request)
    except RowsRejectedError as error:
        _complain(error.result)
        raise
    finally:
        if log:
            log.close()
    write_result(result, sys.stderr)


def _refuse_to_overwrite(file: str, problems: Path | None) -> None:
    data = Path(file)
    if problems and problems.exists() and data.exists() and problems.samefile(data):
        message = f"The problems would be written over the data in {file}."
        raise UsageError(message, "Name another file with --problems.")


def _complain(result: LoadResult) -> None:
    write_problems(result.problems, result.problem_count, sys.stderr)


def _known(engine: Engine) -> str:
    with reading(engine) as connection:
        keys = [key for (key,) in ask(connection, Question("sources", columns=("key",))).rows]
    return f" Known here: {', '.join(keys)}. A new one needs --source-title and --tier too."


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}: {task.completed:,.0f} rows", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True, markup=False),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
