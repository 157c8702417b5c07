"""Schema of the TOML file of a saved question."""

from typing import Annotated

from msgspec import Meta, field

from bricoop.domain.documents import Table, Text
from bricoop.domain.limits import (
    ANSWER_COLUMNS,
    CONDITION_VALUES,
    FILTER_VALUES,
    GROUPING_TERMS,
    RAW_CONDITIONS,
)

#: The same limits as for typed questions, so that each of them can be saved.
_Values = str | Annotated[tuple[str, ...], Meta(max_length=FILTER_VALUES.value)]
_Columns = str | Annotated[tuple[str, ...], Meta(max_length=ANSWER_COLUMNS.value)]
_Conditions = str | Annotated[tuple[str, ...], Meta(max_length=CONDITION_VALUES.value)]
_Cells = str | Annotated[tuple[str, ...], Meta(max_length=RAW_CONDITIONS.value)]
_Terms = str | Annotated[tuple[str, ...], Meta(max_length=GROUPING_TERMS.value)]
#: The largest whole number that both databases take.
_Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class GroupingTable(Table, frozen=True):
    """The table `[grouping]`; see `Grouping`."""

    by: _Terms = ()
    measures: _Terms = ("count",)
    subtotals: bool = False
    share: bool = False
    add_sources: bool = False


class CountedTable(Table, frozen=True, kw_only=True):
    """A question where the noun is `finance` by default; see `Question`."""

    noun: Text = "finance"
    filters: dict[str, _Values] = field(default_factory=dict)
    columns: _Columns = ()
    where: _Conditions = ()
    raw: _Cells = ()
    search: str = ""
    sort: str = ""
    limit: _Count | None = None
    offset: _Count = 0
    grouping: GroupingTable | None = None


class QuestionTable(CountedTable, frozen=True, kw_only=True):
    """A question with any noun; see `Question`."""

    noun: Text
    unmerged: bool = False
