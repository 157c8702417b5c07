"""The section "At a glance": numbers of rows of a subject as key figures and as a sentence."""

from collections.abc import Mapping, Sequence

from bricoop.domain.english import counted_or_no, enumerated
from bricoop.query.entity.citations import Citation
from bricoop.report.blocks import Block, KeyFigure, KeyFigures, Table
from bricoop.report.data import Filters, ReportQueries
from bricoop.report.sections import Section

#: The name of the section.
GLANCE = "glance"
_FIGURE_LABELS = {"statistics": "Figures that sources state"}
_NOUN_LABELS = {"statistics": "figures"}


class Glance:
    """The number of rows of a subject for each noun, queried once."""

    def __init__(
        self,
        queries: ReportQueries,
        filters: Mapping[str, Filters],
        cited: Mapping[str, tuple[Citation, ...]] | None = None,
    ) -> None:
        """Count the rows of each noun.

        Args:
            queries: reads the knowledge base.
            filters: for each noun, the filters that select the rows of the subject.
            cited: for a noun, the citations of its number; without them, the sources of the
                rows are cited.
        """
        self._queries = queries
        self._cited = cited or {}
        self._filters = filters
        self.numbers = {
            noun: queries.number(noun, noun_filters) for noun, noun_filters in filters.items()
        }

    @property
    def is_empty(self) -> bool:
        """Whether there are no rows of any noun."""
        return not any(self.numbers.values())

    def section(self, drawings: Sequence[Block] = ()) -> Section:
        """Return the section of the numbers other than zero, followed by charts and maps."""
        figures = tuple(
            KeyFigure(
                noun,
                _FIGURE_LABELS.get(noun, noun.capitalize()),
                number,
                citations=self._cited.get(noun)
                or self._queries.source_citations(noun, self._filters[noun]),
            )
            for noun, number in self.numbers.items()
            if number
        )
        key_figures: tuple[Block, ...] = (KeyFigures(figures),) if figures else ()
        nothing: tuple[Block, ...] = (Table((), ()),)
        return Section(GLANCE, "At a glance", (*key_figures, *drawings) or nothing)

    def phrase(self) -> str:
        """Return the numbers other than zero as a phrase: `12 projects, 1 policy and 3 figures`."""
        numbers = {noun: number for noun, number in self.numbers.items() if number}
        if not numbers:
            return "nothing"
        return enumerated(
            [
                counted_or_no(number, _NOUN_LABELS.get(noun, noun))
                for noun, number in numbers.items()
            ]
        )
