"""Choice of the Parquet type of a decimal column from the digits of its values."""

from collections.abc import Iterable
from decimal import Decimal

from bricoop.domain.amounts import plain

#: The maximum precision of a Parquet decimal, and the default scale.
_DIGITS, _PLACES = 38, 9


class Digits:
    """Counter of the digits before and after the decimal point in a column."""

    def __init__(self) -> None:
        """Start with no values."""
        self._before = self._after = 0

    def texts(self, values: Iterable[Decimal | None]) -> list[str | None]:
        """Return values as plain texts, and count their digits."""
        texts = [None if value is None else plain(Decimal(value)) for value in values]
        for text in texts:
            if text is not None:
                before, _, after = text.lstrip("-").partition(".")
                self._before = max(self._before, len(before))
                self._after = max(self._after, len(after))
        return texts

    @property
    def scale(self) -> tuple[int, int] | None:
        """Precision and scale that hold all values exactly; None if only text does.

        The default scale is used if possible, so that files of several queries have one schema.
        """
        decimals = max(self._after, _PLACES)
        if self._before + decimals > _DIGITS:
            decimals = self._after
        if self._before + decimals > _DIGITS:
            return None
        return _DIGITS, decimals
