"""The files of counting rules and figure cards: their keys, and what each may hold."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bricoop.counting.rule import Base, Parents, Rollovers, Speaker
from bricoop.domain.documents import Table, Text
from bricoop.domain.faults import BadKeyError, shown
from bricoop.domain.limits import QUESTION_VALUES, RULE_STEPS
from bricoop.query.document import CountedTable

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
    sources: Annotated[tuple[Text, ...], Meta(max_length=QUESTION_VALUES.value)] = ()
    steps: Annotated[tuple[StepTable, ...], Meta(max_length=RULE_STEPS.value)] = ()

    def __post_init__(self) -> None:
        """Refuse two steps of one name, and steps that are named as the ends of a waterfall.

        Raises:
            BadKeyError: names the step.
        """
        names = [step.name for step in self.steps]
        for number, name in enumerate(names):
            if name in RESERVED or name in names[:number]:
                message = f"is {shown(name)!r}, which is taken"
                hint = f"Each step has a name of its own, and none is: {', '.join(RESERVED)}."
                raise BadKeyError(("steps", number, "name"), message, hint)


class CardRuleTable(RuleTable, frozen=True, kw_only=True):
    """The rule of a card, with the digest of all that it says."""

    digest: str


class FigureTable(msgspec.Struct, frozen=True):
    """A figure of a card; its other keys are for readers, and are not counted again."""

    source: str | None
    unit: str | None
    amount: Amount


class LoadTable(msgspec.Struct, frozen=True):
    """A load that a card's rows came from; its other keys are for readers."""

    load: _Number


class SourceTable(msgspec.Struct, frozen=True):
    """A source of a card; its other keys are for readers."""

    loads: tuple[LoadTable, ...]


class CardTable(msgspec.Struct, frozen=True):
    """A figure card: what is needed to count again; other keys are for readers."""

    knowledge_base: _Number
    made: str
    question: CountedTable
    rule: CardRuleTable
    base: Base
    add_sources: bool
    figures: tuple[FigureTable, ...]
    sources: tuple[SourceTable, ...]
    digest: str
    rows: tuple[tuple[str, str, Amount], ...]

    def __post_init__(self) -> None:
        """Refuse a card that counts anything but finance.

        Raises:
            BadKeyError: names the key.
        """
        if self.question.noun != "finance":
            message = f"is {shown(self.question.noun)!r}: only finance is counted"
            raise BadKeyError(("question", "noun"), message)


class MarkTable(msgspec.Struct, frozen=True):
    """What a file says that it is, before anything else of it is looked at."""

    card: str = ""
    form: int = 0
