"""Exceptions for errors that users can act on, each with a message, a hint and an exit code."""

from collections.abc import Sequence
from typing import ClassVar

#: So many characters of a name that is not known are shown.
_SHOWN = 200


class BricoopError(Exception):
    """Base class of errors that a user can act on; the message is one line, with a hint.

    Attributes:
        exit_code: exit code of the program when the command line catches this error.
        hint: what to do about the error, or an empty string.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep message and hint apart, so that an interface can show them separately."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return message and hint in one line."""
        return f"{self.message} {self.hint}" if self.hint else self.message


class UsageError(BricoopError):
    """A command or call is not valid: wrong options, arguments or combinations of them."""

    exit_code = 2


class MissingPackageError(UsageError):
    """An optional package is not installed."""

    def __init__(self, purpose: str, package: str, extra: str, advice: str = "") -> None:
        """Build the message.

        Args:
            purpose: what needs the package, with its verb: `Parquet needs`.
            package: the package.
            extra: the extra of bricoop that installs the package.
            advice: what else to install, as a sentence.
        """
        hint = " ".join(filter(None, (install_hint(extra), advice)))
        super().__init__(f"{purpose} {package}, which is not installed.", hint)


def install_hint(extra: str) -> str:
    """Return how to install the packages of an extra.

    >>> install_hint("charts")
    "Install it: pip install 'bricoop[charts]'."
    """
    return f"Install it: pip install 'bricoop[{extra}]'."


class ArgumentError(UsageError, TypeError):
    """A function was called with an unknown argument, or with an argument of a wrong type."""


class DataRejectedError(BricoopError):
    """Data was refused because of problems in a file, which are listed separately."""

    exit_code = 3


class FileUnreadableError(DataRejectedError):
    """A file cannot be opened or decoded."""


class NotFoundError(BricoopError):
    """Nothing has the name, key or code that was given."""

    exit_code = 4

    def __init__(self, kind: str, name: str, closest: Sequence[str] = (), advice: str = "") -> None:
        """Build the message from what was looked for, its closest names, and further advice."""
        hint = f"Did you mean: {'; '.join(closest)}?" if closest else ""
        beginning = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
        message = f"No {kind} is known as {beginning!r}."
        super().__init__(message, " ".join(filter(None, (hint, advice))))
        self.closest = tuple(closest)


class UnknownLoadError(NotFoundError):
    """There is no load with the number that was given."""

    def __init__(self, number: int, latest: Sequence[int]) -> None:
        """Build the message from the number and those of the latest loads."""
        loads = ", ".join(map(str, latest))
        hint = f"The latest are {loads}; see `bricoop query loads`." if loads else ""
        BricoopError.__init__(self, f"There is no load {number}.", hint)
        self.closest = tuple(map(str, latest))


class AmbiguousNameError(BricoopError):
    """A name matches several entities."""

    exit_code = 4

    def __init__(self, name: str, candidates: Sequence[str], key: str = "key") -> None:
        """List the candidates, and say which identifier to use instead (`key`)."""
        super().__init__(
            f"{name!r} is ambiguous; it could be any of {len(candidates)}: "
            f"{'; '.join(candidates[:10])}"
            f"{'; …' if len(candidates) > 10 else ''}.",  # noqa: PLR2004 (a screenful)
            f"Use the {key}.",
        )
        self.candidates = tuple(candidates)


class DatabaseError(BricoopError):
    """The database is missing, unreachable, damaged or of another version."""

    exit_code = 5


class TransactionConflictError(DatabaseError):
    """PostgreSQL rolled a transaction back because of another one; it may succeed if repeated."""
