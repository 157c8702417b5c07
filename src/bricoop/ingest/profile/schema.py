"""The schema of a profile's TOML file: its tables and keys, with the types of their values.

Each key is a field of a struct here and a row in docs/profiles.md; a test compares the two. What
types cannot express is checked in `__post_init__`: an invalid value raises a `BadKeyError`, which
names its key.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from string import Formatter
from typing import Annotated, Literal

from msgspec import Meta, field

from bricoop.domain.document_faults import BadKeyError, Keys, shown
from bricoop.domain.documents import Some, Table, Text, Texts, several
from bricoop.domain.limits import NUMBER_DIGITS
from bricoop.domain.vocabularies import SourceKind
from bricoop.ingest.profile.patterns import word_fault
from bricoop.ingest.readers.file_options import Kind

#: A `strptime` pattern.
Pattern = Annotated[str, Meta(min_length=1, max_length=100)]
Patterns = Annotated[tuple[Pattern, ...], Meta(min_length=1)]
#: A decimal mark or a separator of thousands; empty for none.
Mark = Annotated[str, Meta(max_length=1)]
#: The largest number of rows in a workbook.
_LAST_ROW = 1_048_576
#: The largest exponent of a number. Larger ones could fill memory and are no real amounts.
_FARTHEST = 99
_A_DAY = datetime(2019, 3, 14, 15, 9, 26)  # noqa: DTZ001 (a day has no zone)


def _refuse_words(when: Mapping[str, str | tuple[str, ...]], within: Keys = ("when",)) -> None:
    for column, words in when.items():
        _refuse_spaces((*within, column), several(words))
        for word in several(words):
            if fault := word_fault(word):
                raise BadKeyError((*within, column), f"has {shown(word)!r}, which {fault}")


def _refuse_spaces(key: str | Keys, words: Iterable[str]) -> None:
    """Refuse words with surrounding spaces: they could never equal a cell, which is stripped."""
    for word in words:
        if word != word.strip():
            message = f"has {shown(word)!r}, and cells are read without the spaces around them"
            raise BadKeyError(key, message, f"Write {shown(word.strip())!r}.")


class StylesTable(Table, frozen=True):
    """The table `[styles]`, or a table `[variants.NAME]`, which overrides it; see `Styles`."""

    decimal: Mark | None = None
    thousands: Mark | None = None
    signs: Texts | None = None
    units: dict[str, Decimal] | None = None
    dates: Patterns | None = None
    empty: Texts | None = None
    two_digit_years: str | None = None

    def __post_init__(self) -> None:
        """Refuse marks that are letters or digits, and invalid units and patterns of dates."""
        for key, mark in (("decimal", self.decimal), ("thousands", self.thousands)):
            if mark and (mark.isalnum() or mark in "+-"):
                raise BadKeyError(key, f"is {mark!r}, which numbers also contain")
        _refuse_spaces("empty", self.empty or ())
        for pattern in self.dates or ():
            _refuse_pattern(pattern)
        for unit, factor in (self.units or {}).items():
            if any(letter.isdigit() or letter in "+-." for letter in unit):
                raise BadKeyError(("units", unit), "has a digit or a sign of numbers in its name")
            _refuse_unbounded(("units", unit), factor)
            if factor <= 0:
                raise BadKeyError(("units", unit), "is not a factor above 0")

    def declared(self) -> dict[str, object]:
        """Return the keys that are set."""
        keys = {name: getattr(self, name) for name in self.__struct_fields__}
        return {
            name: value
            for name, value in keys.items()
            if value or (value is not None and name in _MAY_BE_EMPTY)
        }


#: The keys of `[styles]`, which a field may override.
_STYLE_KEYS = frozenset(StylesTable.__struct_fields__)
#: Keys that are set even if they are empty: no mark, no signs, or an empty text.
_MAY_BE_EMPTY = _STYLE_KEYS | {"constant"}


class FieldTable(StylesTable, frozen=True):
    """A field in `[records.fields]`, with styles of its own; see `FieldRule` for its keys."""

    column: Text | None = None
    columns: Annotated[Texts, Meta(min_length=1)] | None = None
    constant: str | None = None
    template: Some | None = None
    separator: Some = ()
    whole: Texts = ()
    all: bool = False
    add: Texts = ()
    map: Text | dict[str, str] = field(default_factory=dict)
    unmapped: Literal["refuse", "keep", "drop"] | None = None
    without: Texts = ()
    delete: Texts = ()
    number: bool = False
    multiply: Decimal | None = None
    date: bool = False
    estimated: str = ""
    only_year: Texts = ()
    when: dict[str, Some] = field(default_factory=dict)
    unless: str = ""
    blank: str = ""
    as_key: bool = False

    def __post_init__(self) -> None:
        """Refuse a rule without exactly one origin, or with invalid values."""
        origins = [self.column, self.columns, self.constant, self.template]
        count = sum(origin is not None for origin in origins)
        if count != 1 and not (count == 0 and self.add):
            raise BadKeyError("", "needs exactly one of column, columns, constant and template")
        for template in several(self.template):
            _refuse_template(template)
        if self.multiply is not None:
            _refuse_unbounded("multiply", self.multiply)
            if self.multiply <= 0:
                raise BadKeyError("multiply", "is not a factor above 0")
        _refuse_words(self.when)
        _refuse_spaces("map", () if isinstance(self.map, str) else self.map)
        super().__post_init__()

    def style(self) -> dict[str, object]:
        """Return the keys that override those of `[styles]`."""
        return {name: value for name, value in self.declared().items() if name in _STYLE_KEYS}


class RecordTable(Table, frozen=True):
    """A table of `[[records]]`; see `RecordRule`."""

    noun: Text
    id: Annotated[Texts, Meta(min_length=1)]
    fields: dict[str, Text | FieldTable | Annotated[tuple[Text | FieldTable, ...],
                                                    Meta(min_length=1)]]  # fmt: skip
    needs: Texts = ()
    ordinal: bool = False
    each: Texts = ()
    separator: Text | None = None
    label: str = ""

    def __post_init__(self) -> None:
        """Refuse a separator without lists."""
        if self.separator is not None and not self.each:
            raise BadKeyError("separator", "works only together with each")


class SourceTable(Table, frozen=True):
    """The table `[source]`; see `SourceSpec`."""

    key: Text
    title: Text
    tier: Annotated[int, Meta(ge=1, le=8)]
    kind: SourceKind | None = None
    authors: str | None = None
    publisher: str | None = None
    published: str | None = None
    edition: str | None = None
    url: str | None = None
    archived_url: str | None = None
    licence: str | None = None
    language: str | None = None
    note: str | None = None


class FileTable(Table, frozen=True):
    """The table `[file]`; see `FileOptions`."""

    kind: Kind | None = None
    encoding: Text = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header_row: Annotated[int, Meta(ge=1, le=_LAST_ROW)] | None = None
    header_rows: Annotated[int, Meta(ge=1, le=10)] = 1
    header_separator: Annotated[str, Meta(max_length=10)] | None = None
    sheet: Text | Annotated[int, Meta(ge=1, le=_LAST_ROW)] | None = None
    skip_unnamed: bool = True
    long_cells: bool = False

    def __post_init__(self) -> None:
        """Refuse a separator of header rows with a single header row."""
        if self.header_separator is not None and self.header_rows == 1:
            raise BadKeyError(
                "header_separator", "works only together with header_rows of 2 or more"
            )


class SkipTable(Table, frozen=True):
    """A table of `[[skip]]`; see `SkipRule`."""

    when: Annotated[dict[str, str | Annotated[tuple[str, ...], Meta(min_length=1)]],
                    Meta(min_length=1)]  # fmt: skip
    because: str = ""

    def __post_init__(self) -> None:
        """Refuse invalid patterns."""
        _refuse_words(self.when)


class UnpivotTable(Table, frozen=True):
    """The table `[unpivot]`; see `Unpivot`."""

    columns: Some
    name: Text
    value: Text

    def __post_init__(self) -> None:
        """Refuse invalid patterns, and two columns of the same name."""
        _refuse_words({"columns": self.columns}, ())
        if self.name == self.value:
            raise BadKeyError("value", "is the name, too")


class ControlsTable(Table, frozen=True):
    """The table `[controls]`; see `Controls`."""

    rows: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    unique: Texts = ()
    sums: dict[str, Decimal] = field(default_factory=dict)
    filled: dict[str, Annotated[float, Meta(ge=0, le=1)]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse sums that are not finite or have too many digits."""
        for column, total in self.sums.items():
            _refuse_unbounded(("sums", column), total)


class ProfileDocument(Table, frozen=True):
    """The whole TOML file; see `Profile`."""

    title: Text
    source: SourceTable
    records: Annotated[tuple[RecordTable, ...], Meta(min_length=1)]
    about: str = ""
    file: FileTable = FileTable()
    styles: StylesTable = StylesTable()
    variants: dict[str, StylesTable] = field(default_factory=dict)
    required: Texts = ()
    whole_numbers: Texts = ()
    skip: tuple[SkipTable, ...] = ()
    unpivot: UnpivotTable | None = None
    controls: ControlsTable = ControlsTable()
    maps: dict[str, Text | dict[str, str]] = field(default_factory=dict)
    columns: dict[str, Some] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse words of maps with surrounding spaces."""
        for name, words in self.maps.items():
            _refuse_spaces(("maps", name), () if isinstance(words, str) else words)


def _refuse_unbounded(key: str | Keys, value: Decimal) -> None:
    """Refuse a number that is not finite, or that has too many digits or too large an exponent."""
    if not value.is_finite():
        raise BadKeyError(key, "is not a number")
    _, digits, exponent = value.as_tuple()
    if len(digits) > NUMBER_DIGITS.value or abs(int(exponent)) > _FARTHEST:
        message = f"has more than {NUMBER_DIGITS.value} digits, or an exponent beyond {_FARTHEST}"
        raise BadKeyError(key, message)


def _refuse_template(template: str) -> None:
    hint = "Write {Column}, {Column:country} or {#}; double braces are braces: {{ and }}."
    try:
        for _, name, form, conversion in Formatter().parse(template):
            if name == "" or (form or "") not in {"", "country"} or conversion:
                raise BadKeyError("template", f"is {shown(template)!r}", hint)
    except ValueError as error:
        if isinstance(error, BadKeyError):
            raise
        message = f"is {shown(template)!r}: {error}".rstrip(".")
        raise BadKeyError("template", message, hint) from error


def _refuse_pattern(pattern: str) -> None:
    hint = "Write a pattern of strptime, such as %d.%m.%Y or %B %Y."
    try:
        read = datetime.strptime(_A_DAY.strftime(pattern), pattern)  # noqa: DTZ007 (a day has no zone)
    except (ValueError, re.error) as error:
        # re.error: a directive that appears twice.
        message = f"has {shown(pattern)!r}, which is not a pattern of dates"
        raise BadKeyError("dates", message, hint) from error
    if read.year != _A_DAY.year:
        raise BadKeyError("dates", f"has {shown(pattern)!r}, a pattern without a year", hint)
