"""What every command does with an error: one line on standard error, and an exit code."""

import errno
import re
import sys
from shutil import get_terminal_size
from typing import Any

import typer
from typer.core import TyperGroup

from bricoop.cli.folding import folded
from bricoop.domain.names import printable
from bricoop.domain.passwords import hide_addresses, hide_passwords
from bricoop.errors import BricoopError, UsageError
from bricoop.interruption import ignore_interrupts, last_words

#: What Typer raises where a call cannot be parsed; it exports the subclass alone.
CallError: type[typer.BadParameter] = typer.BadParameter.__bases__[0]

#: So many characters of a long message are shown.
_BEGINNING, _END = 2_000, 1_000
#: How the library that checks values begins, and what it calls numbers.
_EXPECTATION = re.compile(r"Input should be (.*?)(?:, unable to parse .*)?$")
_NUMBERS = {"a valid integer": "a whole number", "a valid number": "a number"}


class ErrorGroup(TyperGroup):
    """A group that turns refusals, interrupts and broken pipes into a message and an exit code."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Parse a call; Typer itself says nothing of an interrupt meanwhile."""
        try:
            return super().make_context(*args, **more)
        except KeyboardInterrupt as error:
            raise _interrupted() from error

    def invoke(self, ctx: Any) -> Any:
        """Run a command; turn a refusal into one line on standard error and its exit code."""
        try:
            return super().invoke(ctx)
        except BricoopError as error:
            say(f"Error: {error}")
            raise typer.Exit(error.exit_code) from error
        except typer.BadParameter as error:
            # What validates options begins its sentence with what it is in Python.
            message = _in_plain_words(error.message.removeprefix("Value error, "))
            error.message = _short(hide_passwords(message))
            raise
        except CallError as error:
            # An address in the wrong place is taken for a command or an argument, and repeated.
            error.message = _short(hide_addresses(error.message))
            raise
        except KeyboardInterrupt as error:
            raise _interrupted() from error
        except MemoryError as error:
            say("Error: There is not enough memory for this. Narrow what is asked or loaded.")
            raise typer.Exit(1) from error
        except UnicodeEncodeError as error:
            # Nothing but an argument can hold what no UTF-8 text has: files are decoded strictly.
            say(f"Error: {error.object!r} is not valid UTF-8. Pass UTF-8 text.")
            raise typer.Exit(UsageError.exit_code) from error
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise BrokenPipeError from error
            say(f"Error: {error.strerror or error}: {error.filename or 'the output'}")
            raise typer.Exit(1) from error


def _in_plain_words(message: str) -> str:
    """Return what an option's value should be, without the words of the library that checks it."""
    expected = _EXPECTATION.match(message)
    if expected is None:
        return message
    expectation = expected[1]
    return f"it should be {_NUMBERS.get(expectation, expectation)}"


def _interrupted() -> typer.Exit:
    """Say that the program was interrupted, and return what ends it."""
    # All is undone by now: who asks again need not see how Python ends.
    ignore_interrupts()
    message, exit_code = last_words()
    say(message)
    return typer.Exit(exit_code)


def say(text: str) -> None:
    """Write one line to standard error, where everything goes that is not the answer.

    On a terminal it is broken between words, and within no command in backquotes that fits a line.
    """
    line = _short(hide_passwords(printable(text)))
    if sys.stderr.isatty():
        line = "\n".join(folded(line, get_terminal_size().columns))
    sys.stderr.write(line + "\n")


def _short(message: str) -> str:
    """Return a message without its middle, where it repeats a long text; its end says what to do.

    What may be a password is hidden before: half of one could not be told.
    """
    if len(message) <= _BEGINNING + _END:
        return message
    return f"{message[:_BEGINNING]}…{message[-_END:]}"
