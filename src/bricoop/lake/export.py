"""Writes a knowledge base to the folder of a lake; what did not change since is not written again.

Files are named after their content and never change. The manifest is replaced last, so that a
folder always holds a whole lake: the former one until then, and the new one from then on.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine

from bricoop.atomic_files import replacing
from bricoop.db.engine import reading
from bricoop.db.lake_errors import refuse_lake
from bricoop.db.state import HEAD
from bricoop.errors import DatabaseError
from bricoop.lake.base_layout import WORDS, base_contents
from bricoop.lake.content import Content
from bricoop.lake.former_export import FormerExport, base_of, former_export
from bricoop.lake.manifest import (
    FORMAT,
    VERSION,
    LakeFile,
    LakeSource,
    Manifest,
    manifest_path,
)
from bricoop.lake.options import FileFormat, Layout
from bricoop.lake.parquet_files import write_file
from bricoop.lake.state import loads_of, sources_of
from bricoop.lake.wide_layout import wide_contents
from bricoop.version import __version__

#: Called with the name of a table and the number of its rows.
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Exported:
    """The result of an export.

    Attributes:
        manifest: the manifest of the lake.
        written: the files that were written.
        unchanged: the files that were kept, as nothing changed in them.
    """

    manifest: Manifest
    written: tuple[LakeFile, ...]
    unchanged: tuple[LakeFile, ...]


def export_lake(
    engine: Engine,
    folder: Path,
    layout: Layout = Layout.BASE,
    file_format: FileFormat = FileFormat.PARQUET,
    progress: Progress = lambda _, __: None,
) -> Exported:
    """Write a knowledge base to a folder, as a whole or not at all.

    Args:
        engine: the knowledge base.
        folder: a new or empty folder, or that of an earlier export.
        layout: which tables are written.
        file_format: in which form.
        progress: called after each table.

    Raises:
        UsageError: the folder holds something else, or a lake of another layout or format.
        DataRejectedError: a decimal has more digits than a lake can hold.
        DatabaseError: the database cannot be read, or the folder cannot be written.
        MissingPackageError: Delta Lake is not installed.
    """
    refuse_lake(engine.url, "A lake cannot be exported")
    with _translating_errors(folder), reading(engine) as connection:
        sources = sources_of(connection)
        former = former_export(connection, folder, layout, file_format, sources)
        folder.mkdir(parents=True, exist_ok=True)
        tables = {}
        for content in _contents(connection, folder, layout, former):
            files = tuple(_files(folder, content, former, sources))
            if file_format is FileFormat.DELTA:
                _commit(folder, content, files, former.manifest)
            tables[content.name] = files
            progress(content.name, sum(file.rows for file in files))
        manifest = _manifest(connection, layout, file_format, sources, tables)
        with replacing(manifest_path(folder)) as path:
            path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    if file_format is FileFormat.PARQUET:
        _remove_others(folder, manifest)
    before = {file.path for file in former.manifest.files} if former.manifest else set[str]()
    intact = before - former.damaged
    return Exported(
        manifest,
        tuple(file for file in manifest.files if file.path not in intact),
        tuple(file for file in manifest.files if file.path in intact),
    )


def _contents(
    connection: Connection, folder: Path, layout: Layout, former: FormerExport
) -> Iterator[Content]:
    if layout is Layout.WIDE:
        return wide_contents(connection)
    return base_contents(connection, former.file_to_read(folder, WORDS))


def _files(
    folder: Path,
    content: Content,
    former: FormerExport,
    sources: Iterable[LakeSource],
) -> Iterator[LakeFile]:
    """Yield the files of a table, after writing those that may have changed."""
    has_files = False
    for key in [listed.key for listed in sources] if content.by_source else [None]:
        files = former.files_to_keep(content.name, key)
        if files is None:
            written = write_file(folder, content.name, key, content.schema, content.batches(key))
            files = (written,) if written else ()
        has_files = has_files or bool(files)
        yield from files
    # A file without rows still says which columns the table has.
    if not has_files and (file := write_file(folder, content.name, None, content.schema, ())):
        yield file


def _commit(
    folder: Path, content: Content, files: tuple[LakeFile, ...], former: Manifest | None
) -> None:
    from bricoop.lake.delta import commit  # noqa: PLC0415 (only Delta Lake needs its package)

    is_other = former is None or (former.schema, former.tool_version) != (HEAD, __version__)
    commit(folder, content, files, anew=is_other)


@contextmanager
def _translating_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"The folder {folder} cannot be written: {error.strerror or error}."
        hint = "The lake in it is as it was, if there was one. Check its permissions and the disk."
        raise DatabaseError(message, hint) from error


def _manifest(
    connection: Connection,
    layout: Layout,
    file_format: FileFormat,
    sources: Iterable[LakeSource],
    tables: dict[str, tuple[LakeFile, ...]],
) -> Manifest:
    return Manifest(
        FORMAT, VERSION, layout, file_format, HEAD, __version__, *base_of(connection),
        tuple(sources), tuple(loads_of(connection)), tables,
    )  # fmt: skip


def _remove_others(folder: Path, manifest: Manifest) -> None:
    """Remove the files that the manifest does not list, and folders without any."""
    listed = {(folder / file.path).resolve() for file in manifest.files}
    for path in folder.glob("*/**/*.parquet"):
        if path.resolve() not in listed:
            path.unlink(missing_ok=True)
    for path in sorted(folder.glob("*/**"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
