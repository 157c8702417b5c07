"""The schema of a profile's TOML file: its tables and keys, with the types of their values.

Each key is a field of a struct here and a row in docs/profiles.md; a test compares the two.
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
#: The keys of `[styles]`, which a field may override.
STYLE_KEYS = ("decimal", "thousands", "signs", "units", "dates", "two_digit_years", "empty")
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


def refuse_styles(table: "FieldTable | StylesTable") -> None:
    """Refuse marks that are letters or digits, invalid patterns of dates, and invalid units.

    Raises:
        BadKeyError: a setting is invalid; the error names its key.
    """
    for key, mark in (("decimal", table.decimal), ("thousands", table.thousands)):
        if mark and (mark.isalnum() or mark in "+-"):
            raise BadKeyError(key, f"is {mark!r}, which numbers also contain")
    _refuse_spaces("empty", table.empty or ())
    for pattern in table.dates or ():
        _refuse_pattern(pattern)
    for unit, factor in (table.units or {}).items():
        if any(letter.isdigit() or letter in "+-." for letter in unit):
            raise BadKeyError(("units", unit), "has a digit or a sign of numbers in its name")
        refuse_unbounded(("units", unit), factor)
        if factor <= 0:
            raise BadKeyError(("units", unit), "is not a factor above 0")


class FieldTable(Table, frozen=True):
    """A field in `[records.fields]`; see `FieldRule` for the meaning of the keys."""

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
    decimal: Mark | None = None
    thousands: Mark | None = None
    signs: Texts | None = None
    units: dict[str, Decimal] | None = None
    dates: Patterns | None = None
    two_digit_years: str | None = None
    empty: Texts | None = None

    def __post_init__(self) -> None:
        """Refuse a rule without exactly one origin, or with invalid values.

        Raises:
            BadKeyError: the rule is invalid; the error names the key.
        """
        origins = [self.column, self.columns, self.constant, self.template]
        count = sum(origin is not None for origin in origins)
        if count != 1 and not (count == 0 and self.add):
            message = "needs exactly one of column, columns, constant and template"
            raise BadKeyError("", message)
        for template in several(self.template):
            _refuse_template(template)
        if self.multiply is not None:
            refuse_unbounded("multiply", self.multiply)
            if self.multiply <= 0:
                raise BadKeyError("multiply", "is not a factor above 0")
        _refuse_words(self.when)
        _refuse_spaces("map", () if isinstance(self.map, str) else self.map)
        refuse_styles(self)

    def declared(self) -> dict[str, object]:
        """Return the keys that are set."""
        keys = {name: getattr(self, name) for name in self.__struct_fields__}
        always = {"constant", *STYLE_KEYS}
        return {
            name: value
            for name, value in keys.items()
            if value or (name in always and value is not None)
        }

    def style(self) -> dict[str, object]:
        """Return the keys that override those of `[styles]`."""
        return {name: value for name, value in self.declared().items() if name in STYLE_KEYS}


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
        """Refuse a separator without lists.

        Raises:
            BadKeyError: `separator` is set without `each`.
        """
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
        """Refuse a separator of header rows with a single header row.

        Raises:
            BadKeyError: `header_separator` is set without `header_rows`.
        """
        if self.header_separator is not None and self.header_rows == 1:
            raise BadKeyError(
                "header_separator", "works only together with header_rows of 2 or more"
            )


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
        """Refuse invalid settings.

        Raises:
            BadKeyError: a setting is invalid; the error names its key.
        """
        refuse_styles(self)


class SkipTable(Table, frozen=True):
    """A table of `[[skip]]`; see `SkipRule`."""

    when: Annotated[dict[str, str | Annotated[tuple[str, ...], Meta(min_length=1)]],
                    Meta(min_length=1)]  # fmt: skip
    because: str = ""

    def __post_init__(self) -> None:
        """Refuse invalid patterns.

        Raises:
            BadKeyError: a pattern is invalid; the error names its column.
        """
        _refuse_words(self.when)


class UnpivotTable(Table, frozen=True):
    """The table `[unpivot]`; see `Unpivot`."""

    columns: Some
    name: Text
    value: Text

    def __post_init__(self) -> None:
        """Refuse invalid patterns, and two columns of the same name.

        Raises:
            BadKeyError: a value is invalid; the error names its key.
        """
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
        """Refuse sums that are not finite or have too many digits.

        Raises:
            BadKeyError: a sum is invalid; the error names its column.
        """
        for column, total in self.sums.items():
            refuse_unbounded(("sums", column), total)


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
    skip: tuple[SkipTable, ...] = ()
    unpivot: UnpivotTable | None = None
    controls: ControlsTable = ControlsTable()
    maps: dict[str, Text | dict[str, str]] = field(default_factory=dict)
    columns: dict[str, Some] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse words of maps with surrounding spaces.

        Raises:
            BadKeyError: a word is invalid; the error names its map.
        """
        for name, words in self.maps.items():
            _refuse_spaces(("maps", name), () if isinstance(words, str) else words)


def refuse_unbounded(key: str | Keys, value: Decimal) -> None:
    """Refuse a number that is not finite, or that has too many digits or too large an exponent.

    Raises:
        BadKeyError: the number is refused; the error names `key`.
    """
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
