"""A second process that reads and prepares rows while this one writes them."""

import gc
import os
import signal
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path

from bricoop.errors import BricoopError
from bricoop.ingest.transform.batches import Batch, BatchSource, End
from bricoop.ingest.transform.crossing import (
    packed_batch,
    packed_end,
    packed_error,
    unpacked_batch,
    unpacked_end,
    unpacked_error,
)

#: Smaller files are prepared sooner than a process is started.
_WORTHWHILE = 1024 * 1024
#: So many bytes wait between the processes, where the system allows it.
_WAITING = 1024 * 1024
#: After so many batches memory is cleared of what only refers to itself.
_COLLECT_EVERY = 8
#: What is sent is preceded by its kind and its length.
_HEAD = struct.Struct("<cQ")
_BATCH, _END, _ERROR = b"b", b"e", b"x"


class SecondProcess:
    """Prepares batches in a child of this process, which goes on meanwhile."""

    def __init__(self, here: BatchSource, named: str) -> None:
        """Start nothing yet: the child is there from the first batch on until `close`.

        Args:
            here: what prepares the batches.
            named: the file, for errors.
        """
        self._here = here
        self._named = named
        self._end: End | None = None
        self._child: int | None = None
        self._pipe: FileIO | None = None

    def batches(self) -> Iterator[Batch]:
        """Yield the batches in the order of the file.

        Raises:
            FileUnreadableError: a row cannot be read; the sentence says where and why.
            BricoopError: somebody ended the child.
        """
        try:
            pipe = self._started()
        except OSError:
            # The system has no room for another process.
            yield from self._here.batches()
            self._end = self._here.end()
            return
        while True:
            kind, sent = self._received(pipe)
            if kind == _BATCH:
                yield unpacked_batch(sent)
            elif kind == _END:
                self._end = unpacked_end(sent)
                return
            else:
                raise unpacked_error(sent)

    def end(self) -> End:
        """Return what is known once all batches have been taken."""
        if self._end is None:
            message = "the batches were not all taken"
            raise RuntimeError(message)
        return self._end

    def close(self) -> None:
        """End the child, whatever it does."""
        if self._pipe is not None:
            self._pipe.close()
        if self._child is not None:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self._child, 0)
            self._child = None

    def _started(self) -> FileIO:
        """Start the child: a copy of this process that is asked what `here` would be.

        The child is started with a connection to a database open, and must never touch it: SQLite
        would take its file for its own, and a server would hear two clients speak at once. It does
        not, as it runs nothing but `here`, which reads the file and no more; collects nothing that
        was made before it, so that no connection is closed for want of use; and ends without
        Python's usual farewells. That it holds the same descriptors open does no harm: locks of
        files belong to the process that took them, and nobody closes a descriptor here.

        Raises:
            OSError: the system has no room for another process.
        """
        # The child is not to hear of an interruption before it can ignore it, nor is this process
        # before it can end the child.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            reading, writing = _pipe()
            self._pipe = FileIO(reading)
            try:
                self._child = os.fork()
                if not self._child:
                    _run_child(self._here, reading, writing)
            finally:
                os.close(writing)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return self._pipe

    def _received(self, pipe: FileIO) -> tuple[bytes, bytearray]:
        kind, length = _HEAD.unpack(self._exactly(pipe, _HEAD.size))
        return kind, self._exactly(pipe, length)

    def _exactly(self, pipe: FileIO, length: int) -> bytearray:
        content = bytearray(length)
        rest = memoryview(content)
        while rest:
            read = pipe.readinto(rest)
            if not read:
                message = f"The process that read {self._named} was stopped; nothing was written."
                raise BricoopError(message, "Load it again.")
            rest = rest[read:]
        return content


def is_worthwhile(path: str) -> bool:
    """Return whether a second process may prepare a file, and would save time.

    A copy of a process has only the thread that asked for it: what others held locked stays so.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    try:
        # Threads that Python does not know count too.
        if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 (names are all that is wanted)
            return False
    except OSError:
        return False
    return is_large(path) and len(os.sched_getaffinity(0)) > 1


def is_large(path: str) -> bool:
    """Return whether a file is so large that what its load may spare is worth some preparation."""
    return size_of(path) >= _WORTHWHILE


def size_of(path: str) -> int:
    """Return how many bytes a file has, as far as that can be told beforehand."""
    try:
        file = Path(path)
        return file.stat().st_size if file.is_file() else 0
    except (OSError, ValueError):
        return 0


def _pipe() -> tuple[int, int]:
    """Return the two ends of a pipe in which much may wait."""
    import fcntl  # noqa: PLC0415 (other systems have none, and no second process)

    reading, writing = os.pipe()
    with suppress(OSError):
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _WAITING)
    return reading, writing


def _run_child(here: BatchSource, reading: int, writing: int) -> None:
    """Send all batches and the end, or the error; never return."""
    try:
        # The parent alone is interrupted; it ends this process.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(reading)
        gc.freeze()
        _send_all(here, writing)
    except BrokenPipeError:
        # The parent is gone, or wants no more.
        pass
    except BaseException as error:  # noqa: BLE001 (nothing may escape into the parent's frames)
        with suppress(OSError):
            _send(writing, _ERROR, packed_error(error))
    finally:
        os._exit(0)


def _send_all(here: BatchSource, writing: int) -> None:
    for number, batch in enumerate(here.batches(), start=1):
        _send(writing, _BATCH, packed_batch(batch))
        for records in batch.records:
            records.clear()
        if not number % _COLLECT_EVERY:
            gc.collect(0)
    _send(writing, _END, packed_end(here.end()))


def _send(writing: int, kind: bytes, sent: bytes) -> None:
    for chunk in (_HEAD.pack(kind, len(sent)), sent):
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(writing, rest) :]
