"""A pager for answers longer than the screen, if input and output are a terminal."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from typing import Annotated, TextIO

import typer

Pager = Annotated[
    bool,
    typer.Option(
        "--pager/--no-pager", help="Show an answer that is longer than the screen in a pager."
    ),
]

#: Quit if the text fits the screen, keep colours, and do not clear the screen on exit.
_LESS = ("less", "-FRX")


@contextmanager
def paged(*, enabled: bool) -> Iterator[TextIO]:
    """Yield a stream whose text is shown in a pager, or standard output without a terminal.

    The variable PAGER names another pager than `less`; an empty value or `cat` means none.
    """
    command = _pager_command() if enabled and sys.stdin.isatty() and sys.stdout.isatty() else []
    if not command:
        yield sys.stdout
        return
    page = _TerminalBuffer()
    yield page
    text = page.getvalue()
    if text.count("\n") < shutil.get_terminal_size().lines or not _show_in_pager(command, text):
        sys.stdout.write(text)


class _TerminalBuffer(StringIO):
    """A text buffer that is treated as a terminal, so that it gets colours and its width."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def _pager_command() -> list[str]:
    named = os.environ.get("PAGER")
    try:
        command = list(_LESS) if named is None else shlex.split(named)
    except ValueError:
        return []
    return command if command and command != ["cat"] and shutil.which(command[0]) else []


def _show_in_pager(command: list[str], text: str) -> bool:
    """Show a text in a pager and wait; return False if the pager could not be started."""
    # As `git` does: make a `less` set in PAGER show colours.
    environment = {"LESS": "FRX", **os.environ}
    sys.stdout.flush()
    try:
        pager = subprocess.Popen(  # noqa: S603 (the user's own choice)
            command, stdin=subprocess.PIPE, env=environment, encoding="utf-8", errors="replace"
        )
    except OSError:
        return False
    # Ctrl-C is for the pager, which stops a search and continues.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with suppress(BrokenPipeError), pager:
            pager.communicate(text)
    finally:
        signal.signal(signal.SIGINT, before)
    return True
