"""Read a stream from a compound file, the container format of .xls, or pack one into a new file.

The format is specified in [MS-CFB]. Sizes stated in a file are not trusted: circular chains of
sectors and impossible sizes raise an error.
"""

import struct
from typing import IO

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _FREE, _IS_FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_ENTRY, _MINI, _SMALL = 128, 64, 4096
_NEW = 4096


class CompoundFile:
    """A compound file; damage raises `ValueError`."""

    def __init__(self, whole: IO[bytes]) -> None:
        """Read the header and the tables of sectors.

        Raises:
            ValueError: it is damaged.
        """
        self._whole = whole
        self._bytes = whole.seek(0, 2)
        whole.seek(0)
        header = whole.read(512)
        if len(header) < 512 or not header.startswith(MAGIC):  # noqa: PLR2004 (its size)
            raise ValueError(header[:8])
        (shift,) = struct.unpack_from("<H", header, 30)
        # Sectors of 512 or 4096 bytes; the specification has no other sizes.
        if shift not in {9, 12}:
            raise ValueError(shift)
        self._size = 1 << shift
        directory, _, _, mini, _, more = struct.unpack_from("<6I", header, 48)
        self._fat = self._table(list(struct.unpack_from("<109I", header, 76)), more)
        self._entries = self._chain(directory)
        self._mini = mini

    def stream(self, *names: str, most: int) -> bytes | None:
        """Return the first stream with one of the names, or None if it is larger than `most` bytes.

        Raises:
            ValueError: there is no such stream, or it is damaged.
        """
        for name in names:
            encoded = name.encode("utf-16-le")
            for start in range(0, len(self._entries), _ENTRY):
                entry = self._entries[start : start + _ENTRY]
                if entry[: len(encoded) + 2] == encoded + b"\0\0" and len(entry) == _ENTRY:
                    return self._content(entry, most)
        raise ValueError(names)

    def _content(self, entry: bytes, most: int) -> bytes | None:
        start, size = struct.unpack_from("<II", entry, 116)
        if size > most:
            return None
        # Smaller streams are in the mini stream, which is the stream of the root entry.
        if size >= _SMALL:
            return self._chain(start)[:size]
        (root,) = struct.unpack_from("<I", self._entries, 116)
        small, fat = self._chain(root), self._chain(self._mini)
        following = struct.unpack(f"<{len(fat) // 4}I", fat[: len(fat) // 4 * 4])
        content = b""
        while start != _END and len(content) < size:
            content += small[start * _MINI : (start + 1) * _MINI]
            start = following[start] if start < len(following) else _END
        return content[:size]

    def _table(self, sectors: list[int], more: int) -> tuple[int, ...]:
        each = self._size // 4
        # As many sectors as list all sectors of the file: a longer chain goes in a circle.
        most = self._bytes // self._size // each + 2
        while more not in {_END, _FREE} and len(sectors) <= most + each:
            *listed, more = struct.unpack(f"<{each}I", self._sector(more))
            sectors += listed
        used = [sector for sector in sectors if sector != _FREE][:most]
        table = b"".join(map(self._sector, used))
        return struct.unpack(f"<{len(table) // 4}I", table)

    def _chain(self, sector: int) -> bytes:
        sectors: list[bytes] = []
        while sector not in {_END, _FREE}:
            if len(sectors) * self._size > self._bytes or sector >= len(self._fat):
                raise ValueError(sector)
            sectors.append(self._sector(sector))
            sector = self._fat[sector]
        return b"".join(sectors)

    def _sector(self, number: int) -> bytes:
        self._whole.seek((number + 1) * self._size)
        return self._whole.read(self._size).ljust(self._size, b"\0")


def packed(name: str, content: bytes) -> bytes:
    """Return a compound file with a single stream, padded with zero bytes."""
    count = max(1, -(-len(content) // _NEW))
    tables = 1
    while tables * _NEW // 4 < tables + 2 + count:
        tables += 1
    # Order of sectors: allocation table, directory, (empty) mini stream, and the stream.
    first = tables + 2
    fat = [_IS_FAT] * tables + [_END, _END, *range(first + 1, first + count), _END]
    fat += [_FREE] * (tables * _NEW // 4 - len(fat))
    header = MAGIC + bytes(16) + struct.pack("<5H6x", 0x3E, 4, 0xFFFE, 12, 6)
    header += struct.pack("<9I", 1, tables, tables, 0, _SMALL, _END, 0, _END, 0)
    listed = [*range(tables), *[_FREE] * (109 - tables)]
    header = (header + struct.pack("<109I", *listed)).ljust(_NEW, b"\0")
    root = _entry("Root Entry", 5, tables + 1, _NEW, child=1)
    directory = (root + _entry(name, 2, first, count * _NEW)).ljust(_NEW, b"\0")
    whole = struct.pack(f"<{len(fat)}I", *fat) + directory + bytes(_NEW)
    return header + whole + content.ljust(count * _NEW, b"\0")


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack(
        "<HBB3I", len(text) + 2, kind, 1, _FREE, _FREE, child
    )
    return head.ljust(116, b"\0") + struct.pack("<IQ", start, size)
