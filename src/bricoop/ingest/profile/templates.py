"""Templates: texts and keys that are made of several cells of a row."""

import re
from collections.abc import Callable, Collection
from enum import Enum, auto
from string import Formatter

from bricoop.domain.names import is_slug, slug
from bricoop.ingest.layouts.clean import Cleaner, Joint, ListOf, Places, Value
from bricoop.ingest.profile.cells import ID, Cells, Columns, Read
from bricoop.ingest.profile.keys import DerivedKeys, fixed_text
from bricoop.ingest.profile.model import FieldRule

#: After a column's name in a template: the country that the cell means, under its own name.
_COUNTRY = "country"
#: A name with another one in brackets, such as `{Agency} ({Country})`.
_BRACKETED = re.compile(r"\{[^{}]+\} \(\{[^{}]+\}\)")
#: What keys do not have, and fixed texts of their templates neither.
_NOT_OF_A_KEY = re.compile(r"[^A-Za-z0-9._:/-]")


class Refers(Enum):
    """Whether a field names an entity: none, any, or the one that its record is about."""

    NOT = auto()
    ENTITY = auto()
    SUBJECT = auto()


class Templates:
    """Puts the templates of one file together."""

    def __init__(
        self,
        columns: Columns,
        places: Places,
        keys: Collection[str],
        derived: DerivedKeys,
        empty_of: Callable[[FieldRule], frozenset[str]],
    ) -> None:
        """Remember what they read.

        Args:
            columns: the columns of the file.
            places: what names of countries and regions mean.
            keys: the templates of which the profile makes keys.
            derived: the keys that templates made so far.
            empty_of: returns what says nothing in the cells of a field.
        """
        self._columns = columns
        self._places = places
        self._keys = frozenset(keys)
        self._derived = derived
        self._empty_of = empty_of

    def read(self, rule: FieldRule, clean: Cleaner, refers: Refers) -> Read:
        """Return how a field is read whose value templates make.

        Args:
            rule: the rule of the field.
            clean: makes a value of a text.
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
        """Return whether one of a field's templates makes keys."""
        return any(self._makes_keys(rule, refers))

    def _makes_keys(self, rule: FieldRule, refers: Refers) -> list[bool]:
        """Return for each template of a field whether what it makes is a key.

        A template that makes keys makes the same ones wherever an entity is named by it; and in
        the field that a record of money, places or figures is about, so does one that begins with
        a fixed text and has no space.
        """
        return [
            rule.as_key
            or rule.name == "key"
            or (refers is not Refers.NOT and template in self._keys)
            or (refers is Refers.SUBJECT and has_form_of_key(template))
            for template in rule.templates
        ]

    def _key(self, template: str, rule: FieldRule) -> Callable[[Cells, str], str | None]:
        """Return how a template makes a key; that different cells become one is refused."""
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
                # A short digest may be that of two ids.
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
        """Return the fixed texts of a template, each with what reads the value behind it."""
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
    """Return whether a template begins with a fixed text and has no space, as `gcdf3-{id}`."""
    texts = [literal for literal, _, _, _ in Formatter().parse(template)]
    return bool(texts and texts[0]) and not any(map(_NOT_OF_A_KEY.search, texts))
