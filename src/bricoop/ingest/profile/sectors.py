"""Reads tables of links, which assign one of the five links to sectors of the OECD DAC."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bricoop.domain.document_faults import shown
from bricoop.domain.english import counted
from bricoop.domain.limits import TOML_SIZE
from bricoop.domain.sectors import CATEGORIES, HUMANITARIAN, codes_of, is_code
from bricoop.domain.vocabularies import Link
from bricoop.errors import FileUnreadableError, UsageError

#: The name of the table of links shipped with bricoop.
SHIPPED = "sector-links"
_NEEDED = ("code", "link")
_KNOWN = ("code", "label", "link", "reason")
_HINT = f"Its columns are {', '.join(_KNOWN)}; label and reason may be left out."

#: Makes an error of a line, a column, a value and the rule that it breaks.
_Fault = Callable[[int, str, str, str], UsageError]


def links_beside(profile: Path, named: str) -> Path:
    """Return the path of a table of links: a CSV file in the folder of the profile.

    A profile may come from a stranger and must not read other files of its user. Therefore absolute
    paths, `..` and symbolic links that lead out of the folder are refused.

    Args:
        profile: the path of the profile.
        named: the path of the table, as the profile states it.

    Raises:
        FileUnreadableError: the path leads out of the folder, or there is no such file.
    """
    hint = f"{SHIPPED} comes with bricoop; others are .csv files beside the profile."
    folder = profile.parent.resolve()
    try:
        path = (folder / named).resolve()
        is_beside = not Path(named).is_absolute() and path.is_relative_to(folder)
        is_there = is_beside and path.suffix == ".csv" and path.is_file()
    except (OSError, ValueError, RuntimeError):
        # The name is too long or contains a NUL character, or symbolic links form a cycle.
        is_there = False
    if not is_there:
        message = (
            f"names a table of links that is not in the folder of the profile: {shown(named)!r}"
        )
        raise FileUnreadableError(message, hint)
    return path


def read_links(path: Path) -> dict[str, str]:
    """Return the link for each code in a table; empty if a code has none.

    Raises:
        UsageError: the file cannot be read or is invalid; the error names the line and column.
    """
    file = shown(path.name)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            text = stream.read(TOML_SIZE.value + 1)
        if len(text) > TOML_SIZE.value:
            raise UsageError(f"The table of links {file} is larger than {TOML_SIZE}.")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"The table of links {file} cannot be read: {_reason(error)}.") from error
    return _links(file, rows)


def _reason(error: OSError | UnicodeDecodeError | csv.Error) -> str:
    """Return why a table cannot be read, without quoting its content."""
    if isinstance(error, OSError):
        return str(error.strerror)
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)


def _links(file: str, rows: Sequence[tuple[int, list[str]]]) -> dict[str, str]:
    def fault(line: int, column: str, value: str, rule: str) -> UsageError:
        named = f", {column}" if column else ""
        text = f"{shown(value)!r} {rule}" if value else rule
        return UsageError(f"The table of links {file}, line {line}{named}: {text}.", _HINT)

    header = [cell.strip() for cell in rows[0][1]] if rows else []
    _refuse_other(header, fault)
    links: dict[str, str] = {}
    for line, cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            rule = f"the row has {counted(len(cells), 'cells')}, the header {len(header)}"
            raise fault(line, "", "", rule)
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        code, link = _rule(row, line, fault)
        if code in links:
            raise fault(line, "code", code, "appears twice")
        links[code] = link
    if not links:
        raise fault(1, "", "", "no row follows the header")
    return links


def _refuse_other(header: list[str], fault: _Fault) -> None:
    for name in header:
        if name not in _KNOWN:
            raise fault(1, "", name, "is not one of its columns")
        if header.count(name) > 1:
            raise fault(1, "", name, "is a column twice")
    for name in _NEEDED:
        if name not in header:
            raise fault(1, "", "", f"the column {name} is missing")


def _rule(row: Mapping[str, str], line: int, fault: _Fault) -> tuple[str, str]:
    code, link = row["code"], row["link"].casefold()
    allowed = CATEGORIES | {HUMANITARIAN}
    if not is_code(code) or allowed.isdisjoint(codes_of(code[:3])):
        raise fault(line, "code", code, "is not the code of a DAC sector (3 digits) or purpose (5)")
    if link and link not in {member.value for member in Link}:
        rule = f"is not one of the five links, {', '.join(member.value for member in Link)}"
        raise fault(line, "link", row["link"], rule)
    return code, link
