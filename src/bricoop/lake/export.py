"""Writes a knowledge base to the folder of a lake; what did not change since is not written again.

Files are named after their content and never change. The manifest is replaced last, so that a
folder always holds a whole lake: the former one until then, and the new one from then on.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine, select

from bricoop.atomic_files import replacing
from bricoop.db.engine import reading
from bricoop.db.lake_errors import refuse_lake
from bricoop.db.schema import knowledge_base
from bricoop.db.state import HEAD
from bricoop.errors import DatabaseError, UsageError
from bricoop.lake.base_layout import base_contents
from bricoop.lake.content import Content
from bricoop.lake.manifest import (
    FORMAT,
    VERSION,
    LakeFile,
    LakeSource,
    Manifest,
    manifest_path,
    read_manifest,
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
    former = _former(folder, layout, file_format)
    with _translating_errors(folder), reading(engine) as connection:
        folder.mkdir(parents=True, exist_ok=True)
        sources = sources_of(connection)
        unchanged = _unchanged(connection, former, sources, layout)
        tables = {}
        contents = (base_contents if layout is Layout.BASE else wide_contents)(connection)
        for content in contents:
            files = tuple(_files(folder, content, former, sources, unchanged))
            if file_format is FileFormat.DELTA:
                _commit(folder, content, files, former)
            tables[content.name] = files
            progress(content.name, sum(file.rows for file in files))
        manifest = _manifest(connection, layout, file_format, sources, tables)
        with replacing(manifest_path(folder)) as path:
            path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    if file_format is FileFormat.PARQUET:
        _remove_others(folder, manifest)
    before = {file.path for file in former.files} if former else set[str]()
    return Exported(
        manifest,
        tuple(file for file in manifest.files if file.path not in before),
        tuple(file for file in manifest.files if file.path in before),
    )


def _former(folder: Path, layout: Layout, file_format: FileFormat) -> Manifest | None:
    """Return the manifest of an earlier export; None if the folder is new or empty."""
    if manifest_path(folder).is_file():
        manifest = read_manifest(folder)
        if (manifest.layout, manifest.file_format) != (layout, file_format):
            message = (
                f"{folder} holds a lake of the layout {manifest.layout} in {manifest.file_format}; "
                "nothing was written."
            )
            same = f"--layout {manifest.layout} --format {manifest.file_format}"
            hint = f"Add {same}, or name a new folder."
            raise UsageError(message, hint)
        return manifest
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} holds something else than a lake; nothing was written."
        raise UsageError(message, "Name a new folder, or one that bricoop wrote.")
    return None


def _unchanged(
    connection: Connection,
    former: Manifest | None,
    sources: Iterable[LakeSource],
    layout: Layout,
) -> set[str]:
    """Return the keys of the sources whose rows are the same as in the former export.

    Answers of the wide layout also hold what other sources say: they are the same only if the
    whole knowledge base is.
    """
    if former is None:
        return set()
    states = {listed.key: listed.state for listed in former.sources}
    if layout is Layout.WIDE:
        base = _base(connection)
        now = {listed.key: listed.state for listed in sources}
        is_same = (former.knowledge_base, former.version) == base and states == now
        return set(states) if is_same and former.tool_version == __version__ else set()
    return {listed.key for listed in sources if states.get(listed.key) == listed.state}


def _files(
    folder: Path,
    content: Content,
    former: Manifest | None,
    sources: Iterable[LakeSource],
    unchanged: set[str],
) -> Iterator[LakeFile]:
    """Yield the files of a table, after writing those that may have changed."""
    before = former.tables.get(content.name, ()) if former else ()
    has_files = False
    for listed in sources if content.by_source else ():
        files = [file for file in before if file.source == listed.key]
        if listed.key not in unchanged:
            rows = content.batches(listed.key)
            written = write_file(folder, content.name, listed.key, content.schema, rows)
            files = [written] if written else []
        has_files = has_files or bool(files)
        yield from files
    if not has_files:
        # A file without rows still says which columns the table has.
        rows = iter(()) if content.by_source else content.batches(None)
        if file := write_file(folder, content.name, None, content.schema, rows):
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


def _base(connection: Connection) -> tuple[str, int]:
    """Return when the knowledge base was created, and its version."""
    columns = (knowledge_base.c.created_at, knowledge_base.c.version)
    row = connection.execute(select(*columns)).one()
    return row.created_at.isoformat(), row.version


def _manifest(
    connection: Connection,
    layout: Layout,
    file_format: FileFormat,
    sources: Iterable[LakeSource],
    tables: dict[str, tuple[LakeFile, ...]],
) -> Manifest:
    return Manifest(
        FORMAT, VERSION, layout, file_format, HEAD, __version__, *_base(connection),
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
