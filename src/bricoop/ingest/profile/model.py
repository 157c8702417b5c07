"""The parsed form of a profile: how a published file is read and mapped to native fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bricoop.ingest.readers.file_options import NATIVE, FileOptions
from bricoop.ingest.sources import SourceSpec


@dataclass(frozen=True)
class NumberStyle:
    """How numbers are written in a layout.

    Attributes:
        decimal: the decimal mark; empty if all numbers are whole.
        thousands: the separator between groups of three digits; empty if there is none.
        signs: texts that may precede or follow a number, such as `$` or `%`, and are ignored.
        units: suffixes such as `M`, each with its factor. A number without a unit is refused unless
            there is an empty unit, or the field has `multiply`.
        others: the number styles of the other variants of the profile, by name.
    """

    decimal: str = "."
    thousands: str = ""
    signs: tuple[str, ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    # Only used for hints, so it has no part in comparisons.
    others: tuple[tuple[str, "NumberStyle"], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Styles:
    """How numbers, dates and missing values are written in a layout.

    Attributes:
        numbers: the style of numbers.
        dates: `strptime` patterns of dates. A cell that two patterns read differently is refused.
        empty: texts that stand for a missing value, such as `N/A`.
        two_digit_years: the span of 100 years for years of two digits, such as `1931-2030`.
    """

    numbers: NumberStyle = field(default_factory=NumberStyle)
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    empty: frozenset[str] = frozenset()
    two_digit_years: str = ""

    def over(self, style: Mapping[str, Any]) -> "Styles":
        """Return a copy of these styles with some settings replaced, by the keys of `[styles]`."""
        numbers = {name: style[name] for name in _OF_NUMBERS if name in style}
        rest = {name: style[name] for name in ("dates", "two_digit_years") if name in style}
        if "empty" in style:
            rest["empty"] = frozenset(style["empty"])
        return replace(self, numbers=replace(self.numbers, **numbers), **rest)


#: The keys of `[styles]` that concern numbers.
_OF_NUMBERS = ("decimal", "thousands", "signs", "units")


@dataclass(frozen=True)
class FieldRule:
    """How one native field is read from a row of a published file.

    Attributes:
        name: the native field.
        columns: the columns to read; the first with a value is used.
        constant: the value for every row, instead of columns.
        templates: texts with placeholders such as `{Column}`, instead of columns. The first
            template whose columns all have values is used. `{Column:country}` is replaced by the
            name of the country in the cell, `{#}` by a short digest of the record's id.
        separators: separators of a list in a cell; empty if a cell is a single value. If the field
            has a single value, it stays empty for cells with several.
        whole: values that contain a separator and are not split.
        all: whether the values of all columns are used, for lists.
        add: values that are added in every row, for lists.
        map: the native value for each word of the layout; empty if words are used unchanged.
        sectors: whether the words of the map are DAC sector or purpose codes. Then a code that the
            map lacks is looked up as the next wider code.
        unmapped: what to do with a word that the map lacks: `refuse`, `keep` or `drop`.
        delete: texts that are removed from cells, such as `_x000D_`.
        number: whether the cell is a number in the style of the layout.
        multiply: the factor of the number, such as 1000000 for millions.
        date: whether the cell is a date in the style of the layout.
        estimated: the column that says whether a date is estimated; if it is, 1 January is reduced
            to its year.
        only_year: days, such as 12-31, that stand for a year of which the day is not known.
        without: prefixes that are ignored when a word is looked up in the map, such as `Chinese `.
        when: the words that other columns must hold, by column; otherwise the field is empty. `*`
            matches any word, `Chinese *` a prefix, `*M` a suffix and `*port*` a substring.
        unless: a column; the field is empty if its cell equals the cell of that column.
        blank: the value of an empty cell.
        as_key: whether the result of a template is a key; it always is in the field `key`.
        style: settings of this field by the keys of `[styles]`, which they override.
    """

    name: str
    columns: tuple[str, ...] = ()
    constant: str | None = None
    templates: tuple[str, ...] = ()
    separators: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    all: bool = False
    add: tuple[str, ...] = ()
    map: Mapping[str, str] = field(default_factory=dict)
    sectors: bool = False
    unmapped: str = "refuse"
    without: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    number: bool = False
    multiply: str = ""
    date: bool = False
    estimated: str = ""
    only_year: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: str = ""
    blank: str = ""
    as_key: bool = False
    style: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordRule:
    """How one native record is made of a row.

    Attributes:
        noun: the noun of the native layout.
        id: the columns whose cells identify the record within its source and noun.
        ordinal: whether records with the same id are numbered in the order of their rows.
        fields: the rules of fields. A field may have several; the first that gives a value is used.
        needs: fields without which a row has no such record, which is not an error.
        each: columns with parallel lists. The row becomes one record for each index of the lists,
            without records that an earlier row or index already became.
        separator: the separator of those lists.
        label: distinguishes the record from others of the same noun made of the same row.
    """

    noun: str
    id: tuple[str, ...]
    fields: tuple[FieldRule, ...]
    needs: tuple[str, ...] = ()
    ordinal: bool = False
    each: tuple[str, ...] = ()
    separator: str = "|"
    label: str = ""


@dataclass(frozen=True)
class SkipRule:
    """Which rows of a file are skipped, such as footers, totals and rows of tags.

    Attributes:
        when: columns, each with the words of which its cell must be one; all columns must match.
            `*` matches any word, and an empty text matches an empty cell.
        because: what such rows are, in a word or two; may be empty.
    """

    when: Mapping[str, tuple[str, ...]]
    because: str = ""

    @property
    def condition(self) -> str:
        """The condition as a phrase, for messages."""
        conditions = (
            f"{column} is {' or '.join(map(repr, words))}" for column, words in self.when.items()
        )
        return " and ".join(conditions)

    @property
    def reason(self) -> str:
        """What such rows are, or else the condition, for messages."""
        return self.because or self.condition


@dataclass(frozen=True)
class Unpivot:
    """Columns whose headings are values, such as years, and whose cells become records.

    Attributes:
        columns: their headings, as names, patterns such as `FY*`, or spans such as `2000..2021`.
        name: the name of the virtual column with the heading of the cell.
        value: the name of the virtual column with the cell itself.
    """

    columns: tuple[str, ...]
    name: str
    value: str


@dataclass(frozen=True)
class Controls:
    """Control totals: properties of a whole file, checked before anything is written.

    Attributes:
        rows: the number of rows, or None if it is not checked.
        unique: columns with a different value in every row.
        sums: the exact sums of columns of numbers, as text.
        filled: the smallest share of rows, from 0 to 1, in which a column has a value.
    """

    rows: int | None = None
    unique: tuple[str, ...] = ()
    sums: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """How to read the files of one published layout.

    Attributes:
        name: the name of the profile on the command line.
        title: a one-line title of the layout or dataset.
        about: where the publisher offers it, and how it is mapped.
        source: the source of the data, unless the caller names another.
        form: options for reading the file.
        styles: how numbers, dates and missing values are written.
        required: further columns that a file must have.
        whole_numbers: columns of whole numbers, in which 201.0 is read as 201, in ids as well.
        records: the records that a row becomes; the first keeps all cells of the row.
        controls: control totals of a whole file.
        variants: alternative styles by name; if there are any, the caller must choose one.
        columns: by the name of a column in this profile, its names in other editions.
        skip: rules for rows to skip, which are counted but take no part in control totals.
        unpivot: columns that become rows, or None.
        path: the file of the profile; empty if it is shipped with bricoop.
        links: the name or path of the table of links in use; empty if none is.
    """

    name: str
    title: str
    about: str
    source: SourceSpec
    styles: Styles
    required: tuple[str, ...]
    records: tuple[RecordRule, ...]
    form: FileOptions = NATIVE
    whole_numbers: tuple[str, ...] = ()
    controls: Controls = field(default_factory=Controls)
    variants: Mapping[str, Styles] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: str = ""
    skip: tuple[SkipRule, ...] = ()
    unpivot: Unpivot | None = None
    path: str = ""

    def named(self, header: Sequence[str]) -> list[str]:
        """Return a header with the column names of other editions replaced by those of the profile.

        Names of other editions are matched without regard to case.
        """
        here = {other.casefold(): name for name, others in self.columns.items() for other in others}
        return [
            cell if cell in self.columns else here.get(cell.casefold(), cell) for cell in header
        ]
