"""Schema (msgspec structs) of the card of a difference between two totals."""

from typing import Annotated

from msgspec import Meta

from bricoop.domain.documents import Table, Text
from bricoop.totals.document import Amount, CardTable
from bricoop.totals.why.causes import Cause

_Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class DifferenceStepTable(Table, frozen=True):
    """A step of a difference; see `DifferenceStep`."""

    step: Cause
    left_rows: _Number
    right_rows: _Number
    amount: Amount


class DifferenceCardTable(Table, frozen=True):
    """The card of a difference: the figure card of both totals, and the steps between them."""

    card: str
    form: int
    left_source: Text
    right_source: Text
    total: CardTable
    steps: tuple[DifferenceStepTable, ...]
    digest: str
