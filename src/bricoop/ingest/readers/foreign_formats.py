"""Refuses files that are no tables, such as PDFs, images and databases, by their first bytes."""

import codecs
import re

from bricoop.errors import FileUnreadableError

EXPORT = "Copy its table into a spreadsheet program, and save it as CSV or .xlsx."
_UNPACK = "Unpack it."
_SAVE = "Save its table as CSV or .xlsx."
#: The first bytes of formats, what they are, and what to do.
_FORMATS = (
    (b"%PDF-", "a PDF", EXPORT),
    (b"{\\rtf", "a text document", EXPORT),
    (b"\x89PNG\r\n", "an image (PNG)", EXPORT),
    (b"\xff\xd8\xff", "an image (JPEG)", EXPORT),
    (b"GIF87a", "an image (GIF)", EXPORT),
    (b"GIF89a", "an image (GIF)", EXPORT),
    (b"II*\0", "an image (TIFF)", EXPORT),
    (b"MM\0*", "an image (TIFF)", EXPORT),
    (b"SQLite format 3\0", "an SQLite database", "Export a table of it as CSV."),
    (b"PAR1\x15", "a Parquet file", _SAVE),
    (b"ARROW1\0", "an Arrow file", _SAVE),
    (b"\x89HDF\r\n", "an HDF5 file", _SAVE),
    (b"<stata_dta>", "a Stata file", _SAVE),
    (b"$FL2", "an SPSS file", _SAVE),
    (b"\x7fELF", "a program", "Name a table."),
    (b"BZh91AY", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\0", "an xz archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
)
#: Where a tar archive has its mark.
_TAR = slice(257, 262)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
#: Bytes that texts seldom hold, except in UTF-16 and UTF-32.
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: Up to this many of them, and this share of the bytes, a file may be a text.
_FEW, _SHARE = 2, 0.02
#: The least share of printable characters in a text.
_PRINTABLE = 0.95
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def refuse_foreign(head: bytes, name: str, encoding: str, *, packed: bool = False) -> None:
    """Refuse a file that is of a format without rows, or no text.

    Args:
        head: the first bytes of the file, unpacked.
        name: the name of the file in messages.
        encoding: the encoding in which it is to be read; if it is not UTF-8, the user named it.
        packed: whether the bytes were unpacked from the named file.

    Raises:
        FileUnreadableError: it is no table.
    """
    verb = "contains" if packed else "is"
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for mark, form, hint in _FORMATS:
        if start.startswith(mark):
            raise FileUnreadableError(f"{name} {verb} {form}.", hint)
    if head[_TAR] == b"ustar":
        raise FileUnreadableError(f"{name} {verb} a tar archive.", _UNPACK)
    if start[:9].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        message = f"{name} is a web page or XML, whatever its name says."
        raise FileUnreadableError(message, "Open it in a spreadsheet program and save it as CSV.")
    if codecs.lookup(encoding).name == "utf-8" and _is_binary(head):
        message = f"{name} {verb} neither a text nor a workbook."
        raise FileUnreadableError(message, _SAVE)


def _is_binary(head: bytes) -> bool:
    controls = len(_CONTROLS.findall(head))
    if head.startswith(_MARKS) or controls <= max(_FEW, len(head) * _SHARE):
        return False
    if _decoded(head, "utf-8") is not None and head.count(0) <= len(head) // 4:
        return False
    return not any(_is_text(_decoded(head, encoding)) for encoding in _WIDE)


def _decoded(head: bytes, encoding: str) -> str | None:
    """Return the text in the first bytes of a file, which may end within a character."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeError:
        return None


def _is_text(text: str | None) -> bool:
    if not text:
        return False
    printable = sum(character.isprintable() or character in "\r\n\t" for character in text)
    return printable >= len(text) * _PRINTABLE
