"""The amount of money counted for each project, shown as a column in tables of projects."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from bricoop.errors import UsageError
from bricoop.report.blocks import Column
from bricoop.totals.breakdown import breakdown
from bricoop.totals.classify import Counting
from bricoop.totals.total import total

#: The beginning of the note on a column of amounts; `brief` finds the note by it.
NOTE_PREFIX = "Amounts by rule"


@dataclass(frozen=True)
class Amounts:
    """The amounts that a counting rule counts, by the key of the project.

    Attributes:
        unit: the unit of all amounts, such as `nominal USD`.
        rule: the counting rule and its version.
        by_project: for each project key, one amount for each source that states its finance.
    """

    unit: str
    rule: str
    by_project: dict[str, tuple[Decimal, ...]]

    @property
    def column(self) -> Column:
        """The column that shows the amounts in a table of projects."""
        return Column("amounts", f"Amount, {self.unit}", number=True, money=True)

    @property
    def note(self) -> str:
        """The sentence below a table that says how the amounts were counted."""
        return f"{NOTE_PREFIX} {self.rule}; where sources differ, one for each source."

    def of(self, project: str) -> tuple[Decimal, ...]:
        """Return the amounts of a project; empty where no finance of it is counted."""
        return self.by_project.get(project, ())

    def largest(self, projects: Iterable[str], number: int) -> tuple[str, ...]:
        """Return at most `number` of some project keys: those with the largest amounts."""
        counted = [key for key in projects if key in self.by_project]
        return tuple(sorted(counted, key=lambda key: (-max(self.by_project[key]), key))[:number])


def amounts_of(connection: Connection, counting: Counting) -> Amounts | None:
    """Count the amount of each project; None where there are none, or they differ in unit."""
    try:
        figures = [figure for figure in total(connection, counting).figures if figure.rows]
    except UsageError:
        # The amounts cannot be added up; the section on money prints the reason.
        return None
    units = {figure.unit for figure in figures}
    if len(units) != 1:
        return None
    by_project: dict[str, list[Decimal]] = defaultdict(list)
    for share in breakdown(connection, counting, "project"):
        if share.name is not None:
            by_project[share.name].append(share.amount)
    return Amounts(
        units.pop() or "",
        counting.rule.said,
        {key: tuple(dict.fromkeys(amounts)) for key, amounts in by_project.items()},
    )
