"""Cleaners of cells that hold several values."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bricoop.domain.joined_names import parts_of
from bricoop.domain.limits import LIST_VALUES
from bricoop.ingest.layouts.clean import (
    SHORTEST_CODE,
    BadValueError,
    Cleaner,
    Places,
    Value,
    is_plain,
    short,
    text,
)

LIST_SEPARATOR = ";"


def refuse_too_many(values: int) -> None:
    """Refuse a list with more values than `LIST_VALUES` allows.

    Args:
        values: the number of values.

    Raises:
        BadValueError: there are too many.
    """
    if values > LIST_VALUES.value:
        rule = f"has {values:,} values, and a cell may hold at most {LIST_VALUES.value:,}"
        raise BadValueError(rule, "Write a row for each.")


@dataclass(frozen=True)
class ListOf:
    """Cleaner for a list of values separated by semicolons; duplicates are dropped.

    Attributes:
        cleaner: the cleaner for each value.
    """

    cleaner: Cleaner

    def __call__(self, cell: str, places: Places) -> list[str]:
        """Return the values of a cell."""
        texts = cell.split(LIST_SEPARATOR)
        refuse_too_many(len(texts))
        try:
            return self.each(texts, places)
        except BadValueError as error:
            values = [stripped for raw in texts if (stripped := raw.strip())]
            several = [
                single for value in values for single in self._values_by_other_marks(value, places)
            ]
            if len(several) == len(values):
                raise
            hint = f"Separate several by semicolons: {'; '.join(several)}."
            raise BadValueError(error.rule, hint) from error

    def _values_by_other_marks(self, value: str, places: Places) -> Sequence[str]:
        """Return the values in a text that uses another separator than the semicolon.

        If the text is valid as a whole, or no separator gives valid values, it is the only value.
        """
        doubts = len(places.doubts)
        for texts in ([value], parts_of(value, SHORTEST_CODE)):
            with suppress(BadValueError):
                self.each(texts, places)
                return texts or [value]
            del places.doubts[doubts:]
        return [value]

    def each(self, texts: Iterable[str], places: Places) -> list[str]:
        """Return the cleaned values of a list that is already split."""
        values = [stripped for raw in texts if (stripped := raw.strip())]
        refuse_too_many(len(values))
        if self.cleaner in {text, short} and all(map(is_plain, values)):
            return list(dict.fromkeys(values))
        return list(dict.fromkeys(str(self.cleaner(value, places)) for value in values))


@dataclass(frozen=True)
class Joint:
    """Cleaner for a field with one value or, separated by semicolons, several acting jointly.

    Attributes:
        cleaner: the cleaner for each value.
    """

    cleaner: Cleaner

    def __call__(self, cell: str, places: Places) -> Value:
        """Return the value of a cell, or a list if there are several."""
        return self.each(cell.split(LIST_SEPARATOR), places)

    def each(self, texts: Iterable[str], places: Places) -> Value:
        """Return the single value, or a list if there are several or none."""
        values = ListOf(self.cleaner).each(texts, places)
        return values[0] if len(values) == 1 else values
