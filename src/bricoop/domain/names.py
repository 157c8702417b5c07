"""How names are compared: what is left when case, marks and punctuation are put aside."""

import re
import unicodedata
from functools import lru_cache

#: Marks of this combining class and above are accents of Latin, Greek and Cyrillic letters; those
#: below it are parts of the letters of other scripts, without which words are other words.
_ACCENTS = 200
_NOT_A_WORD_ASCII = re.compile(r"[^a-z0-9]+")
_DOTTED = re.compile(r"(?:[^\W\d_]\.\s*){2,}[^\W\d_]?")
#: How the names of letters begin in scripts that put no spaces between words.
_UNSPACED = ("CJK ", "HIRAGANA ", "KATAKANA ", "THAI ", "LAO ", "KHMER ", "MYANMAR ", "TIBETAN ")
#: Letters that Unicode does not take apart, and the sign that stands for a word.
_REPLACED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
#: Most English texts have nothing else that is not ASCII; it stands between words.
PUNCTUATION = "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_KEY = 80
_CONTROL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@lru_cache(maxsize=4096)
def normalise(name: str) -> str:
    """Return the form in which names are compared: folded, unmarked, single spaces.

    Two names are the same name exactly when their forms are equal. Nothing fuzzy happens here.

    >>> normalise("China–Belarus  Industrial Park")
    'china belarus industrial park'
    """
    folded = fold(name)
    if folded:
        return folded
    # A name without any letter or digit is itself.
    return name.lower().replace("&", " and ").strip() if name.isascii() else name.strip()


def fold(text: str) -> str:
    """Return the words of a text, folded and unmarked, with single spaces between them."""
    plain = text
    if not text.isascii():
        for mark in PUNCTUATION:
            plain = plain.replace(mark, " ")
    if plain.isascii():
        return _NOT_A_WORD_ASCII.sub(" ", plain.lower().replace("&", " and ")).strip()
    folded = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    unmarked = "".join(c for c in folded if unicodedata.combining(c) < _ACCENTS)
    composed = unicodedata.normalize("NFC", unmarked.translate(_REPLACED))
    words = "".join(c if _is_of_a_word(c) else " " for c in composed)
    return " ".join(words.split())


def _is_of_a_word(character: str) -> bool:
    # The vowels of Indic, Thai or Burmese words are marks.
    return character.isalnum() or unicodedata.category(character).startswith("M")


def undotted(name: str) -> str:
    """Return an abbreviation without its dots, and any other name as it stands.

    >>> undotted("U.A.E.")
    'UAE'
    """
    stripped = name.strip()
    return re.sub(r"[.\s]", "", stripped) if _DOTTED.fullmatch(stripped) else name


def is_unspaced(word: str) -> bool:
    """Return whether a word is of a script in which spaces do not tell where words begin."""
    return any(unicodedata.name(character, "").startswith(_UNSPACED) for character in word)


def slug(name: str) -> str:
    """Return a readable key for a name, in ASCII: `Gwadar Port` gives `gwadar-port`.

    A name without any letter or digit gives `unnamed`.
    """
    from slugify import slugify  # noqa: PLC0415 (only loads need it)

    key = slugify(name, max_length=_LONGEST_KEY, word_boundary=True, save_order=True)
    return key or "unnamed"


def is_slug(text: str) -> bool:
    """Return whether a text surely is what `slug` makes of it: a key, and no other name.

    >>> is_slug("gwadar-port"), is_slug("Gwadar Port")
    (True, False)
    """
    return _SLUG.fullmatch(text) is not None and len(text) <= _LONGEST_KEY


def printable(text: str) -> str:
    """Return text with every control and formatting character made visible.

    A name from a file must not move a terminal's cursor, ring its bell or turn its line around.
    Line breaks become spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(c) for c in text.replace("\r\n", " ").replace("\n", " "))


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _CONTROL:
        return character
    if character in "\r\t":
        return " "
    return f"\\u{ord(character):04x}"
