"""One state of a knowledge base, of which everything can be asked while others write."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bricoop.errors import NotFoundError
from bricoop.query.ask import ask, count
from bricoop.query.nouns.noun import Field
from bricoop.query.question import Answer, Question

if TYPE_CHECKING:
    from bricoop.query.portrait import Portrait
    from bricoop.query.provenance import Provenance
    from bricoop.report.sections import Report

_REPORTS = ("country",)


class Snapshot:
    """One state of a knowledge base; what is asked is read while it is open."""

    def __init__(self, connection: Connection) -> None:
        """Ask through an open transaction."""
        self.connection = connection

    def ask(self, question: Question, *, spelled_out: bool = False) -> Answer:
        """Return the answer to a question; its rows are read as they are taken.

        Args:
            question: what is asked.
            spelled_out: whether groups say in words what they are all of, or of which nothing is
                recorded, as people read it.

        Raises:
            UsageError: a field, filter or value is not of the noun.
            NotFoundError: a value names what is not known.
            AmbiguousNameError: a value names several things.
        """
        return ask(self.connection, question, spelled_out=spelled_out)

    def count(self, question: Question) -> int:
        """Return how many rows or groups answer a question, whatever its limit and offset."""
        return count(self.connection, question)

    def show(self, name: str) -> "Portrait":
        """Return everything about the entity of a name.

        Raises:
            NotFoundError: nothing is known by that name.
            AmbiguousNameError: the name means several things.
        """
        from bricoop.query.portrait import portrait  # noqa: PLC0415 (rows need none of it)

        return portrait(self.connection, name)

    def report(self, kind: str, name: str) -> "Report":
        """Return a report, as data.

        Raises:
            NotFoundError: there is no such report, or nothing is known by that name.
            AmbiguousNameError: the name means several things.
        """
        if kind not in _REPORTS:
            raise NotFoundError("report", kind, _REPORTS)
        from bricoop.report.country import country_report  # noqa: PLC0415 (as above)

        return country_report(self.connection, name)

    def provenance(self, question: Question, shown: Sequence[Field] = ()) -> "Provenance":
        """Return where the rows that answer a question come from.

        Args:
            question: what was asked.
            shown: the fields of the answer, where the question names none.
        """
        from bricoop.query.provenance import provenance_of  # noqa: PLC0415 (as above)

        return provenance_of(self.connection, question, shown)

    def located(self, answer: Answer) -> Answer:
        """Return an answer with the places of each row, where the rows are projects."""
        from bricoop.query.places import located  # noqa: PLC0415 (as above)

        return located(self.connection, answer)

    def differences(self, load: int, other: int | None = None) -> Answer:
        """Return what a load changed, or what differs between the states after two.

        Raises:
            NotFoundError: there is no such load.
            UsageError: the loads are not of one source.
        """
        from bricoop.query.differences import differences  # noqa: PLC0415 (as above)

        return differences(self.connection, load, other)
