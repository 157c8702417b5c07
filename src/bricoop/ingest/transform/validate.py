"""The end of preparing a row: rules between its cells, its identity, its digest."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import orjson

from bricoop.domain.header import Header
from bricoop.domain.names import normalise
from bricoop.domain.problem import Level, Origin, Problem, RowNotes
from bricoop.ingest.layouts.checks import checks_for
from bricoop.ingest.layouts.doubts import doubters_for
from bricoop.ingest.layouts.layout import Fields, Layout

_LONGEST_IDENTITY = 200
_EMPTY = "is empty and must not be"


class PreparedRow(NamedTuple):
    """One row, ready to be written.

    Attributes:
        line: where it stands in its file.
        external_id: what tells it from the source's other rows of the noun.
        locator: where the source says so, or the line of the file where the row does not tell.
        stated_name: the name or figure as printed, if the row tells.
        fields: the cleaned values under their native names; empty cells are absent.
        fields_json: the same, as JSON in UTF-8.
        raw_json: the cells as read, in the order of the header, as JSON in UTF-8.
        digest: of what the row says; its line is no part of that.
    """

    line: int
    external_id: str
    locator: str | None
    stated_name: str | None
    fields: Fields
    fields_json: bytes
    raw_json: bytes
    digest: str

    @property
    def raw(self) -> Sequence[str]:
        """The cells as read, in the order of the header: few of those who read rows need them."""
        cells: list[str] = orjson.loads(self.raw_json)
        return cells


class RowValidator:
    """Finishes the rows of one file for one layout.

    Attributes:
        row_notes: what is doubtful in the rows finished so far.
    """

    def __init__(
        self, layout: Layout, origin: Origin, header: Header, *, published: bool = False
    ) -> None:
        """Remember under which headers the fields of the layout stand.

        What somebody else published may contradict itself; then it is kept as it is.
        """
        self._layout = layout
        self._origin = origin
        self._header = header
        self._checks = checks_for(layout, published=published)
        self._doubters = doubters_for(layout, published=published)
        self.row_notes = RowNotes()
        self._hash = _hash_of(header.columns)

    def finish(
        self,
        line: int,
        fields: Fields,
        raw: Sequence[str],
        problems: list[Problem],
        external_id: str = "",
    ) -> PreparedRow | list[Problem]:
        """Return the prepared row, or everything that is wrong with it.

        Args:
            line: where it stands.
            fields: its cleaned values; they become the record's.
            raw: its cells, in the order of the header.
            problems: what is wrong with single cells.
            external_id: its id, where its fields do not tell.
        """
        faults = [(name, _EMPTY, "") for name in self._layout.required if name not in fields]
        for check in self._checks:
            faults.extend(check(fields))
        if faults:
            # What is said to be missing may be there and wrong, which has been said.
            has_been_said = bool(problems)
            problems.extend(
                self.wrong(line, raw, name, rule, hint)
                for name, rule, hint in faults
                if name in fields or not (has_been_said and self._header.read_from(raw, name))
            )
        if problems:
            return problems
        for doubter in self._doubters:
            for name, rule, hint in doubter(fields):
                problem = self.wrong(line, raw, name, rule, hint)
                self.row_notes.append(replace(problem, level=Level.NOTE.value))
        return self._identified(line, fields, raw, external_id)

    def wrong(self, line: int, raw: Sequence[str], name: str, rule: str, hint: str = "") -> Problem:
        """Return a problem with the address of the cell that a field was read from."""
        column = self._header.column_of(raw, name)
        cell = self._header.said(raw).get(column, "")
        return self._origin.problem(line, column, cell, rule, hint)

    def _identified(
        self, line: int, fields: Fields, raw: Sequence[str], external_id: str
    ) -> PreparedRow:
        locator = fields.pop("locator", None)
        # Sorted, so that a file whose columns were put in another order says the same.
        fields_json = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
        raw_json = orjson.dumps(raw)
        digest = self._hash.copy()
        digest.update(_content(fields_json, raw_json, locator))
        return PreparedRow(
            line,
            external_id or str(fields.get("id") or self._identity(fields)),
            # Where the row names no place in its source, its place is its place in the file.
            locator or self._origin.locator(line),
            fields.get("stated_name") or fields.get("stated"),
            fields,
            fields_json,
            raw_json,
            digest.hexdigest(),
        )

    def _identity(self, fields: Fields) -> str:
        values = (normalise(str(fields.get(name, ""))) for name in self._layout.identity)
        identity = " | ".join(values)
        if len(identity) <= _LONGEST_IDENTITY:
            return identity
        return hashlib.sha256(identity.encode()).hexdigest()


def digest_of(
    columns: Sequence[str], fields_json: bytes, raw_json: bytes, locator: str | None
) -> str:
    """Return the digest of what a row says.

    Args:
        columns: the header of its cells.
        fields_json: its cleaned values, as JSON with sorted keys.
        raw_json: its cells, as JSON.
        locator: the place that the row itself names, which its line is not.
    """
    digest = _hash_of(columns)
    digest.update(_content(fields_json, raw_json, locator))
    return digest.hexdigest()


def _hash_of(columns: Sequence[str]) -> "hashlib._Hash":
    return hashlib.sha256("\0".join(columns).encode())


def _content(fields_json: bytes, raw_json: bytes, locator: str | None) -> bytes:
    return fields_json + raw_json + (locator or "").encode()
