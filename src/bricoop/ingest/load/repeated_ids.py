"""The problem of a row with the id of another row of its file."""

from dataclasses import replace

from bricoop.domain.english import enumerated
from bricoop.domain.header import Header
from bricoop.domain.problem import Problem
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.load.entity_resolver import EntityResolver
from bricoop.ingest.readers.rejected_rows import OWN_ID
from bricoop.ingest.transform.validate import PreparedRow

_LEFT_OUT = f"{OWN_ID} To replace the other row, empty the first three cells of this one."


class RepeatedIds:
    """Describes repeated ids of the rows of one noun."""

    def __init__(self, layout: Layout, header: Header, subjects: EntityResolver) -> None:
        """Describe rows with a header; `subjects` locates their cells."""
        self._layout = layout
        self._header = header
        self._subjects = subjects

    def in_file(self, row: PreparedRow, earlier_row: str) -> Problem:
        """Return the problem of a row with the id of an earlier one.

        Args:
            row: the row.
            earlier_row: where the earlier one is.
        """
        return self._problem(row, earlier_row, OWN_ID)

    def of_rejected(self, row: PreparedRow, load_id: int) -> Problem:
        """Return the problem of a rejected row with the id of a row that was loaded.

        Args:
            row: the row.
            load_id: the load that wrote the record with the id.
        """
        return self._problem(row, f"another row of its file (load {load_id})", _LEFT_OUT)

    def _problem(self, row: PreparedRow, other: str, hint: str) -> Problem:
        has_id = "id" in row.fields or "id" in self._header.origins
        has_id = has_id and bool(self._header.read_from(row.raw, "id", row.external_id))
        fields = ("id",) if has_id else self._layout.identity
        rule = f"is already the {fields[0]} of {other}"
        if len(fields) > 1:
            rule = f"repeats {other}, which has the same {enumerated(fields)}"
        problem = self._subjects.problem(row, fields[0], rule, hint)
        if has_id and problem.value != row.external_id:
            # Several cells, or a prefix, make the id.
            return replace(problem, rule=f"makes the id {row.external_id!r} again, as {other}")
        return problem
