"""Columns of exported answers that load files lack, so that an answer can be loaded again."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bricoop.domain.names import normalise
from bricoop.domain.nouns import DESCRIBING, PROJECTS
from bricoop.domain.vocabularies import Basis

#: Columns of answers that correspond to a column of a load file with another name.
_SAME = MappingProxyType(
    {
        "external_id": "id", "project_key": "project", "subject_key": "subject",
        "joint_financiers": "financier", "left_ref": "left", "right_ref": "right",
        "reasons": "features",
    }
)  # fmt: skip
#: The suffix of columns of labels, which stand beside the column of the codes.
_LABEL = "_label"
_SCORES = ("source_quality", "completeness", "implementation_detail", "loan_detail")
_BY_RULE = normalise(Basis.BY_RULE.value)
_COUNTS = ("projects", "agreements", "policies", "statistics", "findings")
#: Columns of `bricoop match` for one side of a pair, and for the pair.
_OF_SIDES = (
    "source", "id", "key", "name", "years", "usd", "names", "kind", "countries", "sources",
)  # fmt: skip
_OF_PAIRS = (
    "tier", "margin", "countries", "weights_version", "decision", "decided_by", "decision_status",
)  # fmt: skip
#: Columns of answers that are ignored, as they are computed from other records: of entities, if
#: their noun has no other, and by noun.
_OF_ENTITIES = frozenset({"country_names", "sources"})
_LEFT_OUT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "countries": frozenset({"key", "sources", *_COUNTS}),
        "links": frozenset({"kind", "names", "sources", *_COUNTS}),
        "organizations": frozenset({"projects", "sources"}),
        "projects": frozenset(
            {"country_names", "sources", "short_name", "kind_basis", "kinds", *_SCORES}
        ),
        **dict.fromkeys(("statistics", "findings", "locations"), frozenset({"source"})),
        "finance": frozenset(
            {"countries", "country_names", "status", "project_kind", "sector", "source"}
        ),
        "decisions": frozenset(
            {
                *("status", "source", "load", *_OF_PAIRS),
                *(f"{side}_{name}" for side in ("left", "right") for name in _OF_SIDES),
            }
        ),
    }
)  # fmt: skip


#: The commands whose answers have these columns, where it is not `bricoop query`.
_COMMANDS = MappingProxyType({"decisions": "`bricoop match` and `bricoop decisions list`"})


def commands_of(noun: str) -> str:
    """Return the commands whose answers are loaded again as a noun."""
    return _COMMANDS.get(noun, "`bricoop query`")


class AnswerColumns:
    """Adapts the columns of an exported answer to a native layout.

    Attributes:
        names: for each column of the file its name in the layout; empty if it is ignored.
        left_out: the names of the columns that are ignored.
    """

    def __init__(self, noun: str, names: Sequence[str], columns: Mapping[str, object]) -> None:
        """Match the columns of a file with those of a layout.

        Args:
            noun: the noun of the layout.
            names: the headings of the file.
            columns: the columns of the layout, by name.
        """
        self.names = list(names)
        self.left_out: list[str] = []
        self._moved: list[tuple[int, int]] = []
        for position, name in enumerate(names):
            same = _SAME.get(name)
            if name in columns:
                continue
            if same in columns and same not in self.names:
                self.names[position] = same or ""
            elif same in columns:
                self._moved.append((position, self.names.index(same or "")))
                self.names[position] = ""
            elif _is_left_out(noun, name) or _is_label(noun, name, columns):
                self.left_out.append(name)
                self.names[position] = ""
        self._blank = [
            position for position, name in enumerate(names) if name and not self.names[position]
        ]
        #: Where a row has its kind, and on what that is based.
        self._kind = (
            (names.index("kind"), names.index("kind_basis"))
            if noun == PROJECTS.name and {"kind", "kind_basis"} <= {*names}
            else None
        )

    def cells(self, cells: Sequence[str]) -> list[str]:
        """Return the cells of a row with values moved to the columns of the layout."""
        read = list(cells)
        for position, target in self._moved:
            # A key is more exact than a name, and a list of financiers than the word `joint`.
            read[target] = read[position].strip() or read[target]
        if self._kind and normalise(read[self._kind[1]]) == _BY_RULE:
            # Otherwise the source of the loaded file would state what only a rule gave.
            read[self._kind[0]] = ""
        for position in self._blank:
            read[position] = ""
        return read

    def __bool__(self) -> bool:
        """Return whether any cell is moved or ignored."""
        return bool(self._blank)


def _is_left_out(noun: str, name: str) -> bool:
    usual = _OF_ENTITIES if noun in DESCRIBING else frozenset()
    return name in _LEFT_OUT.get(noun, usual)


def _is_label(noun: str, name: str, entities: Mapping[str, object]) -> bool:
    coded = name.removesuffix(_LABEL)
    return coded != name and (coded in entities or _is_left_out(noun, coded))
