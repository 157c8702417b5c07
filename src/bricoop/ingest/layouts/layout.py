"""What a load file of a noun looks like, and which facts its columns become."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from bricoop.domain.vocabularies import (
    AliasKind,
    CountryRole,
    EntityKind,
    ParticipationRole,
)
from bricoop.ingest.layouts.clean import Cleaner


@dataclass(frozen=True)
class Column:
    """One column of a load file.

    Attributes:
        name: its header, and the field's name in every record.
        clean: makes a value of a cell.
        help: what belongs there, for the template and the documents.
        example: a cell of the template's example row, which one cell at least calls an example
            where it states something invented.
        required: whether a row without it is refused.
    """

    name: str
    clean: Cleaner
    help: str
    example: str = ""
    required: bool = False


@dataclass(frozen=True)
class Names:
    """A column whose values are further names of the row's entity."""

    column: str
    kind: AliasKind
    language: str | None = None


@dataclass(frozen=True)
class Placed:
    """A column whose values are countries or regions; `basis` is the column that says on what."""

    column: str
    role: CountryRole
    basis: str = ""


@dataclass(frozen=True)
class Linked:
    """A column whose values are links; `basis` is the column that says on what."""

    column: str
    basis: str = ""


@dataclass(frozen=True)
class Takes:
    """A column whose values are organizations that take part in a role."""

    column: str
    role: ParticipationRole


@dataclass(frozen=True)
class Party:
    """A column whose values are organizations that are party to an agreement."""

    column: str


@dataclass(frozen=True)
class Acts:
    """A column whose values are the capacities in which an organization acts."""

    column: str


FactRule = Names | Placed | Linked | Takes | Party | Acts


@dataclass(frozen=True)
class OwnFact:
    """The one fact that a row of a noun of facts is.

    Attributes:
        table: name of the table.
        values: column of the table for each field of the row that is copied into it.
        organizations: column of the table for each field that names an organization; where a field
            names several, the column is empty and each of them takes part in `role`.
        links: column of the table for each field that names a link.
        role: the role in which several organizations of a field take part together.
    """

    table: str
    values: Mapping[str, str]
    organizations: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    role: ParticipationRole = ParticipationRole.FUNDING


@dataclass(frozen=True)
class Layout:
    """The native layout of a noun.

    Attributes:
        noun: the word of the command line, in the plural.
        help: what a row is, in a sentence.
        columns: the columns, in the template's order.
        identity: the fields that tell one row from another where no `id` is given.
        kind: what entity a row describes, or None where it is about an entity of any kind.
        subject: the column that names the entity.
        may_create: whether a name that is not known yet becomes a new entity.
        values: the fields that are columns of the kind's own table.
        organization: the field that, in the kind's own table, names a country.
        facts: which facts follow from which columns.
        own: the one fact that the row is, for nouns of facts.
    """

    noun: str
    help: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    kind: EntityKind | None
    subject: str = "name"
    may_create: bool = True
    values: tuple[str, ...] = ()
    facts: tuple[FactRule, ...] = ()
    own: OwnFact | None = None

    @property
    def describes_entity(self) -> bool:
        """Whether a row describes the entity itself, and may therefore name it."""
        return self.own is None

    @cached_property
    def organization_columns(self) -> tuple[str, ...]:
        """The columns that name organizations."""
        own = self.own.organizations if self.own else {}
        return (*(rule.column for rule in self.facts if isinstance(rule, Takes | Party)), *own)

    @cached_property
    def name_columns(self) -> tuple[tuple[str, str, str | None], ...]:
        """The columns that give further names, with the kind and the language of these."""
        return tuple(
            (rule.column, rule.kind.value, rule.language)
            for rule in self.facts
            if isinstance(rule, Names)
        )

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The columns that no row may leave empty."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> Column | None:
        """Return the column of that header, if the layout has it."""
        return next((column for column in self.columns if column.name == name), None)


def codes(vocabulary: type[StrEnum]) -> str:
    """Return the codes of a vocabulary for a help text."""
    return ", ".join(code.value for code in vocabulary)


Fields = dict[str, Any]
