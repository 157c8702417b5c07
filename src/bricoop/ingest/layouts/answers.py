"""Columns that answers have and load files do not: an exported answer can be loaded again."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

#: Columns of answers that say in another way what a column of a load file says.
_SAME = MappingProxyType(
    {
        "external_id": "id", "project_key": "project", "subject_key": "subject",
        "joint_financiers": "financier",
    }
)  # fmt: skip
#: What the name of a column of labels ends in, beside that of its codes.
_LABEL = "_label"
_SCORES = ("source_quality", "completeness", "implementation_detail", "loan_detail")
_COUNTS = ("projects", "agreements", "policies", "statistics", "findings")
#: Columns of the answers of each noun that no load reads: what other records say.
_LEFT_OUT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "countries": frozenset({"key", "sources", *_COUNTS}),
        "links": frozenset({"kind", "names", "sources", *_COUNTS}),
        "organizations": frozenset({"projects", "sources"}),
        "projects": frozenset({"country_names", "sources", *_SCORES}),
        **dict.fromkeys(("agreements", "policies"), frozenset({"country_names", "sources"})),
        **dict.fromkeys(("statistics", "findings", "locations"), frozenset({"source"})),
        "finance": frozenset(
            {"countries", "country_names", "status", "project_kind", "sector", "source"}
        ),
    }
)  # fmt: skip


class AnswerColumns:
    """The columns of a file that come from an exported answer.

    Attributes:
        names: the columns of the file as a layout calls them; empty where no load reads one.
        left_out: the columns that no load reads.
    """

    def __init__(self, noun: str, names: Sequence[str], known: Mapping[str, object]) -> None:
        """Find them among the names of a file's columns; `known` are those of the layout."""
        self.names = list(names)
        self.left_out: list[str] = []
        self._moved: list[tuple[int, int]] = []
        for position, name in enumerate(names):
            same = _SAME.get(name)
            if name in known:
                continue
            if same in known and same not in self.names:
                self.names[position] = same or ""
            elif same in known:
                self._moved.append((position, self.names.index(same or "")))
                self.names[position] = ""
            elif _is_left_out(noun, name) or _is_label(noun, name, known):
                self.left_out.append(name)
                self.names[position] = ""
        self._blank = [
            position for position, name in enumerate(names) if name and not self.names[position]
        ]

    def cells(self, cells: Sequence[str]) -> list[str]:
        """Return the cells of a row as a load reads them."""
        read = list(cells)
        for position, target in self._moved:
            # A key says more than a name, and several financiers more than the word `joint`.
            read[target] = read[position].strip() or read[target]
        for position in self._blank:
            read[position] = ""
        return read

    def __bool__(self) -> bool:
        """Return whether any cell is read otherwise than it stands."""
        return bool(self._blank)


def _is_left_out(noun: str, name: str) -> bool:
    return name in _LEFT_OUT.get(noun, ())


def _is_label(noun: str, name: str, known: Mapping[str, object]) -> bool:
    coded = name.removesuffix(_LABEL)
    return coded != name and (coded in known or _is_left_out(noun, coded))
