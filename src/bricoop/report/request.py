"""What report is asked for: its kind, its names, and the rule by which money is counted."""

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bricoop.query.question import Question
    from bricoop.totals.classify import Counting


@dataclass(frozen=True)
class Request:
    """A report that is asked for.

    Attributes:
        kind: its kind.
        names: what it is about: one name, several to be compared, or none.
        rule: the counting rule of its totals, by its name or the path of its file.
        base: what totals are in; None for the rule's own base.
        of: what kind of thing the names mean, where they could mean several.
        brief: whether it is to fit one page.
    """

    kind: str
    names: tuple[str, ...] = ()
    rule: str = "signed"
    base: str | None = None
    of: str | None = None
    brief: bool = False

    @property
    def name(self) -> str:
        """The one name."""
        return " ".join(self.names)

    @property
    def countries(self) -> tuple[str, ...]:
        """The names that are, or may be, those of countries."""
        if self.kind == "compare":
            return self.names
        return (self.name,) if self.kind in {"country", "gaps"} and self.names else ()

    @property
    def command(self) -> str:
        """The command that prints the report, whole."""
        return shlex.join(("bricoop", "report", self.kind, *self.names))

    def counting(self, question: "Question") -> "Counting":
        """Return how the money of a question is counted.

        Raises:
            NotFoundError: there is no such rule.
            UsageError: there is no such base, or the file says no rule.
        """
        from bricoop.totals.parse import counting_of  # noqa: PLC0415 (help needs none of it)

        return counting_of(question, self.rule, self.base)
