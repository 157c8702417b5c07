"""The class `Snapshot`: all queries on one consistent state of a knowledge base."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from bricoop.db.schema import decision
from bricoop.errors import UsageError
from bricoop.query.execute import count, execute
from bricoop.query.nouns.noun import Field
from bricoop.query.question import Answer, Question

if TYPE_CHECKING:
    from bricoop.identity.decision_list import DecisionFilter
    from bricoop.identity.match_request import MatchRequest
    from bricoop.identity.matches import Matches
    from bricoop.identity.organizations.matches import OrganizationMatches
    from bricoop.query.entity.recorded import EntityProfile
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
    from bricoop.totals.why.card import DifferenceCard
    from bricoop.totals.why.comparison import Comparison
    from bricoop.totals.why.difference import Difference
    from bricoop.totals.why.verify import DifferenceVerdict


class Snapshot:
    """A consistent state of a knowledge base; results must be read while it is open."""

    def __init__(
        self, connection: Connection, notes: tuple[str, ...] = (), *, is_unmerged: bool = False
    ) -> None:
        """Use the transaction of a connection.

        Args:
            connection: the connection.
            notes: notes for the reader of every answer.
            is_unmerged: whether entities are as loads made them, without decisions.
        """
        self.connection = connection
        self.notes = notes
        self._is_unmerged = is_unmerged

    def ask(self, question: Question, *, spelled_out: bool = False) -> Answer:
        """Return the answer to a question; its rows are read lazily.

        Args:
            question: the question.
            spelled_out: whether subtotals and groups of empty values have labels in words, as in
                tables for people.

        Raises:
            UsageError: a field, filter or value does not belong to the noun.
            NotFoundError: a value names something unknown.
            AmbiguousNameError: a value matches several entities.
        """
        self._refuse_other_state(question)
        answer = execute(self.connection, question, spelled_out=spelled_out)
        return replace(answer, notes=(*answer.notes, *self.notes))

    def count(self, question: Question) -> int:
        """Return the number of rows or groups, ignoring limit and offset."""
        self._refuse_other_state(question)
        return count(self.connection, question)

    def _refuse_other_state(self, question: Question) -> None:
        if question.unmerged and not self._is_unmerged:
            message = "This snapshot has what decisions join as one row."
            raise UsageError(message, "Take another one with `snapshot_for(question)`.")

    def unrecorded(self, question: Question) -> tuple[str, ...]:
        """Return notes on rows that are left out only because a filtered field is empty.

        There is one sentence for each such field: "122 more rows match everything else and have no
        kind."
        """
        from bricoop.query.notes.unrecorded import unrecorded  # noqa: PLC0415 (rows need none of it)

        return unrecorded(self.connection, question)

    def unsettled(self, question: Question) -> tuple[str, ...]:
        """Return a note on the pairs of rows that are contested or wait, if there are any.

        They may be one, and count as two: "3 pairs of these projects wait for review, and 1 is
        contested: bricoop decisions list."
        """
        if not self._has_decisions():
            return ()
        from bricoop.identity.unsettled_pairs import unsettled_note  # noqa: PLC0415 (as above)

        note = unsettled_note(self.connection, question)
        return (note,) if note else ()

    def unsettled_hits(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Return the same note on the results of a search, by their keys."""
        if not keys or not self._has_decisions():
            return ()
        from bricoop.identity.unsettled_pairs import unsettled_hits_note  # noqa: PLC0415 (as above)

        note = unsettled_hits_note(self.connection, keys)
        return (note,) if note else ()

    def _has_decisions(self) -> bool:
        """Return whether there are decisions, and they play a part in answers."""
        if self._is_unmerged:
            return False
        return self.connection.scalar(select(decision.c.id).limit(1)) is not None

    def readings(self, countries: Sequence[str], sources: Sequence[str] = ()) -> tuple[str, ...]:
        """Return a note for each name that has other meanings than the one it was read as.

        Args:
            countries: values of country filters, as typed.
            sources: values of source filters, as typed.
        """
        from bricoop.query.notes import name_readings  # noqa: PLC0415 (as above)

        return (
            *name_readings.readings_of_countries(self.connection, countries),
            *name_readings.readings_of_sources(self.connection, sources),
        )

    def closest_values(self, question: Question) -> tuple[str, ...]:
        """Return suggestions of similar filter values for a question without results."""
        from bricoop.query.notes.closest_values import closest_values  # noqa: PLC0415 (as above)

        return closest_values(self.connection, question)

    def wider(self, question: Question) -> str:
        """Return which filter to leave out of a question without results, as a sentence."""
        from bricoop.query.notes.widening import wider  # noqa: PLC0415 (as above)

        return wider(self.connection, question)

    def show(self, name: str) -> "EntityProfile":
        """Return everything about an entity.

        Raises:
            NotFoundError: nothing has that name.
            AmbiguousNameError: the name matches several entities.
        """
        from bricoop.identity.entity_decisions import with_decisions  # noqa: PLC0415 (rows need none of it)
        from bricoop.query.entity.recorded import entity_profile  # noqa: PLC0415 (as above)

        profile = entity_profile(self.connection, name)
        return profile if self._is_unmerged else with_decisions(self.connection, profile)

    def report(self, request: "Request") -> "Report":
        """Return a report as data.

        Raises:
            NotFoundError: there is no such report, or a name is unknown.
            AmbiguousNameError: a name matches several entities.
            UsageError: there are too few or too many names.
        """
        from bricoop.report.kinds import report  # noqa: PLC0415 (as above)

        return report(self.connection, request)

    def memo(self, memo: "Memo", history: "Sequence[Figures]") -> "Report":
        """Return a report defined in a file, with the changes of its figures since earlier runs.

        Raises:
            NotFoundError: a name, a rule or a section is unknown.
            UsageError: a question is not valid.
        """
        from bricoop.report.memo import memo_report  # noqa: PLC0415 (as above)

        return memo_report(self.connection, memo, history)

    def total(self, counting: "Counting") -> "Total":
        """Add up money by a counting rule, with the amount that each step leaves out.

        Raises:
            UsageError: the amounts have several price years or currencies.
            NotFoundError: a filter names something unknown.
        """
        from bricoop.totals.total import total  # noqa: PLC0415 (as above)

        counted = total(self.connection, counting)
        return replace(counted, notes=(*counted.notes, *self.unrecorded(counting.question)))

    def listed(self, counting: "Counting", step: str) -> Answer:
        """Return the rows that a step of a counting rule leaves out, or `counted`, or `everything`.

        Raises:
            NotFoundError: the rule has no such step.
        """
        from bricoop.totals.rows import listed  # noqa: PLC0415 (as above)

        return listed(self.connection, counting, step)

    def card(self, counting: "Counting") -> dict[str, Any]:
        """Return the figure card of a total, as data for JSON."""
        from bricoop.totals.card import card_of  # noqa: PLC0415 (as above)

        return card_of(self.connection, counting)

    def verify(self, card: "Card") -> "Verdict":
        """Compute the total of a figure card again and compare it with the card."""
        from bricoop.totals.verify import verify  # noqa: PLC0415 (as above)

        return verify(self.connection, card)

    def comparison(self, left_source: str, right_source: str, counting: "Counting") -> "Comparison":
        """Return the comparison of the totals of two sources, named by keys or titles.

        Raises:
            NotFoundError: there is no such source.
            UsageError: both names mean the same source, or the question names sources.
        """
        from bricoop.totals.why.parse import comparison_of  # noqa: PLC0415 (as above)

        return comparison_of(self.connection, left_source, right_source, counting)

    def why(self, comparison: "Comparison") -> "Difference":
        """Explain why two totals differ, in steps that add up exactly.

        Raises:
            UsageError: the totals are in different units.
            NotFoundError: a filter names something unknown.
        """
        from bricoop.query.notes.unrecorded import unrecorded  # noqa: PLC0415 (as above)
        from bricoop.totals.why.difference import difference  # noqa: PLC0415 (as above)

        explained = difference(self.connection, comparison)
        notes = unrecorded(self.connection, comparison.counting.question, names_sources=True)
        return replace(explained, notes=(*explained.notes, *notes))

    def listed_difference(self, comparison: "Comparison", step: str) -> Answer:
        """Return the rows of a step between two totals, or of all steps for `everything`.

        Raises:
            NotFoundError: there is no such step.
        """
        from bricoop.totals.why.listing import listed  # noqa: PLC0415 (as above)

        return listed(self.connection, comparison, step)

    def difference_card(self, comparison: "Comparison") -> dict[str, Any]:
        """Return the card of the difference of two totals, as data for JSON."""
        from bricoop.totals.why.card import difference_card_of  # noqa: PLC0415 (as above)

        return difference_card_of(self.connection, comparison)

    def verify_difference(self, card: "DifferenceCard") -> "DifferenceVerdict":
        """Compute the totals and steps of a card again and compare them with the card."""
        from bricoop.totals.why.verify import verify_difference  # noqa: PLC0415 (as above)

        return verify_difference(self.connection, card)

    def search(self, request: "SearchRequest") -> Answer:
        """Return the results of a search, best first, each with the reason why it matched.

        Raises:
            UsageError: the text has no words, or too many.
            NotFoundError: a filter names something unknown.
            AmbiguousNameError: a filter matches several entities.
        """
        from bricoop.query.search.hits import search  # noqa: PLC0415 (as above)

        return search(self.connection, request)

    def count_hits(self, request: "SearchRequest", most: int | None = None) -> int:
        """Return the number of results of a search; counting stops at `most`."""
        from bricoop.query.search.hits import count_hits  # noqa: PLC0415 (as above)

        return count_hits(self.connection, request, most)

    def left_out_hits(self, request: "SearchRequest") -> tuple[str, ...]:
        """Return notes on results that are left out only because they have no country or link."""
        from bricoop.query.search.left_out import left_out  # noqa: PLC0415 (as above)

        return tuple(left_out(self.connection, request))

    def suggestions(self, request: "SearchRequest") -> list[str]:
        """Return similar search texts that have results, the most similar first."""
        from bricoop.query.search.hits import suggestions  # noqa: PLC0415 (as above)

        return suggestions(self.connection, request)

    def nothing_found(self, request: "SearchRequest") -> list[str]:
        """Return messages for a search without results: what was tried, and suggestions."""
        from bricoop.query.search.widening import nothing_found  # noqa: PLC0415 (as above)

        return nothing_found(self.connection, request)

    def provenance(self, question: Question, shown: Sequence[Field] = ()) -> "Provenance":
        """Return the sources and loads of the rows that answer a question.

        Args:
            question: the question.
            shown: the fields of the answer, if the question names none.
        """
        from bricoop.query.provenance import provenance_of  # noqa: PLC0415 (as above)

        return provenance_of(self.connection, question, shown)

    def located(self, answer: Answer) -> Answer:
        """Return an answer about projects with the locations of each of them added."""
        from bricoop.query.row_locations import located  # noqa: PLC0415 (as above)

        return located(self.connection, answer)

    def differences(self, load: int, other: int | None = None) -> Answer:
        """Return the changes of a load, or the differences between the states after two loads.

        Raises:
            NotFoundError: there is no such load.
            UsageError: the loads are of different sources.
        """
        from bricoop.query.differences import differences  # noqa: PLC0415 (as above)

        return differences(self.connection, load, other)

    def matches(self, request: "MatchRequest") -> "Matches":
        """Return pairs of projects of different sources that may be one, the likeliest first.

        Raises:
            NotFoundError: a source or country is unknown.
            AmbiguousNameError: a name matches several.
            UsageError: both sources are the same, or a source describes no projects.
        """
        from bricoop.identity.matches import match_projects  # noqa: PLC0415 (as above)

        return match_projects(self.connection, request)

    def organization_matches(self, request: "MatchRequest") -> "OrganizationMatches":
        """Return pairs of organizations that may be one, the likeliest first.

        Raises:
            NotFoundError: a source or country is unknown.
            AmbiguousNameError: a name matches several.
            UsageError: a source names no organizations.
        """
        from bricoop.identity.organizations.matches import (  # noqa: PLC0415 (as above)
            match_organizations,
        )

        return match_organizations(self.connection, request)

    def decisions(self, chosen: "DecisionFilter") -> Answer:
        """Return decisions with what has become of each, as rows.

        Raises:
            NotFoundError: nothing is known as what they are to be about.
            AmbiguousNameError: it means several things.
        """
        from bricoop.identity.decision_list import list_decisions  # noqa: PLC0415 (as above)
        from bricoop.identity.decision_rows import decision_answer  # noqa: PLC0415 (as above)

        return decision_answer(list_decisions(self.connection, chosen))
