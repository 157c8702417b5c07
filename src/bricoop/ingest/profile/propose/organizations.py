"""Finds the organizations that participate in the projects of an unknown file."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.headings import WHO
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.toml_text import listed, quoted

#: Words that do not name a particular organization.
_GENERIC = frozenset({
    "government", "central government", "local government", "state", "public", "public sector",
    "private", "private sector", "company", "companies", "various", "several", "multiple", "other",
    "others", "unknown", "unspecified", "not specified", "not available", "no information", "tbd",
    "bank", "banks", "consortium", "soe", "政府", "其他", "不详",
})  # fmt: skip
#: Words for kinds of organizations, which some files append to each name.
_KIND = re.compile(
    r"\b(agency|owned|sector|organi[sz]ation|ngo|institution|venture|joint|multilateral|party"
    r"|foundation|partnership|research)\b",
    re.IGNORECASE,
)
_MOST = 0.9
_FEW = 40
#: A text is a kind if it is appended to at least this many different names.
_SEVERAL = 3
_NO_NAMES = r"type|country|origin|amount|number|count|\bcode\b"


class Organizations:
    """The columns of organizations of one file.

    Attributes:
        financier: the lines of the field `financier`; empty if there are none.
        are_investors: whether the financiers are investors instead of lenders or donors.
    """

    def __init__(self, columns: Columns) -> None:
        """Start without assigned columns."""
        self._columns = columns
        self.financier: list[str] = []
        self.are_investors = False

    def fields(self) -> Iterator[str]:
        """Yield the lines of the fields of projects that are organizations."""
        columns = {
            field: column
            for field, pattern in WHO
            if (column := self._columns.take((pattern,), guesses.may_be_names, _NO_NAMES))
        }
        # Kinds are collected from all columns, so that an agency has the same name in each.
        kinds = _kinds_behind([self._names(column) for column in columns.values()])
        for field, column in columns.items():
            comments, rule = self._rule(column, kinds)
            yield from (*comments, f"{field} = {rule}")
            if field == "financiers":
                self.financier = [*comments, f"financier = {rule}"]
            elif field == "acquirers" and not self.financier:
                self.are_investors = True
                self.financier = [*comments, f"financier = {rule}"]

    def _names(self, column: str) -> list[str]:
        cells = self._columns.values[column]
        separator = guesses.separator_of(cells)
        lists = (cell.split(separator) if separator else [cell] for cell in cells)
        return [name.strip() for names in lists for name in names]

    def _rule(self, column: str, known_kinds: Sequence[str]) -> tuple[list[str], str]:
        cells, names = self._columns.values[column], self._names(column)
        separator = guesses.separator_of(cells)
        comments, rule = [], f"column = {quoted(column)}"
        rule += f", separator = {quoted(separator)}" if separator else ""
        if not separator and (joined := _joined_at_commas(names)):
            comments.append(
                f'# Check: does {quoted(joined)} name several? Then add separator = ", ",'
            )
            comments.append("# and whole = [...] with the names that hold a comma of their own.")
        if kinds := [kind for kind in known_kinds if any(name.endswith(kind) for name in names)]:
            comments.append(
                "# Check: is this the kind of an organization, and no part of its name?"
            )
            rule += f", delete = {listed(kinds)}"
        if generic := sorted({name for name in names if name.casefold() in _GENERIC}):
            comments.append(
                f"# Check: {', '.join(map(quoted, generic))} names no one organization."
            )
            nothing = {cell for cell in self._columns.raw[column] if cell not in cells}
            rule += f", empty = {listed([*generic, *sorted(nothing)])}"
        return comments, f"{{ {rule} }}"


def _kinds_behind(columns: Sequence[Sequence[str]]) -> list[str]:
    """Return the kinds that follow names after a comma, the most frequent first.

    A kind follows several names of a file, or kinds follow nearly all names of a column.
    """
    kinds: Counter[str] = Counter()
    behind: dict[str, set[str]] = {}
    whole: set[str] = set()
    for names in columns:
        parted = (name.rpartition(", ") for name in names)
        pairs = [(own, f", {kind}") for own, _, kind in parted if own and _KIND.search(kind)]
        here = Counter(kind for _, kind in pairs)
        kinds += here
        for own, kind in pairs:
            behind.setdefault(kind.casefold(), set()).add(own)
        if len(pairs) >= _MOST * len(names) and len(here) * 2 <= len(names):
            whole |= {kind.casefold() for kind in here}
    several = {kind for kind, names in behind.items() if len(names) >= _SEVERAL}
    return [kind for kind, _ in kinds.most_common(_FEW) if kind.casefold() in whole | several]


def _joined_at_commas(names: Sequence[str]) -> str:
    """Return the first cell that joins names of other cells by commas; empty if there is none."""
    unique = set(names)
    several = (name for name in names if ", " in name)
    return next((name for name in several if unique.issuperset(name.split(", "))), "")
