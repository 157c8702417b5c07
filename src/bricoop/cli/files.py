"""Protection of the files of a call: no output may overwrite an input or the database.

Options that name files register them here (see `file_options`), so that a call that would
overwrite the knowledge base, one of its inputs or another of its outputs is refused before anything
is read or written. Opening a file for writing (see `output`) checks again, because some inputs are
known only then, such as the tables that a profile names.
"""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bricoop.errors import BricoopError, UsageError
from bricoop.interruption import begin_call as begin_interruptible_call
from bricoop.settings import Settings

STANDARD_INPUT = "-"
_DEVICE = "/dev/stdin"
#: Suffixes of the files of an SQLite database: the database itself, and its journals.
_BESIDE_DATABASE = ("", "-wal", "-shm", "-journal")
#: The first bytes of an SQLite database.
_MAGIC = b"SQLite format 3\0"
#: Identity of a file: device and inode; of a file that does not exist yet, those of its folder and
#: its name.
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
    """The files of one call that are known so far.

    Attributes:
        databases: addresses given with `--db`, before the command or after it.
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
        database: the value of `--db` before the command, if given.
    """
    begin_interruptible_call()
    _call.databases[:] = [database] if database else []
    _call.inputs.clear()
    _call.outputs.clear()


def add_database(address: str) -> None:
    """Register a database that `--db` names after the command.

    Raises:
        UsageError: an output of the call would overwrite it.
    """
    if address not in _call.databases:
        _call.databases.append(address)
        _check(_call.outputs)


def add_input(option: str, path: str | Path) -> None:
    """Register a file that the command reads.

    Args:
        option: the option or argument that names it.
        path: its path; `-` is standard input, which the shell may have redirected from a file.

    Raises:
        UsageError: an output of the call would overwrite it.
    """
    add_inputs(option, [path])


def add_inputs(option: str, paths: Iterable[str | Path]) -> None:
    """Register several files that the command reads.

    Raises:
        UsageError: an output of the call would overwrite one of them.
    """
    for path in paths:
        opened = _DEVICE if str(path) == STANDARD_INPUT else path
        _call.inputs.append(_NamedFile(option, Path(opened)))
    _check(_call.outputs)


def add_output(option: str, path: Path) -> None:
    """Register a file that the command writes.

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
    """Refuse to open a file for writing that the call uses.

    Args:
        path: the file.
        option: the option that names it, for files that are not registered.

    Raises:
        UsageError: it would overwrite the knowledge base, another database or an input.
    """
    identity = _identity_of(path)
    same_files = (file for file in _call.outputs if file.path == path or file.identity == identity)
    output = next(same_files, _NamedFile(option, path))
    _check([output])
    refuse_database(output.option, path)


def refuse_database(option: str, path: Path) -> None:
    """Refuse to overwrite an SQLite database or one of its journal files with an answer.

    This is always a mistake, such as `--save` or `--card` typed in place of `--db`.

    Raises:
        UsageError: the file belongs to a database.
    """
    if _is_database(path):
        message = f"{option} {path} would overwrite a database."
        raise UsageError(message, f"Name another file with {option}.")
    refuse_beside_database(option, path)


def refuse_beside_database(option: str, path: Path) -> None:
    """Refuse the name of a journal file of an existing SQLite database.

    SQLite would replay the file into that database or delete it.

    Raises:
        UsageError: the database to which the name belongs exists.
    """
    # A symbolic link and its target may have different names.
    for name in {path, Path(os.path.realpath(path))}:
        for ending in filter(name.name.endswith, _BESIDE_DATABASE[1:]):
            start = name.name.removesuffix(ending)
            if start and _is_database(database := name.with_name(start)):
                message = f"{option} {path} would overwrite a part of the database {database}."
                raise UsageError(message, f"Name another file with {option}.")


def _is_database(path: Path) -> bool:
    try:
        # Reading from a device or a pipe could block.
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(len(_MAGIC)) == _MAGIC
    except (OSError, ValueError):
        # Opening the file later gives a better message.
        return False


def refuse_existing(path: Path | None) -> None:
    """Refuse to replace an existing file of a kind that people edit or archive.

    An answer can be computed again; an edited profile or a card of last year cannot.

    Raises:
        UsageError: there is such a file, and it is not empty.
    """
    try:
        status = path.stat() if path else None
    except (OSError, ValueError):
        # There is no such file, or opening it later gives a better message.
        return
    if status and stat.S_ISREG(status.st_mode) and status.st_size:
        message = f"The file {path} exists already, and is not replaced."
        raise UsageError(message, "Name another file, or delete this one first.")


def check_standard_output() -> None:
    """Refuse to write an answer to the database, as in `bricoop query … >> kb.sqlite`.

    Raises:
        UsageError: standard output is redirected to the file of the knowledge base.
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
    """Yield the identity of each file of the databases of the call, and the database."""
    named = Settings.read(None).database
    for address in (*_call.databases, *((named,) if named or not _call.databases else ())):
        path = file_of_address(address)
        for start in dict.fromkeys((path, path.resolve())) if path else ():
            for ending in _BESIDE_DATABASE:
                identity = _identity_of(start.with_name(start.name + ending))
                if identity is not None:
                    yield identity, start


def file_of_address(address: str) -> Path | None:
    """Return the file of a database address; None for a server or an invalid address."""
    from bricoop.db.address import file_of, parse_address

    with suppress(BricoopError):
        return file_of(parse_address(address))
    return None


def _identity_of(path: Path) -> _Identity | None:
    """Return the identity of a file; None for a pipe, a device or a folder.

    A file that does not exist yet is identified by its folder and name, with links resolved.
    """
    try:
        return _identity(path.stat())
    except FileNotFoundError:
        with suppress(OSError):
            whole = path.resolve()
            folder = whole.parent.stat()
            return folder.st_dev, folder.st_ino, os.path.normcase(whole.name)
    except (OSError, ValueError):
        # Opening the file later gives a better message.
        pass
    return None


def _identity(status: os.stat_result) -> _Identity | None:
    return (status.st_dev, status.st_ino, "") if stat.S_ISREG(status.st_mode) else None
