"""The classes that declare a noun: its fields, their types, and its filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bricoop.domain.nouns import Codes, NounSpec


class Type(StrEnum):
    """The type of a field's values; any value may be missing."""

    TEXT = "text"
    DATE = "date"  #: a partial date: 2019, 2019-03 or 2019-03-14, as text
    MOMENT = "moment"  #: a point in time, UTC
    INTEGER = "integer"
    DECIMAL = "decimal"  #: exact
    FLOAT = "float"  #: degrees
    YES_NO = "yes-no"
    PLACE = "place"  #: a `query.row_locations.Place`, used only for maps


@dataclass(frozen=True)
class Field:
    """One field of a noun's rows.

    Attributes:
        name: name in JSON, CSV and `--columns`.
        help: description for help texts.
        type: type of the values; for a list, of each element.
        in_table: whether tables for people include it by default.
        codes: vocabulary of its values; tables display their labels.
        many: whether it is a list; rows cannot be sorted by lists.
        filter: name of the filter on its values, if it differs from the field's name.
        base: for figures, the fields that must have equal values for sums to be meaningful.
        label: heading in tables, if it differs from the name.
        extra: whether rows include it only on request, because it is expensive to compute.
        sector: whether its values are DAC sector codes, which are displayed by name.
        currency: whether its values are ISO 4217 currency codes.
        upper: whether its values are codes in upper case, which may be typed in any case.
        based: template of the unit of its sums, with fields in braces: `constant {price_year} USD`.
        money: whether its values are money, which tables display to the cent.
        identifies: whether its numbers are identifiers, such as years and load numbers, which are
            displayed without thousands separators.
        sparse: whether few rows have a value: text tables omit its column where it is empty.
    """

    name: str
    help: str
    type: Type = Type.TEXT
    in_table: bool = False
    codes: Codes | None = None
    many: bool = False
    filter: str = ""
    base: tuple[str, ...] = ()
    label: str = ""
    based: str = ""
    extra: bool = False
    sector: bool = False
    currency: bool = False
    upper: bool = False
    money: bool = False
    identifies: bool = False
    sparse: bool = False

    @property
    def heading(self) -> str:
        """The heading of its column in tables."""
        return self.label or self.name.replace("_", " ")

    @property
    def coded(self) -> bool:
        """Whether its values are codes that tables display by their labels."""
        return self.sector or self.codes is not None

    @property
    def number(self) -> bool:
        """Whether its values are numbers, which tables align to the right."""
        return self.type in {Type.INTEGER, Type.DECIMAL, Type.FLOAT}

    @property
    def sortable(self) -> bool:
        """Whether rows can be sorted by it."""
        return not self.many


#: Shorter headings of name columns, used if the column of codes is not in the same table.
_NAMES = {"country_names": "countries", "tier_name": "tier means"}


def headings(fields: Sequence[Field]) -> list[str]:
    """Return the headings of a table with the given fields."""
    names = {field.name for field in fields}
    labels = {name: label for name, label in _NAMES.items() if label not in names}
    return [labels.get(field.name, field.heading) for field in fields]


@dataclass(frozen=True)
class Filter:
    """One filter of a noun; several values are combined by *or*.

    Attributes:
        name: name of the command-line option, without dashes.
        help: description for help texts.
        vocabulary: the codes it accepts; None if it accepts other values.
        completed: codes offered by shell completion, if it accepts names as well.
    """

    name: str
    help: str
    vocabulary: Codes | None = None
    completed: Codes | None = None


@dataclass(frozen=True)
class Noun:
    """A type of rows that can be queried, such as `projects`.

    Attributes:
        spec: its name, its texts and its view.
        fields: the fields, in the order of rows.
        filters: the filters.
        order: the field by which rows are sorted by default.
        example: example for the help text, without `bricoop query`.
        is_merged: whether rows depend on what decisions join and part.
    """

    spec: NounSpec
    fields: tuple[Field, ...]
    filters: tuple[Filter, ...]
    order: str
    example: str
    is_merged: bool = True

    @property
    def name(self) -> str:
        """Its name on the command line, in the plural."""
        return self.spec.name

    @property
    def help(self) -> str:
        """What its rows are, in one sentence."""
        return self.spec.rows

    @property
    def usual(self) -> tuple[Field, ...]:
        """The fields that rows include by default."""
        return tuple(field for field in self.fields if not field.extra)

    @property
    def options(self) -> tuple[Filter, ...]:
        """All filters: the declared ones, and one for each field without a declared filter."""
        taken = {option.name for option in self.filters}
        return (
            *self.filters,
            *(
                Filter(field.name, field.help, field.codes)
                for field in self.fields
                if field.name not in taken and field.filter not in taken
            ),
        )

    @property
    def view(self) -> str:
        """The name of its view in the database."""
        return self.spec.view

    def field(self, name: str) -> Field | None:
        """Return the field with a given name, or None."""
        return next((field for field in self.fields if field.name == name), None)
