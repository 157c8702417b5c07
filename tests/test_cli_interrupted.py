"""Interrupts, requests to terminate and lack of memory end every command with one line."""

import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bricoop.interruption import INTERRUPTED, TERMINATED
from support.examples import few_of
from support.processes import ENDLESS_QUERY

pytestmark = pytest.mark.later_on_postgresql

#: So much happens at the start; an import hook sends the signal at one of these modules.
MODULES = ("bricoop.interruption", "bricoop.cli.app", "typer", "bricoop.cli.options", "bricoop.db.address", "sqlalchemy", "bricoop.query.execute",
           "bricoop.report.country", "bricoop.render.reports.text")  # fmt: skip
#: Runs the program, which gets a signal while it imports a module.
SCRIPT = """
import os, signal, sys
class Hook:
    def find_spec(self, name, path=None, target=None):
        if name == MODULE:
            os.kill(os.getpid(), NUMBER)
sys.meta_path.insert(0, Hook())
from bricoop.__main__ import main
main()
"""


def interrupted(module: str, number: signal.Signals, *arguments: str) -> tuple[int, str, str]:
    """Run the program and send it a signal while it imports a module."""
    script = SCRIPT.replace("MODULE", repr(module)).replace("NUMBER", str(int(number)))
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("module", few_of(MODULES, 3))
def test_an_interrupt_while_a_report_begins_says_so(sqlite_template: Path, module: str) -> None:
    command = ("--db", str(sqlite_template), "report", "country", "Kenya")
    assert interrupted(module, signal.SIGINT, *command) == (130, "", f"{INTERRUPTED}\n")


def test_a_request_to_terminate_says_so(sqlite_template: Path) -> None:
    command = ("--db", str(sqlite_template), "report", "country", "Kenya")
    got = interrupted("bricoop.report.country", signal.SIGTERM, *command)
    assert got == (143, "", f"{TERMINATED}\n")


def test_an_interrupted_call_for_help_says_so() -> None:
    got = interrupted("bricoop.cli.query", signal.SIGINT, "query", "--help")
    assert got == (130, "", f"{INTERRUPTED}\n")


def test_an_interrupt_within_a_callback_is_not_forgotten(sqlite_template: Path) -> None:
    kill = "os.kill(os.getpid(), NUMBER)"
    callback = "thing = Thing(); seen = weakref.ref(thing, lambda _: os.kill(os.getpid(), NUMBER)); del thing"
    script = SCRIPT.replace(kill, callback).replace("class Hook", "class Thing: pass\nclass Hook")
    script = script.replace("import os,", "import weakref, os,")
    script = script.replace("MODULE", "'bricoop.query.sql'").replace("NUMBER", "signal.SIGINT")
    done = subprocess.run(
        [sys.executable, "-c", script, "--db", str(sqlite_template), "sql", ENDLESS_QUERY],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, "", f"{INTERRUPTED}\n")


def limited(size: int) -> Callable[[], None]:
    """Return what lets a process have so many bytes of addresses."""
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds addresses")
def test_lack_of_memory_is_said_in_a_sentence(sqlite_template: Path) -> None:
    query = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT x FROM t"
    assert query != ENDLESS_QUERY
    tried: list[tuple[int, tuple[str, ...]]] = [
        (size, ("query", "projects", "-f", "csv")) for size in (30, 60)
    ]
    tried.append((200, ("sql", query)))
    failures = 0
    for size, command in tried:
        done = subprocess.run(
            [sys.executable, "-m", "bricoop", "--db", str(sqlite_template), *command],
            capture_output=True, text=True, check=False, preexec_fn=limited(size * 1024**2),
        )  # fmt: skip
        assert "Traceback" not in done.stderr, (size, done.stderr)
        if done.returncode:
            failures += 1
            assert "memory" in done.stderr.lower(), (size, done.stderr)
            assert len(done.stderr.splitlines()) == 1, (size, done.stderr)
    assert failures >= 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds addresses")
@pytest.mark.parametrize(
    "command",
    few_of(
        ["report link facility -o out.html", "report link facility -o out.docx",
         "query projects --group-by kind --chart bar -o out.svg",
         "query projects --group-by kind --chart bar -o out.png"],
        2,
    ),
)  # fmt: skip
def test_a_chart_without_room_for_its_engine_is_said_in_a_sentence(
    sqlite_template: Path, tmp_path: Path, command: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bricoop", "--db", str(sqlite_template), *command.split()],
        capture_output=True, text=True, check=False, preexec_fn=limited(3 * 1024**3), cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("Error: Charts need 68 GiB of addresses")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


#: Connections that break while somebody uses them, as an interrupt may break them.
BROKEN = """
import sys
from sqlalchemy import text
from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.query.sql import ask_sql
def engine():
    return make_engine(parse_address(sys.argv[1]))
def end_others():
    with engine().begin() as other:
        other.execute(text(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ))
for used in (reading(engine()), ask_sql(engine(), "SELECT 1 FROM generate_series(1, 100000)")):
    try:
        with used:
            end_others()
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.parametrize("knowledge_base", ["postgresql"], indirect=True)
def test_a_connection_that_an_interrupt_breaks_prints_nothing(knowledge_base: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BROKEN, knowledge_base], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n" * 2, "")
