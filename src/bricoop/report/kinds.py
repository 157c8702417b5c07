"""The registry of the kinds of reports, and the function that builds one."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from bricoop.errors import NotFoundError, UsageError
from bricoop.report.request import Request

if TYPE_CHECKING:
    # The help of the command line lists the kinds; importing SQLAlchemy would slow it down.
    from sqlalchemy import Connection

    from bricoop.report.sections import Report


@dataclass(frozen=True)
class Kind:
    """A kind of report.

    Attributes:
        name: its name on the command line, and that of its module, which has a function
            `NAME_report`.
        about: the help of its argument; empty where it takes none.
        help: the help of its command, a sentence.
        example: an argument for messages.
        needs_name: whether its argument is required.
        names_countries: whether its names may be those of countries.
        takes_several: whether each word of its argument is a name of its own; `--kind` may then say
            of which kind the named entities are.
    """

    name: str
    about: str
    help: str
    example: str
    needs_name: bool = True
    takes_several: bool = False
    names_countries: bool = False

    def make(self, connection: "Connection", request: Request) -> "Report":
        """Build a report of this kind; its module is imported only now."""
        module = import_module(f"bricoop.report.{self.name}")
        report_: Report = getattr(module, f"{self.name}_report")(connection, request)
        return report_


KINDS: tuple[Kind, ...] = (
    Kind(
        "overview",
        "",
        "Print what the knowledge base holds, and what it lacks.",
        "",
        needs_name=False,
    ),
    Kind(
        "country",
        "the country, by any name or code: Belarus, BY, 白俄罗斯",
        "Print what is recorded about a country, under the five links.",
        "Belarus",
        names_countries=True,
    ),
    Kind(
        "link",
        "the link, by any of its names: facility, 设施联通",
        "Print what comes under one of the five links.",
        "facility",
    ),
    Kind("project", "the project, by any name or key", "Print all about a project.", "Gwadar"),
    Kind("financier", "the organization", "Print what a financier funds.", "Silk Road Fund"),
    Kind(
        "agreement",
        "the agreement, by any name or key",
        "Print all about an agreement.",
        "bri-document-kenya",
    ),
    Kind(
        "source",
        "the source, by its key or title, or a part of either",
        "Print what a source contributed, and where others differ.",
        "manufacturing-cooperation-paper",
    ),
    Kind(
        "compare",
        "two to four countries, financiers or links; quotes around names of several words",
        "Print countries, financiers or links side by side.",
        "Belarus Pakistan",
        names_countries=True,
        takes_several=True,
    ),
    Kind(
        "gaps",
        "a country; everything without it",
        "Print what is missing where it matters.",
        "Kenya",
        needs_name=False,
        names_countries=True,
    ),
)


def countries_named(request: Request) -> tuple[str, ...]:
    """Return the names of a request that may be those of countries."""
    kind = next((candidate for candidate in KINDS if candidate.name == request.kind), None)
    if kind is None or not kind.names_countries or not request.names:
        return ()
    return request.names if kind.takes_several else (request.name,)


def report(connection: "Connection", request: Request) -> "Report":
    """Build a report, in its brief form if requested.

    Raises:
        NotFoundError: there is no such kind, or nothing is known by a name.
        AmbiguousNameError: several entities have the name.
        UsageError: the kind of report needs a name and there is none, or takes none.
    """
    kind = next((candidate for candidate in KINDS if candidate.name == request.kind), None)
    names = [kind.name for kind in KINDS]
    if kind is None:
        from bricoop.domain.suggestions import nearest  # noqa: PLC0415 (only a refusal needs it)

        suggestions = nearest(request.kind, {name: name for name in names}) or names
        raise NotFoundError("report", request.kind, suggestions)
    if kind.needs_name and not request.name.strip():
        message = f"The report {kind.name} needs a name."
        raise UsageError(message, f"Write: bricoop report {kind.name} {kind.example}.")
    if not kind.about and request.names:
        raise UsageError(f"The report {kind.name} takes no name.", "Leave it out.")
    result = kind.make(connection, request)
    if not request.brief:
        return result
    from bricoop.report.brief import brief_of  # noqa: PLC0415 (help needs none of it)

    return brief_of(result, request.command)
