"""Opening a knowledge base for a command, and the stream that its answer goes to."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bricoop.cli.group import say
from bricoop.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bricoop.api.snapshot import Snapshot

#: What `--db` before the command said; the same option after the command wins.
_given: list[str] = []
#: The file of the knowledge base that a command opened.
_files: list[Path] = []


def remember_database(database: str | None) -> None:
    """Keep what `--db` said before the command."""
    _given[:] = [database] if database else []


@contextmanager
def opened(database: str | None) -> Iterator["Engine"]:
    """Yield the engine of a knowledge base that is ready; the first use makes it.

    Raises:
        DatabaseError: it is unreachable, or of another version.
    """
    from bricoop.api.opening import make_ready
    from bricoop.db.address import shown

    with engine_for(database) as engine:
        rows = make_ready(engine)
        if rows is not None:
            say(f"Made a new knowledge base with {rows} seed rows: {shown(engine.url)}")
        yield engine


@contextmanager
def engine_for(database: str | None) -> Iterator["Engine"]:
    """Yield the engine of the database that the command line or the environment names."""
    from bricoop.api.opening import engine_of
    from bricoop.db.address import file_of

    engine = engine_of(database or (_given[0] if _given else None))
    _files[:] = [path for path in (file_of(engine.url),) if path is not None]
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def reading_from(database: str | None) -> Iterator["Snapshot"]:
    """Yield one state of a ready knowledge base."""
    from bricoop.api.knowledge_base import KnowledgeBase

    with opened(database) as engine, KnowledgeBase(engine).snapshot() as state:
        yield state


@contextmanager
def answering(output: Path | None) -> Iterator[TextIO]:
    """Yield the stream for the answer: a file, or standard output.

    A file takes the place of an older one only when it is whole; a link stays a link. A pipe, a
    device and what standard output leads to already are written to as they are.
    """
    if output is None or _is_standard_output(output):
        yield sys.stdout
        return
    if any(path.exists() and output.exists() and output.samefile(path) for path in _files):
        message = f"The answer would be written over the knowledge base in {output}."
        raise UsageError(message, "Name another file with --output.")
    try:
        with _written_whole(output) if _is_replaceable(output) else _open(output) as stream:
            yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"The file {output} cannot be written: {error.strerror}.") from error


def _is_standard_output(output: Path) -> bool:
    try:
        return os.path.samestat(output.stat(), os.fstat(sys.stdout.fileno()))
    except OSError:
        # There is no such file yet, or standard output is none.
        return False


def _is_replaceable(output: Path) -> bool:
    return output.is_file() or not output.exists()


@contextmanager
def _written_whole(output: Path) -> Iterator[TextIO]:
    target = output.resolve()
    # A name of its own: nothing that is already there is written over.
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with _open(part) as stream:
            yield stream
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _open(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")
