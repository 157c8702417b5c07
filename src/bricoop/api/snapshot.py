"""One state of a knowledge base, of which everything can be asked while others write."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from bricoop.query.execute import count, execute
from bricoop.query.nouns.noun import Field
from bricoop.query.question import Answer, Question

if TYPE_CHECKING:
    from bricoop.query.entity_profile import Portrait
    from bricoop.query.provenance import Provenance
    from bricoop.query.search.hits import SearchRequest
    from bricoop.report.changes import Figures
    from bricoop.report.memo import Memo
    from bricoop.report.request import Request
    from bricoop.report.sections import Report
    from bricoop.totals.card import Card
    from bricoop.totals.classify import Counting
    from bricoop.totals.total import Total
    from bricoop.totals.verify import Verdict


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
        return execute(self.connection, question, spelled_out=spelled_out)

    def count(self, question: Question) -> int:
        """Return how many rows or groups answer a question, whatever its limit and offset."""
        return count(self.connection, question)

    def unrecorded(self, question: Question) -> tuple[str, ...]:
        """Return which rows a question leaves out only because a filtered field is empty.

        There is a sentence for each such field: "122 more rows match everything else and have no
        kind."
        """
        from bricoop.query.unrecorded import unrecorded  # noqa: PLC0415 (rows need none of it)

        return unrecorded(self.connection, question)

    def readings(self, countries: Sequence[str], sources: Sequence[str] = ()) -> tuple[str, ...]:
        """Return a sentence for each name that may mean something else than was found by it.

        Args:
            countries: what was typed for countries.
            sources: what was typed for sources.
        """
        from bricoop.query import name_readings  # noqa: PLC0415 (as above)

        return (
            *name_readings.readings_of_countries(self.connection, countries),
            *name_readings.readings_of_sources(self.connection, sources),
        )

    def closest_values(self, question: Question) -> tuple[str, ...]:
        """Return, of a question that found nothing, the values that were perhaps meant."""
        from bricoop.query.closest_values import closest_values  # noqa: PLC0415 (as above)

        return closest_values(self.connection, question)

    def wider(self, question: Question) -> str:
        """Return, of a question that found nothing, what to leave out so that it finds rows."""
        from bricoop.query.widening import wider  # noqa: PLC0415 (as above)

        return wider(self.connection, question)

    def show(self, name: str) -> "Portrait":
        """Return everything about the entity of a name.

        Raises:
            NotFoundError: nothing is known by that name.
            AmbiguousNameError: the name means several things.
        """
        from bricoop.query.entity_profile import portrait  # noqa: PLC0415 (rows need none of it)

        return portrait(self.connection, name)

    def report(self, request: "Request") -> "Report":
        """Return a report, as data.

        Raises:
            NotFoundError: there is no such report, or nothing is known by a name.
            AmbiguousNameError: a name means several things.
            UsageError: a name is wanting, or there is one too many.
        """
        from bricoop.report.kinds import report  # noqa: PLC0415 (as above)

        return report(self.connection, request)

    def memo(self, memo: "Memo", history: "Sequence[Figures]") -> "Report":
        """Return a saved report, with what has changed in its figures.

        Raises:
            NotFoundError: a name, a rule or a section is not known.
            UsageError: a question does not fit.
        """
        from bricoop.report.memo import memo_report  # noqa: PLC0415 (as above)

        return memo_report(self.connection, memo, history)

    def total(self, counting: "Counting") -> "Total":
        """Count money by a rule, with the waterfall that leads to the figure.

        Raises:
            UsageError: the amounts are of several price years or currencies.
            NotFoundError: a filter names what is not known.
        """
        from bricoop.totals.total import total  # noqa: PLC0415 (as above)

        counted = total(self.connection, counting)
        return replace(counted, notes=(*counted.notes, *self.unrecorded(counting.question)))

    def listed(self, counting: "Counting", step: str) -> Answer:
        """Return the rows of a step of a counting rule, of `counted` or of `everything`.

        Raises:
            NotFoundError: the rule has no such step.
        """
        from bricoop.totals.rows import listed  # noqa: PLC0415 (as above)

        return listed(self.connection, counting, step)

    def card(self, counting: "Counting") -> dict[str, Any]:
        """Return the figure card of a counting, as plain data."""
        from bricoop.totals.card import card_of  # noqa: PLC0415 (as above)

        return card_of(self.connection, counting)

    def verify(self, card: "Card") -> "Verdict":
        """Count a card again, and say what has changed."""
        from bricoop.totals.verify import verify  # noqa: PLC0415 (as above)

        return verify(self.connection, card)

    def search(self, request: "SearchRequest") -> Answer:
        """Return the hits of a search, ranked, each with the reason why it was found.

        Raises:
            UsageError: there is no word to look for, or there are too many.
            NotFoundError: a filter names something that is not known.
            AmbiguousNameError: a filter names several things.
        """
        from bricoop.query.search.hits import search  # noqa: PLC0415 (as above)

        return search(self.connection, request)

    def count_hits(self, request: "SearchRequest", most: int | None = None) -> int:
        """Return how many entities a search finds, but no more than `most`."""
        from bricoop.query.search.hits import count_hits  # noqa: PLC0415 (as above)

        return count_hits(self.connection, request, most)

    def suggestions(self, request: "SearchRequest") -> list[str]:
        """Return texts that were perhaps meant, and that find something, the likest first."""
        from bricoop.query.search.hits import suggestions  # noqa: PLC0415 (as above)

        return suggestions(self.connection, request)

    def nothing_found(self, request: "SearchRequest") -> list[str]:
        """Return what to say of a search that finds nothing: what was tried, and what may help."""
        from bricoop.query.search.widening import nothing_found  # noqa: PLC0415 (as above)

        return nothing_found(self.connection, request)

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
