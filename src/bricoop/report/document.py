"""The files of report memos and of the figures they keep: their keys, and what each may hold."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bricoop.domain.document_faults import BadKeyError, shown
from bricoop.domain.documents import Table, Text
from bricoop.domain.limits import MEMO_PARTS
from bricoop.query.document import CountedTable, QuestionTable
from bricoop.totals.document import Amount

#: What the figures of a memo are kept under.
FIGURES = "bricoop report figures"
_Names = Annotated[tuple[Text, ...], Meta(max_length=MEMO_PARTS.value)]
_KINDS = ("text", "report", "total", "question")


class PartTable(Table, frozen=True):
    """A part of a memo: `[[parts]]`; see `MemoPart`."""

    text: Text | None = None
    report: Text | None = None
    total: CountedTable | None = None
    question: QuestionTable | None = None
    title: str = ""
    names: _Names = ()
    sections: _Names = ()
    rule: str = ""
    base: str | None = None

    def __post_init__(self) -> None:
        """Refuse a part of no kind or of several, and a total of anything but finance.

        Raises:
            BadKeyError: names the key.
        """
        kinds = [name for name in _KINDS if getattr(self, name) is not None]
        if len(kinds) != 1:
            problem = f"is {' and '.join(kinds) or 'nothing'}"
            raise BadKeyError("", problem, f"It is one of: {', '.join(_KINDS)}.")
        if self.total is not None and self.total.noun != "finance":
            problem = f"is {shown(self.total.noun)!r}"
            raise BadKeyError(("total", "noun"), problem, "A total counts finance only.")
        if (self.names or self.sections) and self.report is None:
            key = "names" if self.names else "sections"
            raise BadKeyError(key, "is for reports", "Leave it out.")


class MemoTable(Table, frozen=True):
    """A memo; see `Memo`."""

    title: Text
    parts: Annotated[tuple[PartTable, ...], Meta(min_length=1, max_length=MEMO_PARTS.value)]
    subtitle: str = ""
    summary: str = ""
    rule: Text = "signed"
    base: str | None = None


class KeptFigureTable(msgspec.Struct, frozen=True):
    """A figure as it was; see `KeptFigure`."""

    title: str
    label: str
    value: Amount | None
    unit: str


class RunTable(msgspec.Struct, frozen=True):
    """The figures of a memo when it was made."""

    knowledge_base: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    figures: dict[str, KeptFigureTable]


class KeptTable(msgspec.Struct, frozen=True, rename={"runs": FIGURES}):
    """The figures that a memo keeps beside it."""

    runs: Annotated[tuple[RunTable, ...], Meta(max_length=MEMO_PARTS.value)]
