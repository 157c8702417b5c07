"""The one family of refusals: each writes its sentence and carries its exit code."""

from collections.abc import Sequence
from typing import ClassVar


class BricoopError(Exception):
    """A refusal that a user can act on; the message is one line, with a hint.

    Attributes:
        exit_code: what the program ends with when this error reaches the surface.
        hint: what to do about it, or an empty string.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep the sentence and the hint apart, so that a surface may show both."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return the sentence and the hint in one line."""
        return f"{self.message} {self.hint}" if self.hint else self.message


class UsageError(BricoopError):
    """The call itself cannot be understood."""

    exit_code = 2


class ArgumentError(UsageError, TypeError):
    """A script calls a function with an argument that it does not have, or of another type."""


class DataRejectedError(BricoopError):
    """Data was refused; the problems say where and why."""

    exit_code = 3


class FileUnreadableError(DataRejectedError):
    """A file cannot be opened or decoded."""


class NotFoundError(BricoopError):
    """A name means nothing here."""

    exit_code = 4

    def __init__(self, kind: str, name: str, closest: Sequence[str] = (), advice: str = "") -> None:
        """Say which name was not found, offer the closest ones, and say where to look else."""
        hint = f"Did you mean: {'; '.join(closest)}?" if closest else ""
        super().__init__(f"No {kind} is known as {name!r}.", " ".join(filter(None, (hint, advice))))
        self.closest = tuple(closest)


class UnknownLoadError(NotFoundError):
    """There is no load of a number."""

    def __init__(self, number: int, latest: Sequence[int]) -> None:
        """Say which number it is, and name the latest loads."""
        loads = ", ".join(map(str, latest))
        hint = f"The latest are {loads}; see `bricoop query loads`." if loads else ""
        BricoopError.__init__(self, f"There is no load {number}.", hint)
        self.closest = tuple(map(str, latest))


class AmbiguousNameError(BricoopError):
    """A name means several things."""

    exit_code = 4

    def __init__(self, name: str, candidates: Sequence[str], key: str = "key") -> None:
        """List what the name may mean, and what tells them apart."""
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
