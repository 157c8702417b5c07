"""What a noun is: the fields of its rows, and the filters that fit it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

#: A closed list of codes.
Codes = type[StrEnum]


class Type(StrEnum):
    """What the values of a field are; any of them may be missing."""

    TEXT = "text"
    DATE = "date"  #: a partial date: 2019, 2019-03 or 2019-03-14, as text
    MOMENT = "moment"  #: a point in time, UTC
    INTEGER = "integer"
    DECIMAL = "decimal"  #: exact
    FLOAT = "float"  #: degrees
    YES_NO = "yes-no"
    PLACE = "place"  #: a `query.places.Place`, which only maps ask for


@dataclass(frozen=True)
class Field:
    """One field of a noun's rows.

    Attributes:
        name: as it stands in JSON, CSV and `--columns`.
        help: what it holds.
        type: what its values are, of a list each one.
        in_table: whether a table for people shows it unasked.
        codes: the codes that its values are; a table shows them by their labels.
        many: whether it holds a list; rows cannot be sorted by lists.
        filter: the filter that rows with one of its values answer to, where its name is another.
        base: of a figure, the fields that must agree where it is added up.
        label: its heading where people read it, if that is not its name.
        extra: whether rows give it only where it is asked for, because it is costly to find.
        sector: whether its values are codes of the DAC's sectors, with names of their own.
        currency: whether its values are currency codes of ISO 4217.
        upper: whether its values are codes in capitals, which may be typed in any case.
        based: what its sums are in, with those fields in braces: `constant {price_year} USD`.
        money: whether its values are money, which people read to the cent.
        identifies: whether its numbers name something, as years and loads do: no separator stands
            between their thousands.
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

    @property
    def heading(self) -> str:
        """What stands above its values where people read them."""
        return self.label or self.name.replace("_", " ")

    @property
    def coded(self) -> bool:
        """Whether its values are codes that a table shows by their labels."""
        return self.sector or self.codes is not None

    @property
    def number(self) -> bool:
        """Whether its values are numbers, which a table aligns to the right."""
        return self.type in {Type.INTEGER, Type.DECIMAL, Type.FLOAT}

    @property
    def sortable(self) -> bool:
        """Whether rows can be sorted by it."""
        return not self.many


#: What stands above names where no codes of the same are beside them.
_NAMES = {"country_names": "countries", "tier_name": "tier means"}


def headings(fields: Sequence[Field]) -> list[str]:
    """Return what stands above the values of fields in a table that people read."""
    names = {field.name for field in fields}
    labels = {name: label for name, label in _NAMES.items() if label not in names}
    return [labels.get(field.name, field.heading) for field in fields]


@dataclass(frozen=True)
class Filter:
    """One filter of a noun; its values mean *any of*.

    Attributes:
        name: the option, without dashes.
        help: what it narrows to.
        vocabulary: the codes it takes, where they are a closed list.
        completed: the codes that a shell completes, where it takes names too.
    """

    name: str
    help: str
    vocabulary: Codes | None = None
    completed: Codes | None = None


@dataclass(frozen=True)
class Noun:
    """Something that can be asked for.

    Attributes:
        name: the word of the command line, in the plural.
        help: what a row is, in a sentence.
        fields: its fields, in the order in which rows give them.
        filters: its filters.
        order: the field by which rows are sorted unasked.
        example: an example question for the help text, without `bricoop query`.
    """

    name: str
    help: str
    fields: tuple[Field, ...]
    filters: tuple[Filter, ...]
    order: str
    example: str

    @property
    def usual(self) -> tuple[Field, ...]:
        """The fields that rows give where none are asked for."""
        return tuple(field for field in self.fields if not field.extra)

    @property
    def options(self) -> tuple[Filter, ...]:
        """Every way to narrow the rows: the filters, and the fields that no filter speaks for."""
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
        """The name of its view in the database: tables are singular, and none begins so."""
        return f"v_{self.name}"

    def field(self, name: str) -> Field | None:
        """Return the field of that name."""
        return next((field for field in self.fields if field.name == name), None)
