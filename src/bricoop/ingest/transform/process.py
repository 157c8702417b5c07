"""Read and prepare rows in a second process, while the first one writes them."""

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

#: Files smaller than this are prepared faster than a process is started.
_WORTHWHILE = 1024 * 1024
#: The size of the pipe between the processes in bytes, if the system allows it.
_WAITING = 1024 * 1024
#: After this many batches the youngest generation of the garbage collector is collected.
_COLLECT_EVERY = 8
#: The header of a message: its kind and length.
_HEAD = struct.Struct("<cQ")
_BATCH, _END, _ERROR = b"b", b"e", b"x"


class SecondProcess:
    """Prepares batches in a child process."""

    def __init__(self, here: BatchSource, named: str) -> None:
        """Set up without starting the child, which runs from the first batch until `close`.

        Args:
            here: the source of batches to run in the child.
            named: the name of the file for errors.
        """
        self._here = here
        self._named = named
        self._end: End | None = None
        self._child: int | None = None
        self._pipe: FileIO | None = None

    def batches(self) -> Iterator[Batch]:
        """Yield the batches in the order of the file.

        Raises:
            FileUnreadableError: a row cannot be read; the message says where and why.
            BricoopError: the child was killed.
        """
        try:
            pipe = self._started()
        except OSError:
            # The system cannot start another process: prepare the batches in this one.
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
        """Return the results for the whole file; all batches must have been consumed."""
        if self._end is None:
            message = "the batches were not all taken"
            raise RuntimeError(message)
        return self._end

    def close(self) -> None:
        """Kill the child, if it runs."""
        if self._pipe is not None:
            self._pipe.close()
        if self._child is not None:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self._child, 0)
            self._child = None

    def _started(self) -> FileIO:
        """Fork the child, which runs `here`, and return the pipe from it.

        The child inherits an open database connection, which it must never use or close: both
        processes would write to the same socket, or break the locks of SQLite. It is safe because
        the child only runs `here`, which reads the file; freezes the garbage collector, so that no
        inherited connection is finalized; and ends with `os._exit`, without cleanup. Inherited file
        descriptors do no harm: file locks belong to the parent, and the child never closes the
        database file.

        Raises:
            OSError: the system cannot start another process.
        """
        # Block SIGINT until the child ignores it and this process is able to kill the child.
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
    """Return whether a second process is safe and saves time for a file.

    A forked process has only the calling thread: locks held by others would never be released.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    try:
        # This includes threads not started by Python.
        if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 (names are all that is wanted)
            return False
    except OSError:
        return False
    return is_large(path) and len(os.sched_getaffinity(0)) > 1


def is_large(path: str) -> bool:
    """Return whether a file is large enough to justify the setup of optimisations."""
    return size_of(path) >= _WORTHWHILE


def size_of(path: str) -> int:
    """Return the size of a regular file in bytes, 0 for anything else."""
    try:
        file = Path(path)
        return file.stat().st_size if file.is_file() else 0
    except (OSError, ValueError):
        return 0


def _pipe() -> tuple[int, int]:
    """Return the two ends of a pipe with a large buffer."""
    import fcntl  # noqa: PLC0415 (other systems have none, and no second process)

    reading, writing = os.pipe()
    with suppress(OSError):
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _WAITING)
    return reading, writing


def _run_child(here: BatchSource, reading: int, writing: int) -> None:
    """Send all batches and the results, or the error, and exit the process."""
    try:
        # Only the parent handles the interrupt, and then kills this process.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(reading)
        gc.freeze()
        _send_all(here, writing)
    except BrokenPipeError:
        # The parent has ended or closed the pipe.
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
