"""Normalises names for comparison, makes keys of them, and makes text safe to print."""

import re
import unicodedata
from functools import lru_cache

#: Combining classes from this one on are accents of Latin, Greek and Cyrillic letters, which are
#: removed. Lower classes are vowels and other signs of other scripts, which distinguish words.
_ACCENTS = 200
_NOT_A_WORD_ASCII = re.compile(r"[^a-z0-9]+")
_DOTTED = re.compile(r"(?:[^\W\d_]\.\s*){2,}[^\W\d_]?")
#: Beginnings of the Unicode names of characters in scripts without spaces between words.
_UNSPACED = ("CJK ", "HIRAGANA ", "KATAKANA ", "THAI ", "LAO ", "KHMER ", "MYANMAR ", "TIBETAN ")
#: Letters that Unicode does not decompose.
_REPLACED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
#: Punctuation that is the only non-ASCII text in most English texts: a fast path for them.
PUNCTUATION = "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_KEY = 80
#: Characters that control a terminal or reverse the direction of writing, except line breaks and
#: tabs. The joiners and marks that writing in some scripts needs are not among them.
_COMMANDS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_CONTROL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def shortened(text: str, longest: int) -> str:
    """Return a text of at most so many characters, with an ellipsis in place of the rest.

    >>> shortened("Gwadar Port", 11), shortened("Gwadar Port", 7)
    ('Gwadar Port', 'Gwadar…')
    """
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def beginning(text: str, longest: int) -> str:
    """Return the first words of a long text in one line, with an ellipsis in place of the rest.

    >>> beginning("A port in  Gwadar", 20), beginning("A port in  Gwadar", 14)
    ('A port in Gwadar', 'A port in …')
    """
    # Not all of a very long text is needed to tell how it begins.
    words = " ".join(text[: 4 * longest].split())
    if len(words) <= longest and len(text) <= 4 * longest:
        return words
    head, space, _ = words[: longest - 1].rpartition(" ")
    # Some languages write no spaces between words.
    return f"{head} …" if space and 2 * len(head) > longest else f"{words[: longest - 1]}…"


@lru_cache(maxsize=4096)
def normalise(name: str) -> str:
    """Return the normal form of a name: casefolded, without accents, with single spaces.

    Two names are equal exactly if their normal forms are.

    >>> normalise("China–Belarus  Industrial Park")
    'china belarus industrial park'
    """
    folded = fold(name)
    if folded:
        return folded
    # A name without letters and digits has no words and stays as it is.
    return name.lower().replace("&", " and ").strip() if name.isascii() else name.strip()


def fold(text: str) -> str:
    """Return the words of a text, casefolded and without accents, separated by single spaces."""
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
    # Unicode classifies the vowels of Indic scripts, Thai and Burmese as marks.
    return character.isalnum() or unicodedata.category(character).startswith("M")


def undotted(name: str) -> str:
    """Return an abbreviation without its dots, and any other name unchanged.

    >>> undotted("U.A.E.")
    'UAE'
    """
    stripped = name.strip()
    return re.sub(r"[.\s]", "", stripped) if _DOTTED.fullmatch(stripped) else name


def is_unspaced(word: str) -> bool:
    """Return whether a word contains characters of a script without spaces between words."""
    return any(unicodedata.name(character, "").startswith(_UNSPACED) for character in word)


def slug(name: str) -> str:
    """Return a readable ASCII key for a name: `gwadar-port` for `Gwadar Port`.

    The key of a name without letters and digits is `unnamed`.
    """
    from slugify import slugify  # noqa: PLC0415 (only loads need it)

    key = slugify(name, max_length=_LONGEST_KEY, word_boundary=True, save_order=True)
    return key or "unnamed"


def is_slug(text: str) -> bool:
    """Return whether a text has the form of a key, so that `slug` returns it unchanged.

    >>> is_slug("gwadar-port"), is_slug("Gwadar Port")
    (True, False)
    """
    return _SLUG.fullmatch(text) is not None and len(text) <= _LONGEST_KEY


def printable(text: str) -> str:
    """Return text with control and formatting characters escaped, and line breaks as spaces.

    Text from a file must not send control sequences to a terminal or reverse its writing direction.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(c) for c in text.replace("\r\n", " ").replace("\n", " "))


def without_commands(text: str) -> str:
    r"""Return text for a data file, with characters escaped that would act on a screen.

    Everything else stays as it is, unlike in `printable`, which is for people.

    >>> print(without_commands("Port \x1b[31mX\u202e"))
    Port \u001b[31mX\u202e
    """
    if text.isascii() and text.isprintable():
        return text
    return _COMMANDS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _CONTROL:
        return character
    if character in "\r\t":
        return " "
    return f"\\u{ord(character):04x}"
