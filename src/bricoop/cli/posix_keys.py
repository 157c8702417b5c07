"""Reads single keys from a terminal on Linux and macOS, without Enter and without echo."""

import os
import re
import select
import signal
import termios
import tty
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

from bricoop.identity.review.state import Key

#: Seconds within which the rest of a key follows that begins with the byte of Escape.
_MOMENT = 0.05
_MOST_BYTES = 64
_ESCAPE = b"\x1b"
_END_OF_INPUT = b"\x04"
#: Keys that send several bytes; what is not known of these is one key all the same.
_SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[^\[O])", re.DOTALL)
_SEQUENCES = {
    b"\x1b[A": Key.UP, b"\x1b[B": Key.DOWN, b"\x1b[C": Key.RIGHT, b"\x1b[D": Key.LEFT,
    b"\x1bOA": Key.UP, b"\x1bOB": Key.DOWN, b"\x1bOC": Key.RIGHT, b"\x1bOD": Key.LEFT,
    b"\x1b[5~": Key.PAGE_UP, b"\x1b[6~": Key.PAGE_DOWN, b"\x1b[H": Key.HOME, b"\x1b[F": Key.END,
    b"\x1b[1~": Key.HOME, b"\x1b[4~": Key.END, b"\x1bOH": Key.HOME, b"\x1bOF": Key.END,
}  # fmt: skip


class Keys:
    """The keys that are pressed at a terminal, and the changes of its window.

    Ctrl-C interrupts, and Ctrl-Z suspends, as everywhere.
    """

    def __init__(
        self, file: int, suspending: Callable[[], None], resumed: Callable[[], None]
    ) -> None:
        """Take a terminal.

        Args:
            file: the file descriptor of the terminal.
            suspending: called before the program is suspended.
            resumed: called when it goes on.
        """
        self._file = file
        self._suspending = suspending
        self._resumed = resumed
        self._pending = b""
        self._settings: list[Any] = []
        self._handlers: dict[int, Any] = {}
        self._wakeup = (-1, -1)
        self._wakeup_before = -1

    def start(self) -> None:
        """Make the terminal pass each key on at once, and handle signals about the window."""
        self._settings = termios.tcgetattr(self._file)
        reader, writer = self._wakeup = os.pipe()
        for end in (reader, writer):
            os.set_blocking(end, False)
        # Python writes the number of each signal that it handles to the pipe, which ends a wait.
        self._wakeup_before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        handlers = {signal.SIGWINCH: lambda *_: None, signal.SIGTSTP: self._suspend}
        self._handlers = {
            number: signal.signal(number, handler) for number, handler in handlers.items()
        }
        tty.setcbreak(self._file)

    def stop(self) -> None:
        """Restore the terminal and the handlers of signals, as far as they were changed."""
        if not self._settings:
            return
        self._end()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        for end in self._wakeup:
            if end >= 0:
                os.close(end)

    def read(self) -> str:
        """Wait for a key; return a character or a member of `Key`.

        Raises:
            KeyboardInterrupt: the terminal was closed, or Ctrl-C was pressed.
        """
        while not self._pending:
            ready, _, _ = select.select([self._file, self._wakeup[0]], [], [])
            if self._wakeup[0] in ready:
                numbers = os.read(self._wakeup[0], _MOST_BYTES)
                if signal.SIGWINCH in numbers or signal.SIGTSTP in numbers:
                    return Key.RESIZED
            else:
                self._receive()
        if self._pending == _ESCAPE and select.select([self._file], [], [], _MOMENT)[0]:
            self._receive()
        return self._next_key()

    def discard(self) -> None:
        """Forget keys that were pressed before now."""
        self._pending = b""
        with suppress(termios.error):
            termios.tcflush(self._file, termios.TCIFLUSH)

    def _receive(self) -> None:
        try:
            received = os.read(self._file, _MOST_BYTES)
        except OSError:
            received = b""
        if not received:
            # Nobody is there any more to decide anything.
            raise KeyboardInterrupt
        self._pending += received

    def _next_key(self) -> str:
        match = _SEQUENCE.match(self._pending)
        if match is not None:
            self._pending = self._pending[match.end() :]
            return _SEQUENCES.get(match[0], Key.OTHER)
        first, self._pending = self._pending[:1], self._pending[1:]
        if first == _ESCAPE:
            self._pending = b""
            return Key.ESCAPE
        if first == _END_OF_INPUT:
            return "q"
        if first >= b"\x80":
            # No key with a meaning has several bytes.
            self._pending = self._pending.lstrip(bytes(range(0x80, 0xC0)))
            return Key.OTHER
        character = first.decode("ascii")
        return character if character.isprintable() else Key.OTHER

    def _end(self) -> None:
        # A terminal that was closed has no settings. Keys that nobody has read are forgotten, so
        # that the shell does not take them for a command.
        with suppress(termios.error):
            termios.tcsetattr(self._file, termios.TCSAFLUSH, self._settings)

    def _suspend(self, number: int, _: FrameType | None) -> None:
        """Restore the terminal, stop the program as without a handler, and begin again after it."""
        self._suspending()
        self._end()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self._suspend)
        tty.setcbreak(self._file)
        self._resumed()
