"""What a subject comes to at a glance: a few figures, and a sentence."""

from collections.abc import Mapping, Sequence

from bricoop.query.citations import Citation
from bricoop.report.blocks import KeyFigure, KeyFigures, Part, Table
from bricoop.report.data import Asking, Filters, counted, listing
from bricoop.report.sections import Section

_LABELS = {"statistics": "Figures that sources state"}
_SAID = {"statistics": "figures"}


class Glance:
    """The numbers of a subject, noun by noun, each asked for once."""

    def __init__(
        self,
        asking: Asking,
        filters: Mapping[str, Filters],
        cited: Mapping[str, tuple[Citation, ...]] | None = None,
    ) -> None:
        """Count.

        Args:
            asking: asks the knowledge base.
            filters: for each noun, which of its rows are the subject's.
            cited: who says that they are the subject's; for other nouns, whoever describes them.
        """
        self._asking = asking
        self._cited = cited or {}
        self._filters = filters
        self.numbers = {noun: asking.number(noun, one) for noun, one in filters.items()}

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is recorded."""
        return not any(self.numbers.values())

    def section(self, more: Sequence[Part] = ()) -> Section:
        """Return the section of the figures that are not nought, and of what else is seen."""
        figures = tuple(
            KeyFigure(
                noun,
                _LABELS.get(noun, noun.capitalize()),
                number,
                citations=self._cited.get(noun) or self._asking.speaking(noun, self._filters[noun]),
            )
            for noun, number in self.numbers.items()
            if number
        )
        own: tuple[Part, ...] = (KeyFigures(figures),) if figures else ()
        nothing: tuple[Part, ...] = (Table((), ()),)
        return Section("glance", "At a glance", (*own, *more) or nothing)

    def said(self) -> str:
        """Return the numbers that are not nought, as a sentence lists them."""
        found = {noun: number for noun, number in self.numbers.items() if number}
        if not found:
            return "nothing"
        return listing([counted(number, _SAID.get(noun, noun)) for noun, number in found.items()])
