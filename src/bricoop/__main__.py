"""Entry point of the program: `bricoop`, or `python -m bricoop`."""

import gc
import io
import os
import signal
import sys

#: Exit codes after SIGHUP, SIGINT and SIGTERM: 128 plus the number of the signal.
_ENDED_BY_SIGNAL = (129, 130, 143)
#: Upper bound for COLUMNS. Help, tables and charts pad their lines to the width stated there, so a
#: huge value would fill the memory.
_WIDEST = 1_000
#: Seconds after which an interrupt that Python swallowed is sent again.
_MOMENT = 0.01
_NO_MEMORY = "Error: There is not enough memory for this. Narrow what is asked or loaded.\n"


def main() -> None:
    """Run the command line; end quietly when a reader such as `head` closes the pipe."""
    try:
        _hold_interrupts()
        sys.unraisablehook = _interrupt_again
        _prepare_streams()
        _bound_width()
        # Imports allocate many small objects that stay alive. With the default threshold of 700 the
        # garbage collector takes a tenth of the start-up time; a short question allocates 100,000.
        gc.set_threshold(150_000)
        try:
            _run()
        finally:
            _flush()
            # Python looks for garbage once more as it exits, for a tenth of the time of a short
            # question. What is frozen is not looked at; files and connections are closed by now.
            gc.freeze()
    except BrokenPipeError:
        # Python flushes standard output once more as it exits; send that to the null device.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except SystemExit as error:
        # Another interrupt could only make the interpreter print a traceback while it exits.
        _ignore_signals()
        if error.code in _ENDED_BY_SIGNAL:
            _end(int(error.code or 0))
        raise
    except KeyboardInterrupt:
        # Interrupted before the command line could handle it. Ignore further signals.
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
    except SystemError as error:
        if not _is_failed_import(error):
            raise
        sys.stderr.write(_NO_MEMORY)
        sys.exit(1)


def _is_failed_import(error: SystemError) -> bool:
    """Return whether the import of a module failed without an exception.

    CPython 3.11 does so where it finds no memory for the code of a module.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    is_import = trace is not None and "importlib" in trace.tb_frame.f_code.co_filename
    return is_import and "without exception set" in str(error)


def _flush() -> None:
    """Flush standard output; report a failure unless the command already ended with an error."""
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
    """Block SIGINT while modules are imported.

    Python prints and drops an exception that is raised in a callback of the import system, so an
    interrupt at that moment would be lost.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))


def _interrupt_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Send SIGINT again if Python could not propagate a KeyboardInterrupt.

    Exceptions in finalizers and in callbacks of weak references, which the import system uses, are
    printed and dropped. An exception raised in this hook would be dropped as well, so a timer sends
    the signal a moment later.
    """
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        import threading  # noqa: PLC0415 (hardly any call needs it here)

        later = threading.Timer(_MOMENT, os.kill, (os.getpid(), signal.SIGINT))
        later.daemon = True
        later.start()
    else:
        sys.__unraisablehook__(unraisable)


def _release_interrupts() -> None:
    """Unblock SIGINT; an interrupt that arrived meanwhile is delivered now."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))


def _ignore_signals() -> None:
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, signal.SIG_IGN)


def _end(exit_code: int) -> None:
    """Flush the streams and exit without finalizing the interpreter.

    Python interrupted within `exec` would exit by the signal instead of with this code.
    """
    spark = sys.modules.get("bricoop.db.spark_session")
    if spark is not None:
        # Its temporary files would stay.
        spark.stop()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # The reader has closed the stream.
            continue
    os._exit(exit_code)


def _prepare_streams() -> None:
    """Make the standard streams UTF-8 in any locale, and replace closed ones by the null device.

    Standard output is replaced by a stream that cannot be written, so that a lost answer is an
    error; lost messages on standard error are not.
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
    """Limit COLUMNS, which Rich, Click and `shutil.get_terminal_size` each read for themselves."""
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and (len(stated) > len(str(_WIDEST)) or int(stated) > _WIDEST):
        os.environ["COLUMNS"] = str(_WIDEST)


if __name__ == "__main__":
    main()
