"""Checks that the files of a lake are those that its manifest lists."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL

from bricoop.db.address import lake_folder
from bricoop.db.check import EXPORT_AGAIN, Check
from bricoop.lake.manifest import LakeFile, read_manifest

_CHUNK = 1 << 20


def check_lake(url: URL) -> list[Check]:
    """Return the checks of a lake.

    Args:
        url: its address.

    Raises:
        DatabaseError: the manifest cannot be read.
    """
    folder = lake_folder(url)
    files = read_manifest(folder).files
    lost = [file.path for file in files if not (folder / file.path).is_file()]
    present = [file for file in files if file.path not in lost]
    return [
        Check.of("every file of the manifest is there", lost, EXPORT_AGAIN),
        Check.of(
            "every file has the content that was written", _altered(folder, present), EXPORT_AGAIN
        ),
    ]


def _altered(folder: Path, files: list[LakeFile]) -> Iterator[str]:
    for file in files:
        digest = hashlib.sha256()
        with (folder / file.path).open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != file.sha256:
            yield file.path
