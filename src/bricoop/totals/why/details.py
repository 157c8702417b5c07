"""What the rows of a step are: rows that only one source has, and reasons of other steps."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Connection, select

from bricoop.db.schema import country
from bricoop.domain.amounts import WIDE
from bricoop.domain.generic_names import is_generic
from bricoop.domain.vocabularies import ProjectStatus, label
from bricoop.identity.stated_project import StatedProject, words_of_names
from bricoop.totals.why.candidates import Candidates, Likeness
from bricoop.totals.why.paired_rows import Side
from bricoop.totals.why.single_rows import SingleRow

#: The states in which a project may never be built, which sources count differently.
_UNBUILT = (
    ProjectStatus.PLEDGED, ProjectStatus.COMMITTED, ProjectStatus.SUSPENDED,
    ProjectStatus.CANCELLED,
)  # fmt: skip

#: The details of rows with a candidate.
CANDIDATES: Mapping[Likeness, tuple[str, str]] = {
    Likeness.SAME_PROJECT: (
        "candidates-same-project", "projects of both, whose deals nobody paired"
    ),
    **{
        likeness: (f"candidates-{likeness.value.replace(' ', '-')}", f"open candidates: {likeness}")
        for likeness in (
            Likeness.STRONG, Likeness.LIKELY, Likeness.POSSIBLE, Likeness.SAME_MONEY
        )
    },
}  # fmt: skip


@dataclass
class Tally:
    """A number of rows of each source, and what they add to the difference of the totals."""

    left_rows: int = 0
    right_rows: int = 0
    amount: Decimal = Decimal(0)

    def add(self, side: Side, change: Decimal, rows: int = 1) -> None:
        """Add rows of a source with what they add to the difference."""
        if side is Side.LEFT:
            self.left_rows += rows
        else:
            self.right_rows += rows
        self.amount = WIDE.add(self.amount, change)


@dataclass(frozen=True)
class Detail:
    """What some rows of a step have in common; details overlap.

    Attributes:
        name: its name, such as `unnamed` or `status-committed`.
        title: a description of the rows.
        left_rows: the number of rows of the left source.
        right_rows: the number of rows of the right source.
        amount: what they add to the difference of the totals.
    """

    name: str
    title: str
    left_rows: int
    right_rows: int
    amount: Decimal


@dataclass
class Tallies:
    """The rows of a step, and of each of its details by name and title."""

    every: Tally = field(default_factory=Tally)
    details: dict[tuple[str, str], Tally] = field(default_factory=dict)
    largest: SingleRow | None = None

    def add(
        self, side: Side, change: Decimal, details: Iterable[tuple[str, str]], rows: int = 1
    ) -> None:
        """Add rows of a source, with the names and titles of their details."""
        self.every.add(side, change, rows)
        for detail in details:
            self.details.setdefault(detail, Tally()).add(side, change, rows)

    def add_single(self, row: SingleRow, details: Iterable[tuple[str, str]]) -> None:
        """Add a row that only one source has."""
        self.add(row.side, row.change, details)
        if self.largest is None or row.size > self.largest.size:
            self.largest = row

    def open_rows(self) -> Tally:
        """Return the rows with a candidate in the other source; each row has one at most."""
        every = Tally()
        for name in CANDIDATES.values():
            tally = self.details.get(name, Tally())
            every.add(Side.LEFT, tally.amount, tally.left_rows)
            every.add(Side.RIGHT, Decimal(0), tally.right_rows)
        return every

    def listed(self) -> Iterator[Detail]:
        """Yield the details: candidates by likeness, others by name, and the largest row."""
        order = {detail: number for number, detail in enumerate(CANDIDATES.values())}
        for detail in sorted(self.details, key=lambda key: (order.get(key, len(order)), key)):
            tally = self.details[detail]
            yield Detail(*detail, tally.left_rows, tally.right_rows, tally.amount)
        row = self.largest
        if row is not None and self.every.left_rows + self.every.right_rows > 1:
            tally = Tally()
            tally.add(row.side, row.change)
            title = f"the largest: {row.project} ({row.id})"
            yield Detail("largest", title, tally.left_rows, tally.right_rows, tally.amount)


class SingleRowDetails:
    """Says what rows are that only one source has."""

    def __init__(self, connection: Connection, candidates: Candidates | None) -> None:
        """Read the codes of countries, whose words identify no project."""
        self._alpha2 = dict(connection.execute(select(country.c.alpha3, country.c.alpha2)).all())
        self._candidates = {} if candidates is None else candidates.by_project

    def of(self, row: SingleRow) -> Iterator[tuple[str, str]]:
        """Yield the names and titles of the details of a row."""
        candidate = self._candidates.get((row.side, row.project_key))
        if candidate is not None:
            yield CANDIDATES[candidate.likeness]
        if row.is_avoided:
            yield "not-recommended", "not recommended for totals by the source itself"
        if row.is_umbrella:
            yield "umbrella", "umbrella agreements, whose parts are rows of their own"
        if row.status in _UNBUILT:
            yield f"status-{row.status}", f"status {label(row.status)}"
        if self._is_unnamed(row):
            yield "unnamed", "without a name of their own"

    def _is_unnamed(self, row: SingleRow) -> bool:
        """Return whether the name of the project has no words that tell it from others."""
        if is_generic(row.project):
            return True
        countries = tuple(self._alpha2.get(code, "") for code in row.countries)
        stated = StatedProject(row.project_key, "", row.id, row.project, countries=countries)
        return not words_of_names(stated)
