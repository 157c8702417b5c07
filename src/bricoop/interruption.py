"""An interrupt, or a request to terminate: both undo what is being done, and say so in one line."""

import signal
from types import FrameType
from typing import NoReturn

INTERRUPTED = "Interrupted; nothing was written."
TERMINATED = "Terminated; nothing was written."
#: The numbers of the signals that have asked the program to terminate.
_terminations: list[int] = []


def handle_termination() -> None:
    """Take SIGTERM as an interrupt, so that transactions are undone and partial files removed."""
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    _terminations.append(number)
    raise KeyboardInterrupt


def last_words() -> tuple[str, int]:
    """Return what an interrupted program says, and its exit code: 128 and the signal's number."""
    if _terminations:
        return TERMINATED, 128 + _terminations[0]
    return INTERRUPTED, 128 + signal.SIGINT


def ignore_interrupts() -> None:
    """Ignore further interrupts: everything is undone, and the program ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
