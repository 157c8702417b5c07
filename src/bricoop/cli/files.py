"""The files that one call reads and writes: no output may overwrite what the call works from.

Options that name files add them here (`file_options`), so that a call which would write over the
knowledge base, one of its inputs or another of its outputs is refused before anything is read or
written. Whatever opens a file for writing checks again (`output`), since some inputs are only known
by then, such as the tables that a profile names.
"""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bricoop.errors import BricoopError, UsageError
from bricoop.interruption import begin_call as begin_interruptible_call
from bricoop.settings import Settings

STANDARD_INPUT = "-"
_DEVICE = "/dev/stdin"
#: What SQLite keeps beside a database, whether or not it is there at the moment.
_BESIDE_DATABASE = ("", "-wal", "-shm", "-journal")
#: How an SQLite database begins.
_MAGIC = b"SQLite format 3\0"
#: What tells files apart: device, number on it, and a name where the file does not exist yet.
_Identity = tuple[int, int, str]


@dataclass(frozen=True)
class _NamedFile:
    """A file, and the option or argument that names it."""

    option: str
    path: Path

    @property
    def identity(self) -> _Identity | None:
        return _identity_of(self.path)


@dataclass
class _CallFiles:
    """The files of one call, as far as they are known.

    Attributes:
        databases: what `--db` named, before the command or after it.
        inputs: files that the command reads.
        outputs: files that it writes.
    """

    databases: list[str] = field(default_factory=list)
    inputs: list[_NamedFile] = field(default_factory=list)
    outputs: list[_NamedFile] = field(default_factory=list)


_call = _CallFiles()


def begin_call(database: str | None) -> None:
    """Forget the files of an earlier call.

    Args:
        database: what `--db` named before the command, if anything.
    """
    begin_interruptible_call()
    _call.databases[:] = [database] if database else []
    _call.inputs.clear()
    _call.outputs.clear()


def add_database(address: str) -> None:
    """Take note of a database that `--db` names after the command.

    Raises:
        UsageError: an output of the call would overwrite it.
    """
    if address not in _call.databases:
        _call.databases.append(address)
        _check(_call.outputs)


def add_input(option: str, path: str | Path) -> None:
    """Take note of a file that the command reads.

    Args:
        option: the option or argument that leads to it.
        path: where it is; `-` is standard input, which the shell may have opened on a file.

    Raises:
        UsageError: an output of the call would overwrite it.
    """
    opened = _DEVICE if str(path) == STANDARD_INPUT else path
    _call.inputs.append(_NamedFile(option, Path(opened)))
    _check(_call.outputs)


def add_output(option: str, path: Path) -> None:
    """Take note of a file that the command writes, besides those that its options name.

    Raises:
        UsageError: it would overwrite the knowledge base, an input or another output.
    """
    output = _NamedFile(option, path)
    if output in _call.outputs:
        return
    identity = output.identity
    for other in _call.outputs:
        if identity is not None and other.identity == identity:
            message = f"{other.option} and {option} name the same file, {path}."
            raise UsageError(message, "Name two files.")
    _check([output])
    _call.outputs.append(output)


def check_output(path: Path, option: str = "--output") -> None:
    """Refuse to open a file for writing that the call works from.

    Args:
        path: the file.
        option: the option that names it, where that is not known yet.

    Raises:
        UsageError: it would overwrite the knowledge base, another database or an input.
    """
    identity = _identity_of(path)
    known = (file for file in _call.outputs if file.path == path or file.identity == identity)
    output = next(known, _NamedFile(option, path))
    _check([output])
    refuse_database(output.option, path)


def refuse_database(option: str, path: Path) -> None:
    """Refuse to replace an SQLite database, or what SQLite keeps beside one, with an answer.

    Nobody means to: `--save` or `--card` was typed in place of `--db`, or a name was mistaken.

    Raises:
        UsageError: the file is one of a database.
    """
    if _is_database(path):
        message = f"{option} {path} would overwrite a database."
        raise UsageError(message, f"Name another file with {option}.")
    refuse_beside_database(option, path)


def refuse_beside_database(option: str, path: Path) -> None:
    """Refuse a name that SQLite uses for what it keeps beside a database.

    SQLite would read it into that database or delete it, whatever it is.

    Raises:
        UsageError: beside the file is the database that its name belongs to.
    """
    # A file is known by several names.
    for name in {path, Path(os.path.realpath(path))}:
        for ending in filter(name.name.endswith, _BESIDE_DATABASE[1:]):
            start = name.name.removesuffix(ending)
            if start and _is_database(database := name.with_name(start)):
                message = f"{option} {path} would overwrite a part of the database {database}."
                raise UsageError(message, f"Name another file with {option}.")


def _is_database(path: Path) -> bool:
    try:
        # A device or a pipe might wait for whoever writes to it.
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(len(_MAGIC)) == _MAGIC
    except (OSError, ValueError):
        # Whatever opens it says better what is wrong with it.
        return False


def refuse_existing(path: Path | None) -> None:
    """Refuse to replace a file where the command writes what people go on to edit or to keep.

    An answer can be asked for again; an edited profile or a card of last year cannot.

    Raises:
        UsageError: there is such a file, and it is not empty.
    """
    try:
        status = path.stat() if path else None
    except (OSError, ValueError):
        # There is none, or whatever opens it says better what is wrong with it.
        return
    if status and stat.S_ISREG(status.st_mode) and status.st_size:
        message = f"The file {path} exists already, and is not replaced."
        raise UsageError(message, "Name another file, or delete this one first.")


def check_standard_output() -> None:
    """Refuse to add an answer to the knowledge base: `bricoop query … >> knowledge-base.sqlite`.

    Raises:
        UsageError: standard output was opened on the file of the knowledge base.
    """
    with suppress(OSError, ValueError):
        status = os.fstat(sys.stdout.fileno())
        if stat.S_ISREG(status.st_mode) and _identity(status) in dict(_database_files()):
            message = "Standard output would overwrite the knowledge base."
            raise UsageError(message, "Send it to another file.")


def _check(outputs: list[_NamedFile]) -> None:
    for output in outputs:
        identity = output.identity
        if identity is None:
            continue
        hint = f"Name another file with {output.option}."
        for other, path in _database_files():
            if other == identity:
                message = f"{output.option} {output.path} would overwrite the knowledge base"
                raise UsageError(f"{message} {path}.", hint)
        for source in _call.inputs:
            if source.identity == identity:
                message = f"{output.option} {output.path} would overwrite the file that is read"
                raise UsageError(f"{message} ({source.option}).", hint)


def _database_files() -> Iterator[tuple[_Identity, Path]]:
    """Yield each file of the databases that the call names, and which database it belongs to."""
    named = Settings.read(None).database
    for address in (*_call.databases, *((named,) if named or not _call.databases else ())):
        path = file_of_address(address)
        for start in dict.fromkeys((path, path.resolve())) if path else ():
            for ending in _BESIDE_DATABASE:
                identity = _identity_of(start.with_name(start.name + ending))
                if identity is not None:
                    yield identity, start


def file_of_address(address: str) -> Path | None:
    """Return the file of a database; None for a server, and for what is no address at all."""
    from bricoop.db.address import file_of, parse_address

    with suppress(BricoopError):
        return file_of(parse_address(address))
    return None


def _identity_of(path: Path) -> _Identity | None:
    """Return what tells a file from others; None for a pipe, a device or a folder.

    A file that does not exist yet is known by its folder and name, once links are followed.
    """
    try:
        return _identity(path.stat())
    except FileNotFoundError:
        with suppress(OSError):
            whole = path.resolve()
            folder = whole.parent.stat()
            return folder.st_dev, folder.st_ino, os.path.normcase(whole.name)
    except (OSError, ValueError):
        # Whatever opens the file says better what is wrong with it.
        pass
    return None


def _identity(status: os.stat_result) -> _Identity | None:
    return (status.st_dev, status.st_ino, "") if stat.S_ISREG(status.st_mode) else None
