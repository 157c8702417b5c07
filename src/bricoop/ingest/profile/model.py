"""A profile as a value: the file's form, its source, and which column becomes which field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bricoop.ingest.readers.file_options import NATIVE, FileOptions
from bricoop.ingest.sources import SourceSpec


@dataclass(frozen=True)
class NumberStyle:
    """How a layout writes numbers.

    Attributes:
        decimal: the decimal mark; empty where every number is whole.
        thousands: what stands between groups of three digits; empty where nothing may.
        signs: what may stand before or after, such as `$` or `%`, and means nothing more.
        units: what may stand after, such as `M`, with the factor that each means; a number without
            one is refused unless there is an empty unit, or the field is multiplied.
        others: the styles of the profile's other variants, by the names of these.
    """

    decimal: str = "."
    thousands: str = ""
    signs: tuple[str, ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    # Only for advice: what a cell is read as depends on none of them.
    others: tuple[tuple[str, "NumberStyle"], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Styles:
    """How a layout writes what it writes.

    Attributes:
        numbers: its numbers.
        dates: its dates, as `strptime` patterns; a cell that two of them read differently is
            refused.
        empty: cells that say nothing, such as `N/A`.
        two_digit_years: the hundred years in which years of two digits lie, such as `1931-2030`.
    """

    numbers: NumberStyle = field(default_factory=NumberStyle)
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    empty: frozenset[str] = frozenset()
    two_digit_years: str = ""

    def over(self, style: Mapping[str, Any]) -> "Styles":
        """Return these styles, but for what a field or a variant says itself.

        Args:
            style: values by the keys of `[styles]`.
        """
        numbers = {name: style[name] for name in _OF_NUMBERS if name in style}
        rest = {name: style[name] for name in ("dates", "two_digit_years") if name in style}
        if "empty" in style:
            rest["empty"] = frozenset(style["empty"])
        return replace(self, numbers=replace(self.numbers, **numbers), **rest)


#: The keys of `[styles]` that are of numbers.
_OF_NUMBERS = ("decimal", "thousands", "signs", "units")


@dataclass(frozen=True)
class FieldRule:
    """Where one native field comes from.

    Attributes:
        name: the native field.
        columns: the columns that may hold it; the first that does is taken.
        constant: its value in every row, where no column holds it.
        templates: texts with `{Column}` in them, where it is made of several; the first whose
            columns all say something is taken. `{Column:country}` is the name of the country that
            the cell means, `{#}` a short digest of the record's id.
        separators: what divides a list in a cell; none where a cell is one value. A field that is
            one value has none where the list has several.
        whole: values that hold a separator and are not divided.
        all: whether all of the columns are taken, for a list.
        add: values that every row has besides, for a list.
        map: what each word of the layout means; empty where words are taken as they are.
        sectors: whether the map's words are codes of the DAC's sectors and purposes; then a code
            that it lacks means what the next wider one does.
        unmapped: what becomes of a word that the map lacks: `refuse`, `keep` or `drop`.
        delete: texts that do not belong to the cells and are taken out, such as `_x000D_`.
        number: whether it is a number in the layout's style.
        multiply: by what the number is multiplied, such as 1000000 for millions.
        date: whether it is a date in the layout's style.
        estimated: the column that says whether a date is an estimate; then 1 January is a year.
        only_year: days, such as 12-31, that a layout writes where it knows only the year.
        without: beginnings that a word may have before what the map knows, such as `Chinese `.
        when: the columns and the words that they must hold; else the field is empty. `*` is any
            word, `Chinese *` any that begins so, `*M` any that ends so, `*port*` any that holds it.
        unless: the column whose cell says the same where the field has nothing of its own to say.
        blank: what an empty cell says.
        as_key: whether what a template makes becomes a key, as the field `key` always does.
        style: what the field says of how it is written, by the keys of `[styles]`; it takes the
            place of what is said there.
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
    style: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class RecordRule:
    """One record that a row becomes.

    Attributes:
        noun: the noun whose native layout its fields have.
        id: the columns that tell it from the others of its source and noun.
        ordinal: whether rows that are alike in those columns are told apart by their order.
        fields: where its fields come from; of several rules for one, the first that gives a value.
        needs: fields without which the row has no such record, and nothing is wrong with that.
        each: columns that hold lists of equal length; the row becomes a record for each place in
            them, and a record that an earlier row or place became is not made again.
        separator: what divides those lists.
        label: tells the record from another of its noun that the same row becomes.
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
    """Which rows of a file are no data: footers, totals, rows of tags.

    Attributes:
        when: the columns and the words that they must all hold; `*` is any word, an empty text an
            empty cell.
        because: what such rows are, in a word or two; empty where the words tell.
    """

    when: tuple[tuple[str, tuple[str, ...]], ...]
    because: str = ""

    @property
    def condition(self) -> str:
        """The words by which such rows are known."""
        conditions = (f"{column} is {' or '.join(map(repr, words))}" for column, words in self.when)
        return " and ".join(conditions)

    @property
    def reason(self) -> str:
        """What such rows are, or by which words they are known."""
        return self.because or self.condition


@dataclass(frozen=True)
class Unpivot:
    """Columns that are values, such as years: each cell of them becomes a record of its own.

    Attributes:
        columns: their headers: names, patterns such as `FY*`, or spans such as `2000..2021`.
        name: the column that rules read the header of such a cell from.
        value: the column that rules read the cell itself from.
    """

    columns: tuple[str, ...]
    name: str
    value: str


@dataclass(frozen=True)
class Controls:
    """What must hold of a whole file before anything is written.

    Attributes:
        rows: how many rows it has, or None where that is not said.
        unique: columns that hold another value in every row.
        sums: the exact sum of each of some columns of numbers, as text.
        filled: the least share of rows, from 0 to 1, in which each of some columns says something.
    """

    rows: int | None = None
    unique: tuple[str, ...] = ()
    sums: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """Everything that is needed to read one published layout.

    Attributes:
        name: what it is called on the command line.
        title: the layout or dataset, in a line.
        about: where its publisher offers it, what becomes of it, what stays in the record only.
        source: who says what the file says, unless the caller names another.
        form: how its files are read.
        styles: how it writes numbers, dates and nothing.
        required: the columns without which a file has another layout.
        records: what a row becomes; the first one keeps the whole row.
        controls: what must hold of a whole file.
        variants: further styles by name, of which the caller must choose one where there are any.
        columns: by the name of a column here, what other editions call it.
        skip: which rows are left out; they are counted, and no control looks at them.
        unpivot: columns that become rows; None where there are none.
        path: the file that it was read from; empty where it comes with bricoop.
        links: the table of links that fields use, by its name or path; empty where none do.
    """

    name: str
    title: str
    about: str
    source: SourceSpec
    styles: Styles
    required: tuple[str, ...]
    records: tuple[RecordRule, ...]
    form: FileOptions = NATIVE
    controls: Controls = field(default_factory=Controls)
    variants: Mapping[str, Styles] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: str = ""
    skip: tuple[SkipRule, ...] = ()
    unpivot: Unpivot | None = None
    path: str = ""

    def named(self, header: Sequence[str]) -> list[str]:
        """Return a header under the names that columns have here, whatever its edition calls them.

        A name of the profile's own stands as it is; others are found in any case of letters.
        """
        here = {other.casefold(): name for name, others in self.columns.items() for other in others}
        return [
            cell if cell in self.columns else here.get(cell.casefold(), cell) for cell in header
        ]
