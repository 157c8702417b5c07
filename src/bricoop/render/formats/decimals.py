"""Which type of Parquet holds a column of exact decimals, once all of it has been seen."""

from collections.abc import Iterable
from decimal import Decimal

from bricoop.domain.amounts import plain

#: What every reader of Parquet takes: so many digits, by custom so many of them after the point.
_DIGITS, _PLACES = 38, 9


class Digits:
    """How many digits the values of a column have before the point, and how many after it."""

    def __init__(self) -> None:
        """Begin with a column of nothing."""
        self._before = self._after = 0

    def texts(self, values: Iterable[Decimal | None]) -> list[str | None]:
        """Return the plain texts of values, whose digits are counted."""
        texts = [None if value is None else plain(Decimal(value)) for value in values]
        for text in texts:
            if text is not None:
                before, _, after = text.lstrip("-").partition(".")
                self._before = max(self._before, len(before))
                self._after = max(self._after, len(after))
        return texts

    @property
    def scale(self) -> tuple[int, int] | None:
        """How many digits, and how many after the point, lose nothing; None where text must do.

        It is one scale for nearly all columns, so that files of several questions fit together.
        """
        decimals = max(self._after, _PLACES)
        if self._before + decimals > _DIGITS:
            decimals = self._after
        if self._before + decimals > _DIGITS:
            return None
        return _DIGITS, decimals
