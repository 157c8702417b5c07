"""The files of counting rules and figure cards: their keys, and what each may hold."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from bricoop.domain.document_faults import BadKeyError, shown
from bricoop.domain.documents import Table, Text
from bricoop.domain.limits import RULE_SOURCES, RULE_STEPS
from bricoop.query.document import CountedTable
from bricoop.totals.rule import Base, Parents, Rollovers, Speaker

#: What the waterfall itself calls its ends, and the steps that follow from a rule's settings.
RESERVED = (
    "everything", "parents", "no-amount", "other-sources", "rolled-over", "counted",
)  # fmt: skip
#: Amounts on cards are plain: an exponent could stand for more digits than memory holds.
Amount = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,120}(\.[0-9]{1,120})?$",
        description="a plain number as text, such as 1234.50",
    ),
]
#: The largest whole number that both databases take.
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

    def __post_init__(self) -> None:
        """Refuse two steps of one name, and steps that are named as the ends of a waterfall.

        Raises:
            BadKeyError: names the step.
        """
        names = [step.name for step in self.steps]
        for number, name in enumerate(names):
            if name in RESERVED or name in names[:number]:
                message = f"is {shown(name)!r}, which is already used or reserved"
                hint = f"Names of steps are unique, and these are reserved: {', '.join(RESERVED)}."
                raise BadKeyError(("steps", number, "name"), message, hint)


class CardRuleTable(RuleTable, frozen=True, kw_only=True):
    """The rule of a card, with the digest of all that it says."""

    digest: str


class EverythingTable(Table, frozen=True):
    """All rows that a figure of a card looks at."""

    rows: _Number
    without_amount: _Number
    amount: Amount


class FallTable(Table, frozen=True):
    """What a step leaves out of a figure; see `Fall`."""

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


class CardTable(Table, frozen=True):
    """A figure card: all of it is counted again or compared, but for when and by what it was made.

    Keys that no card has are refused: nothing could tell whether what they say is true.
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

    def __post_init__(self) -> None:
        """Refuse a card that counts anything but finance, or has anything twice.

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
        sources = {figure.source for figure in self.figures}
        # Where nothing was looked at, the figure of nothing is of all sources.
        is_of_nothing = sources == {None} and not self.rows
        fits = sources == {None} if self.add_sources else None not in sources
        if not (fits or is_of_nothing):
            setting = "true" if self.add_sources else "false"
            raise BadKeyError("figures", f"cannot be so where add_sources is {setting}")


def _repeated(keys: Sequence[Any]) -> int | None:
    """Return the place of the first key that stands there a second time."""
    seen = set()
    for number, key in enumerate(keys):
        if key in seen:
            return number
        seen.add(key)
    return None


class MarkTable(msgspec.Struct, frozen=True):
    """What a file says that it is, before anything else of it is looked at."""

    card: str = ""
    form: int = 0
