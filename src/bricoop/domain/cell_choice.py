"""Describes from which cells of a record a field is read, to trace values back to columns."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from bricoop.domain.sectors import codes_of

_ANY = "*"


@dataclass(frozen=True)
class Choice:
    """One way to read a field; a field has several, and the first one that yields a value is used.

    Attributes:
        columns: the columns that the value is read from.
        all: whether all non-empty cells of the columns are used, not only the first one.
        whole: whether the value needs a non-empty cell in each of the columns.
        fixed: whether there is a value even if all these cells are empty, as of a constant.
        when: conditions: columns, and the words that they may hold (see `accepted`).
        unless: a column whose cell must differ from that of the first of `columns`; or empty.
        empty: texts that count as an empty cell, such as `n/a`.
        empty_elsewhere: the same for the columns of `when`, where it differs from `empty`;
            otherwise no text at all.
        delete: texts that are removed from words.
        separators: separators of a list within a cell.
        undivided: texts that contain a separator and are not split.
        without: prefixes that are removed from a word before it is looked up, with case folded.
        known: words that map to a value, with case folded.
        silent: words that map to no value.
        only_known: whether words outside `known` yield no value.
        sectors: whether a word is the code of a sector; if unknown, wider codes are looked up.
        record: prefix of the ids of the records that this choice applies to; empty for all.
    """

    columns: tuple[str, ...]
    all: bool = False
    whole: bool = False
    fixed: bool = False
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: str = ""
    empty: tuple[str, ...] = ()
    empty_elsewhere: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    separators: tuple[str, ...] = ()
    undivided: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    only_known: bool = False
    sectors: bool = False
    record: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether only `columns` and `all` are set."""
        return self == Choice(self.columns, all=self.all)

    def unconditional(self) -> "Choice":
        """Return the choice without conditions: for a field that has a value in any case."""
        empty = self.empty if len(self.columns) > 1 else ()
        return Choice(
            self.columns,
            all=self.all or self.whole,
            fixed=self.fixed and not self.columns,
            empty=empty,
        )

    def read(self, row_cells: Mapping[str, str]) -> dict[str, str] | None:
        """Return the cells that the field is read from, by column, or None if there is no value.

        Args:
            row_cells: the cells of the record that are not blank, by column.
        """
        stripped = {name: cell.strip() for name, cell in row_cells.items()}
        filled = {name: cell for name, cell in stripped.items() if cell not in self.empty}
        if not self._allows(filled, stripped):
            return None
        cells = {name: row_cells[name] for name in self.columns if name in filled}
        if not (self.all or self.whole):
            cells = dict(list(cells.items())[:1])
        if self.fixed:
            return cells
        if self.whole and len(cells) < len(self.columns):
            return None
        return cells if any(map(self._means, cells.values())) else None

    def _allows(self, filled: Mapping[str, str], stripped: Mapping[str, str]) -> bool:
        """Return whether the conditions `when` and `unless` hold."""
        empty = self.empty_elsewhere or self.empty
        if self.unless and filled.get(self.columns[0]) == filled.get(self.unless):
            return False
        return all(
            (cell := stripped.get(column, "")) not in empty
            and cell != ""
            and accepted(words)(cell.casefold())
            for column, words in self.when.items()
        )

    def _means(self, cell: str) -> bool:
        """Return whether any word of a cell yields a value."""
        words = divided(cell, self.separators, self.undivided)
        return any(self._is_value(word.strip()) for word in words)

    def _is_value(self, word: str) -> bool:
        if word in self.empty:
            return False
        for text in self.delete:
            word = word.replace(text, "").strip()
        if not word:
            return False
        for form in self._forms(word):
            if form in self.known or form in self.silent:
                return form in self.known
        return not self.only_known

    def _forms(self, word: str) -> Iterator[str]:
        if self.sectors:
            yield from codes_of(word)
            return
        folded = word.casefold()
        yield folded
        for prefix in self.without:
            if folded.startswith(prefix):
                yield folded[len(prefix) :].lstrip()


def divided(text: str, separators: Sequence[str], undivided: Sequence[str]) -> list[str]:
    """Split a list in a cell at separators, but not within the texts `undivided`.

    >>> divided("Bank; Ltd;CDB", (";",), ("Bank; Ltd",))
    ['Bank; Ltd', 'CDB']
    """
    if not any(separator in text for separator in separators):
        return [text]
    if len(separators) == 1 and not undivided:
        return text.split(separators[0])
    # The longest alternatives first, as a regular expression takes the first that matches.
    whole = sorted(map(re.escape, undivided), key=len, reverse=True)
    marks = sorted(map(re.escape, separators), key=len, reverse=True)
    pieces = [""]
    for piece in re.split(f"({'|'.join([*whole, *marks])})", text):
        if piece in separators:
            pieces.append("")
        else:
            pieces[-1] += piece
    return pieces


def as_data(choices: Sequence[Choice]) -> list[Any]:
    """Return the choices of a field as JSON data: bare column names, if nothing else is set.

    >>> as_data([Choice(("Start",)), Choice(("Year",))])
    ['Start', '', 'Year']
    >>> as_data([Choice(("Type",), when={"Type": ("Chinese *",)})])
    [{'columns': ('Type',), 'when': {'Type': ('Chinese *',)}}]
    """
    if all(choice.is_plain for choice in choices):
        groups = (
            group
            for choice in choices
            for group in ([choice.columns] if choice.all else [(name,) for name in choice.columns])
        )
        return [name for group in groups for name in ("", *group)][1:]
    return [{name: value for name, value in asdict(choice).items() if value} for choice in choices]


def from_data(data: Sequence[Any]) -> tuple[Choice, ...]:
    """Return the choices of a field from JSON data, as `as_data` writes them.

    Raises:
        TypeError: the data have another form.

    >>> from_data(["Start", "", "Year"])[1].columns
    ('Year',)
    """
    if not is_data(data):
        message = "no choices"
        raise TypeError(message)
    if all(isinstance(entry, str) for entry in data):
        groups: list[list[str]] = [[]]
        for name in data:
            if name:
                groups[-1].append(name)
            else:
                groups.append([])
        return tuple(Choice(tuple(group), all=True) for group in groups if group)
    return tuple(_choice(entry) for entry in data)


def is_data(value: Any) -> bool:
    """Return whether a value has the form that `as_data` writes, read back from JSON.

    >>> is_data(["Start", "", "Year"]), is_data([{"columns": ["Type"], "fixed": True}])
    (True, True)
    >>> is_data([{"columns": "Type"}]), is_data(["Start", {"columns": []}]), is_data("Start")
    (False, False, False)
    """
    return isinstance(value, list) and (
        _are_texts(value) or all(isinstance(entry, dict) and _is_choice(entry) for entry in value)
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(text, str) for text in value)


def _is_choice(data: Mapping[Any, Any]) -> bool:
    kinds = {attribute.name: attribute.default for attribute in fields(Choice)}
    for name, value in data.items():
        if name == "when":
            fits = isinstance(value, dict) and all(map(_are_texts, value.values()))
        elif name == "columns" or kinds.get(name) == ():
            fits = _are_texts(value)
        else:
            fits = name in kinds and type(value) is type(kinds[name])
        if not fits:
            return False
    return True


def _choice(data: Mapping[str, Any]) -> Choice:
    settings: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list | tuple) else value
        for name, value in data.items()
    }
    return Choice(**{"columns": (), **settings})


def accepted(words: Sequence[str]) -> Callable[[str], bool]:
    """Return a predicate that tells whether a casefolded word matches any of some patterns.

    A pattern is `*` (any word), `Begin*`, `*end` or `*middle*`; any other word must be equal.
    """
    folded = [word.casefold() for word in words]
    exact = frozenset(word for word in folded if _ANY not in word)
    beginnings = tuple(
        pattern[:-1] for pattern in folded if pattern.endswith(_ANY) and pattern[:1] != _ANY
    )
    endings = tuple(
        pattern[1:] for pattern in folded if pattern.startswith(_ANY) and pattern[-1:] != _ANY
    )
    inside = [
        pattern.strip(_ANY)
        for pattern in folded
        if pattern.startswith(_ANY) and pattern.endswith(_ANY)
    ]

    def test(word: str) -> bool:
        return (
            word in exact
            or word.startswith(beginnings)
            or word.endswith(endings)
            or any(middle in word for middle in inside)
        )

    return test
