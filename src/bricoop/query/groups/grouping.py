"""What groups are asked for, as a frozen value."""

from dataclasses import dataclass

from bricoop.domain.arguments import checked_fields


@checked_fields
@dataclass(frozen=True)
class Grouping:
    """How rows are put into groups, and what is told of each group.

    Attributes:
        by: the fields, filters or `FIELD:year` that groups are made by, the widest first.
        measures: what is told of each: `count`, or `sum:`, `mean:`, `median:`, `min:`, `max:`,
            `count:` (rows that have it), `distinct:` (different values) and a field.
        subtotals: whether groups of the first fields alone, and of all rows, are told too.
        share: whether the share of the first measure is told, and what it adds up to.
        add_sources: whether rows of several sources about one thing are added together.
    """

    by: tuple[str, ...] = ()
    measures: tuple[str, ...] = ("count",)
    subtotals: bool = False
    share: bool = False
    add_sources: bool = False
