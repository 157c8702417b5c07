"""The money of each project, as a column of the tables that list projects."""

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

#: How the note on a column of amounts begins.
NOTE_PREFIX = "Amounts by rule"


@dataclass(frozen=True)
class Amounts:
    """What counts of the money of projects, by the key of the project.

    Attributes:
        unit: what all amounts are in: `nominal USD`.
        rule: the counting rule and its version.
        by_project: the amounts of each project, one for each source that states its money.
    """

    unit: str
    rule: str
    by_project: dict[str, tuple[Decimal, ...]]

    @property
    def column(self) -> Column:
        """The column of the amounts."""
        return Column("amounts", f"Amount, {self.unit}", number=True, money=True)

    @property
    def note(self) -> str:
        """How the amounts were counted."""
        return f"{NOTE_PREFIX} {self.rule}; where sources differ, one for each source."

    def of(self, project: str) -> tuple[Decimal, ...]:
        """Return the amounts of a project; none where nothing counts."""
        return self.by_project.get(project, ())

    def largest(self, projects: Iterable[str], number: int) -> tuple[str, ...]:
        """Return those of some projects that have the largest amounts, the largest first."""
        known = [key for key in projects if key in self.by_project]
        return tuple(sorted(known, key=lambda key: (-max(self.by_project[key]), key))[:number])


def amounts_of(connection: Connection, counting: Counting) -> Amounts | None:
    """Return the amounts of projects; None where there are none, or in more than one unit."""
    try:
        figures = [figure for figure in total(connection, counting).figures if figure.rows]
    except UsageError:
        # The section on money says why these amounts cannot be added.
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
