"""Who takes part in the projects of an unknown file, and which cells are no names of anybody."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.headings import WHO
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.write import listed, quoted

#: Words that name no one organization.
_GENERIC = frozenset({
    "government", "central government", "local government", "state", "public", "public sector",
    "private", "private sector", "company", "companies", "various", "several", "multiple", "other",
    "others", "unknown", "unspecified", "not specified", "not available", "no information", "tbd",
    "bank", "banks", "consortium", "soe", "政府", "其他", "不详",
})  # fmt: skip
#: Words of what kind an organization is, which some files write behind each name.
_KIND = re.compile(
    r"\b(agency|owned|sector|organi[sz]ation|ngo|institution|venture|joint|multilateral)\b",
    re.IGNORECASE,
)
_MOST = 0.9
_FEW = 40
_NO_NAMES = r"type|country|origin|amount|number|count|\bcode\b"


class Organizations:
    """The columns of those who take part.

    Attributes:
        financier: the rule by which those are read who give the money; empty where there are none.
        are_investors: whether these invest, and lend or give nothing.
    """

    def __init__(self, columns: Columns) -> None:
        """Begin with none."""
        self._columns = columns
        self.financier: list[str] = []
        self.are_investors = False

    def fields(self) -> Iterator[str]:
        """Yield the fields of a project that are organizations."""
        for field, pattern in WHO:
            column = self._columns.take((pattern,), guesses.may_be_names, _NO_NAMES)
            if not column:
                continue
            comments, rule = self._rule(column)
            yield from (*comments, f"{field} = {rule}")
            if field == "financiers":
                self.financier = [*comments, f"financier = {rule}"]
            elif field == "acquirers" and not self.financier:
                self.are_investors = True
                self.financier = [*comments, f"financier = {rule}"]

    def _rule(self, column: str) -> tuple[list[str], str]:
        cells = self._columns.values[column]
        separator = guesses.separator_of(cells)
        names = [
            part.strip()
            for cell in cells
            for part in (cell.split(separator) if separator else [cell])
        ]
        comments, rule = [], f"column = {quoted(column)}"
        rule += f", separator = {quoted(separator)}" if separator else ""
        if not separator and (joined := _joined_at_commas(names)):
            comments.append(
                f'# Check: does {quoted(joined)} name several? Then add separator = ", ",'
            )
            comments.append("# and whole = [...] with the names that hold a comma of their own.")
        if kinds := _kinds_behind(names):
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


def _kinds_behind(names: Sequence[str]) -> list[str]:
    """Return the kinds that stand behind nearly all names, after a comma; or none."""
    kinds = Counter(
        f", {kind}"
        for name in names
        for own, comma, kind in [name.rpartition(", ")]
        if comma and own
    )
    known = sum(times for kind, times in kinds.items() if _KIND.search(kind))
    if known < _MOST * len(names) or len(kinds) > _FEW or len(kinds) * 2 > len(names):
        return []
    return [kind for kind, _ in kinds.most_common() if _KIND.search(kind)]


def _joined_at_commas(names: Sequence[str]) -> str:
    """Return the first cell of which all parts between commas are names in other cells; or none."""
    known = set(names)
    several = (name for name in names if ", " in name)
    return next((name for name in several if known.issuperset(name.split(", "))), "")
