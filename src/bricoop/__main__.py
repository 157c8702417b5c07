"""The program: `bricoop`, or `python -m bricoop`."""

import gc
import io
import os
import signal
import sys

#: Exit codes of a program that an interrupt or a request to terminate has ended.
_ENDED_BY_SIGNAL = (130, 143)
#: No terminal is wider; help, tables and charts fill the width that the environment states.
_WIDEST = 1_000
#: Seconds until an interrupt that was forgotten comes again.
_MOMENT = 0.01
_NO_MEMORY = "Error: There is not enough memory for this. Narrow what is asked or loaded.\n"


def main() -> None:
    """Run the command line; a reader that stops reading, such as `head`, ends it quietly."""
    try:
        _hold_interrupts()
        sys.unraisablehook = _interrupt_again
        _prepare_streams()
        _bound_width()
        # Starting makes many small things that stay; looking among them for circles every 700
        # costs a tenth of the start.
        gc.set_threshold(50_000)
        try:
            _run()
        finally:
            _flush()
    except BrokenPipeError:
        # Python flushes once more as it ends; what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except SystemExit as error:
        # An interrupt from now on would only disturb how Python ends.
        _ignore_signals()
        if error.code in _ENDED_BY_SIGNAL:
            _end(int(error.code or 0))
        raise
    except KeyboardInterrupt:
        # Before the command line is there to say so itself; it may be asked for again.
        _ignore_signals()
        from bricoop.interruption import last_words  # noqa: PLC0415 (loaded in no other case)

        message, exit_code = last_words()
        sys.stderr.write(f"{message}\n")
        _end(exit_code)
    except MemoryError:
        sys.stderr.write(_NO_MEMORY)
        sys.exit(1)
    except ImportError as error:
        # The dynamic loader fails before Python does: "failed to map segment from shared object".
        if not any(word in str(error) for word in ("map segment", "allocate memory")):
            raise
        sys.stderr.write(_NO_MEMORY)
        sys.exit(1)


def _flush() -> None:
    """Write what is left of the answer; where that fails, say so unless the command has."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        ending = error.__context__
        if not (isinstance(ending, SystemExit) and ending.code):
            sys.stderr.write(f"Error: {error.strerror}: the output\n")
        _end(1)


def _run() -> None:
    if sys.argv[1:] == ["--version"]:
        from bricoop.version import __version__  # noqa: PLC0415 (the shortest way to the shortest answer)

        _release_interrupts()
        sys.stdout.write(f"bricoop {__version__}\n")
        return
    from bricoop.interruption import handle_termination  # noqa: PLC0415 (as below)

    handle_termination()
    from bricoop.cli.app import app  # noqa: PLC0415 (only now is the command line needed)

    _release_interrupts()
    app()


def _hold_interrupts() -> None:
    """Let an interrupt wait while modules are imported, where Python would report it itself.

    What raises in a callback of the import system is printed and forgotten.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))


def _interrupt_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Interrupt once more where Python would print an interrupt and forget it.

    That is in a finalizer, or in a callback of a weak reference such as the import system has. What
    is raised here would be forgotten, too: the signal comes a moment later.
    """
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        import threading  # noqa: PLC0415 (hardly any call needs it here)

        later = threading.Timer(_MOMENT, os.kill, (os.getpid(), signal.SIGINT))
        later.daemon = True
        later.start()
    else:
        sys.__unraisablehook__(unraisable)


def _release_interrupts() -> None:
    """Take the interrupt that waits, if one does, and those that come."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))


def _ignore_signals() -> None:
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, signal.SIG_IGN)


def _end(exit_code: int) -> None:
    """End at once: Python itself, interrupted within `exec`, would report the signal instead."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # Nobody reads it any more.
            continue
    os._exit(exit_code)


def _prepare_streams() -> None:
    """Write UTF-8 whatever the locale; what the caller has closed takes and holds nothing.

    An answer that cannot be written is an error; a message that nobody reads is none.
    """
    for name, mode, how in (
        ("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY),
    ):  # fmt: skip
        stream = getattr(sys, name)
        if stream is None:
            stream = os.fdopen(os.open(os.devnull, how), mode, encoding="utf-8")
            setattr(sys, name, stream)
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _bound_width() -> None:
    """Bound the width that the environment states, which everything that draws reads for itself."""
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and (len(stated) > len(str(_WIDEST)) or int(stated) > _WIDEST):
        os.environ["COLUMNS"] = str(_WIDEST)


if __name__ == "__main__":
    main()
