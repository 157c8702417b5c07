"""Runs commands of bricoop: in this process, as a program, in a shell and on a terminal."""

import csv
import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from bricoop.cli.app import app
from support.processes import HANGS

#: The program, for a shell.
PROGRAM = f"{sys.executable} -m bricoop"
#: Options of `load` that describe a source of which there is none yet.
NEW_SOURCE = ("--source", "notes", "--source-title", "My notes", "--tier", "5")


def run(*arguments: str, stdin: str | None = None) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, list(arguments), input=stdin)


def answer(*arguments: str, stdin: str | None = None) -> str:
    """Run a command that must succeed; return its standard output."""
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def csv_rows(*arguments: str) -> list[dict[str, str]]:
    """Run a command with its answer in CSV, and return the rows."""
    return list(csv.DictReader(io.StringIO(answer(*arguments, "-f", "csv"))))


def process(*arguments: str, home: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the real program in a home folder of its own."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", "bricoop", *arguments],
        capture_output=True, text=True, env=environment, check=False, timeout=HANGS, **more,
    )  # fmt: skip


def undated(text: str) -> str:
    """Return a report with a fixed word for the day on which it was made."""
    text = re.sub(r"Made on \d{4}-\d\d-\d\d", "Made on DATE", text)
    return re.sub(r'"made": "\d{4}-\d\d-\d\d"', '"made": "DATE"', text)


def on_terminal(
    columns: int, *arguments: str, everything: bool = False, code: int = 0, **environment: str
) -> str:
    """Run the program on a terminal so many columns wide, with input and notes if `everything`."""
    leader, follower = pty.openpty()
    variables = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color", **environment}
    done = subprocess.Popen(
        [sys.executable, "-m", "bricoop", *arguments],
        stdin=follower if everything else None,
        stdout=follower,
        stderr=follower if everything else None,
        env=variables,
    )
    os.close(follower)
    seen = b""
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.close(leader)
    assert done.wait() == code
    return seen.decode()


def commands(group: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Return every command of the program with the words that call it."""
    result = []
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if hasattr(command, "commands"):
            result.extend(commands(command, (*path, name)))
        else:
            result.append(((*path, name), command))
    return result


def shell(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Bash script, with these environment variables besides the current ones."""
    return subprocess.run(
        ["bash", "-c", script],  # noqa: S607
        capture_output=True, text=True, check=False, timeout=HANGS, env={**os.environ, **environment},
    )  # fmt: skip


def load_by_command(
    kb: str, path: Path | str, *options: str, noun: str = "projects"
) -> tuple[int, str]:
    """Load a file of a new source; return the exit code and the standard error."""
    result = run("--db", kb, "load", noun, str(path), *NEW_SOURCE, *options)
    assert "Traceback" not in result.stderr
    return result.exit_code, result.stderr


def answers_of(address: str) -> dict[str, str]:
    """Return the rows of nouns as CSV, and as `status` the number of rows of each table."""
    nouns = ("projects", "organizations", "statistics", "findings", "finance", "sources", "loads")
    exports = {noun: answer("--db", address, "query", noun, "-f", "csv") for noun in nouns}
    status = answer("--db", address, "db", "status").splitlines()
    return {**exports, "status": "\n".join(line for line in status if line.startswith("rows of"))}
