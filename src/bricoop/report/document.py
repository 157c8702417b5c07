"""The structure of the files of memos (TOML) and of the figures that they keep (JSON)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bricoop.domain.document_faults import BadKeyError, shown
from bricoop.domain.documents import Table, Text
from bricoop.domain.limits import MEMO_PARTS
from bricoop.query.saved_document import CountedTable, QuestionTable
from bricoop.totals.document import Amount

#: The only key of the file of kept figures.
FIGURES = "bricoop report figures"
_Names = Annotated[tuple[Text, ...], Meta(max_length=MEMO_PARTS.value)]
_KINDS = ("text", "report", "total", "question")


class PartTable(Table, frozen=True):
    """A part of a memo in its file, `[[parts]]`; see `MemoPart`."""

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
        """Refuse a part with no content or several, and a total of a noun other than finance.

        Raises:
            BadKeyError: a key is missing, excluded by another, or has a wrong value.
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
    """A memo in its file; see `Memo`."""

    title: Text
    parts: Annotated[tuple[PartTable, ...], Meta(min_length=1, max_length=MEMO_PARTS.value)]
    subtitle: str = ""
    summary: str = ""
    rule: Text = "signed"
    base: str | None = None


class KeptFigureTable(msgspec.Struct, frozen=True):
    """A key figure of an earlier run in the file; see `KeptFigure`."""

    title: str
    label: str
    value: Amount | None
    unit: str


class RunTable(msgspec.Struct, frozen=True):
    """The key figures of one run of a memo in the file."""

    knowledge_base: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    figures: dict[str, KeptFigureTable]


class KeptTable(msgspec.Struct, frozen=True, rename={"runs": FIGURES}):
    """The file of the figures of earlier runs of a memo."""

    runs: Annotated[tuple[RunTable, ...], Meta(max_length=MEMO_PARTS.value)]
