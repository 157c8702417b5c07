"""A terminal that shows one screen after another, in place of what was there before."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from rich.text import Text

from bricoop.render.table import console_for

if sys.platform == "win32":
    from bricoop.cli.windows_keys import Keys
else:
    from bricoop.cli.posix_keys import Keys

#: Another screen than that of the shell, no cursor, and no new line at the right edge; and back.
_OPEN = "\x1b[?1049h\x1b[?25l\x1b[?7l"
_CLOSE = "\x1b[?7h\x1b[?25h\x1b[?1049l"
_TO_TOP, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"
#: The size of a terminal that states none.
_USUAL = (80, 24)


class FullScreen:
    """A terminal with the screen that is shown, and the keys that are pressed."""

    def __init__(self) -> None:
        """Take the terminal of standard input and output."""
        self._file = sys.stdout.fileno()
        self._console = console_for(sys.stdout)
        self._is_plain = self._console.is_dumb_terminal
        self._keys = Keys(sys.stdin.fileno(), self._close, self._open)

    @property
    def size(self) -> tuple[int, int]:
        """The columns and lines of the window."""
        columns, lines = os.get_terminal_size(self._file)
        return (columns, lines) if columns and lines else _USUAL

    def draw(self, lines: Sequence[Text]) -> None:
        """Show lines as the screen.

        Raises:
            KeyboardInterrupt: the terminal was closed.
        """
        with self._console.capture() as capture:
            self._console.print(Text("\n").join(lines), soft_wrap=True)
        drawn = capture.get().rstrip("\n").split("\n")
        # Cleared before they are written: after the last column, it would be cleared itself.
        body = f"\r\n{_CLEAR_LINE}".join(drawn)
        frame = f"{_TO_TOP}{_CLEAR_LINE}{body}{_CLEAR_BELOW}"
        try:
            self._write("\n".join((*drawn, "")) if self._is_plain else frame)
        except OSError as error:
            # The terminal was closed: nobody is there any more to decide anything.
            raise KeyboardInterrupt from error

    def read_key(self) -> str:
        """Wait for a key; return a character or a member of `Key`.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed, or the terminal was closed.
        """
        return self._keys.read()

    def discard_keys(self) -> None:
        """Forget keys that were pressed before now: they were not meant for the next screen."""
        self._keys.discard()

    def open(self) -> None:
        """Take the screen."""
        sys.stdout.flush()
        self._keys.start()
        self._open()

    def close(self) -> None:
        """Give the screen back as it was; another interrupt does not keep it from that."""
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._close()
        self._keys.stop()
        signal.signal(signal.SIGINT, before)

    def _open(self) -> None:
        if not self._is_plain:
            self._write(_OPEN)

    def _close(self) -> None:
        # A terminal that was closed takes nothing.
        with suppress(OSError):
            if not self._is_plain:
                self._write(_CLOSE)

    def _write(self, text: str) -> None:
        # Not by `sys.stdout`, which would try again at the end what a closed terminal did not take.
        rest = text.encode("utf-8", "backslashreplace")
        while rest:
            rest = rest[os.write(self._file, rest) :]


@contextmanager
def full_screen() -> Iterator[FullScreen]:
    """Yield the terminal, and restore it at the end, however that comes."""
    screen = FullScreen()
    try:
        screen.open()
        yield screen
    finally:
        screen.close()
