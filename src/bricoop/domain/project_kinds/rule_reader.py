"""Reads the rows of a table of rules, and refuses the table at its first fault."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from bricoop.domain.document_faults import shown
from bricoop.domain.english import counted
from bricoop.domain.project_kinds.rule import Rule, RuleField
from bricoop.domain.project_kinds.words import phrase_words
from bricoop.domain.suggestions import nearest
from bricoop.domain.vocabularies import ProjectKind
from bricoop.errors import UsageError

COLUMNS = ("field", "match", "kind", "second", "priority", "language", "note")
_NEEDED = ("field", "match", "kind", "priority")
_HINT = f"Its columns are {', '.join(COLUMNS)}; second, language and note may be left out."
_FIELDS = MappingProxyType({field.value: field for field in RuleField})
_KINDS = MappingProxyType({"": "", **{kind.value: kind.value for kind in ProjectKind}})
#: The largest priority, and the most words of a phrase, rules of a table, digits of a sector and
#: letters of a language.
_LAST_PRIORITY, _MOST_WORDS, _MOST_RULES, _MOST_DIGITS, _MOST_LETTERS = 99, 8, 20_000, 5, 3
_Meaning = TypeVar("_Meaning", str, RuleField)


class RuleReader:
    """Reads a table, with the line that it is at."""

    def __init__(self, file: str) -> None:
        """Start at the first line of a file with a name, which messages quote."""
        self._file = file
        self._line = 1

    def rules(self, text: str) -> tuple[Rule, ...]:
        """Return the rules of a table in CSV.

        Raises:
            UsageError: the table is invalid; the error names the line and column.
        """
        rows = self._rows(text)
        first = next(rows, None)
        if first is None:
            self._line = 1
        header = [cell.strip() for cell in first or ()]
        self._check_header(header)
        lines: dict[tuple[RuleField, str | tuple[str, ...]], int] = {}
        rules: list[Rule] = []
        for cells in rows:
            if len(cells) != len(header):
                fault = f"the row has {counted(len(cells), 'cells')}, the header {len(header)}"
                raise self._fault("", "", fault)
            rule = self._rule(dict(zip(header, map(str.strip, cells), strict=True)))
            identity = rule.field, rule.words or rule.match
            if identity in lines:
                fault = f"appears twice for {rule.field}: also in line {lines[identity]}"
                raise self._fault("match", rule.match, fault, "Delete one of the two.")
            if len(rules) == _MOST_RULES:
                raise self._fault("", "", f"the table has more than {_MOST_RULES:,} rules")
            lines[identity] = self._line
            rules.append(rule)
        if not rules:
            raise self._fault("", "", "no row follows the header")
        return tuple(rules)

    def _rows(self, text: str) -> Iterator[list[str]]:
        """Yield the rows that are neither blank nor comments."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        after = 1
        try:
            for cells in reader:
                self._line, after = after, reader.line_num + 1
                is_comment = bool(cells) and cells[0].startswith("#")
                if not is_comment and "".join(cells).strip():
                    yield cells
        except csv.Error as error:
            self._line = after
            raise self._fault("", "", str(error)) from error

    def _check_header(self, header: Sequence[str]) -> None:
        for name in header:
            if name not in COLUMNS:
                raise self._fault("", name, "is not one of its columns")
            if header.count(name) > 1:
                raise self._fault("", name, "is a column twice")
        for name in _NEEDED:
            if name not in header:
                raise self._fault("", "", f"the column {name} is missing")

    def _rule(self, row: Mapping[str, str]) -> Rule:
        field = self._choice("field", row["field"], _FIELDS)
        kind = self._choice("kind", row["kind"], _KINDS)
        second = self._choice("second", row.get("second", ""), _KINDS, "kind")
        if second and second == kind:
            raise self._fault("second", second, "is the kind itself", "Leave second empty.")
        if second and not kind:
            hint = "Write the main kind in the column kind."
            raise self._fault("second", second, "is a second kind without a first", hint)
        language = row.get("language", "").casefold()
        is_code = language.isascii() and language.isalpha() and len(language) <= _MOST_LETTERS
        if language and not is_code:
            hint = "Write a code such as en or fr, or leave it empty."
            raise self._fault("language", language, "is not a language code", hint)
        match, words = self._match(field, row["match"])
        return Rule(field, match, kind, second, self._priority(row["priority"]), language, words)

    def _match(self, field: RuleField, match: str) -> tuple[str, tuple[str, ...]]:
        """Return what a rule looks for, and its words; codes and `*` have none."""
        if field is RuleField.SECTOR:
            digits = match.removesuffix("*")
            if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
                hint = "Write a sector code such as 21030 or 210, or the beginning of codes: 232*."
                raise self._fault("match", match, "is not a sector code", hint)
            return match, ()
        if field is RuleField.MONEY and match == "*":
            return match, ()
        words = phrase_words(match)
        if not words:
            raise self._fault("match", match, "has no words", "Write a word or a phrase.")
        if len(words) > _MOST_WORDS:
            hint = f"Write at most {_MOST_WORDS} words."
            raise self._fault("match", match, f"has {len(words)} words", hint)
        return match, words

    def _priority(self, text: str) -> int:
        if text.isascii() and text.isdigit() and 0 < int(text[:3]) <= _LAST_PRIORITY:
            return int(text[:3])
        hint = f"Write a whole number from 1, which decides first, to {_LAST_PRIORITY}."
        raise self._fault("priority", text, "is not a priority", hint)

    def _choice(
        self, column: str, typed: str, choices: Mapping[str, _Meaning], noun: str = ""
    ) -> _Meaning:
        """Return what a code means, in capitals or not."""
        meaning = choices.get(typed.casefold())
        if meaning is not None:
            return meaning
        codes = [choice for choice in choices if choice]
        near = nearest(typed, {choice: choice for choice in codes})
        hint = f"Did you mean: {'; '.join(near)}?" if near else f"Write one of: {', '.join(codes)}."
        raise self._fault(column, typed, f"is not a known {noun or column}", hint)

    def _fault(self, column: str, value: str, rule: str, hint: str = "") -> UsageError:
        named = f", {column}" if column else ""
        text = f"{shown(value)!r} {rule}" if value or column else rule
        at = f"The table of kinds {self._file}, line {self._line}{named}"
        return UsageError(f"{at}: {text}.", hint or _HINT)
