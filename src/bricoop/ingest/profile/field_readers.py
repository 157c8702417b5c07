"""Builds functions that read fields from the cells of a row, by the rules of a profile."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from bricoop.domain.cell_choice import accepted
from bricoop.ingest.layouts.clean import BadValueError, Cleaner, Places, Value, dollars, short, text
from bricoop.ingest.layouts.lists import LIST_SEPARATOR, Joint, ListOf
from bricoop.ingest.profile.cell_parsers import CellParser, parser_of, split, without_pretended_day
from bricoop.ingest.profile.cells import (
    REMEMBERED,
    CachedRead,
    CellRead,
    Cells,
    Columns,
    ConditionalRead,
    Read,
    RowRead,
)
from bricoop.ingest.profile.file_columns import FileColumns
from bricoop.ingest.profile.keys import DerivedKeys
from bricoop.ingest.profile.model import FieldRule, Styles
from bricoop.ingest.profile.templates import Refers, Templates

#: The largest length of a name, as in the cleaner `short`.
_SHORT = 500


class FieldReaders:
    """Builds the readers of fields for one file.

    Attributes:
        dropped: for each column and field, the words that were dropped because the map lacks them.
        undivided: for each column, the cells that contain a semicolon but were read as one name,
            as no separator is declared.
        derived_keys: the keys that templates made so far.
        cached: each reader and key that was added to a cache; the caller removes them.
    """

    def __init__(
        self, columns: FileColumns, styles: Styles, places: Places, keys: Collection[str] = ()
    ) -> None:
        """Store what readers share: `keys` are the templates that the profile uses for keys."""
        self._columns = Columns(columns.positions, styles.empty, columns.whole_numbers)
        self.dropped: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self.undivided: dict[str, dict[str, None]] = defaultdict(dict)
        self.cached: list[tuple[CachedRead, Any]] = []
        self._styles = styles
        #: Warnings about the cell that is being read; the caller removes them.
        self.doubts = places.doubts
        self._places = places
        self.derived_keys = DerivedKeys(columns.origin, places.doubts)
        self._templates = Templates(self._columns, places, keys, self.derived_keys, self._empty)

    def _empty(self, rule: FieldRule) -> frozenset[str]:
        return self._styles.over(rule.style).empty

    def of(self, rule: FieldRule, clean: Cleaner, refers: Refers = Refers.NOT) -> Read:
        """Return the reader of a field, whose native value `clean` checks."""
        read = self._unless_same(rule, self._origin(rule, clean, refers))
        if not rule.when:
            return read
        conditions = [
            (self._columns.cell((column,)), accepted(words)) for column, words in rule.when.items()
        ]

        def is_met(cells: Cells) -> bool:
            words = ((cell(cells), is_meant) for cell, is_meant in conditions)
            return all(word is not None and is_meant(word.casefold()) for word, is_meant in words)

        return ConditionalRead(self._cached(rule.when, is_met), read)

    def _cached(
        self, columns: Iterable[str], value_of: Callable[[Cells], Value | bool | None]
    ) -> Read:
        """Return a reader that caches the values of a function of the cells of some columns."""
        positions = self._columns.positions_of(columns)
        if not positions:
            return RowRead(lambda cells, _: value_of(cells))
        return CachedRead(positions, value_of, self.cached)

    def _unless_same(self, rule: FieldRule, read: Read) -> Read:
        """Return a reader that gives no value if the cell equals that of the column `unless`."""
        positions = self._columns.positions_of((*rule.columns, rule.unless))
        if not rule.unless or len(positions) != 2:  # noqa: PLR2004 (the field's own column, and the other)
            return read
        own, other = positions
        empty = self._empty(rule)

        def stripped(cell: str) -> str:
            value = cell.strip()
            return "" if value in empty else value

        def differ(cells: Cells, _: str) -> bool:
            return stripped(cells[own]) != stripped(cells[other])

        return ConditionalRead(RowRead(differ), read)

    def _origin(self, rule: FieldRule, clean: Cleaner, refers: Refers) -> Read:
        if rule.constant is not None:
            value = clean(rule.constant, self._places)
            if rule.add and isinstance(clean, ListOf | Joint):
                values = [value] if isinstance(value, str) else value
                value = clean.each([*values, *rule.add], self._places)  # type: ignore[misc]
            return RowRead(lambda _, __: value)
        if rule.templates:
            return self._templates.read(rule, clean, refers)
        if isinstance(clean, Joint):
            return self._joint(rule, clean)
        if isinstance(clean, ListOf):
            return self._listed(rule, clean, refers)
        if refers is Refers.ENTITY:
            return _refusing_several(self._single(rule, clean))
        return self._single(rule, clean)

    def makes_keys(self, rule: FieldRule, refers: Refers) -> bool:
        """Return whether one of a field's templates makes keys."""
        return self._templates.makes_keys(rule, refers)

    def _single(self, rule: FieldRule, clean: Cleaner) -> Read:
        # Most fields of most files are plain texts, so they skip the general reader.
        if clean in {text, short} and not _is_turned(rule):
            return self._text(rule, clean, self.needs(rule))
        parse, places, blank = self._cell_parser(rule), self._places, rule.blank or None
        cell = self._columns.cell(rule.columns, self._empty(rule))
        guess = self._columns.cell((rule.estimated,)) if rule.estimated else None

        def value(cells: Cells) -> Value | None:
            content = cell(cells) or blank
            if content is None:
                return None
            guessed = guess is not None and (guess(cells) or "").casefold() == "yes"
            return _value(parse, rule, clean, places, (content, guessed))

        if clean is dollars:
            # Not cached: the cleaner adds a warning for each amount that is rounded.
            return RowRead(lambda cells, _: value(cells))
        return self._cached([*rule.columns, rule.estimated], value)

    def _text(self, rule: FieldRule, clean: Cleaner, only: int) -> Read:
        """Return the reader of a text, with a fast path for texts that need no cleaning."""
        empty, places = self._empty(rule), self._places
        cell = self._columns.cell(rule.columns, empty)
        if only < 0 or empty or only in self._columns.whole_numbers:
            return RowRead(
                lambda cells, _: None if (value := cell(cells)) is None else clean(value, places)
            )

        def read(content: str) -> Value | None:
            value = content.strip()
            if not value:
                return None
            # Cleaners of text only look at the apostrophe before formulas, the length and whether
            # there is a visible character.
            is_plain = value[0] != "'" and len(value) <= _SHORT and value.isprintable()
            return value if is_plain else clean(value, places)

        return CellRead(only, read)

    def _cell_parser(self, rule: FieldRule) -> CellParser:
        read_as = (" or ".join(rule.columns), rule.name)
        words = self.dropped[read_as] if rule.unmapped == "drop" else {}

        def dropped(word: str) -> None:
            if len(words) < REMEMBERED:
                words[word] = None

        return parser_of(rule, self._styles.over(rule.style), dropped)

    def needs(self, rule: FieldRule) -> int:
        """Return the position of the only cell that a rule reads; -1 if it can do without it."""
        positions = self._columns.positions_of(rule.columns)
        return positions[0] if len(positions) == 1 and not rule.add and not rule.blank else -1

    def _cell_readers(self, rule: FieldRule) -> list[Callable[[Cells], str | None]]:
        """Return readers of the cells of a list: one reader for all columns, or one for each."""
        groups = [(column,) for column in rule.columns] if rule.all else [rule.columns]
        return [self._columns.cell(group, self._empty(rule)) for group in groups if group]

    def _joint(self, rule: FieldRule, clean: Joint) -> Read:
        """Return the reader of a field with one value or several that act jointly.

        If some values are dropped because the map lacks them, the rest is a list even if only one
        value remains, as that one did not act alone.
        """
        cell_readers, parse, places = (
            self._cell_readers(rule),
            self._cell_parser(rule),
            self._places,
        )
        empty, blank = self._empty(rule), [rule.blank] if rule.blank else []

        def value(cells: Cells) -> Value:
            texts = [text for cell in cell_readers if (text := cell(cells)) is not None]
            stripped = (entry.strip() for text in texts or blank for entry in split(text, rule))
            entries = dict.fromkeys(entry for entry in stripped if entry and entry not in empty)
            if not rule.separators and any(LIST_SEPARATOR in entry for entry in entries):
                rule_broken = f"has {LIST_SEPARATOR!r}, and no separator is declared"
                hint = 'Write separator = ";", and whole = [...] for names that have one.'
                raise BadValueError(rule_broken, hint)
            words = [parse(entry) for entry in entries]
            values = clean.each([*rule.add, *filter(None, words)], places)
            return [values] if isinstance(values, str) and not all(words) else values

        return self._cached(rule.columns, value)

    def _listed(self, rule: FieldRule, clean: ListOf, refers: Refers) -> Read:
        cell_readers = self._cell_readers(rule)
        parse, empty, places = self._cell_parser(rule), self._empty(rule), self._places
        blank = [rule.blank] if rule.blank else []
        undivided = None
        if refers is Refers.ENTITY and not rule.separators:
            undivided = self.undivided[" or ".join(rule.columns)]
        # Entries of such a list are used unchanged, which allows a fast path.
        is_plain_list = len(rule.separators) == 1 and not (
            rule.map or rule.whole or rule.number or rule.delete or rule.date or rule.only_year
        )

        def listed(texts: Sequence[str]) -> Iterator[str]:
            yield from rule.add
            if undivided is not None and len(undivided) < REMEMBERED:
                undivided.update(dict.fromkeys(text for text in texts if LIST_SEPARATOR in text))
            if is_plain_list and not empty:
                for text in texts:
                    yield from text.split(rule.separators[0])
                return
            for text in texts:
                # Duplicates are dropped in the end; dropping them here saves parsing them.
                for entry in dict.fromkeys(split(text, rule)):
                    stripped = entry.strip()
                    value = parse(stripped) if stripped and stripped not in empty else None
                    if value:
                        yield value

        def values(cells: Cells) -> list[str]:
            texts = [text for cell in cell_readers if (text := cell(cells)) is not None]
            return clean.each(listed(texts or blank), places)

        return self._cached(rule.columns, values)


def _refusing_several(read: Read) -> Read:
    """Return a reader that refuses cells with several names of organizations."""

    def single(cells: Cells, number: str) -> Value | None:
        value = read(cells, number)
        if isinstance(value, str) and LIST_SEPARATOR in value:
            rule = "names several; only one is allowed"
            raise BadValueError(rule, "Split it with each, or map it to one name.")
        return value

    return RowRead(single)


def _is_turned(rule: FieldRule) -> bool:
    return bool(
        rule.map or rule.delete or rule.number or rule.date or rule.separators or rule.blank
    )


def _value(
    parse: CellParser, rule: FieldRule, clean: Cleaner, places: Places, key: tuple[str, bool]
) -> Value | None:
    content, guessed = key
    if len(split(content, rule)) > 1:
        return None
    value = parse(content)
    if value is not None and guessed:
        value = without_pretended_day(value)
    return None if value is None else clean(value, places)
