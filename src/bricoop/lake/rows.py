"""Reads the tables of a database as Arrow batches, in bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Integer, Select, Text, case, cast, select, type_coerce

from bricoop.db.schema import record, source
from bricoop.db.types import LAKE_DIGITS, Dollars, Exact, Moment
from bricoop.domain.cell_references import MARK, restored
from bricoop.errors import DataRejectedError
from bricoop.lake.arrow import pa
from bricoop.lake.schema import YEAR, LakeTable, field_names
from bricoop.query.plans.finance import TERMS

#: Rows that are read and converted at once.
_PAGE = 2000
#: US dollars in a database on SQLite are whole millionths.
_MICROS = pa.decimal128(19, 0)


@dataclass(frozen=True)
class Span:
    """Records of one source with consecutive ids, both ends included."""

    first: int
    last: int


def spans_by_source(connection: Connection) -> dict[int, list[Span]]:
    """Return the records of each source, by its id, as spans of ids.

    The rows of a source are then read by ranges of the primary key, without a join.
    """
    spans: dict[int, list[Span]] = {}
    owner: int | None = None
    first = last = 0
    rows: Any = select(record.c.id, record.c.source_id).order_by(record.c.id)
    for number, source_id in connection.execute(rows.execution_options(yield_per=_PAGE)):
        if source_id != owner:
            if owner is not None:
                spans.setdefault(owner, []).append(Span(first, last))
            first, owner = number, source_id
        last = number
    if owner is not None:
        spans.setdefault(owner, []).append(Span(first, last))
    return spans


def batches(
    connection: Connection, table: LakeTable, spans: Sequence[Span] | None = None
) -> Iterator[Any]:
    """Yield the rows of a table as record batches, in the order of its primary key.

    Args:
        connection: an open connection.
        table: the table.
        spans: the records whose rows are read; None for all rows.

    Raises:
        DataRejectedError: a decimal has more digits than a lake can hold.
    """
    reader = _Reader(connection, table)
    if spans is None:
        yield from reader.batches(reader.statement())
        return
    for span in spans:
        within = table.record_id.between(span.first, span.last)
        yield from reader.batches(reader.statement().where(within))


class _Reader:
    """Converts pages of rows to record batches."""

    def __init__(self, connection: Connection, table: LakeTable) -> None:
        self._connection = connection
        self._table = table
        self._schema = table.arrow_schema()
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._dates = set(table.dates)

    def statement(self) -> Select[Any]:
        key = self._table.table.primary_key.columns or self._table.table.columns
        columns = [self._selected(column) for column in self._table.columns]
        if self._table.table is record:
            has_reference = cast(record.c.fields, Text).contains(MARK, autoescape=True)
            columns.append(case((has_reference, cast(record.c.raw, Text))))
        return select(*columns).order_by(*key)

    def batches(self, statement: Select[Any]) -> Iterator[Any]:
        rows = self._connection.execute(statement.execution_options(yield_per=_PAGE))
        for page in rows.partitions():
            yield self._batch(list(zip(*page, strict=True)))

    def _selected(self, column: Column[Any]) -> Any:
        """Return a column as the driver returns it, without conversion by its type."""
        if isinstance(column.type, Dollars) and self._is_sqlite:
            return type_coerce(column, Integer)
        if isinstance(column.type, Dollars | Exact) or column is record.c.fields:
            return cast(column, Text)
        return type_coerce(column, Text) if isinstance(column.type, Moment) else column

    def _batch(self, values: list[Sequence[Any]]) -> Any:
        arrays = []
        for column, cells in zip(self._table.columns, values, strict=False):
            if column is record.c.fields:
                arrays += self._fields(cells, values)
                continue
            arrays.append(self._array(column, cells, values))
            if column.name in self._dates:
                years = [None if cell is None else int(cell[:4]) for cell in cells]
                arrays.append(pa.array(years, self._schema.field(f"{column.name}{YEAR}").type))
        return pa.record_batch(arrays, schema=self._schema)

    def _array(self, column: Column[Any], cells: Sequence[Any], values: Any) -> Any:
        type_ = self._schema.field(column.name).type
        if not isinstance(column.type, Dollars | Exact):
            return pa.array(cells, type_)
        if isinstance(column.type, Dollars) and self._is_sqlite:
            micros = pa.array(cells, pa.int64()).cast(_MICROS)
            # The same whole numbers, read as millionths.
            return pa.Array.from_buffers(type_, len(cells), micros.buffers())
        return self._decimals(column.name, pa.array(cells, pa.string()), type_, values)

    def _fields(self, documents: Sequence[str], values: list[Sequence[Any]]) -> list[Any]:
        """Return the fields of records as a struct of texts, and as JSON with full values."""
        whole, parsed = [], []
        for text, cells in zip(documents, values[-1], strict=True):
            fields = orjson.loads(text)
            if cells is not None:
                fields = restored(fields, orjson.loads(cells))
                whole.append(orjson.dumps(fields).decode())
            else:
                whole.append(text)
            parsed.append(fields)
        columns = _columns_of(parsed)
        for name, scale in TERMS.items():
            # Statements convert these to decimals, which must not cut any of their digits.
            if columns[name].null_count < len(parsed):
                self._decimals(name, columns[name], pa.decimal128(LAKE_DIGITS, scale), values)
        struct = pa.StructArray.from_arrays([*columns.values()], [*columns])
        return [struct, pa.array(whole, pa.string())]

    def _decimals(self, name: str, texts: Any, type_: Any, values: list[Sequence[Any]]) -> Any:
        """Convert texts to decimals.

        Raises:
            DataRejectedError: one has more digits than the type.
        """
        try:
            return texts.cast(type_)
        except pa.ArrowInvalid as error:
            index = next(index for index in range(len(texts)) if not _fits(texts[index], type_))
            where = ""
            if self._table.by_source:
                names = [column.name for column in self._table.columns]
                record_id = values[names.index(self._table.record_id.name)][index]
                where = _place(self._connection, record_id)
            message = (
                f"A lake holds {type_.precision - type_.scale} digits before the decimal point and "
                f"{type_.scale} after it; the {name} {texts[index]} has more{where}."
            )
            hint = "Nothing was written. Correct the value, or undo its load."
            raise DataRejectedError(message, hint) from error


def _columns_of(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the fields of records as columns of texts.

    Most records have few of the hundred fields, so only those that they have are looked at.
    """
    cells: dict[str, list[str | None]] = {}
    for index, fields in enumerate(records):
        for name, value in fields.items():
            column = cells.get(name)
            if column is None:
                column = cells[name] = [None] * len(records)
            column[index] = value if type(value) is str else as_text(value)
    nulls = pa.nulls(len(records), pa.string())
    return {
        name: pa.array(cells[name], pa.string()) if name in cells else nulls
        for name in field_names()
    }


def _fits(text: Any, type_: Any) -> bool:
    try:
        text.cast(type_)
    except pa.ArrowInvalid:
        return False
    return True


def _place(connection: Connection, record_id: int) -> str:
    own = select(source.c.key, record.c.noun, record.c.external_id, record.c.locator).join(
        source, source.c.id == record.c.source_id
    )
    row = connection.execute(own.where(record.c.id == record_id)).first()
    if row is None:
        return ""
    where = f", {row.locator}" if row.locator else ""
    return f" ({row.key}/{row.noun}/{row.external_id}{where})"


def as_text(value: Any) -> str | None:
    """Return a value of a JSON object as PostgreSQL's operator `->>` does."""
    if value is None or type(value) is str:
        return value
    return orjson.dumps(value).decode()
