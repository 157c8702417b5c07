"""What keeps a query from taking all memory, or from going on when nothing can interrupt it.

A function of SQLite such as LIKE or replace may run for hours on one value; meanwhile neither the
database looks at the time nor Python at signals. Another thread does.
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

from bricoop.cli.group import say
from bricoop.cli.output import discard_partial_files
from bricoop.db.readonly.result import Deadline
from bricoop.domain.limits import SQL_MEMORY
from bricoop.errors import DatabaseError, UsageError
from bricoop.interruption import last_words

#: So many seconds a database is given to stop by itself.
_GRACE = 2.0
_POLL = 0.25


@contextmanager
def stopping(deadline: Deadline) -> Iterator[None]:
    """End the program where a query goes on after its time, or after an interrupt.

    Outputs that are not complete are removed; a query only reads, so nothing else is left behind.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    # From then on the number of each signal that Python has a handler for arrives in the pipe.
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
    """Let a query take a bounded amount of memory, where the system can see to it.

    Raises:
        UsageError: it needs more.
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
