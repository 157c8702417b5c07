"""Limits on the memory and the running time of SQL queries.

A function of SQLite such as LIKE or replace may run for hours on one value. Meanwhile neither the
progress handler of SQLite nor the signal handlers of Python run, so another thread watches.
"""

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bricoop.atomic_files import discard_partial_files
from bricoop.cli.group import say
from bricoop.db.readonly.result import Deadline
from bricoop.domain.limits import SQL_MEMORY
from bricoop.errors import DatabaseError, UsageError
from bricoop.interruption import last_words

#: Seconds that the database has to stop by itself.
_GRACE = 2.0
_POLL = 0.25


@contextmanager
def stopping(deadline: Deadline) -> Iterator[None]:
    """Exit the program if a query goes on after its deadline or after an interrupt.

    Incomplete output files are removed. A query only reads, so nothing else needs cleanup.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    # Python writes the number of each handled signal to the pipe, even during a long C call.
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(deadline, reader), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(writer)
        watcher.join()
        os.close(reader)


def _watch(deadline: Deadline, reader: int) -> None:
    interrupted: float | None = None
    while True:
        if select.select([reader], [], [], _POLL)[0]:
            arrived = os.read(reader, 64)
            if not arrived:
                return
            if signal.SIGINT in arrived or signal.SIGTERM in arrived:
                interrupted = interrupted or time.monotonic()
        if deadline.is_over_by(_GRACE):
            _end_program(f"Error: {deadline.error()}", DatabaseError.exit_code)
        if interrupted and time.monotonic() - interrupted > _GRACE and deadline.is_working:
            _end_program(*last_words())


def _end_program(message: str, exit_code: int) -> None:
    say(message)
    sys.stderr.flush()
    discard_partial_files()
    os._exit(exit_code)


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Limit the address space of the process while a query runs; only on Linux.

    Raises:
        UsageError: the query needs more memory.
    """
    if sys.platform != "linux":
        yield
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    most = pages * resource.getpagesize() + SQL_MEMORY.value
    if before[1] != resource.RLIM_INFINITY:
        most = min(most, before[1])
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    except MemoryError as error:
        message = f"The query or its answer needs more than {SQL_MEMORY} of memory."
        raise UsageError(message, "Narrow it, select fewer columns, or use --limit.") from error
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
