"""A pager for what is longer than the screen, where there is a screen and somebody at it."""

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

#: `less` that ends by itself on a page that fits, keeps colours, and leaves the page on the screen.
_LESS = ("less", "-FRX")


@contextmanager
def paged(*, enabled: bool) -> Iterator[TextIO]:
    """Yield a stream whose text is shown page by page; standard output where that makes no sense.

    `PAGER` names another pager than `less`; an empty one, or `cat`, means none.
    """
    command = _command() if enabled and sys.stdin.isatty() and sys.stdout.isatty() else []
    if not command:
        yield sys.stdout
        return
    page = _Page()
    yield page
    text = page.getvalue()
    if text.count("\n") < shutil.get_terminal_size().lines or not _shown(command, text):
        sys.stdout.write(text)


class _Page(StringIO):
    """Text on its way to a terminal: it has the colours and the width of one."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def _command() -> list[str]:
    named = os.environ.get("PAGER")
    try:
        command = list(_LESS) if named is None else shlex.split(named)
    except ValueError:
        return []
    return command if command and command != ["cat"] and shutil.which(command[0]) else []


def _shown(command: list[str], text: str) -> bool:
    """Return whether a pager could be started, after it was left."""
    # What `git` does, too: a `less` of one's own shows colours as colours.
    environment = {"LESS": "FRX", **os.environ}
    sys.stdout.flush()
    try:
        pager = subprocess.Popen(  # noqa: S603 (the user's own choice)
            command, stdin=subprocess.PIPE, env=environment, encoding="utf-8", errors="replace"
        )
    except OSError:
        return False
    # An interrupt is for the pager, which takes it as the end of a search and goes on.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with suppress(BrokenPipeError), pager:
            pager.communicate(text)
    finally:
        signal.signal(signal.SIGINT, before)
    return True
