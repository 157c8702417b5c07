"""Runs several commands in one process, where each in a process of its own would show no more."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from support.processes import HANGS

#: Runs the commands that standard input lists, and writes the outcome of each.
_RUNNER = """
import json, sys
from typer.testing import CliRunner
from bricoop.cli.app import app
asked = json.load(sys.stdin)
done = [CliRunner().invoke(app, call, input=asked["input"]) for call in asked["calls"]]
json.dump([(result.exit_code, result.stdout, result.stderr) for result in done], sys.stdout)
"""


class Outcome(NamedTuple):
    """The outcome of a command: exit code, standard output and standard error."""

    code: int
    output: str
    errors: str


def in_one_process(
    calls: Sequence[Sequence[str]],
    *,
    stdin: str = "",
    prefix: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> list[Outcome]:
    """Run commands of the program one after another, and return the outcome of each.

    Args:
        calls: the arguments of each command.
        stdin: the standard input of each command.
        prefix: a command that runs the process, such as one that takes permissions from it.
        environment: environment variables besides the current ones.
        folder: the working folder.
    """
    done = subprocess.run(
        [*prefix, sys.executable, "-c", _RUNNER], check=True, timeout=HANGS, cwd=folder,
        input=json.dumps({"calls": calls, "input": stdin}), capture_output=True, text=True,
        env={**os.environ, **(environment or {})}, encoding="utf-8",
    )  # fmt: skip
    return [Outcome(*outcome) for outcome in json.loads(done.stdout)]
