"""The manifest of a lake: what it holds, of which state of which knowledge base, in which files."""

import re
from pathlib import Path
from typing import Annotated

import msgspec

from bricoop.db.state import HEAD
from bricoop.errors import DatabaseError

#: The name of the file, at the top of the folder.
NAME = "manifest.json"
#: What `format` says, and the newest version of it that this program writes and reads.
FORMAT, VERSION = "bricoop-lake", 1
#: The largest manifest that is read, in bytes: some 100,000 files.
_LARGEST = 64 * 1024 * 1024
_SHA256 = re.compile("[0-9a-f]{64}")
_PATH = re.compile(r"(?:[a-z0-9_]+(?:=[A-Za-z0-9._%-]+)?/)*[A-Za-z0-9._-]+\.parquet")

Count = Annotated[int, msgspec.Meta(ge=0)]


class LakeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a table.

    Attributes:
        path: its path within the folder, with forward slashes.
        rows: its number of rows.
        bytes: its size.
        sha256: the SHA-256 of its content.
        source: the key of the source whose rows it has; None if the table is not split by source.
    """

    path: str
    rows: Count
    bytes: Count
    sha256: str
    source: str | None = None


class LakeSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source in a lake.

    Attributes:
        key: its key.
        title: its title.
        licence: its licence, as the source states it; None if that is not known.
        records: the number of its records.
        finance_rows: the number of its amounts of money.
        amount_usd: the sum of these in nominal US dollars, as a plain decimal; None without any.
        amount_usd_constant: the sum in constant US dollars, whatever their base year.
        loads: the numbers of its loads that were not undone.
        state: a digest of everything that its files follow from; files of the same state are kept.
    """

    key: str
    title: str
    licence: str | None
    records: Count
    finance_rows: Count
    amount_usd: str | None
    amount_usd_constant: str | None
    loads: tuple[int, ...]
    state: str


class LakeLoad(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A load whose rows a lake holds."""

    id: int
    source: str
    noun: str
    file: str
    sha256: str
    finished: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a lake holds.

    Attributes:
        format: always `bricoop-lake`.
        format_version: the version of the layout of folders, tables and this file.
        layout: `base` or `wide`.
        file_format: `parquet`, or `delta` if each table is a table of Delta Lake too.
        schema: the revision of the schema of the database.
        tool_version: the version of bricoop that wrote it.
        knowledge_base: when the knowledge base was created, which identifies it.
        version: the version of the knowledge base, which grows with every load and undo.
        sources: its sources.
        loads: its loads.
        tables: the files of each table.
    """

    format: str
    format_version: int
    layout: str
    file_format: str
    schema: str
    tool_version: str
    knowledge_base: str
    version: int
    sources: tuple[LakeSource, ...]
    loads: tuple[LakeLoad, ...]
    tables: dict[str, tuple[LakeFile, ...]]

    @property
    def files(self) -> list[LakeFile]:
        """All files."""
        return [file for files in self.tables.values() for file in files]


def manifest_path(folder: Path) -> Path:
    """Return the path of the manifest of a folder."""
    return folder / NAME


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a lake.

    Raises:
        DatabaseError: there is none, it cannot be read, or it is not one of a lake.
    """
    path = manifest_path(folder)
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except FileNotFoundError as error:
        message = f"The folder {folder} is not a lake: it has no {NAME}."
        raise DatabaseError(message, f"Write one: bricoop export lake {folder}") from error
    except OSError as error:
        message = f"The file {path} cannot be read: {error.strerror or error}."
        raise DatabaseError(message, "Check the path and its permissions.") from error
    if len(content) > _LARGEST:
        raise _damaged(path, f"it is larger than {_LARGEST:,} bytes")
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, RecursionError) as error:
        if _is_newer(content):
            raise _newer(folder) from error
        raise _damaged(path, str(error) or "it is nested too deeply") from error
    _check(path, manifest)
    if manifest.format_version > VERSION:
        raise _newer(folder)
    return manifest


def base_manifest(folder: Path) -> Manifest:
    """Read the manifest of a lake that bricoop itself can ask.

    Raises:
        DatabaseError: the folder is not a lake, or one of another layout or version.
    """
    manifest = read_manifest(folder)
    if manifest.layout != "base":
        message = f"The lake {folder} has the layout {manifest.layout!r}, for other programs."
        raise DatabaseError(message, "Export one for bricoop: --layout base.")
    if manifest.schema != HEAD:
        which = "an older" if manifest.schema < HEAD else "a newer"
        message = f"The lake {folder} was written by {which} version of bricoop."
        hint = "Export it again." if manifest.schema < HEAD else "Install the newer version."
        raise DatabaseError(message, hint)
    return manifest


def _check(path: Path, manifest: Manifest) -> None:
    if manifest.format != FORMAT:
        raise _damaged(path, f"its format is {manifest.format!r}, not {FORMAT!r}")
    for file in manifest.files:
        # A path of a stranger's manifest must not lead out of the folder.
        if not _PATH.fullmatch(file.path) or ".." in file.path:
            raise _damaged(path, f"{file.path!r} is not the path of a file in the folder")
        if not _SHA256.fullmatch(file.sha256):
            raise _damaged(path, f"the SHA-256 of {file.path!r} is not one")


def _is_newer(content: bytes) -> bool:
    class Numbered(msgspec.Struct):
        format_version: int = 0

    try:
        return msgspec.json.decode(content, type=Numbered).format_version > VERSION
    except (msgspec.DecodeError, RecursionError):
        return False


def _newer(folder: Path) -> DatabaseError:
    message = f"The lake {folder} was written by a newer version of bricoop."
    return DatabaseError(message, "Install the newer version.")


def _damaged(path: Path, reason: str) -> DatabaseError:
    message = f"The file {path} is not the manifest of a lake: {reason}."
    return DatabaseError(message, "Export the lake again.")
