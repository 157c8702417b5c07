"""Which tables and columns a lake has, and the Arrow types of their columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Float, Integer, Table
from sqlalchemy.types import JSON

from bricoop.db.lake_tables import NOT_IN_LAKE
from bricoop.db.models.search import lake_index
from bricoop.db.schema import FACTS, decision, metadata, record, search_word
from bricoop.db.types import Dollars, Exact
from bricoop.ingest.layouts.registry import LAYOUTS
from bricoop.lake.arrow import pa

#: US dollars to the millionth, and other decimals.
DOLLARS, DECIMAL = pa.decimal128(24, 6), pa.decimal128(38, 6)
#: Columns that only checks of a database read, or that would double the size of a lake.
_LEFT_OUT = {"checksum", "digest", "standing", "raw", "outcome"}
#: The column of `record` with all its fields as JSON, in their order.
DOCUMENT = "document"
#: Ends the names of columns with the year of a partial date.
YEAR = "_year"


@dataclass(frozen=True)
class LakeTable:
    """A table of a lake.

    Attributes:
        table: the table in a database.
        by_source: whether each source has files of its own.
    """

    table: Table
    by_source: bool = False

    @property
    def name(self) -> str:
        """The name of the table, of its folder, and of the view that reads it."""
        return self.table.name

    @property
    def record_id(self) -> Column[int]:
        """The column with the record that a row comes from, in tables with files by source."""
        return self.table.c.id if self.table is record else self.table.c.record_id

    @property
    def columns(self) -> list[Column[Any]]:
        """The columns that a lake keeps, in their order."""
        # Elsewhere these columns are a part of what is told, or tell that nothing changed.
        left_out = _LEFT_OUT if self.name not in {decision.name, lake_index.name} else set()
        return [column for column in self.table.columns if column.name not in left_out]

    @property
    def dates(self) -> list[str]:
        """The columns with partial dates; a lake has the year of each in a column of its own."""
        checks = (check for check in self.table.constraints if isinstance(check, CheckConstraint))
        lengths = {f"length({column.name}) = 10": column.name for column in self.table.columns}
        named = {
            name
            for check in checks
            for condition in str(check.sqltext).split(" OR ")
            if (name := lengths.get(condition))
        }
        return [column.name for column in self.columns if column.name in named]

    def arrow_schema(self) -> Any:
        """Return the schema of the files of the table."""
        return pa.schema([*_fields(self)])


@cache
def lake_tables() -> tuple[LakeTable, ...]:
    """Return the tables of a lake, in the order of their foreign keys."""
    own = {table.name: table for table in (lake_index, search_word)}
    by_source = {table.name for table in (record, *FACTS)}
    listed = [
        LakeTable(table, table.name in by_source)
        for table in metadata.sorted_tables
        if table.name not in NOT_IN_LAKE
    ]
    return (*listed, *map(LakeTable, own.values()))


@cache
def field_names() -> tuple[str, ...]:
    """Return the names of the fields of records that have columns of their own, sorted.

    Long texts and lists of names are in the column `document` only.
    """
    return tuple(
        sorted({column.name for layout in LAYOUTS for column in layout.columns if not column.long})
    )


def _fields(table: LakeTable) -> Iterator[Any]:
    dates = set(table.dates)
    for column in table.columns:
        is_required = not column.nullable
        if column is record.c.fields:
            yield pa.field("fields", pa.struct([(name, pa.string()) for name in field_names()]))
            yield pa.field(DOCUMENT, pa.string())
            continue
        yield pa.field(column.name, arrow_type(column), nullable=not is_required)
        if column.name in dates:
            yield pa.field(f"{column.name}{YEAR}", pa.int16())


def arrow_type(column: Column[Any]) -> Any:
    """Return the Arrow type of a column."""
    types: list[tuple[type, Any]] = [
        (Dollars, DOLLARS),
        (Exact, DECIMAL),
        (Boolean, pa.bool_()),
        (Float, pa.float64()),
        (BigInteger, pa.int64()),
        (Integer, pa.int32()),
        (JSON, pa.string()),
    ]
    return next((arrow for kind, arrow in types if isinstance(column.type, kind)), pa.string())
