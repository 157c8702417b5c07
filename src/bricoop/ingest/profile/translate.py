"""A row of a published layout becomes prepared native records, by the rules of a profile."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from string import Formatter

from bricoop.domain.names import slug
from bricoop.domain.problem import Origin, Problem
from bricoop.ingest.clean import BadValueError, Cleaner, ListOf, Places, Value
from bricoop.ingest.finish import Finisher, Prepared
from bricoop.ingest.profile.model import FieldRule, RecordRule, Styles
from bricoop.ingest.profile.words import without_pretended_day, word_of
from bricoop.ingest.readers.table import SourceRow
from bricoop.ingest.registry import layout_of

#: In a template: a short digest of the record's id.
_ID = "#"
_LONGEST_ID = 200
#: How many different cells of a column are remembered with their values.
_REMEMBERED = 10_000

#: After a column's name in a template: the country that the cell means, under its own name.
_COUNTRY = "country"

#: A row's cells under their headers; empty ones are absent.
Cells = Mapping[str, str]
Read = Callable[[Cells], Value | None]


class Translator:
    """Makes one kind of record of the rows of one file."""

    def __init__(
        self, rule: RecordRule, origin: Origin, styles: Styles, places: Places, *, whole: bool
    ) -> None:
        """Put the rules together.

        Args:
            rule: what the record is made of.
            origin: where the rows come from, for problems and locators.
            styles: how the layout writes numbers and dates.
            places: the countries and regions that names may mean.
            whole: whether the record keeps the whole row, and not only the cells it is made of.
        """
        self.rule = rule
        self._styles = styles
        self._places = places
        self._whole = whole
        self._made: set[str] = set()
        self._alike: Counter[str] = Counter()
        layout = layout_of(rule.noun)
        cleaners = {column.name: column.clean for column in layout.columns}
        self._reads = [(one, self._compiled(one, cleaners[one.name])) for one in rule.fields]
        self._used = {*rule.id, *(name for one in rule.fields for name in columns_of(one))}
        headers = {one.name: one.columns[0] for one in rule.fields if one.columns}
        self._finisher = Finisher(layout, origin, headers, published=True)

    def prepare(self, row: SourceRow, cells: Cells) -> tuple[list[Prepared], list[Problem]]:
        """Return the records that a row becomes, and everything that is wrong with them."""
        made: list[Prepared] = []
        problems: list[Problem] = []
        for one in self._places_of(cells) if self.rule.each else (cells,):
            found = self._prepare(row, one)
            if isinstance(found, Prepared):
                if not self.rule.each or found.external_id not in self._made:
                    made.append(found)
            else:
                problems.extend(found)
        if self.rule.each:
            self._made.update(one.external_id for one in made)
        return made, problems

    def _places_of(self, cells: Cells) -> Iterator[Cells]:
        lists = {
            column: cells.get(column, "").split(self.rule.separator) for column in self.rule.each
        }
        for place in range(max(map(len, lists.values()))):
            parts = {
                column: parts[place] if place < len(parts) else ""
                for column, parts in lists.items()
            }
            yield {**cells, **parts}

    def _prepare(self, row: SourceRow, cells: Cells) -> Prepared | list[Problem]:
        fields: dict[str, Value] = {}
        problems: list[Problem] = []
        external_id = self._external_id(cells)
        cells = {**cells, _ID: hashlib.sha256(external_id.encode()).hexdigest()[:10]}
        for rule, read in self._reads:
            try:
                value = read(cells)
            except BadValueError as error:
                header = next((name for name in rule.columns if name in cells), rule.name)
                cell = cells.get(header, "")
                problems.append(self._finisher.problem(row, header, cell, error.rule, error.hint))
                continue
            if value is not None and value != []:
                fields[rule.name] = value
        if not problems and any(name not in fields for name in self.rule.needs):
            return []
        raw = {
            header: cell
            for header, cell in cells.items()
            if cell and header != _ID and (self._whole or header in self._used)
        }
        return self._finisher.finish(row, fields, raw, problems, external_id)

    def _external_id(self, cells: Cells) -> str:
        parts = [" ".join(cells.get(column, "").split()) for column in self.rule.id]
        made = "|".join((*self.rule.each[:1], *parts))
        if len(made) > _LONGEST_ID:
            made = hashlib.sha256(made.encode()).hexdigest()
        if self.rule.ordinal:
            self._alike[made] += 1
            if self._alike[made] > 1:
                return f"{made}|{self._alike[made]}"
        return made

    def _compiled(self, rule: FieldRule, clean: Cleaner) -> Read:
        read = self._origin(rule, clean)
        if not rule.when:
            return read
        conditions = [
            (column, frozenset(word.casefold() for word in words))
            for column, words in rule.when.items()
        ]

        def conditional(cells: Cells) -> Value | None:
            held = all(
                word in words or (word and "*" in words)
                for word, words in (
                    (cells.get(column, "").strip().casefold(), words)
                    for column, words in conditions
                )
            )
            return read(cells) if held else None

        return conditional

    def _origin(self, rule: FieldRule, clean: Cleaner) -> Read:
        places = self._places
        if rule.constant is not None:
            value = clean(rule.constant, places)
            return lambda _: value
        if rule.templates:
            made = [
                self._templated(one, clean, is_key=rule.name == "key") for one in rule.templates
            ]
            return lambda cells: next(
                (value for value in (one(cells) for one in made) if value is not None), None
            )
        if isinstance(clean, ListOf):
            return self._listed(rule, clean)
        return self._single(rule, clean)

    def _templated(self, template: str, clean: Cleaner, *, is_key: bool) -> Read:
        parts = [(text, name, form) for text, name, form, _ in Formatter().parse(template)]
        empty = self._styles.empty

        def read(cells: Cells) -> Value | None:
            made = []
            for text, name, form in parts:
                made.append(text)
                if name:
                    given = _first(cells, (name,), empty)
                    if given is None:
                        return None
                    made.append(self._place(given) if form == _COUNTRY else given)
            whole = "".join(made)
            return clean(slug(whole) if is_key else whole, self._places)

        return read

    def _place(self, named: str) -> str:
        return self._places.name(self._places.code(named))

    def _single(self, rule: FieldRule, clean: Cleaner) -> Read:
        word = word_of(rule, self._styles)
        known: dict[tuple[str, bool], Value | None] = {}
        empty, estimated = self._styles.empty, rule.estimated

        def read(cells: Cells) -> Value | None:
            text = _first(cells, rule.columns, empty)
            if text is None:
                return None
            guessed = bool(estimated) and cells.get(estimated, "").strip().casefold() == "yes"
            key = (text, guessed)
            if key in known:
                return known[key]
            if len(split(text, rule)) > 1:
                return None
            said = word(text)
            if said is not None and guessed:
                said = without_pretended_day(said)
            value = None if said is None else clean(said, self._places)
            if len(known) < _REMEMBERED and len(text) < 100:  # noqa: PLR2004 (longer ones are rare)
                known[key] = value
            return value

        return read

    def _listed(self, rule: FieldRule, clean: ListOf) -> Read:
        word = word_of(rule, self._styles)
        empty = self._styles.empty

        def read(cells: Cells) -> Value | None:
            parts = list(rule.add)
            for text in _given(cells, rule, empty):
                given = (part.strip() for part in split(text, rule))
                words = (word(part) for part in given if part and part not in empty)
                parts.extend(one for one in words if one)
            return list(clean.each(parts, self._places))

        return read


def columns_of(rule: FieldRule) -> Iterator[str]:
    """Yield every column that a field is made of or depends on."""
    yield from rule.columns
    yield from rule.when
    if rule.estimated:
        yield rule.estimated
    for template in rule.templates:
        names = (name for _, name, _, _ in Formatter().parse(template))
        yield from (name for name in names if name and name != _ID)


def split(text: str, rule: FieldRule) -> list[str]:
    """Return the parts of a list in a cell; names that hold a separator stay whole."""
    if not any(separator in text for separator in rule.separators):
        return [text]
    # The longest first: a whole name, then a separator that holds a shorter one.
    whole = sorted(map(re.escape, rule.whole), key=len, reverse=True)
    marks = sorted(map(re.escape, rule.separators), key=len, reverse=True)
    parts = [""]
    for piece in re.split(f"({'|'.join([*whole, *marks])})", text):
        if piece in rule.separators:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _given(cells: Cells, rule: FieldRule, empty: frozenset[str]) -> Iterator[str]:
    if not rule.all:
        text = _first(cells, rule.columns, empty)
        return iter(()) if text is None else iter((text,))
    texts = (_first(cells, (column,), empty) for column in rule.columns)
    return (text for text in texts if text is not None)


def _first(cells: Cells, columns: Sequence[str], empty: frozenset[str]) -> str | None:
    for column in columns:
        text = cells.get(column, "").strip()
        if text and text not in empty:
            return text
    return None
