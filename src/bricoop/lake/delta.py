"""Commits the files of a lake to the logs of Delta Lake, so that others can read while it changes.

Each table has a log of its own; a version of it names the files that hold the rows. Files of
earlier versions are kept, as someone may still read them.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from bricoop.errors import MissingPackageError
from bricoop.lake.arrow import pa
from bricoop.lake.content import Content
from bricoop.lake.manifest import LakeFile

try:
    from deltalake import DeltaTable, Schema
    from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions
except ImportError as error:
    raise MissingPackageError("Delta Lake needs", "deltalake", "delta") from error

#: The column by which tables are split, which is in the names of folders and not in the files.
PARTITION = "source"


def commit(folder: Path, content: Content, files: Sequence[LakeFile], *, anew: bool) -> None:
    """Make some files the current version of a table; nothing is committed if they are already.

    Args:
        folder: the folder of the lake.
        content: the table.
        files: all files that hold its rows.
        anew: whether the table may have other columns than before.

    Raises:
        OSError: the log cannot be written.
    """
    path = folder / content.name
    partitioned = [PARTITION] if content.by_source else []
    # A file without rows only says which columns there are, as the log does.
    listed = {
        _within(content, file): file for file in files if file.source or not content.by_source
    }
    schema = _schema(content)
    if anew or not DeltaTable.is_deltatable(str(path)):
        adds = [_added(content, file) for file in listed.values()]
        create_table_with_add_actions(
            str(path), schema, adds, mode="overwrite", partition_by=partitioned
        )
        return
    table = DeltaTable(str(path))
    current = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    before = {row["path"]: row for row in current}
    actions: list[Any] = [
        _added(content, file) for name, file in listed.items() if name not in before
    ]
    actions += [
        RemoveAction(
            path=quote(name, safe="/=-_.%"),
            deletion_timestamp=_now(),
            data_change=True,
            size=row["size_bytes"],
            partition_values=_values(content, row.get(f"partition.{PARTITION}")),
        )
        for name, row in before.items()
        if name not in listed
    ]
    if actions:
        table.create_write_transaction(actions, "append", schema, partitioned)


def _schema(content: Content) -> Schema:
    fields = [*content.schema]
    if content.by_source:
        fields.append(pa.field(PARTITION, pa.string()))
    return Schema.from_arrow(pa.schema(fields))


def _within(content: Content, file: LakeFile) -> str:
    """Return the path of a file within the folder of its table."""
    return file.path.removeprefix(f"{content.name}/")


def _added(content: Content, file: LakeFile) -> AddAction:
    return AddAction(
        path=_within(content, file),
        size=file.bytes,
        partition_values=_values(content, file.source),
        modification_time=_now(),
        data_change=True,
        stats=msgspec.json.encode({"numRecords": file.rows}).decode(),
    )


def _values(content: Content, source: str | None) -> dict[str, str | None]:
    return {PARTITION: source} if content.by_source else {}


def _now() -> int:
    return int(time.time() * 1000)
