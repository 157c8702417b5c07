"""The program: `bricoop`, or `python -m bricoop`."""

import os
import sys


def main() -> None:
    """Run the command line; a reader that stops reading, such as `head`, ends it quietly."""
    if sys.argv[1:] == ["--version"]:
        from bricoop import __version__  # noqa: PLC0415 (the shortest way to the shortest answer)

        sys.stdout.write(f"bricoop {__version__}\n")
        return
    from bricoop.cli.app import app  # noqa: PLC0415 (only now is the command line needed)

    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more as it ends; what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
