"""What a noun is: the fields of its rows, and the filters that fit it."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Field:
    """One field of a noun's rows.

    Attributes:
        name: as it stands in JSON, CSV and `--columns`.
        help: what it holds.
        in_table: whether a table for people shows it unasked.
        coded: whether its values are codes that a table shows by their labels.
        sortable: whether rows can be sorted by it; lists cannot.
        number: whether its values are numbers, which a table aligns to the right.
    """

    name: str
    help: str
    in_table: bool = False
    coded: bool = False
    sortable: bool = True
    number: bool = False


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
