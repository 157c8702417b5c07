"""Reads single keys from a terminal on Windows, without Enter and without echo."""

import os
import sys
import time
from collections.abc import Callable

from bricoop.identity.review.state import Key

if sys.platform == "win32":
    import msvcrt

    #: Seconds between looks for a key or another size of the window.
    _POLL = 0.03
    _PREFIXES = ("\x00", "\xe0")
    _CODES = {
        "H": Key.UP, "P": Key.DOWN, "K": Key.LEFT, "M": Key.RIGHT, "I": Key.PAGE_UP,
        "Q": Key.PAGE_DOWN, "G": Key.HOME, "O": Key.END,
    }  # fmt: skip
    _CHARACTERS = {"\x1b": Key.ESCAPE, "\x04": "q", "\x1a": "q"}

    class Keys:
        """The keys that are pressed at a terminal, and the changes of its window."""

        def __init__(
            self, file: int, suspending: Callable[[], None], resumed: Callable[[], None]
        ) -> None:
            """Take a terminal; Windows suspends no program."""
            del file, suspending, resumed
            self._size = os.get_terminal_size()

        def start(self) -> None:
            """Make the terminal understand escape sequences, which starting a shell does."""
            os.system("")  # noqa: S605, S607 (an empty command)

        def stop(self) -> None:
            """Do nothing: the terminal was not changed."""

        def read(self) -> str:
            """Wait for a key; return a character or a member of `Key`.

            Raises:
                KeyboardInterrupt: Ctrl-C was pressed.
            """
            while not msvcrt.kbhit():
                size = os.get_terminal_size()
                if size != self._size:
                    self._size = size
                    return Key.RESIZED
                time.sleep(_POLL)
            character = msvcrt.getwch()
            if character in _PREFIXES:
                return _CODES.get(msvcrt.getwch(), Key.OTHER)
            if character == "\x03":
                raise KeyboardInterrupt
            printed = character if character.isprintable() else Key.OTHER
            return _CHARACTERS.get(character, printed)

        def discard(self) -> None:
            """Forget keys that were pressed before now."""
            while msvcrt.kbhit():
                msvcrt.getwch()
