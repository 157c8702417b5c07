"""Rows become prepared records: the header understood, cells cleaned, rows checked and named."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import compress, islice
from typing import NamedTuple

import orjson
from rapidfuzz import fuzz, process

from bricoop.domain.names import normalise
from bricoop.domain.problem import Origin, Problem
from bricoop.errors import DataRejectedError
from bricoop.ingest.checks import checks_for
from bricoop.ingest.clean import BadValueError, Cleaner, Places, Value, is_plain, short, text
from bricoop.ingest.layout import Column, Fields, Layout
from bricoop.ingest.readers.table import SourceRow, header_name

_LONGEST_IDENTITY = 200
#: A header that is not the first row stands among so many rows, or is not looked for.
_LOOKED_AT = 50
_EMPTY = "is empty and must not be"
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


class _Values(dict[str, Value]):
    """The values of one column's cells, each cleaned when it is first met.

    Attributes:
        as_it_stands: whether a plain text is its own value.
    """

    def __init__(self, clean: Cleaner, places: Places) -> None:
        super().__init__()
        self._clean = clean
        self._places = places
        self.as_it_stands = clean in {text, short}
        # Kinds, countries, dates and lists come again and again; names and free text do not.
        self._most = 0 if self.as_it_stands else _REMEMBERED

    def __missing__(self, cell: str) -> Value:
        if "\0" in cell:
            rule = "has a NUL character"
            raise BadValueError(rule, "Remove it; text has none.")
        value = self._clean(cell, self._places)
        if len(self) < self._most:
            self[cell] = value
        return value


class HeaderRejectedError(DataRejectedError):
    """The columns of a file are not those of its layout: its header may stand elsewhere."""


def _headless(_: str, __: Places) -> Value:
    rule = "stands under no header"
    raise BadValueError(rule)


class Preparer:
    """Understands the header of one file and prepares its rows."""

    def __init__(
        self, layout: Layout, origin: Origin, header: Sequence[str], places: Places
    ) -> None:
        """Match the header with the layout.

        Raises:
            DataRejectedError: columns are missing, unknown or there twice.
        """
        self._layout = layout
        self._origin = origin
        self._file = origin.file
        self._places = places
        self._header = [cell.strip() for cell in header]
        self._columns = self._match()
        self._checks = checks_for(layout)

    def prepare(self, row: SourceRow) -> Prepared | list[Problem]:
        """Return the prepared row, or everything that is wrong with it."""
        cells = row.cells
        if len(cells) != len(self._columns) and (misfit := self._misfit(row)):
            return [misfit]
        problems: list[Problem] = []
        fields: Fields = {}
        raw: dict[str, str] = {}
        # Most cells of most files are empty: they are passed over before Python looks at them.
        given = compress(zip(self._columns, cells, strict=False), cells)
        for (header, name, values), cell in given:
            stripped = cell.strip()
            if not stripped:
                continue
            raw[header] = cell
            if values.as_it_stands and is_plain(stripped):
                fields[name] = stripped
                continue
            try:
                fields[name] = values[stripped]
            except BadValueError as error:
                problems.append(self._problem(row, header, cell, error.rule, error.hint))
        self._apply_rules(row, fields, raw, problems)
        return problems or self._identified(row.line, fields, raw)

    def _match(self) -> list[tuple[str, str, _Values]]:
        found = [header_name(cell) for cell in self._header]
        by_name = {column.name: column for column in self._layout.columns}
        self._refuse_misfits(found, by_name)
        return [
            (header, name, _Values(by_name[name].clean if name else _headless, self._places))
            for header, name in zip(self._header, found, strict=True)
        ]

    def _refuse_misfits(self, found: list[str], by_name: dict[str, Column]) -> None:
        noun = self._layout.noun
        hint = f"`bricoop template {noun}` prints the layout."
        if not any(found):
            raise DataRejectedError(f"{self._file} is empty: it has no header.", hint)
        if len(found) == 1 and any(mark in self._header[0] for mark in ";\t|"):
            message = f"{self._file} is not separated by commas."
            raise HeaderRejectedError(message, "Save it as CSV with commas.")
        missing = [c.name for c in self._layout.columns if c.required and c.name not in found]
        if missing:
            message = f"{self._file} lacks the columns that {noun} need: {', '.join(missing)}."
            raise HeaderRejectedError(message, hint)
        unknown = [name for name in found if name and name not in by_name]
        if unknown:
            message = (
                f"{self._file} has columns that {noun} do not have: {_closest(unknown, by_name)}."
            )
            raise HeaderRejectedError(message, hint)
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
            "Does a quote close too late?"
            if any("\n" in cell or "\r" in cell for cell in row.cells)
            else "Is a comma missing, or one too many outside quotes?",
        )

    def _apply_rules(
        self, row: SourceRow, fields: Fields, raw: dict[str, str], problems: list[Problem]
    ) -> None:
        found = [(name, _EMPTY, "") for name in self._layout.required if name not in fields]
        for check in self._checks:
            found.extend(check(fields))
        if found:
            # What is said to be missing may be there and wrong, which has been said.
            given = {header_name(header) for header in raw}
            problems.extend(
                self._problem(row, column, raw.get(column, ""), rule, hint)
                for column, rule, hint in found
                if column in fields or column not in given
            )

    def _identified(self, line: int, fields: Fields, raw: dict[str, str]) -> Prepared:
        locator = fields.pop("locator", None)
        stated = fields.get("stated_name") or fields.get("stated")
        # Sorted, so that a file whose columns were put in another order says the same.
        fields_json = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
        raw_json = orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)
        content = b"\0".join((fields_json, raw_json, (locator or "").encode()))
        return Prepared(
            line,
            str(fields.get("id") or self._identity(fields)),
            # Where the row names no place in its source, its place is its place in the file.
            locator or self._origin.locator(line),
            stated,
            fields,
            fields_json.decode(),
            raw,
            raw_json.decode(),
            hashlib.sha256(content).hexdigest(),
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
        return self._origin.problem(row.line, column, value, rule, hint)


def likely_header(layout: Layout, rows: Iterator[SourceRow]) -> int | None:
    """Return the line of the first row that may be the header of a layout."""
    known = {column.name for column in layout.columns}
    needed = {column.name for column in layout.columns if column.required}
    for row in islice(rows, _LOOKED_AT):
        named = {header_name(cell) for cell in row.cells if cell.strip()}
        if needed <= named <= known:
            return row.line
    return None


def _closest(unknown: list[str], known: dict[str, Column]) -> str:
    said = []
    for name in unknown:
        near = process.extractOne(name, known.keys(), scorer=fuzz.ratio, score_cutoff=60)
        said.append(f"{name} (did you mean {near[0]}?)" if near else name)
    return ", ".join(said)
