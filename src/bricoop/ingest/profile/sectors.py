"""The table of links: under which of the five links comes what is in a sector of the OECD DAC."""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bricoop.domain.sectors import CATEGORIES, codes_of, is_code
from bricoop.domain.vocabularies import Link
from bricoop.errors import UsageError

_NEEDED = ("code", "link")
_KNOWN = ("code", "label", "link", "reason")
_HINT = f"Its columns are {', '.join(_KNOWN)}; label and reason may be left out."

#: Makes an error of a line, a column and what is wrong there.
_Fault = Callable[[int, str, str, str], UsageError]


def read_links(path: Path) -> dict[str, str]:
    """Return the link of each code in a table, empty where none follows from it.

    Raises:
        UsageError: the file cannot be read, or is no such table; it names the line and the column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            rows = [(reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"The table of links {path} cannot be read: {error}.") from error
    return _links(path.name, rows)


def _links(file: str, rows: Sequence[tuple[int, list[str]]]) -> dict[str, str]:
    def fault(line: int, column: str, value: str, rule: str) -> UsageError:
        named = f", {column}" if column else ""
        said = f"{value!r} {rule}" if value else rule
        return UsageError(f"The table of links {file}, line {line}{named}: {said}.", _HINT)

    header = [cell.strip() for cell in rows[0][1]] if rows else []
    _refuse_other(header, fault)
    found: dict[str, str] = {}
    for line, cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            rule = f"the row has {len(cells)} cells, the header {len(header)}"
            raise fault(line, "", "", rule)
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        code, link = _rule(row, line, fault)
        if code in found:
            raise fault(line, "code", code, "is there twice")
        found[code] = link
    if not found:
        raise fault(1, "", "", "no row follows the header")
    return found


def _refuse_other(header: list[str], fault: _Fault) -> None:
    for name in header:
        if name not in _KNOWN:
            raise fault(1, "", name, "is no column of it")
        if header.count(name) > 1:
            raise fault(1, "", name, "is a column twice")
    for name in _NEEDED:
        if name not in header:
            raise fault(1, "", "", f"the column {name} is missing")


def _rule(row: Mapping[str, str], line: int, fault: _Fault) -> tuple[str, str]:
    code, link = row["code"], row["link"].casefold()
    if not is_code(code) or CATEGORIES.isdisjoint(codes_of(code[:3])):
        raise fault(line, "code", code, "is no code of a DAC sector (3 digits) or purpose (5)")
    if link and link not in {one.value for one in Link}:
        rule = f"is none of the five links, {', '.join(one.value for one in Link)}"
        raise fault(line, "link", row["link"], rule)
    return code, link
