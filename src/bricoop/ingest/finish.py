"""The end of preparing a row: rules between its cells, its identity, its digest."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from bricoop.domain.names import normalise
from bricoop.domain.problem import Origin, Problem
from bricoop.ingest.checks import checks_for
from bricoop.ingest.layout import Fields, Layout
from bricoop.ingest.readers.table import SourceRow

_LONGEST_IDENTITY = 200
_EMPTY = "is empty and must not be"


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


class Finisher:
    """Finishes the rows of one file for one layout."""

    def __init__(
        self, layout: Layout, origin: Origin, headers: Mapping[str, str], *, published: bool = False
    ) -> None:
        """Remember under which header of the file each field of the layout stands.

        What somebody else published may contradict itself; then it is kept as it is.
        """
        self._layout = layout
        self._origin = origin
        self._headers = headers
        self._checks = checks_for(layout, published=published)

    def finish(
        self,
        row: SourceRow,
        fields: Fields,
        raw: dict[str, str],
        problems: list[Problem],
        external_id: str = "",
    ) -> Prepared | list[Problem]:
        """Return the prepared row, or everything that is wrong with it.

        Args:
            row: where it stands.
            fields: its cleaned values; they become the record's.
            raw: its cells.
            problems: what is wrong with single cells.
            external_id: its id, where its fields do not tell.
        """
        found = [(name, _EMPTY, "") for name in self._layout.required if name not in fields]
        for check in self._checks:
            found.extend(check(fields))
        if found:
            # What is said to be missing may be there and wrong, which has been said.
            problems.extend(
                self.problem(row, column, raw.get(self._header(column), ""), rule, hint)
                for column, rule, hint in found
                if column in fields or self._header(column) not in raw
            )
        return problems or self._identified(row.line, fields, raw, external_id)

    def problem(
        self, row: SourceRow, column: str, value: str, rule: str, hint: str = ""
    ) -> Problem:
        """Return a problem with the address of a row's cell."""
        return self._origin.problem(row.line, column, value, rule, hint)

    def _header(self, name: str) -> str:
        return self._headers.get(name, name)

    def _identified(
        self, line: int, fields: Fields, raw: dict[str, str], external_id: str
    ) -> Prepared:
        locator = fields.pop("locator", None)
        # Sorted, so that a file whose columns were put in another order says the same.
        fields_json = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
        raw_json = orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)
        content = b"\0".join((fields_json, raw_json, (locator or "").encode()))
        return Prepared(
            line,
            external_id or str(fields.get("id") or self._identity(fields)),
            # Where the row names no place in its source, its place is its place in the file.
            locator or self._origin.locator(line),
            fields.get("stated_name") or fields.get("stated"),
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
