"""Rows become prepared records: the header understood, cells cleaned, rows checked and named."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import orjson
from rapidfuzz import fuzz, process

from bricoop.domain.names import normalise
from bricoop.domain.problem import Problem
from bricoop.errors import DataRejectedError
from bricoop.ingest.checks import checks_for
from bricoop.ingest.clean import BadValueError, Places, Value, text
from bricoop.ingest.layout import Column, Fields, Layout
from bricoop.ingest.readers import SourceRow

_LONGEST_IDENTITY = 200
_NUL_HINT = "Remove it; text has none."
#: How many different cells of a column are remembered with their values.
_REMEMBERED = 10_000


class Prepared(NamedTuple):
    """One row, ready to be written.

    Attributes:
        line: where it stands in its file.
        external_id: what tells it from the source's other rows of the noun.
        locator: where the source says so, or the line of the file where the row does not tell.
        stated_name: the name or figure as printed, if the row tells.
        fields: the cleaned values under their native names; empty cells are absent.
        fields_json: the same, as JSON.
        raw: the cells as read, under their headers; empty cells are absent.
        raw_json: the same, as JSON.
        digest: of what the row says; its line is no part of that.
    """

    line: int
    external_id: str
    locator: str | None
    stated_name: str | None
    fields: Fields
    fields_json: str
    raw: dict[str, str]
    raw_json: str
    digest: str


class Preparer:
    """Understands the header of one file and prepares its rows."""

    def __init__(self, layout: Layout, file: str, header: Sequence[str], places: Places) -> None:
        """Match the header with the layout.

        Raises:
            DataRejectedError: columns are missing, unknown or there twice.
        """
        self._layout = layout
        self._file = file
        self._places = places
        self._header = [cell.strip() for cell in header]
        self._columns = self._match()
        self._checks = checks_for(layout)

    def prepare(self, row: SourceRow) -> Prepared | list[Problem]:
        """Return the prepared row, or everything that is wrong with it."""
        if len(row.cells) != len(self._header):
            misfit = self._misfit(row)
            if misfit:
                return [misfit]
        problems: list[Problem] = []
        fields: Fields = {}
        raw: dict[str, str] = {}
        for (header, column, known), cell in zip(self._columns, row.cells, strict=False):
            if not cell or not (stripped := cell.strip()):
                continue
            raw[header] = cell
            if "\0" in cell:
                problems.append(self._problem(row, header, cell, "has a NUL character", _NUL_HINT))
            elif column is None:
                problems.append(self._problem(row, "", cell, "stands under no header"))
            elif stripped in known:
                fields[column.name] = known[stripped]
            else:
                try:
                    fields[column.name] = self._clean(column, known, stripped)
                except BadValueError as error:
                    problems.append(self._problem(row, header, cell, error.rule, error.hint))
        self._apply_rules(row, fields, raw, problems)
        return problems or self._identified(row.line, fields, raw)

    def _clean(self, column: Column, known: dict[str, Value], cell: str) -> Value:
        value = column.clean(cell, self._places)
        # Kinds, countries, dates and organizations come again and again; free text does not.
        if column.clean is not text and len(known) < _REMEMBERED:
            known[cell] = value
        return value

    def _match(self) -> list[tuple[str, Column | None, dict[str, Value]]]:
        found = [_header_name(cell) for cell in self._header]
        by_name = {column.name: column for column in self._layout.columns}
        self._refuse_misfits(found, by_name)
        return [
            (header, by_name.get(name), {})
            for header, name in zip(self._header, found, strict=True)
        ]

    def _refuse_misfits(self, found: list[str], by_name: dict[str, Column]) -> None:
        noun = self._layout.noun
        hint = f"`bricoop template {noun}` prints the layout."
        if not any(found):
            raise DataRejectedError(f"{self._file} is empty: it has no header.", hint)
        if len(found) == 1 and any(mark in self._header[0] for mark in ";\t|"):
            message = f"{self._file} is not separated by commas."
            raise DataRejectedError(message, "Save it as CSV with commas.")
        missing = [c.name for c in self._layout.columns if c.required and c.name not in found]
        if missing:
            message = f"{self._file} lacks the columns that {noun} need: {', '.join(missing)}."
            raise DataRejectedError(message, hint)
        unknown = [name for name in found if name and name not in by_name]
        if unknown:
            message = (
                f"{self._file} has columns that {noun} do not have: {_closest(unknown, by_name)}."
            )
            raise DataRejectedError(message, hint)
        twice = sorted({name for name in found if name and found.count(name) > 1})
        if twice:
            raise DataRejectedError(f"{self._file} has columns twice: {', '.join(twice)}.")

    def _misfit(self, row: SourceRow) -> Problem | None:
        extra = row.cells[len(self._header) :]
        if len(row.cells) > len(self._header) and not any(cell.strip() for cell in extra):
            return None
        return self._problem(
            row,
            "",
            extra[0] if extra else "",
            f"the row has {len(row.cells)} cells, the header {len(self._header)}",
            "Is a comma missing, or one too many outside quotes?",
        )

    def _apply_rules(
        self, row: SourceRow, fields: Fields, raw: dict[str, str], problems: list[Problem]
    ) -> None:
        problems.extend(
            self._problem(row, name, "", "is empty and must not be")
            for name in self._layout.required
            if name not in fields and name not in self._given(raw)
        )
        for check in self._checks:
            # What is said to be missing may be there and wrong, which has been said.
            problems.extend(
                self._problem(row, column, raw.get(column, ""), rule, hint)
                for column, rule, hint in check(fields)
                if column in fields or column not in self._given(raw)
            )

    def _given(self, raw: dict[str, str]) -> set[str]:
        return {_header_name(header) for header in raw}

    def _identified(self, line: int, fields: Fields, raw: dict[str, str]) -> Prepared:
        locator = fields.pop("locator", None)
        stated = fields.get("stated_name") or fields.get("stated")
        # Sorted, so that a file whose columns were put in another order says the same.
        fields_json = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
        raw_json = orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)
        content = b"\0".join((fields_json, raw_json, (locator or "").encode()))
        return Prepared(
            line=line,
            external_id=str(fields.get("id") or self._identity(fields)),
            # Where the row names no place in its source, its place is its line in the file.
            locator=locator or f"line {line}",
            stated_name=stated,
            fields=fields,
            fields_json=fields_json.decode(),
            raw=raw,
            raw_json=raw_json.decode(),
            digest=hashlib.sha256(content).hexdigest(),
        )

    def _identity(self, fields: Fields) -> str:
        parts = (normalise(str(fields.get(name, ""))) for name in self._layout.identity)
        identity = " | ".join(parts)
        if len(identity) <= _LONGEST_IDENTITY:
            return identity
        return hashlib.sha256(identity.encode()).hexdigest()

    def _problem(
        self, row: SourceRow, column: str, value: str, rule: str, hint: str = ""
    ) -> Problem:
        return Problem(self._file, row.line, column, value, rule, hint)


def _header_name(cell: str) -> str:
    return "_".join(cell.lower().split())


def _closest(unknown: list[str], known: dict[str, Column]) -> str:
    said = []
    for name in unknown:
        near = process.extractOne(name, known.keys(), scorer=fuzz.ratio, score_cutoff=60)
        said.append(f"{name} (did you mean {near[0]}?)" if near else name)
    return ", ".join(said)
