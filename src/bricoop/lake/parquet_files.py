"""Writes Parquet files that are named after their content, under a temporary name at first."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from bricoop.atomic_files import PartialFile
from bricoop.lake.arrow import pa, parquet
from bricoop.lake.manifest import LakeFile

#: Rows of a row group: as many as DuckDB's, which it reads at once.
ROW_GROUP = 122_880
#: The largest size of a row group in memory, in bytes: long texts make smaller groups.
_GROUP_BYTES = 16 * 1024 * 1024
#: The level of zstd: higher ones take much longer and save little.
_LEVEL = 3
#: Hexadecimal digits of the SHA-256 in the name of a file.
_NAMED = 16


class _Hashed:
    """A binary file that is written in order, and computes the SHA-256 of its content."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, content: Any) -> int:
        self._hash.update(content)
        self.size += len(memoryview(content).cast("B"))
        return self._stream.write(content)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self.closed = True

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def digest(self) -> str:
        return self._hash.hexdigest()


def table_folder(table: str, source: str | None) -> str:
    """Return the folder of a table, or of the rows of a source in it, within a lake."""
    # Dots are encoded as well, so that no key means a parent folder.
    encoded = None if source is None else quote(source, safe="-_").replace(".", "%2E")
    return table if encoded is None else f"{table}/source={encoded}"


def write_file(
    folder: Path, table: str, source: str | None, schema: Any, batches: Iterable[Any]
) -> LakeFile | None:
    """Write the rows of a table, or those of one source, to a new file.

    Args:
        folder: the folder of the lake.
        table: the name of the table.
        source: the key of the source; None for a table that is not split by source.
        schema: the schema of the rows.
        batches: the rows, as record batches.

    Returns:
        The description of the file; None without rows of a source, which need no file.

    Raises:
        OSError: the file cannot be written.
    """
    path = folder / table_folder(table, source)
    path.mkdir(parents=True, exist_ok=True)
    partial_file = PartialFile(path / "rows.parquet")
    rows = 0
    try:
        with partial_file.path.open("wb") as stream:
            hashed = _Hashed(stream)
            with parquet.ParquetWriter(
                hashed, schema, compression="zstd", compression_level=_LEVEL, write_page_index=True
            ) as writer:
                for group in _groups(batches, schema):
                    rows += group.num_rows
                    writer.write_table(group, row_group_size=group.num_rows)
        if not rows and source is not None:
            return None
        name = f"part-{hashed.digest()[:_NAMED]}.parquet"
        partial_file.target = path.resolve() / name
        partial_file.complete()
    finally:
        partial_file.discard()
    within = f"{table_folder(table, source)}/{name}"
    return LakeFile(within, rows, hashed.size, hashed.digest(), source)


def _groups(batches: Iterable[Any], schema: Any) -> Iterator[Any]:
    """Yield tables of the size of a row group."""
    waiting: list[Any] = []
    rows = size = 0
    for batch in batches:
        waiting.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= ROW_GROUP or size >= _GROUP_BYTES:
            whole = pa.Table.from_batches(waiting, schema)
            yield whole.slice(0, ROW_GROUP)
            waiting = whole.slice(ROW_GROUP).to_batches()
            rows = sum(batch.num_rows for batch in waiting)
            size = sum(batch.nbytes for batch in waiting)
    if rows:
        yield pa.Table.from_batches(waiting, schema)
