"""What an export keeps of the lake that its folder already holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from bricoop.db.schema import knowledge_base
from bricoop.errors import UsageError
from bricoop.lake.check import damaged_files
from bricoop.lake.manifest import LakeFile, LakeSource, Manifest, manifest_path, read_manifest
from bricoop.lake.options import FileFormat, Layout
from bricoop.version import __version__


@dataclass(frozen=True)
class FormerExport:
    """A former export, compared with the knowledge base.

    Attributes:
        manifest: its manifest; None if the folder is new or empty.
        is_current: whether nothing changed since.
        unchanged: the keys of the sources whose rows are the same.
        damaged: the paths of files that are lost, or that another program changed.
    """

    manifest: Manifest | None = None
    is_current: bool = False
    unchanged: frozenset[str] = frozenset()
    damaged: frozenset[str] = frozenset()

    def files_to_keep(self, table: str, source: str | None) -> tuple[LakeFile, ...] | None:
        """Return the files that already hold what a new export would write.

        Args:
            table: the name of a table.
            source: the key of the source whose rows are meant; None if the table is not split.

        Returns:
            The files, which are none for a source without rows; None if they must be written.
        """
        if self.manifest is None or not (self.is_current or source in self.unchanged):
            return None
        files = [file for file in self.manifest.tables.get(table, ()) if file.source == source]
        return None if any(file.path in self.damaged for file in files) else tuple(files)

    def file_to_read(self, folder: Path, table: str) -> Path | None:
        """Return the path of the one file of a table; None if it cannot be relied on."""
        if self.manifest is None or self.manifest.tool_version != __version__:
            return None
        files = self.manifest.tables.get(table, ())
        if len(files) != 1 or files[0].path in self.damaged:
            return None
        return folder / files[0].path


def former_export(
    connection: Connection,
    folder: Path,
    layout: Layout,
    file_format: FileFormat,
    sources: Iterable[LakeSource],
) -> FormerExport:
    """Compare the lake in a folder with the knowledge base.

    Args:
        connection: an open connection to the knowledge base.
        folder: a new or empty folder, or that of an earlier export.
        layout: the layout to write.
        file_format: the format to write.
        sources: the sources of the knowledge base, with their states.

    Raises:
        UsageError: the folder holds something else, or a lake of another layout or format.
    """
    manifest = _former_manifest(folder, layout, file_format)
    if manifest is None:
        return FormerExport()
    before = {listed.key: listed.state for listed in manifest.sources}
    now = {listed.key: listed.state for listed in sources}
    is_current = (
        (manifest.knowledge_base, manifest.version) == base_of(connection)
        and manifest.tool_version == __version__
        and before == now
    )
    if layout is Layout.WIDE:
        # Answers also hold what other sources say, so they are the same only if everything is.
        unchanged = set(now) if is_current else set[str]()
    else:
        unchanged = {key for key, state in now.items() if before.get(key) == state}
    return FormerExport(
        manifest,
        is_current,
        frozenset(unchanged),
        frozenset(damaged_files(folder, manifest)),
    )


def base_of(connection: Connection) -> tuple[str, int]:
    """Return when the knowledge base was created, and its version."""
    columns = (knowledge_base.c.created_at, knowledge_base.c.version)
    row = connection.execute(select(*columns)).one()
    return row.created_at.isoformat(), row.version


def _former_manifest(folder: Path, layout: Layout, file_format: FileFormat) -> Manifest | None:
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
