"""Templates: texts and keys composed of several cells of a row."""

import re
from collections.abc import Callable, Collection
from enum import Enum, auto
from string import Formatter

from bricoop.domain.names import is_slug, slug
from bricoop.ingest.layouts.clean import (
    Cleaner,
    Places,
    Value,
)
from bricoop.ingest.layouts.lists import Joint, ListOf
from bricoop.ingest.profile.cells import ID, Cells, Columns, Read
from bricoop.ingest.profile.keys import DerivedKeys, fixed_text
from bricoop.ingest.profile.model import FieldRule

#: In a template, `{Column:country}` is replaced by the name of the country in the cell.
_COUNTRY = "country"
#: A value with another one in brackets, such as `{Agency} ({Country})`.
_BRACKETED = re.compile(r"\{[^{}]+\} \(\{[^{}]+\}\)")
#: A character that the literal texts of a template for keys cannot contain.
_NOT_OF_A_KEY = re.compile(r"[^A-Za-z0-9._:/-]")


class Refers(Enum):
    """Whether a field refers to no entity, to some entity, or to the subject of its record."""

    NOT = auto()
    ENTITY = auto()
    SUBJECT = auto()


class Templates:
    """Builds readers of fields with templates, for one file."""

    def __init__(
        self,
        columns: Columns,
        places: Places,
        keys: Collection[str],
        derived: DerivedKeys,
        empty_of: Callable[[FieldRule], frozenset[str]],
    ) -> None:
        """Store what the readers share.

        Args:
            columns: the columns of the file.
            places: resolves names of countries and regions.
            keys: the templates that the profile uses for keys.
            derived: the keys that templates made so far.
            empty_of: returns the texts that stand for a missing value in a field.
        """
        self._columns = columns
        self._places = places
        self._keys = frozenset(keys)
        self._derived = derived
        self._empty_of = empty_of

    def read(self, rule: FieldRule, clean: Cleaner, refers: Refers) -> Read:
        """Return the reader of a field with templates.

        Args:
            rule: the rule of the field.
            clean: the cleaner of the native field.
            refers: whether the field names an entity, and which.
        """
        makes_keys = self._makes_keys(rule, refers)
        readers = [
            self._key(template, rule) if is_key else self._templated(template, rule)
            for template, is_key in zip(rule.templates, makes_keys, strict=True)
        ]
        places, add = self._places, rule.add

        def read(cells: Cells, number: str) -> Value | None:
            texts = (reader(cells, number) for reader in readers)
            whole = next((text for text in texts if text is not None), None)
            if isinstance(clean, ListOf | Joint):
                return clean.each([*add, *([] if whole is None else [whole])], places)
            return None if whole is None else clean(whole, places)

        return read

    def makes_keys(self, rule: FieldRule, refers: Refers) -> bool:
        """Return whether any template of a field makes keys."""
        return any(self._makes_keys(rule, refers))

    def _makes_keys(self, rule: FieldRule, refers: Refers) -> list[bool]:
        """Return for each template of a field whether it makes keys.

        A template used for the keys of entities makes keys in every field that refers to entities.
        In the subject of a record, so does any template that looks like that of a key.
        """
        return [
            rule.as_key
            or rule.name == "key"
            or (refers is not Refers.NOT and template in self._keys)
            or (refers is Refers.SUBJECT and has_form_of_key(template))
            for template in rule.templates
        ]

    def _key(self, template: str, rule: FieldRule) -> Callable[[Cells, str], str | None]:
        """Return a function that makes keys, and refuses a key already made of other cells."""
        segments = self._segments(template, rule)
        fixed = [fixed_text(literal) for literal, _ in segments]
        derived = self._derived
        number_of_template = derived.number_of(template)
        numbered = f"{{{ID}}}" in template

        def read(cells: Cells, number: str) -> str | None:
            texts, values = [], []
            for literal, value_of in segments:
                texts.append(literal)
                if value_of is not None:
                    value = value_of(cells, number)
                    if value is None:
                        return None
                    texts.append(value)
                    values.append(value)
            whole = "".join(texts)
            key = whole if is_slug(whole) else slug(whole)
            if numbered:
                # Short digests may collide, so the id itself is compared.
                values.append(derived.external_id)
            derived.take(key, number_of_template, fixed, values)
            return key

        return read

    def _templated(self, template: str, rule: FieldRule) -> Callable[[Cells, str], str | None]:
        segments = self._segments(template, rule)
        is_bracketed = _BRACKETED.fullmatch(template) is not None

        def read(cells: Cells, number: str) -> str | None:
            texts = []
            for literal, value_of in segments:
                texts.append(literal)
                if value_of is not None:
                    value = value_of(cells, number)
                    if value is None:
                        return None
                    texts.append(value)
            if is_bracketed and texts[1].casefold() == texts[3].casefold():
                return texts[1]
            return "".join(texts)

        return read

    def _segments(
        self, template: str, rule: FieldRule
    ) -> list[tuple[str, Callable[[Cells, str], str | None] | None]]:
        """Return the literal texts of a template, each with the reader of the value after it."""
        return [
            (
                literal,
                None
                if name is None
                else self._value_reader(name, form or "", self._empty_of(rule)),
            )
            for literal, name, form, _ in Formatter().parse(template)
        ]

    def _value_reader(
        self, name: str, form: str, empty: frozenset[str]
    ) -> Callable[[Cells, str], str | None]:
        if name == ID:
            return lambda _, number: number
        cell, places = self._columns.cell((name,), empty), self._places
        if form != _COUNTRY:
            return lambda cells, _: cell(cells)

        def country(cells: Cells, _: str) -> str | None:
            text = cell(cells)
            return None if text is None else places.name(places.code(text))

        return country


def has_form_of_key(template: str) -> bool:
    """Return whether a template begins with a literal and has no spaces, such as `gcdf3-{id}`."""
    texts = [literal for literal, _, _, _ in Formatter().parse(template)]
    return bool(texts and texts[0]) and not any(map(_NOT_OF_A_KEY.search, texts))
