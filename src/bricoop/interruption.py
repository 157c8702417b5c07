"""An interrupt, or a request to terminate: both undo what is being done, and say so in one line."""

import signal
from types import FrameType
from typing import NoReturn

INTERRUPTED = "Interrupted; nothing was written."
TERMINATED = "Terminated; nothing was written."
#: What the call has written for good, as a clause: *load 13 had already been written*. At most one.
_written: list[str] = []
#: The numbers of the signals that have asked the program to terminate.
_termination_signals: list[int] = []


def handle_termination() -> None:
    """Take SIGTERM as an interrupt, so that transactions are undone and partial files removed."""
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    _termination_signals.append(number)
    raise KeyboardInterrupt


def begin_call() -> None:
    """Begin a call that has written nothing yet."""
    _written.clear()


def note_written(clause: str, hint: str = "", *, is_minor: bool = False) -> None:
    """Remember what the call has written for good: an interrupt from now on says so.

    Args:
        clause: what was written, such as *load 13 had already been written*.
        hint: what to do where that was not wanted.
        is_minor: whether it matters only where nothing else was written, as a list of problems.
    """
    if not (is_minor and _written):
        _written[:] = [f"{clause}. {hint}".rstrip()]


def last_words() -> tuple[str, int]:
    """Return what an interrupted program says, and its exit code: 128 and the signal's number."""
    number = _termination_signals[0] if _termination_signals else signal.SIGINT
    message = TERMINATED if _termination_signals else INTERRUPTED
    if _written:
        message = f"{message.partition(';')[0]}, but {_written[0]}"
    return message, 128 + number


def ignore_interrupts() -> None:
    """Ignore further interrupts: everything is undone, and the program ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
