"""A terminal with what its screen shows, keys that are pressed, and the program on it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from types import TracebackType
from typing import Self

import pytest

from support.processes import HANGS

#: Makes the terminal that of the session, so that Ctrl-C and a closed terminal send signals. A test
#: run that was started by `nohup` ignores SIGHUP, and so would its children.
_START = """
import fcntl, signal, termios
signal.signal(signal.SIGHUP, signal.SIG_DFL)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from bricoop.__main__ import main
main()
"""
_TO_TOP, _CLEAR_BELOW, _OPENED, _CLOSED = "\x1b[H", "\x1b[J", "\x1b[?1049h", "\x1b[?1049l"
_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_END_OF_INPUT = "\x04"


class Terminal:
    """A terminal.

    Attributes:
        follower: the file descriptor of the end that programs use.
        settings: its settings before a program changed them.
    """

    def __init__(self, columns: int = 80, lines: int = 24) -> None:
        """Open a terminal with a window of a size."""
        self._leader, self.follower = pty.openpty()
        self._output = ""
        self.resize(columns, lines)
        self.settings = self.settings_now()

    def close(self) -> None:
        """Close the terminal."""
        for end in (self._leader, self.follower):
            if end >= 0:
                os.close(end)
        self._leader = self.follower = -1

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the window."""
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(self.follower, termios.TIOCSWINSZ, size)

    def press(self, keys: str | bytes) -> None:
        """Press keys."""
        os.write(self._leader, keys.encode() if isinstance(keys, str) else keys)

    @property
    def screen(self) -> list[str]:
        """The lines of the last whole screen."""
        frames = [frame for frame in self._output.split(_TO_TOP)[1:] if _CLEAR_BELOW in frame]
        if not frames:
            return []
        frame = frames[-1].partition(_CLEAR_BELOW)[0]
        return [line.rstrip() for line in _SEQUENCE.sub("", frame).split("\r\n")]

    @property
    def after_screens(self) -> str:
        """What was printed after the last screen, in one line."""
        return " ".join(_SEQUENCE.sub("", self._output.rpartition(_CLOSED)[2]).split())

    @property
    def times_opened(self) -> int:
        """How often a program took the whole screen."""
        return self._output.count(_OPENED)

    @property
    def is_used(self) -> bool:
        """Whether a program still uses it."""
        return True

    def wait_for(self, *texts: str, lines: int | None = None) -> list[str]:
        """Read until a screen shows all of some texts, and has so many lines; return its lines."""

        def is_complete() -> bool:
            text = " ".join(" ".join(self.screen).split())
            return all(each in text for each in texts) and lines in {None, len(self.screen)}

        self.wait_until(is_complete)
        return self.screen

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Read until a condition holds.

        Raises:
            AssertionError: the program ended before, or hangs.
        """
        last = time.monotonic() + HANGS
        while not condition():
            assert time.monotonic() < last, self.screen
            is_used = self.is_used
            assert self.read(0.2) or is_used, self._output

    def read(self, seconds: float) -> bool:
        """Read what a program writes within some seconds; return whether there was anything."""
        if not select.select([self._leader], [], [], seconds)[0]:
            return False
        self._output += os.read(self._leader, 1 << 16).decode(errors="replace")
        return True

    def settings_now(self) -> list[object]:
        """Return the settings of the terminal."""
        return list(termios.tcgetattr(self.follower))

    @contextmanager
    def with_user(self, user: Callable[[], None]) -> Iterator[None]:
        """Use the terminal for input and output of this process, with a user at it.

        Args:
            user: presses keys, in a thread of its own.
        """

        def act() -> None:
            try:
                user()
            finally:
                self.press(_END_OF_INPUT * 2)

        with (
            pytest.MonkeyPatch.context() as patch,
            os.fdopen(os.dup(self.follower)) as source,
            os.fdopen(os.dup(self.follower), "w") as target,
        ):
            patch.setattr(sys, "stdin", source)
            patch.setattr(sys, "stdout", target)
            patch.setenv("TERM", "xterm-256color")
            thread = Thread(target=act)
            thread.start()
            yield
            thread.join()


class TerminalProgram(Terminal):
    """The running program, on a terminal of its own."""

    def __init__(self, *arguments: str, columns: int = 80, lines: int = 24, **more: str) -> None:
        """Start the program with arguments, and with environment variables besides the usual."""
        super().__init__(columns, lines)
        environment = {**os.environ, "TERM": "xterm-256color", **more}
        for name in ("COLUMNS", "LINES", "NO_COLOR"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, *arguments],
            stdin=self.follower, stdout=self.follower, stderr=self.follower,
            env=environment, start_new_session=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        """Return the program."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the program, should it still run, and close the terminal."""
        if self.is_used:
            self.process.kill()
            self.process.wait()
        self.close()

    @property
    def is_used(self) -> bool:
        """Whether the program runs."""
        return self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def wait_for_end(self) -> int:
        """Read until the program ends; return its exit code."""
        while self.is_used:
            self.read(0.2)
        while self.read(0):
            pass
        return self.process.wait()
