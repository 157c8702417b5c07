"""Describe rows with another number of cells than the header."""

from bricoop.domain.english import counted
from bricoop.domain.problem import Origin, Problem
from bricoop.domain.summary_rows import is_footer, is_total
from bricoop.ingest.readers.table import SourceRow

_QUOTE = "Does a quote close too late?"
_SEPARATOR = "Is a separator missing, or one too many outside quotes?"


def misfit(origin: Origin, row: SourceRow, width: int, leave_out: str) -> Problem | None:
    """Return the problem of a row that does not fit the header, or None if it does.

    Empty cells beyond the header are accepted.

    Args:
        origin: locates the row for messages.
        row: the row.
        width: the number of cells in the header.
        leave_out: the hint how to leave out a row that is not data.
    """
    extra = row.cells[width:]
    if len(row.cells) >= width and not any(cell.strip() for cell in extra):
        return None
    first = next((cell for cell in row.cells if cell.strip()), "")
    if is_footer(first) or is_total(first):
        kind = "footer" if is_footer(first) else "total"
        hint = f"It looks like a {kind}. {leave_out}"
    else:
        broken = any("\n" in cell or "\r" in cell for cell in row.cells)
        hint = _QUOTE if broken else _SEPARATOR
    rule = f"the row has {counted(len(row.cells), 'cells')}, the header {width}"
    beyond = next((cell for cell in extra if cell.strip()), "")
    if beyond:
        rule = f"stands beyond the header: {rule}"
    return origin.problem(row.line, "", beyond, rule, hint)
