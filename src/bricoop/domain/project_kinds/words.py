"""Splits texts into folded words, with marks where a phrase or a part of a list ends."""

import re
import unicodedata

from bricoop.domain.tokenizer import is_unspaced_word, words_of


def words_in(text: str) -> frozenset[str]:
    """Return the words of a text, which spaces separate."""
    return frozenset(text.split())


#: The token between two items of a list, and between two statements.
COMMA, BREAK = ",", "("
#: Words of any language that separate items of a list; `of` separates a thing from its owner.
_AND = frozenset({COMMA, "and", "or", "of", "et", "ou", "y"})
#: Words of any language before a place, purpose or receiver.
_BEFORE = words_in(
    "( for in at to from between near under through by with on into as along across using via "
    "within towards toward during against after pour dans en sur entre vers par avec chez au "
    "aux para por con com em na no sobre desde hacia"
)

#: Translates the bytes of ASCII text to lower case, and signs other than marks to spaces.
_ASCII = bytes(
    ord(character.lower() if character.isalnum() or character in ",(" else " ")
    for character in map(chr, range(128))
).ljust(256)
#: Signs that end a statement or separate items, and common signs that are not ASCII.
_SPACED = ((",", " , "), ("(", " ( "), (")", " ( "), (":", " ( "), (";", " ( "), ("/", " , "),
           ("&", " and "), (" - ", " , "), ("--", " , "))  # fmt: skip
_OTHER_SIGNS = (
    ("\u2018", " "), ("\u2019", " "), ("\u201c", " "), ("\u201d", " "), ("\u2013", " - "),
    ("\u2014", " - "), ("\u00a0", " "), ("\uff0c", " , "), ("\u3001", " , "), ("\uff1a", " ( "),
    ("\uff08", " ( "), ("\uff09", " ( "), ("\u3002", " ( "), ("ı", "i"), ("ø", "o"), ("Ø", "o"),
    ("ł", "l"), ("Ł", "l"), ("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"),
)  # fmt: skip
_ACCENTS = re.compile("[\u0300-\u036f]+")
_NO_WORD = re.compile(r"[^\w,(]+|_+")
_UNSPACED_FROM = "\u0e00"


def marked_words(text: str) -> list[str]:
    """Return the words of a text, casefolded and without accents, with commas and breaks.

    Text in scripts without spaces is split into overlapping pairs of characters.

    >>> marked_words("Réseau d'eau, phase 2 (Togo)")
    ['reseau', 'd', 'eau', ',', 'phase', '2', '(', 'togo', '(']
    """
    if not text.isascii():
        text = _replaced(text, _OTHER_SIGNS)
    text = _replaced(text, _SPACED)
    if not text.isascii():
        text = " ".join([word if word.isascii() else _folded(word) for word in text.split(" ")])
    if text.isascii():
        return text.encode().translate(_ASCII).decode().split()
    words = _NO_WORD.sub(" ", text.casefold()).split()
    if max(text) < _UNSPACED_FROM:
        return words
    return [piece for word in words for piece in _split(word)]


def without_accents(text: str) -> str:
    """Return a text without the accents of its letters, and with the same spaces."""
    return text if text.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFD", text))


def phrase_words(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase as `marked_words` splits them, but for marks.

    The single character that ends text without spaces is left out, so that the phrase also occurs
    where other characters follow.

    >>> phrase_words("高速公路")
    ('高速', '速公', '公路')
    """
    words = [word for word in marked_words(phrase) if word not in {COMMA, BREAK}]
    if len(words) > 1 and len(words[-1]) == 1 and is_unspaced_word(words[-1]):
        words.pop()
    return tuple(words)


def separates(word: str) -> str:
    """Return the mark that a word stands for: a comma, a break, or an empty string for none."""
    if word in _BEFORE:
        return BREAK
    return COMMA if word in _AND else ""


def separators() -> frozenset[str]:
    """Return all words that stand for a mark."""
    return _BEFORE | _AND


def _replaced(text: str, signs: tuple[tuple[str, str], ...]) -> str:
    for sign, replacement in signs:
        if sign in text:
            text = text.replace(sign, replacement)
    return text


def _folded(text: str) -> str:
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())


def _split(word: str) -> list[str]:
    if word in {COMMA, BREAK} or max(word) < _UNSPACED_FROM:
        return [word]
    return words_of(word)
