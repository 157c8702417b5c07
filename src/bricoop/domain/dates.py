"""Partial dates (a year, month or day), kept as sortable text, and periods between them."""

import re
from dataclasses import dataclass
from datetime import date

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_SEPARATOR = ".."


def parse_partial_date(text: str) -> str:
    """Validate a partial date, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, and return it unchanged.

    Raises:
        ValueError: the text has another form, or is not a day of the calendar.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        message = "not a date"
        raise ValueError(message)
    year, month, day = (int(digits) if digits else 1 for digits in match.groups())
    try:
        date(year, month, day)
    except ValueError as error:
        message = "not a calendar day"
        raise ValueError(message) from error
    return text


def last_day_text(partial: str) -> str:
    """Return a text that sorts after every date within a partial date."""
    return f"{partial}~"


@dataclass(frozen=True)
class Period:
    """A span of time between two partial dates, either of which may be open.

    Attributes:
        start: first partial date, or None where the span has no beginning.
        end: last partial date, included, or None where it has no end.
    """

    start: str | None
    end: str | None

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read `2013`, `2013..2018`, `..2019-02` or `2013..`.

        Raises:
            ValueError: a side is no partial date, both are open, or the end precedes the start.
        """
        first, separator, last = text.partition(_SEPARATOR)
        start = parse_partial_date(first.strip()) if first.strip() else None
        if not separator:
            if start is None:
                message = "an empty period"
                raise ValueError(message)
            return cls(start, start)
        end = parse_partial_date(last.strip()) if last.strip() else None
        if start is None and end is None:
            message = "a period that is open on both sides"
            raise ValueError(message)
        if start and end and start > last_day_text(end):
            message = f"a period that ends ({end}) before it begins ({start})"
            raise ValueError(message)
        return cls(start, end)

    def __str__(self) -> str:
        """Return the text that `parse` reads back as the same period."""
        if self.start == self.end:
            return self.start or ""
        return f"{self.start or ''}{_SEPARATOR}{self.end or ''}"
