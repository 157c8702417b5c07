"""The classes that describe a native layout: its columns, and the facts made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from bricoop.domain.nouns import NounSpec, Value
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
        name: the heading, which is also the name of the field in records.
        clean: converts the text of a cell to a value.
        help: what to write in the column; shown in templates and in the documentation.
        example: the cell in the example row of the template. If the row states something invented,
            at least one of its cells contains the word `example`.
        required: whether rows with an empty cell are refused.
        long: whether its values are long texts, which records store as references to their cells;
            SQL reads them by `full_fields` only.
    """

    name: str
    clean: Cleaner
    help: str
    example: str = ""
    required: bool = False
    long: bool = False


@dataclass(frozen=True)
class Names:
    """A column with other names of the entity."""

    column: str
    kind: AliasKind
    language: str | None = None


@dataclass(frozen=True)
class Placed:
    """A column with countries or regions.

    Attributes:
        column: the name of the column.
        role: the role of these countries.
        basis: the column that says what assigning them is based on; empty if there is none.
    """

    column: str
    role: CountryRole
    basis: str = ""


@dataclass(frozen=True)
class Linked:
    """A column with links.

    Attributes:
        column: the name of the column.
        basis: the column that says what assigning them is based on; empty if there is none.
    """

    column: str
    basis: str = ""


@dataclass(frozen=True)
class Takes:
    """A column with organizations that participate in a certain role."""

    column: str
    role: ParticipationRole


@dataclass(frozen=True)
class Party:
    """A column with organizations that are parties to an agreement."""

    column: str


@dataclass(frozen=True)
class Acts:
    """A column with the roles in which an organization acts."""

    column: str


@dataclass(frozen=True)
class Classified:
    """The kinds of a project: as stated, or by the table of rules of the knowledge base."""


FactRule = Names | Placed | Linked | Takes | Party | Acts | Classified


@dataclass(frozen=True)
class OwnFact:
    """How a row of a layout of facts, such as statistics, is stored in a database table.

    Attributes:
        table: name of the table.
        values: names of fields that are copied, with the columns of the table.
        organizations: names of fields with an organization, with the columns of the table. If a
            field has several organizations, the column is empty, and each organization gets a
            participation with the role `role`.
        links: names of fields with a link, with the columns of the table.
        role: the role of organizations that share a field.
    """

    table: str
    values: Mapping[str, str]
    organizations: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    role: ParticipationRole = ParticipationRole.FUNDING


@dataclass(frozen=True)
class Layout:
    """The native layout of one kind of load file.

    Attributes:
        spec: the noun: its name, its texts, and the kind of entity that rows are about.
        columns: the columns, in the order of the template.
        identity: the fields from which the id of a row is derived if its `id` is empty.
        subject: the column that names the entity.
        may_create: whether an unknown name creates an entity.
        facts: the facts made of other columns.
        own: how the row itself is stored as a fact; None if the row describes an entity.
    """

    spec: NounSpec
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    subject: str = "name"
    may_create: bool = True
    facts: tuple[FactRule, ...] = ()
    own: OwnFact | None = None

    @cached_property
    def noun(self) -> str:
        """The name of the layout on the command line, in the plural."""
        return self.spec.name

    @cached_property
    def kind(self) -> EntityKind | None:
        """The kind of entity that rows describe or are about; None if that can be any kind."""
        return self.spec.kind

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """The fields stored in the table of this kind of entity."""
        return self.spec.values

    @cached_property
    def describes_entity(self) -> bool:
        """Whether rows describe an entity, and can name it, instead of stating a fact about one."""
        return self.spec.describes_entity

    @cached_property
    def organization_columns(self) -> tuple[str, ...]:
        """The names of the columns with organizations."""
        own = self.own.organizations if self.own else {}
        return (*(rule.column for rule in self.facts if isinstance(rule, Takes | Party)), *own)

    @cached_property
    def name_columns(self) -> tuple[tuple[str, str, str | None], ...]:
        """The columns with other names of the entity: column, kind of name and language."""
        return tuple(
            (rule.column, rule.kind.value, rule.language)
            for rule in self.facts
            if isinstance(rule, Names)
        )

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The names of the columns that must not be empty."""
        return tuple(column.name for column in self.columns if column.required)

    @cached_property
    def long(self) -> tuple[str, ...]:
        """The names of the columns with long texts."""
        return tuple(column.name for column in self.columns if column.long)

    def column(self, name: str) -> Column | None:
        """Return the column with a heading, or None if the layout lacks it."""
        return next((column for column in self.columns if column.name == name), None)


def codes(vocabulary: type[StrEnum]) -> str:
    """Return the codes of a vocabulary, separated by commas, for a help text."""
    return ", ".join(code.value for code in vocabulary)


Fields = dict[str, Any]
