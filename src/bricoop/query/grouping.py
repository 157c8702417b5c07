"""The value class `Grouping`."""

from dataclasses import dataclass

from bricoop.domain.arguments import checked_fields


@checked_fields
@dataclass(frozen=True)
class Grouping:
    """How rows are grouped, and what is computed for each group.

    Attributes:
        by: fields, filters, `FIELD:year` or `FIELD:month` to group by, the widest first.
        measures: `count`, or one of `sum:`, `mean:`, `median:`, `min:`, `max:`, `count:` (rows with
            a value) and `distinct:` (different values), followed by a field.
        subtotals: whether to add subtotals by the first fields, and a total.
        share: whether to add each group's share of the first measure, and the cumulative share.
        add_sources: whether rows of several sources are added up, even if these may describe the
            same things.
    """

    by: tuple[str, ...] = ()
    measures: tuple[str, ...] = ("count",)
    subtotals: bool = False
    share: bool = False
    add_sources: bool = False
