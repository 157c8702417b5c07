"""Schemas (msgspec structs) of the files of counting rules and figure cards."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from bricoop.domain.document_faults import BadKeyError, shown
from bricoop.domain.documents import Table, Text
from bricoop.domain.limits import RULE_SOURCES, RULE_STEPS
from bricoop.query.saved_document import CountedTable
from bricoop.totals.rule import Base, Parents, Rollovers, Speaker

#: Names of the ends of a waterfall and of built-in steps, which rules cannot use.
RESERVED = (
    "everything", "parents", "no-amount", "duplicates", "same-deal", "other-sources",
    "rolled-over", "counted",
)  # fmt: skip
#: Of these, names that were free when cards were first written.
_ONCE_FREE = ("duplicates", "same-deal")
#: Amounts on cards have no exponent, which could stand for more digits than memory holds.
Amount = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,120}(\.[0-9]{1,120})?$",
        description="a plain number as text, such as 1234.50",
    ),
]
#: A non-negative integer that both databases can store.
_Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class StepTable(Table, frozen=True):
    """A step of a rule: `[[steps]]`; see `Step`."""

    name: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            max_length=80,
            description="small letters, digits and hyphens, such as called-off",
        ),
    ]
    title: Text
    leave_out: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=RULE_STEPS.value)]


class RuleTable(Table, frozen=True):
    """A counting rule; see `Rule`."""

    version: Annotated[int, Meta(ge=1, le=1_000_000)]
    title: Text
    name: Text = ""
    about: str = ""
    price_base: Base = Base.NOMINAL
    rollovers: Rollovers = Rollovers.LEAVE_OUT
    parents: Parents = Parents.AS_FLAGGED
    speaker: Speaker = Speaker.BEST
    sources: Annotated[tuple[Text, ...], Meta(max_length=RULE_SOURCES.value)] = ()
    steps: Annotated[tuple[StepTable, ...], Meta(max_length=RULE_STEPS.value)] = ()

    #: Names that steps cannot have.
    reserved: ClassVar[tuple[str, ...]] = RESERVED

    def __post_init__(self) -> None:
        """Refuse duplicate and reserved names of steps.

        Raises:
            BadKeyError: names the step.
        """
        names = [step.name for step in self.steps]
        for number, name in enumerate(names):
            if name in self.reserved or name in names[:number]:
                message = f"is {shown(name)!r}, which is already used or reserved"
                hint = f"Names of steps are unique, and these are reserved: {', '.join(RESERVED)}."
                raise BadKeyError(("steps", number, "name"), message, hint)


class CardRuleTable(RuleTable, frozen=True, kw_only=True):
    """The rule of a card, with its digest."""

    digest: str
    reserved: ClassVar[tuple[str, ...]] = tuple(name for name in RESERVED if name not in _ONCE_FREE)


class EverythingTable(Table, frozen=True):
    """All rows that a figure of a card considers."""

    rows: _Number
    without_amount: _Number
    amount: Amount


class FallTable(Table, frozen=True):
    """The rows and money that a step leaves out of a figure; see `WaterfallStep`."""

    step: str
    title: str
    rows: _Number
    without_amount: _Number
    amount: Amount
    reduced: _Number


class FigureTable(Table, frozen=True):
    """A figure of a card; see `Figure`."""

    source: str | None
    unit: str | None
    rows: _Number
    amount: Amount
    estimated_rows: _Number
    estimated: Amount
    everything: EverythingTable
    falls: tuple[FallTable, ...]


class LoadTable(Table, frozen=True):
    """A load that a card's rows came from; see `LoadBehind`."""

    load: _Number
    noun: str
    file: str
    sha256: str
    finished: str


class SourceTable(Table, frozen=True):
    """A source of a card; see `SourceBehind`."""

    key: str
    title: str
    publisher: str | None
    edition: str | None
    published: str | None
    licence: str | None
    url: str | None
    loads: tuple[LoadTable, ...]


class DecisionsTable(Table, frozen=True):
    """The decisions that the figures of a card were counted with; see `UsedDecision`."""

    digest: str
    rows: tuple[tuple[Text, Text, Text, Text, Text], ...]
    #: How many reviewers had to agree; the first cards with decisions do not say that.
    quorum: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class CardTable(Table, frozen=True):
    """A figure card. Except for `made` and `tool_version`, all of it is verified.

    Unknown keys are refused, as they could not be verified.
    """

    card: str
    form: int
    made: str
    tool_version: str
    knowledge_base: _Number
    question: CountedTable
    rule: CardRuleTable
    base: Base
    add_sources: bool
    figures: Annotated[tuple[FigureTable, ...], Meta(min_length=1)]
    notes: tuple[str, ...]
    sources: tuple[SourceTable, ...]
    digest: str
    rows: tuple[tuple[str, str, Amount], ...]
    #: Cards of the first format have none.
    decisions: DecisionsTable | None = None

    def __post_init__(self) -> None:
        """Refuse a card of another noun than finance, with duplicates, or with unfit sources.

        Raises:
            BadKeyError: names the key.
        """
        if self.question.noun != "finance":
            message = f"is {shown(self.question.noun)!r}, but only finance can be counted"
            raise BadKeyError(("question", "noun"), message)
        for name, keys in (
            ("figures", [figure.source for figure in self.figures]),
            ("sources", [source_table.key for source_table in self.sources]),
            ("rows", [(source, id_) for source, id_, _ in self.rows]),
        ):
            if (number := _repeated(keys)) is not None:
                raise BadKeyError((name, number), "repeats an earlier entry")
        if self.decisions and (number := _repeated(self.decisions.rows)) is not None:
            raise BadKeyError(("decisions", "rows", number), "repeats an earlier entry")
        sources = {figure.source for figure in self.figures}
        # A question without any rows has a single figure, of all sources.
        is_of_nothing = sources == {None} and not self.rows
        fits = sources == {None} if self.add_sources else None not in sources
        if not (fits or is_of_nothing):
            setting = "true" if self.add_sources else "false"
            raise BadKeyError("figures", f"cannot be so where add_sources is {setting}")


def _repeated(keys: Sequence[Any]) -> int | None:
    """Return the index of the first key that repeats an earlier one."""
    earlier_keys = set()
    for number, key in enumerate(keys):
        if key in earlier_keys:
            return number
        earlier_keys.add(key)
    return None


class EnclosingTable(msgspec.Struct, frozen=True):
    """A card that may hold the figure card of several totals, as the card of a difference does."""

    total: CardTable | None = None


class MarkTable(msgspec.Struct, frozen=True):
    """The keys that identify a card and its format, which are read first."""

    card: str = ""
    form: int = 0
