"""The class `Rows`: a lazy query result that can be iterated, grouped or made a data frame."""

from collections import namedtuple
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bricoop.api.arguments import in_python
from bricoop.domain.amounts import plain
from bricoop.domain.arguments import checked
from bricoop.errors import MissingPackageError
from bricoop.query.grouping import Grouping
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer, Question

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from bricoop.api.knowledge_base import KnowledgeBase


class Rows:
    """The rows that answer a question, as an iterable of named tuples.

    Every iteration runs the query again, in one transaction and in constant memory. Values are
    `str`, `int`, `Decimal`, `bool`, lists of `str` or `datetime` in UTC, as documented for each
    field; None where nothing is recorded.
    """

    def __init__(self, base: "KnowledgeBase", question: Question) -> None:
        """Keep the question; no query is run yet."""
        self._base = base
        self.question = question

    def __iter__(self) -> Iterator[Any]:
        """Yield each row as a named tuple of its fields.

        Raises:
            BricoopError: the question cannot be answered; the message says why.
        """
        with self._base.snapshot_for(self.question) as state:
            yield from named(state.ask(self.question))

    @checked("group")
    def group(
        self,
        by: str | Iterable[str] = (),
        measures: str | Iterable[str] = "count",
        *,
        subtotals: bool = False,
        share: bool = False,
        add_sources: bool = False,
        sort: str = "",
        limit: int | None = None,
    ) -> "Rows":
        """Return the groups of these rows, as `bricoop query NOUN --group-by` does.

        Args:
            by: the fields to group by; none for one group of all rows.
            measures: what to compute: `count`, `sum:amount_usd`, `median:maturity`, ...
            subtotals: whether to add subtotals for the first fields, and a total.
            share: whether to add the share of each group in the first measure.
            add_sources: whether to add up several sources instead of grouping by source.
            sort: columns separated by commas; prefix one with `-` for descending order.
            limit: the maximum number of groups.
        """
        grouping = Grouping(
            texts(by), texts(measures), subtotals=subtotals, share=share, add_sources=add_sources
        )
        question = replace(
            self.question, grouping=grouping, columns=(), sort=sort, limit=limit, offset=0
        )
        return Rows(self._base, question)

    def __repr__(self) -> str:
        """Return the class name and the question."""
        return f"Rows({self.question!r})"

    def count(self) -> int:
        """Return the number of rows, ignoring limit and offset."""
        with self._base.snapshot_for(self.question) as state:
            return state.count(self.question)

    def first(self) -> Any:
        """Return the first row, or None if there are no rows."""
        return next(iter(self), None)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields of every row."""
        with self._base.snapshot_for(self.question) as state:
            return tuple(field.name for field in state.ask(self.question).fields)

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks on the rows, as sentences.

        They say how groups were counted, and how many rows are left out only because a filtered
        field is empty: "122 more rows match everything else and have no kind."; and how many pairs
        of rows wait for a decision, or are contested.
        """
        with self._base.snapshot_for(self.question) as state:
            notes = (
                *state.ask(self.question).notes,
                *state.unrecorded(self.question),
                *state.unsettled(self.question),
            )
        return tuple(map(in_python, notes))

    def to_pandas(self) -> "pd.DataFrame":
        """Return the rows as a pandas DataFrame; decimals are kept as objects.

        Raises:
            MissingPackageError: pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 (optional, and heavy)
        except ModuleNotFoundError as error:
            raise MissingPackageError("A DataFrame needs", "pandas", "frames") from error
        return pd.DataFrame(self._columns()[1])

    def to_polars(self) -> "pl.DataFrame":
        """Return the rows as a polars DataFrame; decimals stay exact.

        Raises:
            MissingPackageError: polars is not installed.
        """
        try:
            import polars as pl  # noqa: PLC0415 (optional, and heavy)
        except ModuleNotFoundError as error:
            raise MissingPackageError("A DataFrame needs", "polars", "frames") from error
        types: dict[Type, Any] = {
            Type.INTEGER: pl.Int64,
            Type.DECIMAL: pl.Decimal,
            Type.FLOAT: pl.Float64,
            Type.YES_NO: pl.Boolean,
            Type.MOMENT: pl.Datetime(time_zone="UTC"),
        }
        fields, columns = self._columns()
        schema = {
            field.name: pl.List(pl.String) if field.many else types.get(field.type, pl.String)
            for field in fields
        }
        return pl.DataFrame(columns, schema=schema)

    def _columns(self) -> tuple[tuple[Field, ...], dict[str, list[Any]]]:
        with self._base.snapshot_for(self.question) as state:
            answer = state.ask(self.question)
            columns: dict[str, list[Any]] = {field.name: [] for field in answer.fields}
            lists = list(columns.values())
            for row in answer.rows:
                for values, value in zip(lists, row, strict=True):
                    values.append(value)
        return answer.fields, columns


def named(answer: Answer) -> Iterator[Any]:
    """Yield the rows of an answer as named tuples."""
    names = [field.name for field in answer.fields]
    row: Any = namedtuple("Row", names)  # type: ignore[misc] # noqa: PYI024 (made for the answer)
    yield from map(row._make, answer.rows)


def texts(argument: Any) -> tuple[str, ...]:
    """Return an argument, one value or several, as texts like those of the command line."""
    values = (
        [argument] if isinstance(argument, str | int | float | Decimal | date) else argument or ()
    )
    return tuple(_text(value) for value in values)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value) if isinstance(value, Decimal) else str(value)
