"""The request for a report: its kind, its names, and how money is counted."""

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bricoop.query.question import Question
    from bricoop.totals.classify import Counting


@dataclass(frozen=True)
class Request:
    """A request for a report.

    Attributes:
        kind: the kind of report, such as `country`.
        names: the words of the name of its subject, the names to be compared, or none.
        rule: the counting rule of its totals, by its name or the path of its file.
        base: the price base of its totals; None for that of the rule.
        of: the kind of entity that the names are of, where several kinds share them.
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
        """The names joined to the name of one subject."""
        return " ".join(self.names)

    @property
    def command(self) -> str:
        """The command that prints the whole report, without options."""
        return shlex.join(("bricoop", "report", self.kind, *self.names))

    def counting(self, question: "Question") -> "Counting":
        """Return the counting of the finance of a question, by the rule and base of this request.

        Raises:
            NotFoundError: there is no such rule.
            UsageError: there is no such base, or the file is not a valid rule.
        """
        from bricoop.totals.parse import counting_of  # noqa: PLC0415 (help needs none of it)

        return counting_of(question, self.rule, self.base)
