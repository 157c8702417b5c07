"""Validate prepared rows, and compute their ids and digests."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import orjson

from bricoop.domain.cell_references import Shortener
from bricoop.domain.header import Header
from bricoop.domain.names import normalise
from bricoop.domain.problem import Level, Origin, Problem, RowNotes
from bricoop.ingest.layouts.checks import Complaint, checks_for
from bricoop.ingest.layouts.doubts import doubters_for
from bricoop.ingest.layouts.layout import Fields, Layout

_LONGEST_IDENTITY = 200
_EMPTY = "is empty and must not be"
#: The same for a field that a profile reads from several cells, of which the first has a value.
_LACKS = "gives no {}, and there must be one; are all cells that it is read from filled?"


class PreparedRow(NamedTuple):
    """A row that is ready to be written.

    Attributes:
        line: its line in the file.
        external_id: its id, unique among the records of the source and noun.
        locator: the place in the source that the row states, or else its line in the file.
        stated_name: the name or figure as printed in the source, if the row states it.
        fields: the cleaned values by native field name; empty cells are absent.
        stored_json: the fields to store, with references to long cells, as JSON in UTF-8.
        raw_json: the cells as read, in the order of the header, as JSON in UTF-8.
        digest: the digest of its content, which does not include its line.
    """

    line: int
    external_id: str
    locator: str | None
    stated_name: str | None
    fields: Fields
    stored_json: bytes
    raw_json: bytes
    digest: str

    @property
    def raw(self) -> Sequence[str]:
        """The cells as read, in the order of the header; parsed on demand, as seldom needed."""
        cells: list[str] = orjson.loads(self.raw_json)
        return cells


class RowValidator:
    """Validates the rows of a file for a layout.

    Attributes:
        row_notes: notes on doubtful values in the rows validated so far.
    """

    def __init__(
        self, layout: Layout, origin: Origin, header: Header, *, published: bool = False
    ) -> None:
        """Select the checks of the layout.

        With `published`, some checks are omitted: published datasets may contradict themselves and
        are kept as they are.
        """
        self._layout = layout
        self._origin = origin
        self._header = header
        self._checks = checks_for(layout, published=published)
        self._doubters = doubters_for(layout, published=published)
        self.row_notes = RowNotes()
        self._hash = _hash_of(header.columns)
        self._shortener = Shortener(layout.long)

    def finish(
        self,
        line: int,
        fields: Fields,
        raw: Sequence[str],
        problems: list[Problem],
        external_id: str = "",
    ) -> PreparedRow | list[Problem]:
        """Return the prepared row, or its problems.

        Args:
            line: its line in the file.
            fields: its cleaned values; may be modified.
            raw: its cells, in the order of the header.
            problems: the problems of single cells.
            external_id: its id, if not determined by the fields.
        """
        faults = [(name, _EMPTY, "") for name in self._layout.required if name not in fields]
        for check in self._checks:
            faults.extend(check(fields))
        if faults:
            # A field may be missing because its cell is invalid, which was reported already.
            has_been_said = bool(problems)
            problems.extend(
                self._fault(line, raw, fault)
                for fault in faults
                if fault[0] in fields
                or not (has_been_said and self._header.read_from(raw, fault[0]))
            )
        if problems:
            return problems
        for doubter in self._doubters:
            self._note(line, raw, doubter(fields))
        return self._identified(line, fields, raw, external_id)

    def finish_many(
        self, rows: Sequence[tuple[int, str, Fields, Sequence[str]]]
    ) -> list[PreparedRow] | None:
        """Return the prepared rows, or None if any has a problem.

        Args:
            rows: line, id, cleaned values and cells of each row; the values may be modified.
        """
        fields = [row[2] for row in rows]
        for name in self._layout.required:
            if not all(name in of_row for of_row in fields):
                return None
        if any(any(map(check, fields)) for check in self._checks):
            return None
        for doubter in self._doubters:
            for (line, _, _, raw), doubts in zip(rows, map(doubter, fields), strict=True):
                if doubts:
                    self._note(line, raw, doubts)
        return [
            self._identified(line, of_row, raw, external_id)
            for line, external_id, of_row, raw in rows
        ]

    def _note(self, line: int, raw: Sequence[str], doubts: Sequence[Complaint]) -> None:
        """Add a note on each doubtful value of a row."""
        for name, rule, hint in doubts:
            problem = self.wrong(line, raw, name, rule, hint)
            self.row_notes.append(replace(problem, level=Level.NOTE.value))

    def _fault(self, line: int, raw: Sequence[str], fault: tuple[str, str, str]) -> Problem:
        problem = self.wrong(line, raw, *fault)
        if fault[1] == _EMPTY and problem.value:
            return replace(problem, rule=_LACKS.format(fault[0].replace("_", " ")))
        return problem

    def wrong(self, line: int, raw: Sequence[str], name: str, rule: str, hint: str = "") -> Problem:
        """Return a problem located at the cell from which a field was read."""
        column = self._header.column_of(raw, name)
        cell = self._header.said(raw).get(column, "")
        return self._origin.problem(line, column, cell, rule, hint)

    def _identified(
        self, line: int, fields: Fields, raw: Sequence[str], external_id: str
    ) -> PreparedRow:
        locator = fields.pop("locator", None)
        # Sorted, so that reordering the columns of a file does not change the fields.
        fields_json = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
        raw_json = orjson.dumps(raw)
        digest = self._hash.copy()
        digest.update(_content(fields_json, raw_json, locator))
        stored = self._shortener.shortened(fields, raw)
        is_short = stored is fields
        return PreparedRow(
            line,
            external_id or str(fields.get("id") or self._identity(fields)),
            # Without a locator in the row, use its line in the file.
            locator or self._origin.locator(line),
            fields.get("stated_name") or fields.get("stated"),
            fields,
            fields_json if is_short else orjson.dumps(stored, option=orjson.OPT_SORT_KEYS),
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
    """Return the digest of the content of a row.

    Args:
        columns: the header of its cells.
        fields_json: its cleaned values, as JSON with sorted keys.
        raw_json: its cells, as JSON.
        locator: the locator that the row itself states; None if it was derived from the line.
    """
    digest = _hash_of(columns)
    digest.update(_content(fields_json, raw_json, locator))
    return digest.hexdigest()


def _hash_of(columns: Sequence[str]) -> "hashlib._Hash":
    return hashlib.sha256("\0".join(columns).encode())


def _content(fields_json: bytes, raw_json: bytes, locator: str | None) -> bytes:
    return fields_json + raw_json + (locator or "").encode()
