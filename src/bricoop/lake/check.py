"""Checks that the files of a lake are those that its manifest lists."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL

from bricoop.db.address import lake_folder
from bricoop.db.check import EXPORT_AGAIN, Check
from bricoop.lake.manifest import Manifest, read_manifest


def check_lake(url: URL) -> list[Check]:
    """Return the checks of a lake.

    Args:
        url: its address.

    Raises:
        DatabaseError: the manifest cannot be read.
    """
    folder = lake_folder(url)
    manifest = read_manifest(folder)
    lost = lost_files(folder, manifest)
    return [
        Check.of("every file of the manifest is there", lost, EXPORT_AGAIN),
        Check.of(
            "every file has the content that was written",
            (path for path in damaged_files(folder, manifest) if path not in lost),
            EXPORT_AGAIN,
        ),
    ]


def lost_files(folder: Path, manifest: Manifest) -> list[str]:
    """Return the paths of the files that are not there."""
    return [file.path for file in manifest.files if not (folder / file.path).is_file()]


def damaged_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Yield the paths of the files that are not there, or that have another content."""
    for file in manifest.files:
        try:
            with (folder / file.path).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256")
        except OSError:
            yield file.path
            continue
        if digest.hexdigest() != file.sha256:
            yield file.path
