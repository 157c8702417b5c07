"""What a noun is: the fields of its rows, and the filters that fit it."""

from dataclasses import dataclass
from enum import StrEnum


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
        coded: whether its values are codes that a table shows by their labels.
        many: whether it holds a list; rows cannot be sorted by lists.
    """

    name: str
    help: str
    type: Type = Type.TEXT
    in_table: bool = False
    coded: bool = False
    many: bool = False

    @property
    def number(self) -> bool:
        """Whether its values are numbers, which a table aligns to the right."""
        return self.type in {Type.INTEGER, Type.DECIMAL, Type.FLOAT}

    @property
    def sortable(self) -> bool:
        """Whether rows can be sorted by it."""
        return not self.many


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
    vocabulary: type[StrEnum] | None = None
    completed: type[StrEnum] | None = None


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

    def field(self, name: str) -> Field | None:
        """Return the field of that name."""
        return next((field for field in self.fields if field.name == name), None)
