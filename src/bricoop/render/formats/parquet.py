"""Writer of Parquet with exact decimals and the provenance in the metadata."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from bricoop.domain.batches import in_batches
from bricoop.errors import MissingPackageError
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.provenance import Provenance
from bricoop.query.question import Answer
from bricoop.render.data import to_json
from bricoop.render.formats.decimals import Digits
from bricoop.render.values import as_text

try:
    import pyarrow as pa
    from pyarrow import ipc, parquet
except ImportError as error:
    raise MissingPackageError("Parquet needs", "pyarrow", "parquet") from error

#: Rows in a record batch, and batches in a row group.
_BATCH, _GROUP = 1000, 32
#: The metadata key of the provenance, which is JSON.
KEY = "bricoop.provenance"
_TYPES: dict[Type, Any] = {
    Type.TEXT: pa.string(),
    Type.DATE: pa.string(),
    Type.MOMENT: pa.timestamp("ms", tz="UTC"),
    Type.INTEGER: pa.int64(),
    # Provisional: precision and scale are known only when all rows have been read.
    Type.DECIMAL: pa.string(),
    Type.FLOAT: pa.float64(),
    Type.YES_NO: pa.bool_(),
}


def write_parquet(answer: Answer, out: IO[bytes], about: Provenance | None) -> None:
    """Write a Parquet file in constant memory.

    Rows with decimals are spooled to a temporary file as text, because the decimal type of a column
    depends on all its values.
    """
    digits = {
        index: Digits()
        for index, field in enumerate(answer.fields)
        if field.type is Type.DECIMAL and not field.many
    }
    schema = pa.schema([_column(field) for field in answer.fields])
    batches = _batches(answer, schema, digits)
    if not digits:
        _write(schema, batches, out, about)
        return
    with TemporaryFile(prefix="bricoop-") as spool_file:
        with ipc.new_stream(spool_file, schema) as spool:
            for batch in batches:
                spool.write_batch(batch)
        spool_file.seek(0)
        for index, seen in digits.items():
            schema = schema.set(index, schema.field(index).with_type(_decimal(seen)))
        read = ipc.open_stream(spool_file)
        _write(schema, (batch.cast(schema) for batch in read), out, about)


def _column(field: Field) -> Any:
    type_ = _TYPES[field.type]
    return pa.field(
        field.name,
        pa.list_(type_) if field.many else type_,
        metadata={"description": field.help},
    )


def _decimal(seen: Digits) -> Any:
    return pa.decimal128(*seen.scale) if seen.scale else pa.string()


def _batches(answer: Answer, schema: Any, digits: dict[int, Digits]) -> Iterator[Any]:
    for page in in_batches(answer.rows, _BATCH):
        columns: list[Any] = list(zip(*page, strict=True))
        for index, field in enumerate(answer.fields):
            if index in digits:
                columns[index] = digits[index].texts(columns[index])
            elif field.type is Type.DECIMAL:
                columns[index] = [
                    None if cell is None else list(map(as_text, cell)) for cell in columns[index]
                ]
        yield pa.record_batch(
            [
                pa.array(values, type=column.type)
                for values, column in zip(columns, schema, strict=True)
            ],
            schema=schema,
        )


def _write(schema: Any, batches: Iterator[Any], out: IO[bytes], about: Provenance | None) -> None:
    rows = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in in_batches(batches, _GROUP):
            table = pa.Table.from_batches(group, schema)
            rows += table.num_rows
            writer.write_table(table, row_group_size=table.num_rows)
        if about:
            writer.add_key_value_metadata({KEY: to_json(about.to_dict(rows=rows))})
