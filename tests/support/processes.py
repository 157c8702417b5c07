"""Helpers to watch subprocesses while they run."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

#: Seconds after which a process counts as hung: it ends a run that would never end, and nothing
#: else. No test depends on it, however busy the machine is.
HANGS = 1800
#: More seconds of processor time than importing the program and opening a database take.
_STARTED = 1.5


def wait_until(
    program: "subprocess.Popen[bytes] | subprocess.Popen[str]", condition: "Callable[[], object]"
) -> None:
    """Wait until a condition holds while a program runs.

    Raises:
        AssertionError: the program ended, or the condition did not hold within `HANGS` seconds.
    """
    last = time.monotonic() + HANGS
    while not condition():
        assert program.poll() is None, "the program ended"
        assert time.monotonic() < last, "the condition never held"
        time.sleep(0.002)


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has used, in seconds; Linux alone tells it."""
    # The name of the program, in parentheses, may contain spaces.
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_querying(program: "subprocess.Popen[str]", address: str) -> None:
    """Wait until a program executes a query that never ends.

    A server lists it among its activities. SQLite works within the program, which then has used
    more of the processor than starting takes.
    """
    parsed = parse_address(address)
    if not parsed.drivername.startswith("postgresql"):
        wait_until(program, lambda: processor_seconds(program.pid) > _STARTED)
        return
    engine = make_engine(parsed)
    active = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND state = 'active' AND pid <> pg_backend_pid()"
    )

    def listed() -> bool:
        # `pg_stat_activity` is a snapshot within a transaction, so each look needs a new one.
        with reading(engine) as connection:
            return bool(connection.scalar(active))

    wait_until(program, listed)
    engine.dispose()


#: It never ends by itself, on either database.
ENDLESS_QUERY = (
    "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t"
)
