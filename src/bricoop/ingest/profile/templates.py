"""Templates: texts and keys composed of several cells of a row."""

import re
from collections.abc import Callable, Collection, Sequence
from enum import Enum, auto
from string import Formatter

from bricoop.domain.names import is_slug, slug
from bricoop.ingest.layouts.clean import Cleaner, Places, Value
from bricoop.ingest.layouts.lists import Joint, ListOf
from bricoop.ingest.profile.cell_parsers import CellParser, deletion
from bricoop.ingest.profile.cells import ID, Cells, Columns, Read, RowRead
from bricoop.ingest.profile.keys import DerivedKeys, fixed_text
from bricoop.ingest.profile.model import FieldRule

#: In a template, `{Column:country}` is replaced by the name of the country in the cell.
_COUNTRY = "country"
#: A value with another one in brackets, such as `{Agency} ({Country})`.
_BRACKETED = re.compile(r"\{[^{}]+\} \(\{[^{}]+\}\)")
#: A character that the literal texts of a template for keys cannot contain.
_NOT_OF_A_KEY = re.compile(r"[^A-Za-z0-9._:/-]")


#: Composes a text of the cells of a row and a short digest of the record's id; None if one lacks.
_Compose = Callable[[Cells, str], str | None]
#: A literal text, and the reader of the value that follows it, if one does.
_Segment = tuple[str, _Compose | None]


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
        """Store what the readers share."""
        self._columns = columns
        self._places = places
        self._keys = frozenset(keys)
        self._derived = derived
        self._empty_of = empty_of

    def read(self, rule: FieldRule, clean: Cleaner, refers: Refers) -> Read:
        """Return the reader of a field with templates."""
        makes_keys = self._makes_keys(rule, refers)
        readers = [
            self._key(template, rule) if is_key else self._templated(template, rule)
            for template, is_key in zip(rule.templates, makes_keys, strict=True)
        ]
        places, add = self._places, rule.add
        if len(readers) == 1 and not isinstance(clean, ListOf | Joint):
            return RowRead(self._cleaned(readers[0], clean))

        def read(cells: Cells, number: str) -> Value | None:
            texts = (reader(cells, number) for reader in readers)
            whole = next((text for text in texts if text is not None), None)
            if isinstance(clean, ListOf | Joint):
                return clean.each([*add, *([] if whole is None else [whole])], places)
            return None if whole is None else clean(whole, places)

        return RowRead(read)

    def _cleaned(self, compose: _Compose, clean: Cleaner) -> Callable[[Cells, str], Value | None]:
        """Return a function that cleans the text of the only template of a field."""

        def read(cells: Cells, number: str) -> Value | None:
            text = compose(cells, number)
            return None if text is None else clean(text, self._places)

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

    def _key(self, template: str, rule: FieldRule) -> _Compose:
        """Return a function that makes keys, and refuses a key already made of other cells."""
        segments = self._segments(template, rule)
        fixed = [fixed_text(literal) for literal, _ in segments]
        derived = self._derived
        number_of_template = derived.number_of(template)
        numbered = f"{{{ID}}}" in template

        def read(cells: Cells, number: str) -> str | None:
            filled = _filled(segments, cells, number)
            if filled is None:
                return None
            whole, values = filled
            key = whole if is_slug(whole) else slug(whole)
            if numbered:
                # Short digests may collide, so the id itself is compared.
                values.append(derived.external_id)
            derived.take(key, number_of_template, fixed, values)
            return key

        return read

    def _templated(self, template: str, rule: FieldRule) -> _Compose:
        segments = self._segments(template, rule)
        is_bracketed = _BRACKETED.fullmatch(template) is not None

        def read(cells: Cells, number: str) -> str | None:
            filled = _filled(segments, cells, number)
            if filled is None:
                return None
            whole, values = filled
            repeats = is_bracketed and values[0].casefold() == values[1].casefold()
            return values[0] if repeats else whole

        return read

    def _segments(self, template: str, rule: FieldRule) -> list[_Segment]:
        """Return the literal texts of a template, each with the reader of the value after it."""
        return [
            (literal, None if name is None else self._value_reader(name, form, rule))
            for literal, name, form, _ in Formatter().parse(template)
        ]

    def _value_reader(self, name: str, form: str | None, rule: FieldRule) -> _Compose:
        if name == ID:
            return lambda _, number: number
        cell, places = self._columns.cell((name,), self._empty_of(rule)), self._places
        if rule.delete:
            cell = _without(deletion(rule.delete), cell)
        if form != _COUNTRY:
            return lambda cells, _: cell(cells)

        def country(cells: Cells, _: str) -> str | None:
            text = cell(cells)
            return None if text is None else places.name(places.code(text))

        return country


def _without(
    delete: CellParser, cell: Callable[[Cells], str | None]
) -> Callable[[Cells], str | None]:
    """Return a function that gives a cell without the texts that do not belong to it."""

    def rest(cells: Cells) -> str | None:
        text = cell(cells)
        return None if text is None else delete(text)

    return rest


def _filled(
    segments: Sequence[_Segment], cells: Cells, number: str
) -> tuple[str, list[str]] | None:
    """Return the composed text and the values in it, or None if a value is missing."""
    text, values = "", []
    for literal, value_of in segments:
        text += literal
        if value_of is not None:
            value = value_of(cells, number)
            if value is None:
                return None
            text += value
            values.append(value)
    return text, values


def has_form_of_key(template: str) -> bool:
    """Return whether a template begins with a literal and has no spaces, such as `gcdf3-{id}`."""
    texts = [literal for literal, _, _, _ in Formatter().parse(template)]
    return bool(texts and texts[0]) and not any(map(_NOT_OF_A_KEY.search, texts))
