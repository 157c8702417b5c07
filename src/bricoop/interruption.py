"""Handling of interrupts: the message and exit code, and what was already committed."""

import signal
from types import FrameType
from typing import NoReturn

INTERRUPTED = "Interrupted; nothing was written."
TERMINATED = "Terminated; nothing was written."
#: What the current call has committed, as a clause such as *load 13 had already been written*. Has
#: at most one element.
_written: list[str] = []
#: Numbers of the termination signals received so far.
_termination_signals: list[int] = []


def handle_termination() -> None:
    """Raise KeyboardInterrupt on SIGTERM and SIGHUP: transactions roll back, files are removed.

    SIGHUP says that the terminal was closed. Programs started by `nohup` ignore it.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _terminate)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    _termination_signals.append(number)
    raise KeyboardInterrupt


def begin_call() -> None:
    """Forget what an earlier call in this process has written."""
    _written.clear()


def forget_written() -> None:
    """Forget what was written, as it was taken back."""
    _written.clear()


def note_written(clause: str, hint: str = "", *, is_minor: bool = False) -> None:
    """Remember what the call has committed, for the message of a later interrupt.

    Args:
        clause: what was written, such as *load 13 had already been written*.
        hint: how to take it back.
        is_minor: whether the note is dropped if there already is one, as for a list of problems.
    """
    if not (is_minor and _written):
        _written[:] = [f"{clause}. {hint}".rstrip()]


def last_words() -> tuple[str, int]:
    """Return the message of an interrupted program and its exit code, 128 plus the signal."""
    number = _termination_signals[0] if _termination_signals else signal.SIGINT
    message = TERMINATED if _termination_signals else INTERRUPTED
    if _written:
        message = f"{message.partition(';')[0]}, but {_written[0]}"
    return message, 128 + number


def ignore_interrupts() -> None:
    """Ignore further interrupts; call it once everything is rolled back and the program exits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
