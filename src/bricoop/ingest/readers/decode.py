"""Decode a stream of bytes into lines of text, block by block; errors name line and byte."""

import codecs
import re
from collections.abc import Iterator
from io import StringIO

from bricoop.domain.limits import LINE_SIZE
from bricoop.errors import FileUnreadableError
from bricoop.ingest.readers import double_encoding, encodings
from bricoop.ingest.readers.streams import Stream

#: UTF-32 comes before UTF-16, as its byte order mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_UNMARKED = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_LONE_CR = re.compile(rb"\r(?!\n)")


def marked_encoding(start: bytes) -> str:
    """Return the encoding of the byte order mark at the start of a file; empty without one."""
    mark = _mark_of(start)
    return mark[1] if mark else ""


def _mark_of(start: bytes) -> tuple[bytes, str, str] | None:
    return next((mark for mark in _MARKS if start.startswith(mark[0])), None)


class Decoded:
    """The decoded text of a file; lines end in LF, CRLF or CR and keep their line ends.

    Attributes:
        encoding: the encoding in which the file is read.
        notes: notes on a byte order mark, and on an encoding that fits better.
        may_be_encoded_twice: whether the latest block may hold text that was encoded twice.
    """

    def __init__(self, stream: Stream, encoding: str) -> None:
        """Detect a byte order mark.

        Raises:
            FileUnreadableError: the text looks like UTF-16, but has no byte order mark.
        """
        self._stream = stream
        self.encoding = _UNMARKED.get(codecs.lookup(encoding).name, encoding)
        self.notes: list[str] = []
        self._lines = 0
        self._lone_cr = 0
        self._other_ends = False
        self.may_be_encoded_twice = False
        self._checked = self._reads_better = False
        mark = _mark_of(stream.head)
        if mark:
            stream.read(len(mark[0]))
            self.encoding = mark[1]
            self.notes.append(f"Read as {mark[2]}, by its byte order mark.")
        elif b"\0" in stream.head:
            self._refuse_unmarked(stream.head)
        self._is_utf8 = codecs.lookup(self.encoding).name == "utf-8"
        self._lf, self._cr = "\n".encode(self.encoding), "\r".encode(self.encoding)

    @property
    def start(self) -> str:
        """The first characters of the text, available before anything is read."""
        text = self._stream.head.decode(self.encoding, "replace")
        return text.removeprefix("\ufeff")

    def blocks(self) -> Iterator[StringIO]:
        """Yield the text in blocks of whole lines.

        Raises:
            FileUnreadableError: a byte cannot be decoded, or a line is too long.
        """
        rest = self._stream.read()
        while more := self._stream.read():
            rest += more
            # A CR at the very end may be the first half of a CRLF.
            cut = self._after(self._lf, rest) or self._after(self._cr, rest[: -len(self._cr)])
            if cut:
                yield self._decoded(rest[:cut])
                rest = rest[cut:]
            # The limit also bounds time: joining blocks takes time quadratic in the length of a
            # line.
            elif len(rest) > LINE_SIZE.value:
                raise FileUnreadableError(
                    f"{self._stream.name}, line {self._lines + 1}: the line is longer than "
                    f"{LINE_SIZE}.",
                    "Is it a table?",
                )
        yield self._decoded(rest)

    def line_notes(self) -> list[str]:
        """Return notes on unusual line ends so far."""
        if not self._lone_cr:
            return []
        if self._other_ends:
            return [f"Of its lines {self._lone_cr} end in CR, the others in LF or CRLF."]
        return ["Its lines end in CR."]

    def _after(self, end: bytes, block: bytes) -> int:
        position, unit = block.rfind(end), len(end)
        # In UTF-16 and UTF-32 the bytes of a line end may also span two other characters.
        while position > 0 and position % unit:
            position = block.rfind(end, 0, position + unit - 1)
        return position + unit if position >= 0 else 0

    def _decoded(self, block: bytes) -> StringIO:
        try:
            text = block.decode(self.encoding)
        except UnicodeError as error:
            raise self._undecodable(block, error) from error
        if len(self._lf) > 1:
            block = text.encode()
        # Searching bytes is several times faster than searching most texts.
        self._other_ends = self._other_ends or b"\n" in block
        if b"\r" in block:
            self._lone_cr += len(_LONE_CR.findall(block))
            self._lines += block.count(b"\r") - block.count(b"\r\n")
        if not self._checked and not block.isascii():
            self._checked = True
            self._note_better(block)
        self._lines += block.count(b"\n")
        self.may_be_encoded_twice = not self._reads_better and (
            double_encoding.may_be_in_utf8(block) if self._is_utf8 else double_encoding.may_be(text)
        )
        return StringIO(text, newline="")

    def _note_better(self, block: bytes) -> None:
        """Add a note if another encoding fits the text much better than the one used."""
        # UTF-8 and UTF-16 fail on most text in other encodings; single-byte encodings hardly do.
        if codecs.lookup(self.encoding).name.startswith("utf"):
            return
        better = encodings.better(block, self.encoding)
        if better is not None:
            self._reads_better = True
            self.notes.append(
                f"It was read as {self.encoding}; {better.encoding} fits better "
                f"({encodings.excerpt(better.text)}). If that is right, undo the load if it was "
                f"written, and use --encoding {better.encoding}."
            )

    def _undecodable(self, block: bytes, error: UnicodeError) -> FileUnreadableError:
        position = error.start if isinstance(error, UnicodeDecodeError) else 0
        read = block[:position].decode(self.encoding)
        start = max(read.rfind("\n"), read.rfind("\r")) + 1
        before = self._lines + sum(1 for _ in StringIO(read[:start], newline=""))
        byte = len(read[start:].encode(self.encoding)) + 1
        return FileUnreadableError(
            f"{self._stream.name}, line {before + 1}: byte {byte} of the line "
            f"(0x{block[position]:02x}) is not {self.encoding.upper()}.",
            encodings.hint(block, self.encoding),
        )

    def _refuse_unmarked(self, head: bytes) -> None:
        if not self.encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
            odd, even = head[1::2].count(0), head[::2].count(0)
            if max(odd, even) > len(head) // 4:
                name = "utf-16-le" if odd > even else "utf-16-be"
                raise FileUnreadableError(
                    f"{self._stream.name} is not {self.encoding.upper()}: "
                    "every other byte is zero, as in UTF-16.",
                    f"Save the file as UTF-8, or load it with --encoding {name}.",
                )
