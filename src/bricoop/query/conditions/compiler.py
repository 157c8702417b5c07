"""Compile the filters and conditions of a question to SQL."""

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import ColumnElement, Connection, and_, select

from bricoop.db.dialect import all_of, any_of, in_values
from bricoop.db.schema import alias
from bricoop.domain.english import as_subject
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import BricoopError, UsageError
from bricoop.lookup.entities import keys_now
from bricoop.query.conditions.code_hints import with_other_field
from bricoop.query.conditions.comparisons import UnknownCodeError, compare, no, refuse_doubtful
from bricoop.query.conditions.parser import And, Comparison, Condition, Not, Or, parse
from bricoop.query.nouns.noun import Field, Noun
from bricoop.query.plan import Members, Plan
from bricoop.query.tables import is_key

#: Prefix of a filter value that rows must not have.
NOT = "!"
#: Separators with which people type several values as one.
_SEPARATORS = re.compile("[;,|]")
#: Most values shown in a hint.
_REPEATED = 3
Sql = ColumnElement[bool]
_NAME = Field("name", "name shown")


class Narrower:
    """Compiles filters and conditions on the rows of one noun."""

    def __init__(self, connection: Connection, noun: Noun, plan: Plan) -> None:
        """Keep the noun, its plan, and a connection for looking up names."""
        self._connection = connection
        self._noun = noun
        self._plan = plan

    def filtered(self, name: str, values: tuple[str, ...]) -> Sql:
        """Return the condition of a filter: any of its values, and none of those with a `!`.

        Args:
            name: name of a filter or field.
            values: the typed values.

        Raises:
            UsageError: there is no such filter, or a value does not fit it.
            NotFoundError: a value is a name that is not in the database.
        """
        included = tuple(value for value in values if not value.startswith(NOT))
        excluded = tuple(value[1:].strip() for value in values if value.startswith(NOT))
        _refuse_nothing(name, (*included, *excluded))
        conditions = [self._any_of(name, included)] if included else []
        if excluded:
            conditions.append(no(self._any_of(name, excluded)))
        return and_(*conditions)

    def _any_of(self, name: str, values: tuple[str, ...]) -> Sql:
        try:
            return self._equal(name, values)
        except UnknownCodeError as error:
            self._refuse_list(name, values)
            raise with_other_field(error, self._fields(), option=True) from error
        except BricoopError:
            self._refuse_list(name, values)
            raise

    def _refuse_list(self, name: str, values: tuple[str, ...]) -> None:
        """Suggest repeating the option if an invalid value is a list of valid ones: `KEN,UGA`.

        Raises:
            UsageError: a value is such a list.
        """
        for value in values:
            several = tuple(piece.strip() for piece in _SEPARATORS.split(value) if piece.strip())
            if len(several) > 1:
                with suppress(BricoopError):
                    self._equal(name, several)
                    break
        else:
            return
        option = f"--{name.replace('_', '-')}"
        again = " ".join(f"{option} {shlex.quote(single)}" for single in several[:_REPEATED])
        message = f"The {name.replace('_', ' ')} {value!r} is a list."
        raise UsageError(message, f"Repeat the option for each value: {again}.")

    def stated(self, text: str) -> Sql:
        """Parse and compile a condition.

        Raises:
            UsageError: the text does not follow the grammar, or a field or value does not fit.
            NotFoundError: a value is a name that is not in the database.
        """
        return self.sql(parse(text))

    def sql(self, condition: Condition) -> Sql:
        """Compile a parsed condition.

        Raises:
            UsageError: a field or value does not fit.
            NotFoundError: a value is a name that is not in the database.
        """
        match condition:
            case Comparison():
                try:
                    return self._compared(condition)
                except UnknownCodeError as error:
                    raise with_other_field(error, self._fields(), option=False) from error
            case Not(inner):
                return no(self.sql(inner))
            case And(operands):
                return all_of(map(self.sql, operands))
            case Or(operands):
                return any_of(map(self.sql, operands))

    def _compared(self, comparison: Comparison) -> Sql:
        name, operator, values = comparison.field, comparison.operator, comparison.values
        if operator == "empty":
            return self.empty(name)
        _refuse_nothing(name, values)
        members = self._members(name)
        if name == "name" and name in self._plan.filters and self._plan.about is not None:
            return self._named(operator, values)
        field = self._scalar(name)
        if operator == "=" and (field is None or not field.number):
            return self._equal(name, values)
        if field is None:
            return self._listed(comparison, members)
        refuse_doubtful(field, comparison.doubtful)
        return compare(field, self._plan.scalars[name], operator, values)

    def empty(self, name: str) -> Sql:
        """Return the condition that a field or filter has no value.

        Raises:
            UsageError: there is no such field, or the filter has no notion of an empty value.
        """
        field, members = self._scalar(name), self._members(name)
        if field is not None:
            return compare(field, self._plan.scalars[name], "empty", ())
        if members is not None:
            return no(self._owned(members))
        if name == "year" and self._plan.dates:
            return and_(
                *(self._plan.scalars[field_name].is_(None) for field_name in self._plan.dates)
            )
        if name == "year" and self._plan.undated is not None:
            return self._plan.undated
        if name in self._plan.filters:
            message = f"{as_subject(self._noun.name)} cannot be filtered by an empty {name}."
            raise UsageError(message, f"Write {name} = and a value.")
        raise self._unknown(name)

    def _equal(self, name: str, values: tuple[str, ...]) -> Sql:
        """Return the condition that a field or filter equals at least one of some values."""
        if name in self._plan.filters:
            return self._plan.filters[name](self._connection, values)
        field, members = self._scalar(name), self._members(name)
        if field is not None:
            column = self._plan.scalars[name]
            if is_key(column):
                values = (*values, *keys_now(self._connection, values))
            return compare(field, column, "=", values)
        if members is None:
            raise self._unknown(name)
        field = self._noun.field(name)
        if field is not None and field.filter in self._plan.filters:
            return self._plan.filters[field.filter](self._connection, values)
        return self._owned(members, members.means(self._connection, values))

    def _named(self, operator: str, values: tuple[str, ...]) -> Sql:
        """Return a condition on an entity's names: `=` and `~` on any name, `<` on the main one."""
        if operator == "~":
            return self._plan.filters["name"](self._connection, values)
        owner = self._plan.about
        if operator == "=" and owner is not None:
            names = [normalise(value) for value in values]
            named = select(alias.c.entity_id).where(
                in_values(self._connection, alias.c.normalised, names)
            )
            return owner.in_(named)
        # Comparisons follow the sort order of names, which is that of their normal forms.
        ordered = self._plan.order.get("name", self._plan.scalars["name"])
        return compare(_NAME, ordered, operator, tuple(map(normalise, values)))

    def _listed(self, comparison: Comparison, members: Members | None) -> Sql:
        if members is None and comparison.field not in self._plan.filters:
            raise self._unknown(comparison.field)
        if comparison.field == "year" and comparison.operator in _OPEN:
            spans = tuple(_open_span(comparison.operator, value) for value in comparison.values)
            return self._plan.filters["year"](self._connection, spans)
        known = f"The field {comparison.field} can be compared with = and !=, or be empty"
        raise UsageError(f"{known}; {comparison.operator} cannot be used.")

    def _owned(self, members: Members, values: object = None) -> Sql:
        owner = self._plan.owner(of_row=members.of_row)
        if owner is None:
            raise UsageError(f"{as_subject(self._noun.name)} have no lists.")
        pairs = members.pairs.subquery()
        owners = select(pairs.c.owner)
        if isinstance(values, list | tuple):
            owners = owners.where(pairs.c.value.in_(values))
        return owner.in_(owners)

    def _fields(self) -> list[Field]:
        return [*self._noun.fields, *self._plan.related.values()]

    def _scalar(self, name: str) -> Field | None:
        field = self._noun.field(name) or self._plan.related.get(name)
        return None if field is None or field.many else field

    def _members(self, name: str) -> Members | None:
        named = (
            field
            for field in self._noun.fields
            if field.many and name in {field.name, field.filter}
        )
        members = next((self._plan.lists[field.name] for field in named), None)
        return members or self._plan.groups.get(name)

    def _unknown(self, name: str) -> UsageError:
        known = [*self.known()]
        near = nearest(name, {normalise(candidate): candidate for candidate in known})
        message = f"{as_subject(self._noun.name)} have no field or filter {name!r}."
        hint = f"Did you mean: {'; '.join(near)}?" if near else f"They have: {', '.join(known)}."
        return UsageError(message, hint)

    def known(self) -> Iterator[str]:
        """Yield the names of all fields and filters that conditions may use."""
        own, plan = (field.name for field in self._noun.fields), self._plan
        yield from dict.fromkeys([*own, *plan.related, *plan.filters])


def _refuse_nothing(name: str, values: tuple[str, ...]) -> None:
    """Reject empty values."""
    if not all(value.strip() for value in values):
        label = name.replace("_", " ").capitalize()
        message = f"{label} has no value to look for."
        raise UsageError(message, f"For rows without one: --where '{name} is empty'.")


_OPEN = {"<", "<=", ">", ">="}


def _open_span(operator: str, value: str) -> str:
    """Return the open range of years for a comparison: `2014..` for `> 2013`."""
    if not (value.isascii() and value.isdigit() and len(value) == 4):  # noqa: PLR2004 (a year)
        raise UsageError(
            f"The year {value!r} is not a year of four digits.", "Write: year >= 2013."
        )
    year = int(value)
    return {
        "<": f"..{year - 1:04}", "<=": f"..{value}", ">": f"{year + 1:04}..", ">=": f"{value}..",
    }[operator]  # fmt: skip
