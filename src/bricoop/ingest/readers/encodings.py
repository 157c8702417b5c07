"""Guess the encoding of a file that is not UTF-8, ranking candidates by how odd the text looks.

No file is loaded on such a guess. It only becomes a hint, with an excerpt of the decoded text.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from bricoop.domain.names import printable

#: Usual encodings of tables, under names known to Python; of two that give the same text, the
#: first is offered.
_USUAL = (
    "utf-8", "windows-1252", "euc_kr", "gb18030", "big5", "shift_jis", "windows-1251", "mac-roman",
    "windows-1250", "koi8-r", "cp850", "cp866", "windows-1254", "windows-1253",
)  # fmt: skip
#: Encodings that are tried only if none of the usual ones fits.
_OTHERS = (
    "cp1256", "cp1255", "cp1257", "cp1258", "cp874", "iso8859_2", "iso8859_5", "iso8859_6",
    "iso8859_9", "euc_jp", "mac_cyrillic",
)  # fmt: skip
#: Above this oddness, the best of the usual encodings does not fit.
_UNUSUAL = 0.5
_DETECTED_IN = 4096
#: Penalties for encodings that have become rare: they come last among equally good ones.
_RARE = {"koi8-r": 0.1, "cp850": 0.2, "cp866": 0.2, "windows-1254": 0.1, "windows-1253": 0.1}
#: How many bytes of lines with non-ASCII bytes are examined.
_SAMPLE = 32 * 1024
#: Above this average oddness per byte, a text was written in another encoding.
_ODD = 0.6
#: A note needs another encoding with this much less oddness, and this many non-ASCII bytes.
_MUCH_LESS, _ENOUGH = 0.5, 3
#: The best candidate is offered alone if the next one is this much odder.
_CLEARLY = 0.35
_OFFERED = 3
_EXCERPT = 24
_WESTERN = frozenset("àâäáãåçéèêëíìîïñóòôöõøœæúùûüßÀÂÄÁÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÆÚÙÛÜ")
_QUOTES = frozenset("‘’“”«»„–—…№°\u00a0€£·")  # noqa: RUF001 (as they are printed)
_BYTES_OTHER_THAN_ASCII = re.compile(rb"[\x80-\xff]")


_by_oddness = attrgetter("oddness")


class Guess(NamedTuple):
    """A candidate encoding of a text.

    Attributes:
        encoding: its name, for --encoding.
        text: the sample, decoded.
        oddness: how unlikely the text is; 0 is perfectly usual.
    """

    encoding: str
    text: str
    oddness: float


def hint(block: bytes, tried: str) -> str:
    """Return the hint for a file that cannot be decoded in the encoding that was tried.

    Args:
        block: bytes of the file, from its beginning or the beginning of a line.
        tried: the encoding; it is never offered.
    """
    offered = likely(block, tried)
    if not offered:
        return "It is in none of the usual encodings. Save it as UTF-8, or download it again."
    best = offered[0]
    if len(offered) == 1:
        return (
            f"It looks like {best.encoding} ({excerpt(best.text)}): "
            f"load it with --encoding {best.encoding}, or save it as UTF-8."
        )
    differs = first_difference(best.text, offered[1].text)
    named = " or ".join(f"{guess.encoding} ({excerpt(guess.text, differs)})" for guess in offered)
    return f"It may be {named}: name the right one with --encoding, or save the file as UTF-8."


def likely(block: bytes, tried: str) -> list[Guess]:
    """Return the encodings that a file may have instead of the one that was tried, best first."""
    sample = _sample(block)
    guesses = sorted(_guesses(sample, _USUAL, tried), key=_by_oddness)
    if not guesses or guesses[0].oddness > _UNUSUAL:
        guesses = sorted([*guesses, *_guesses(sample, _detected(sample), tried)], key=_by_oddness)
    return [guess for guess in guesses if guess.oddness <= guesses[0].oddness + _CLEARLY][:_OFFERED]


def better(block: bytes, tried: str) -> Guess | None:
    """Return an encoding that fits a text much better than the one used, or None."""
    sample = _sample(block)
    size = len(_BYTES_OTHER_THAN_ASCII.findall(sample))
    try:
        oddness = _oddness(sample.decode(tried), size)
    except UnicodeDecodeError:
        return None
    if oddness < _ODD or size < _ENOUGH:
        return None
    best = min(_guesses(sample, _USUAL, tried), key=_by_oddness, default=None)
    return best if best and best.oddness < oddness - _MUCH_LESS else None


def _sample(block: bytes) -> bytes:
    """Return the lines that are not ASCII, up to a limit."""
    lines = []
    size = 0
    for line in block.splitlines(keepends=True):
        if not line.isascii():
            lines.append(line[:_SAMPLE])
            size += len(line)
            if size > _SAMPLE:
                break
    return b"".join(lines)


def _detected(sample: bytes) -> list[str]:
    """Return encodings that charset-normalizer detects, for Thai, Arabic and so on."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 (only a file in none of the usual)

    return [
        match.encoding for match in from_bytes(sample[:_DETECTED_IN], cp_isolation=list(_OTHERS))
    ]


def _guesses(sample: bytes, names: Iterable[str], tried: str) -> Iterator[Guess]:
    others = len(_BYTES_OTHER_THAN_ASCII.findall(sample)) or 1
    read: set[str] = set()
    for name in names:
        if _canonical(name) == _canonical(tried):
            continue
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        if text not in read:
            read.add(text)
            yield Guess(name, text, _oddness(text, others) + _RARE.get(name, 0))


@lru_cache(maxsize=64)
def _canonical(name: str) -> str:
    return codecs.lookup(name).name


def excerpt(text: str, position: int | None = None) -> str:
    """Return a quoted excerpt of a line, around a position.

    Args:
        text: the text.
        position: None means the first character that is not ASCII.
    """
    first = position
    if first is None:
        first = next((n for n, char in enumerate(text) if not char.isascii()), 0)
    start = max(text.rfind("\n", 0, first) + 1, first - _EXCERPT // 2)
    line = text[start : start + _EXCERPT].partition("\n")[0]
    return repr(printable(line.strip()))


def first_difference(text: str, other: str) -> int:
    """Return the index of the first character in which two texts differ; 0 if there is none."""
    pairs = enumerate(zip(text, other, strict=False))
    return next((index for index, (char, another) in pairs if char != another), 0)


def _oddness(text: str, size: int) -> float:
    """Return the oddness of a text, divided by `size`, its number of non-ASCII bytes."""
    padded = f" {text} "
    odd = sum(
        _odd_character(padded[n - 1], char, padded[n + 1])
        for n, char in enumerate(padded)
        if not char.isascii()
    )
    return odd / max(1, size)


def _odd_character(before: str, char: str, after: str) -> float:
    category = unicodedata.category(char)
    if category[0] == "C":
        return 5
    if category[0] != "L":
        return _odd_symbol(before, char, after)
    script = _script(char)
    odd = _RARITY[script](char)
    beside = [_script(neighbour) for neighbour in (before, after) if neighbour.isalpha()]
    odd += 2 * any(other != script for other in beside)
    # An isolated letter is probably a symbol in another encoding; three accented letters in a row
    # are probably Cyrillic.
    odd += 0.5 * (not beside and script != "east-asian")
    if script == "latin" and beside == ["latin"] * 2 and not (before.isascii() or after.isascii()):
        odd += 1
    # Capitals inside words: text in one Cyrillic or Mac encoding that was decoded as another.
    if char.isupper() and before.islower():
        odd += 2
    elif char.isupper() and after.islower() and before.isupper():
        odd += 1
    elif char.islower() and after.isupper():
        odd += 2
    return odd


def _odd_symbol(before: str, char: str, after: str) -> float:
    if "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uff60":
        return 0
    inside = before.isalpha() + after.isalpha()
    if char == "’" and inside == 2:  # noqa: PLR2004 (letters on both sides)
        return 0.2
    if char in _QUOTES:
        return 2 if inside == 2 else 0.3  # noqa: PLR2004 (the same)
    return 1 + inside


def _script(char: str) -> str:
    if char.isascii():
        return "latin"
    code = ord(char)
    for name, first, last in _SCRIPTS:
        if first <= code <= last:
            return name
    return "other"


_SCRIPTS = (
    ("latin", 0xAA, 0x24F),
    ("greek", 0x370, 0x3FF),
    ("cyrillic", 0x400, 0x52F),
    ("east-asian", 0x3040, 0x30FF),
    ("east-asian", 0x3400, 0x9FFF),
    ("hangul", 0xAC00, 0xD7A3),
    ("half-width", 0xFF61, 0xFF9F),
)


def _rare_latin(char: str) -> float:
    if char in _WESTERN:
        return 0.2
    return 0.4 if "\u0100" <= char <= "\u017f" else 0.8


#: The ranges of lead bytes of the most common characters in each encoding.
_COMMON = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6), ("shift_jis", 0x88, 0x97))


def _rare_east_asian(char: str) -> float:
    """Return 0 for kana and for the most common Chinese characters, more for rare ones."""
    if "\u3040" <= char <= "\u30ff":
        return 0
    for encoding, first, last in _COMMON:
        try:
            if first <= char.encode(encoding)[0] <= last:
                return 0 if encoding == "gb2312" else 0.2
        except UnicodeEncodeError:
            continue
    return 1.5


def _rare_hangul(char: str) -> float:
    try:
        char.encode("euc_kr")
    except UnicodeEncodeError:
        return 2
    return 0


_RARITY: dict[str, Callable[[str], float]] = {
    "latin": _rare_latin,
    "greek": lambda _: 0.1,
    "cyrillic": lambda char: 0 if "А" <= char <= "я" or char in "Ёё" else 0.8,  # noqa: RUF001 (meant)
    "east-asian": _rare_east_asian,
    "hangul": _rare_hangul,
    "half-width": lambda _: 1.5,
    "other": lambda _: 0.3,
}
