"""Error handling of all commands: a one-line message on standard error and an exit code."""

import errno
import re
import sys
from contextlib import suppress
from shutil import get_terminal_size
from typing import Any

import typer
from typer.core import TyperGroup

from bricoop.cli.folding import folded
from bricoop.domain.names import printable
from bricoop.domain.passwords import hide_addresses, hide_passwords
from bricoop.errors import BricoopError, UsageError
from bricoop.interruption import ignore_interrupts, last_words

#: The exception of Typer for calls that cannot be parsed; Typer exports only a subclass of it.
CallError: type[typer.BadParameter] = typer.BadParameter.__bases__[0]

#: Characters kept at the beginning and at the end of a long message.
_BEGINNING, _END = 2_000, 1_000
#: Messages of Pydantic about values of options, and its words for numbers.
_EXPECTATION = re.compile(r"Input should be (.*?)(?:, unable to parse .*)?$")
_NUMBERS = {"a valid integer": "a whole number", "a valid number": "a number"}


class ErrorGroup(TyperGroup):
    """A command group that turns exceptions into a message and an exit code."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Parse a call; handle an interrupt meanwhile, for which Typer prints nothing."""
        try:
            return super().make_context(*args, **more)
        except KeyboardInterrupt as error:
            raise _interruption_exit() from error

    def invoke(self, ctx: Any) -> Any:
        """Run a command; turn exceptions into one line on standard error and an exit code."""
        try:
            return super().invoke(ctx)
        except BricoopError as error:
            say(f"Error: {error}")
            raise typer.Exit(error.exit_code) from error
        except typer.BadParameter as error:
            # The validator prefixes its message with the name of a Python exception.
            message = _in_plain_words(error.message.removeprefix("Value error, "))
            error.message = _abbreviated(hide_passwords(message))
            raise
        except CallError as error:
            # A database URL in the wrong position is taken for a command and quoted in the message.
            error.message = _abbreviated(hide_addresses(error.message))
            raise
        except KeyboardInterrupt as error:
            raise _interruption_exit() from error
        except MemoryError as error:
            say("Error: There is not enough memory for this. Narrow what is asked or loaded.")
            raise typer.Exit(1) from error
        except UnicodeEncodeError as error:
            # Only arguments can contain surrogates: files are decoded strictly.
            say(f"Error: {error.object!r} is not valid UTF-8. Pass UTF-8 text.")
            raise typer.Exit(UsageError.exit_code) from error
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise BrokenPipeError from error
            say(f"Error: {error.strerror or error}: {error.filename or 'the output'}")
            raise typer.Exit(1) from error


def _in_plain_words(message: str) -> str:
    """Return what the value of an option should be, without the wording of Pydantic."""
    expected = _EXPECTATION.match(message)
    if expected is None:
        return message
    expectation = expected[1]
    return f"it should be {_NUMBERS.get(expectation, expectation)}"


def _interruption_exit() -> typer.Exit:
    """Print the message of an interrupted program, and return the exit to raise."""
    # Everything is rolled back by now; another interrupt would only print a traceback.
    ignore_interrupts()
    message, exit_code = last_words()
    # A terminal that was closed takes no message.
    with suppress(OSError):
        say(message)
    return typer.Exit(exit_code)


def say(text: str) -> None:
    """Write one line to standard error, which has everything but the answer itself.

    On a terminal it is wrapped between words; commands in backquotes are kept on one line.
    """
    line = _abbreviated(hide_passwords(printable(text)))
    if sys.stderr.isatty():
        line = "\n".join(folded(line, get_terminal_size().columns))
    sys.stderr.write(line + "\n")


def _abbreviated(message: str) -> str:
    """Return a long message without its middle; its end has the hint.

    Passwords must be hidden before this: half of a URL would not be recognized.
    """
    if len(message) <= _BEGINNING + _END:
        return message
    return f"{message[:_BEGINNING]}…{message[-_END:]}"
