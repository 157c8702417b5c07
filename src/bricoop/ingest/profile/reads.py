"""How a field is read from the cells of a row: the rules of a profile, put together once."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from enum import Enum, auto
from operator import itemgetter
from string import Formatter
from typing import Any

from bricoop.domain.names import is_slug, slug
from bricoop.domain.problem import Origin
from bricoop.ingest.layouts.clean import (
    LIST_SEPARATOR,
    BadValueError,
    Cleaner,
    Joint,
    ListOf,
    Places,
    Value,
    short,
    text,
)
from bricoop.ingest.profile.keys import DerivedKeys, fixed_text
from bricoop.ingest.profile.model import FieldRule, Styles
from bricoop.ingest.profile.patterns import accepted
from bricoop.ingest.profile.words import Word, split, without_pretended_day, word_of

#: In a template: a short digest of the record's id.
_ID = "#"
#: After a column's name in a template: the country that the cell means, under its own name.
_COUNTRY = "country"
#: So many different cells of a column are remembered with their values; longer ones are rare.
_REMEMBERED, _LONGEST = 10_000, 100
#: What keys do not have, and fixed texts of their templates neither.
_NOT_OF_A_KEY = re.compile(r"[^A-Za-z0-9._:/-]")
#: Texts up to this length name or identify something as well as any.
_SHORT = 500

#: A row's cells, in the order of the file's header.
Cells = Sequence[str]
#: Returns a field's value of a row's cells and of a short digest of its id.
Read = Callable[[Cells, str], Value | None]


class Refers(Enum):
    """Whether a field names an entity: none, any, or the one that its record is about."""

    NOT = auto()
    ENTITY = auto()
    SUBJECT = auto()


class Reads:
    """Puts the rules of one file together.

    Attributes:
        dropped: for each column the words that were left out because no map knows them.
        undivided: for each column the cells that may name several organizations, and were taken
            for one name because no separator is declared.
        derived_keys: the keys that templates made so far.
    """

    def __init__(
        self,
        header: Sequence[str],
        styles: Styles,
        places: Places,
        origin: Origin,
        keys: Collection[str] = (),
    ) -> None:
        """Remember where each column stands, how the layout writes, and what places mean.

        Args:
            header: the names of the file's columns.
            styles: how the layout writes numbers and dates.
            places: what names of countries and regions mean.
            origin: where the rows come from.
            keys: the templates of which the profile makes keys.
        """
        self._positions = {name: position for position, name in enumerate(header)}
        self._keys = frozenset(keys)
        self.dropped: dict[str, dict[str, None]] = defaultdict(dict)
        self.undivided: dict[str, dict[str, None]] = defaultdict(dict)
        self._styles = styles
        #: What places found doubtful in names that they were asked for.
        self.doubts = places.doubts
        self._places = places
        self.derived_keys = DerivedKeys(origin, places.doubts)

    def _empty(self, rule: FieldRule) -> frozenset[str]:
        return self._styles.over(dict(rule.style)).empty

    def of(self, rule: FieldRule, clean: Cleaner, refers: Refers = Refers.NOT) -> Read:
        """Return how a field is read by a rule; its values are cleaned as native ones are.

        Args:
            rule: the rule.
            clean: makes a value of a text.
            refers: whether the field names an entity, and which.
        """
        read = self._different(rule, self._origin(rule, clean, refers))
        if not rule.when:
            return read
        conditions = [
            (self._cell((column,)), accepted(words)) for column, words in rule.when.items()
        ]

        def conditional(cells: Cells, number: str) -> Value | None:
            for cell, is_meant in conditions:
                word = cell(cells)
                if word is None or not is_meant(word.casefold()):
                    return None
            return read(cells, number)

        return conditional

    def _different(self, rule: FieldRule, read: Read) -> Read:
        """Return how a field is read that says nothing where its cell is as another column's."""
        there = self._there((*rule.columns, rule.unless))
        if not rule.unless or len(there) != 2:  # noqa: PLR2004 (the field's own column, and the other)
            return read
        own, other = there
        empty = self._empty(rule)

        def told(cell: str) -> str:
            given = cell.strip()
            return "" if given in empty else given

        def different(cells: Cells, number: str) -> Value | None:
            return None if told(cells[own]) == told(cells[other]) else read(cells, number)

        return different

    def _origin(self, rule: FieldRule, clean: Cleaner, refers: Refers) -> Read:
        if rule.constant is not None:
            value = clean(rule.constant, self._places)
            if rule.add and isinstance(clean, ListOf | Joint):
                given = [value] if isinstance(value, str) else value
                value = clean.each([*given, *rule.add], self._places)  # type: ignore[misc]
            return lambda _, __: value
        if rule.templates:
            return self._templates(rule, clean, refers)
        if isinstance(clean, Joint):
            return self._joint(rule, clean)
        if isinstance(clean, ListOf):
            return self._listed(rule, clean, refers)
        if refers is Refers.ENTITY:
            return _refusing_several(self._single(rule, clean))
        return self._single(rule, clean)

    def _cell(
        self, columns: Sequence[str], empty: frozenset[str] | None = None
    ) -> Callable[[Cells], str | None]:
        """Return how the first of some columns is found that says something.

        Args:
            columns: the names of the columns.
            empty: what says nothing in them, where that is not what does so everywhere.
        """
        there = self._there(columns)
        empty = self._styles.empty if empty is None else empty

        def first(cells: Cells) -> str | None:
            for position in there:
                given = cells[position].strip()
                if given and given not in empty:
                    return given
            return None

        if len(there) != 1 or empty:
            return first
        only = there[0]
        return lambda cells: cells[only].strip() or None

    def _templates(self, rule: FieldRule, clean: Cleaner, refers: Refers) -> Read:
        makes_keys = self._makes_keys(rule, refers)
        made = [
            self._key(one, rule) if is_key else self._templated(one, rule)
            for one, is_key in zip(rule.templates, makes_keys, strict=True)
        ]
        places, add = self._places, rule.add

        def read(cells: Cells, number: str) -> Value | None:
            texts = (one(cells, number) for one in made)
            whole = next((one for one in texts if one is not None), None)
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
        parts = self._parts(template, rule)
        fixed = [fixed_text(said) for said, _ in parts]
        derived = self.derived_keys
        number_of_template = derived.number_of(template)
        numbered = f"{{{_ID}}}" in template

        def read(cells: Cells, number: str) -> str | None:
            made, values = [], []
            for said, value_of in parts:
                made.append(said)
                if value_of is not None:
                    value = value_of(cells, number)
                    if value is None:
                        return None
                    made.append(value)
                    values.append(value)
            whole = "".join(made)
            key = whole if is_slug(whole) else slug(whole)
            if numbered:
                # A short digest may be that of two ids.
                values.append(derived.external_id)
            derived.take(key, number_of_template, fixed, values)
            return key

        return read

    def _templated(self, template: str, rule: FieldRule) -> Callable[[Cells, str], str | None]:
        parts = self._parts(template, rule)

        def read(cells: Cells, number: str) -> str | None:
            made = []
            for said, value_of in parts:
                made.append(said)
                if value_of is not None:
                    value = value_of(cells, number)
                    if value is None:
                        return None
                    made.append(value)
            return "".join(made)

        return read

    def _parts(
        self, template: str, rule: FieldRule
    ) -> list[tuple[str, Callable[[Cells, str], str | None] | None]]:
        """Return the fixed texts of a template, each with what reads the value behind it."""
        return [
            (said, None if name is None else self._part(name, form or "", self._empty(rule)))
            for said, name, form, _ in Formatter().parse(template)
        ]

    def _part(
        self, name: str, form: str, empty: frozenset[str]
    ) -> Callable[[Cells, str], str | None]:
        if name == _ID:
            return lambda _, number: number
        cell, places = self._cell((name,), empty), self._places
        if form != _COUNTRY:
            return lambda cells, _: cell(cells)

        def country(cells: Cells, _: str) -> str | None:
            given = cell(cells)
            return None if given is None else places.name(places.code(given))

        return country

    def _single(self, rule: FieldRule, clean: Cleaner) -> Read:
        if clean in {text, short} and not _is_turned(rule):
            return self._text(rule, clean, self.needs(rule))
        word, places, blank = self._word(rule), self._places, rule.blank or None
        cell = self._cell(rule.columns, self._empty(rule))
        guess = self._cell((rule.estimated,)) if rule.estimated else None

        def value(cells: Cells) -> Value | None:
            given = cell(cells) or blank
            if given is None:
                return None
            guessed = guess is not None and (guess(cells) or "").casefold() == "yes"
            return _value(word, rule, clean, places, (given, guessed))

        return _remembering(self._there([*rule.columns, rule.estimated]), value)

    def _there(self, columns: Iterable[str]) -> list[int]:
        return [self._positions[name] for name in columns if name in self._positions]

    def _text(self, rule: FieldRule, clean: Cleaner, only: int) -> Read:
        """Return how a text is read: most are taken as they stand."""
        empty, places = self._empty(rule), self._places
        cell = self._cell(rule.columns, empty)
        if only < 0 or empty:
            return lambda cells, _: None if (said := cell(cells)) is None else clean(said, places)

        def read(cells: Cells, _: str) -> Value | None:
            said = cells[only].strip()
            if not said:
                return None
            # What cleaners of text look at: a guard at the beginning, the length, and whether it
            # shows anything.
            is_plain = said[0] != "'" and len(said) <= _SHORT and said.isprintable()
            return said if is_plain else clean(said, places)

        return read

    def _word(self, rule: FieldRule) -> Word:
        words = self.dropped[" or ".join(rule.columns)] if rule.unmapped == "drop" else {}

        def dropped(word: str) -> None:
            if len(words) < _REMEMBERED:
                words[word] = None

        return word_of(rule, self._styles.over(dict(rule.style)), dropped)

    def needs(self, rule: FieldRule) -> int:
        """Return the one cell without which a rule gives nothing; -1 where it needs no one cell."""
        there = self._there(rule.columns)
        return there[0] if len(there) == 1 and not rule.add and not rule.blank else -1

    def _found(self, rule: FieldRule) -> list[Callable[[Cells], str | None]]:
        """Return how the cells of a list are found: one of several columns, or all of them."""
        groups = [(one,) for one in rule.columns] if rule.all else [rule.columns]
        return [self._cell(group, self._empty(rule)) for group in groups if group]

    def _joint(self, rule: FieldRule, clean: Joint) -> Read:
        """Return how a field of one value is read that several may have together.

        Where one of several is left out because no map knows it, the other is not alone.
        """
        found, word, places = self._found(rule), self._word(rule), self._places
        empty, blank = self._empty(rule), [rule.blank] if rule.blank else []

        def value(cells: Cells) -> Value:
            texts = [given for cell in found if (given := cell(cells)) is not None]
            stripped = (part.strip() for one in texts or blank for part in split(one, rule))
            parts = dict.fromkeys(part for part in stripped if part and part not in empty)
            if not rule.separators and any(LIST_SEPARATOR in part for part in parts):
                rule_broken = f"has {LIST_SEPARATOR!r}, and no separator is declared"
                hint = 'Say separator = ";", and whole = [...] for names that have one.'
                raise BadValueError(rule_broken, hint)
            words = [word(part) for part in parts]
            made = clean.each([*rule.add, *filter(None, words)], places)
            return [made] if isinstance(made, str) and not all(words) else made

        return _remembering(self._there(rule.columns), value)

    def _listed(self, rule: FieldRule, clean: ListOf, refers: Refers) -> Read:
        found = self._found(rule)
        word, empty, places = self._word(rule), self._empty(rule), self._places
        blank = [rule.blank] if rule.blank else []
        undivided = None
        if refers is Refers.ENTITY and not rule.separators:
            undivided = self.undivided[" or ".join(rule.columns)]
        # The parts of such a list are its values: nothing is done to them.
        is_plain_list = len(rule.separators) == 1 and not (
            rule.map or rule.whole or rule.number or rule.delete or rule.date or rule.only_year
        )

        def listed(texts: Sequence[str]) -> Iterator[str]:
            yield from rule.add
            if undivided is not None and len(undivided) < _REMEMBERED:
                undivided.update(dict.fromkeys(one for one in texts if LIST_SEPARATOR in one))
            if is_plain_list and not empty:
                for given in texts:
                    yield from given.split(rule.separators[0])
                return
            for given in texts:
                # Repeats are dropped in the end; here they would be read over and over.
                for part in dict.fromkeys(split(given, rule)):
                    stripped = part.strip()
                    said = word(stripped) if stripped and stripped not in empty else None
                    if said:
                        yield said

        def values(cells: Cells) -> list[str]:
            texts = [given for cell in found if (given := cell(cells)) is not None]
            return clean.each(listed(texts or blank), places)

        return _remembering(self._there(rule.columns), values)


def has_form_of_key(template: str) -> bool:
    """Return whether a template begins with a fixed text and has no space, as `gcdf3-{id}`."""
    texts = [said for said, _, _, _ in Formatter().parse(template)]
    return bool(texts and texts[0]) and not any(map(_NOT_OF_A_KEY.search, texts))


def _refusing_several(read: Read) -> Read:
    """Return what reads the name of one organization, and refuses a cell of several."""

    def one(cells: Cells, number: str) -> Value | None:
        value = read(cells, number)
        if isinstance(value, str) and LIST_SEPARATOR in value:
            rule = "names several, and one is meant"
            raise BadValueError(rule, "Divide it with each, or say in map what it means.")
        return value

    return one


def _remembering(positions: Sequence[int], value_of: Callable[[Cells], Value | None]) -> Read:
    """Return what reads some cells, whose values are remembered by their texts."""
    if not positions:
        return lambda cells, _: value_of(cells)
    texts_of = itemgetter(*positions)
    known: dict[Any, Value | None] = {}

    def read(cells: Cells, _: str) -> Value | None:
        texts = texts_of(cells)
        if texts in known:
            return known[texts]
        value = value_of(cells)
        if len(known) < _REMEMBERED and all(len(cells[one]) < _LONGEST for one in positions):
            known[texts] = value
        return value

    return read


def columns_of(rule: FieldRule) -> Iterator[str]:
    """Yield every column that a field is made of or depends on."""
    for group in choices_of(rule):
        yield from group
    yield from rule.when
    if rule.estimated:
        yield rule.estimated
    if rule.unless:
        yield rule.unless


def choices_of(rule: FieldRule) -> Iterator[tuple[str, ...]]:
    """Yield the columns of a field in groups, of which the first that says something is read."""
    if rule.all:
        yield rule.columns
    else:
        yield from ((column,) for column in rule.columns)
    for template in rule.templates:
        names = (name for _, name, _, _ in Formatter().parse(template))
        yield tuple(name for name in names if name and name != _ID)


def _is_turned(rule: FieldRule) -> bool:
    return bool(
        rule.map or rule.delete or rule.number or rule.date or rule.separators or rule.blank
    )


def _value(
    word: Word, rule: FieldRule, clean: Cleaner, places: Places, key: tuple[str, bool]
) -> Value | None:
    given, guessed = key
    if len(split(given, rule)) > 1:
        return None
    said = word(given)
    if said is not None and guessed:
        said = without_pretended_day(said)
    return None if said is None else clean(said, places)
