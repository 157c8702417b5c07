"""The program: `bricoop`, or `python -m bricoop`."""

import gc
import io
import os
import sys


def main() -> None:
    """Run the command line; a reader that stops reading, such as `head`, ends it quietly."""
    _prepare_streams()
    # Starting makes many small things that stay; looking among them for circles every 700 costs a
    # tenth of the start.
    gc.set_threshold(50_000)
    try:
        try:
            _run()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more as it ends; what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        # Before the command line is there to say so itself; it may be asked for again.
        import signal  # noqa: PLC0415 (nothing else needs it here)

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stderr.write("Interrupted; nothing was written.\n")
        sys.exit(130)


def _run() -> None:
    if sys.argv[1:] == ["--version"]:
        from bricoop.version import __version__  # noqa: PLC0415 (the shortest way to the shortest answer)

        sys.stdout.write(f"bricoop {__version__}\n")
        return
    from bricoop.cli.app import app  # noqa: PLC0415 (only now is the command line needed)

    app()


def _prepare_streams() -> None:
    """Write UTF-8 whatever the locale; what the caller has closed leads nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            stream = os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8")
            setattr(sys, name, stream)
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    main()
