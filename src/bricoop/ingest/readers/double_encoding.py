"""Detect and repair text that was encoded twice: UTF-8 read in another encoding and saved again."""

import re
import unicodedata
from functools import partial
from typing import NamedTuple

from bricoop.ingest.readers.encodings import first_difference

#: Bytes 0x80 to 0xBF decoded as windows-1252, or as Latin-1 control codes where that has none.
_FOLLOWING = "".join(
    bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(0x80, 0xC0)
)
_BYTES = {char: 0x80 + number for number, char in enumerate(_FOLLOWING)}
#: Latin-1 has control codes for bytes below 0xA0, and programs mix the two encodings.
_BYTES |= {chr(byte): byte for byte in range(0x80, 0xA0)}
_CLASS = f"[{re.escape(_FOLLOWING)}\x80-\x9f]"
#: UTF-8 sequences of two, three and four bytes, decoded as windows-1252 or Latin-1.
_SEQUENCE = re.compile(
    f"[\u00c2-\u00df]{_CLASS}|[\u00e0-\u00ef]{_CLASS}{{2}}|[\u00f0-\u00f4]{_CLASS}{{3}}"
)
#: Latin letters and quotes that were encoded once more. Further repairs are limited to these:
#: other sequences, such as `çšš`, are more probably right after the first repair.
_AGAIN = re.compile(f"[\u00c2\u00c3]{_CLASS}|\u00e2{_CLASS}{{2}}")
#: Two-byte Chinese characters decoded as Latin-1: at least two in a row.
_PAIRS = re.compile("(?:[\u00b0-\u00f7][\u00a1-\u00fe]){2,}")
#: Cyrillic decoded as Latin-1: no language has five accented letters in a row.
_ACCENTS = re.compile("[\u00c0-\u00ff]{5,}")
#: The first character of a match of any of these three, where the second one fits as well.
_START = re.compile(f"[\u00b0-\u00ff](?=[{re.escape(_FOLLOWING)}\x80-\u00ff])")
#: The same in UTF-8, where a search by the first byte is twenty times faster.
_STARTS_IN_UTF8 = (
    re.compile(rb"\xc2[\xb0-\xbf](?=[\xc2-\xf4])"),
    re.compile(rb"\xc3[\x80-\xbf](?=[\xc2-\xf4])"),
)
#: The bytes in which each of the three matches at least once, if it does: five characters.
_LONGEST_START = 15
#: Text may have been encoded up to four times.
_ROUNDS = 3
#: How many characters before the first wrong one are shown; twice as many after it.
_AROUND = 12
#: Quotes and dashes often follow a word that ends in an accented letter.
_ALSO_ORDINARY = frozenset("‘’“”„–—…")  # noqa: RUF001 (as they are printed)
#: Control codes of Latin-1, which do not occur in text.
_CONTROL = re.compile("[\x80-\x9f]")
_WORD = re.compile(r"[^\W\d_]+")
#: The first words of Unicode character names, which identify alphabets.
_ALPHABETS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "THAI"})
_SCRIPTS = _ALPHABETS | {"CJK", "HANGUL"}
_ORDINARY_BLOCKS = (
    (0xA0, 0x17F), (0x192, 0x192), (0x2C6, 0x2DC), (0x391, 0x3CE), (0x400, 0x45F),
    (0x5D0, 0x5EA), (0x620, 0x64A), (0xE01, 0xE5B), (0x2010, 0x203A), (0x20AC, 0x20AC),
    (0x2116, 0x2122), (0x3001, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF01, 0xFF5E),
    (0x1F300, 0x1FAFF),
)  # fmt: skip


class Doubt(NamedTuple):
    """A cell that may be read wrongly.

    Attributes:
        value: its text; of a text that was encoded twice, an excerpt around the first such place.
        rule: what is wrong, or how it was read.
        hint: how it probably reads, or what to do.
    """

    value: str
    rule: str
    hint: str


def repaired(text: str) -> str:
    """Return a text as it probably was before it was encoded again, once or several times.

    >>> repaired("RÃ\u00ado Cobre"), repaired("Río Cobre")
    ('Río Cobre', 'Río Cobre')
    """
    for pattern, decode in ((_PAIRS, _as_chinese), (_ACCENTS, _as_cyrillic)):
        probably = pattern.sub(decode, text)
        # Remaining control codes come from UTF-8, which these two repairs do not handle.
        if probably != text and not _CONTROL.search(probably):
            return probably
    # Control codes may be an intermediate result, completed in the next round, but not a final one.
    through_controls = _decoded(text, controls=True)
    return through_controls if not _CONTROL.search(through_controls) else _decoded(text)


def _decoded(text: str, *, controls: bool = False) -> str:
    sequence = _SEQUENCE
    for _ in range(_ROUNDS):
        before, text = text, sequence.sub(partial(_once, text=text, controls=controls), text)
        if text == before:
            break
        sequence = _AGAIN
    return text


def doubt(text: str) -> Doubt | None:
    """Return a doubt if a text was probably encoded twice, or None.

    If the repair does not give plausible text, the characters were damaged in another way.
    """
    if text.isascii():
        return None
    probably = repaired(text)
    if probably == text or not _is_likely(probably, text):
        return None
    first = first_difference(text, probably)
    start = max(0, text.rfind(" ", 0, max(0, first - _AROUND)) + 1)
    read, repaired_text = text[start : first + 2 * _AROUND], probably[start : first + 2 * _AROUND]
    rule = "looks like text that was encoded twice"
    return Doubt(read, rule, f"It probably reads {repaired_text!r}.")


def _is_likely(probably: str, text: str) -> bool:
    """Return whether a repaired text is plausible: no control codes, no words in two alphabets."""
    if _CONTROL.search(probably):
        return False
    before = set(_WORD.findall(text))
    return not any(_mixes_alphabets(word) for word in _WORD.findall(probably) if word not in before)


def _mixes_alphabets(word: str) -> bool:
    """Return whether a word has letters of two alphabets, as `Maэrib` has.

    Chinese and Japanese are written without spaces, and beside Latin letters without accents.
    """
    scripts = {
        unicodedata.name(char, "").partition(" ")[0] for char in word if not char.isascii()
    } & _SCRIPTS
    if any(char.isascii() and char.isalpha() for char in word) and scripts & _ALPHABETS:
        scripts.add("LATIN")
    return len(scripts) > 1


def may_be(block: str) -> bool:
    """Return whether a text holds sequences that `repaired` might change; a quick test."""
    # The patterns start with classes that overlap, which makes a search with each of them ten times
    # slower than one for their first two characters.
    return not block.isascii() and any(
        _is_match(block, start.start()) for start in _START.finditer(block)
    )


def may_be_in_utf8(block: bytes) -> bool:
    """Return the same for a text in UTF-8, several times faster."""
    return any(
        _is_match(block[start.start() : start.start() + _LONGEST_START].decode(errors="ignore"), 0)
        for pattern in _STARTS_IN_UTF8
        for start in pattern.finditer(block)
    )


def _is_match(text: str, start: int) -> bool:
    """Return whether text that was encoded twice may begin at a position."""
    return any(pattern.match(text, start) for pattern in (_SEQUENCE, _PAIRS, _ACCENTS))


def _once(match: re.Match[str], text: str, *, controls: bool) -> str:
    lead, rest = match[0][0], match[0][1:]
    try:
        char = bytes([ord(lead), *(_BYTES[following] for following in rest)]).decode()
    except UnicodeDecodeError:
        return match[0]
    if controls and _CONTROL.match(char):
        return char
    if not any(first <= ord(char) <= last for first, last in _ORDINARY_BLOCKS):
        return match[0]
    # "AMANHÃ” he said" is right as it stands; "Ã–sterreich" is not.
    ends_word = not text[match.end() : match.end() + 1].isalpha()
    if len(rest) == 1 and rest in _ALSO_ORDINARY and lead != "Â" and ends_word:
        return match[0]
    return char


def _as_cyrillic(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("cp1251")


def _as_chinese(match: re.Match[str]) -> str:
    read = match[0]
    rest = _SEQUENCE.sub("", read)
    # Not Chinese if all of it is valid UTF-8, or if it has letters only, as Chinese uses all bytes.
    if not rest or min(read) >= "\u00c0":
        return read
    try:
        return read.encode("latin-1").decode("gb2312")
    except UnicodeDecodeError:
        return read
