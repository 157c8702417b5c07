"""Files that are written under a temporary name and replace older ones only when complete."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def is_replaceable(path: Path) -> bool:
    """Return whether a path is that of a regular or new file, not of a pipe or device."""
    return path.is_file() or not path.exists()


class PartialFile:
    """A file under a temporary name, until it is moved to its final path or discarded.

    Attributes:
        target: the final path; of a symbolic link, the file that it points to.
        path: the temporary path, in the same folder; for a pipe or device, in the folder for
            temporary files.
    """

    def __init__(self, target: Path) -> None:
        """Choose the temporary path; nothing is written yet."""
        self.target = target.resolve()
        # A unique name, so that no existing file is overwritten or removed.
        name = f"{self.target.name}.{os.urandom(8).hex()}.part"
        self.path = (self.target.parent if is_replaceable(target) else _temporary_folder()) / name
        _partial_files.add(self.path)

    def complete(self) -> None:
        """Replace the target with the file.

        Raises:
            OSError: the file cannot be moved.
        """
        self.path.replace(self.target)
        _partial_files.discard(self.path)

    def discard(self) -> None:
        """Remove the temporary file, if there is one."""
        self.path.unlink(missing_ok=True)
        _partial_files.discard(self.path)


#: Temporary files that have not been moved to their final path yet.
_partial_files: set[Path] = set()


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a temporary path to write to; its file replaces the target unless the block fails.

    Raises:
        OSError: the target cannot be replaced.
    """
    partial_file = PartialFile(target)
    try:
        yield partial_file.path
        partial_file.complete()
    finally:
        partial_file.discard()


def discard_partial_files() -> None:
    """Remove incomplete files; needed before `os._exit`, which skips cleanup."""
    for path in tuple(_partial_files):
        path.unlink(missing_ok=True)


def _temporary_folder() -> Path:
    from tempfile import gettempdir  # noqa: PLC0415 (only pipes and devices need it)

    return Path(gettempdir())
