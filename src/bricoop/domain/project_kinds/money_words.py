"""Finds the amount of money and the instrument in the words of a title."""

import re

from bricoop.domain.project_kinds.giving_words import (
    FILLERS,
    MAGNITUDES,
    MONEY_ADJECTIVES,
    MONEY_NOUNS,
    is_currency_sign,
)

_NUMBER = re.compile(
    r"(?P<sign>[^\d\s.,]{0,4}\.?)(?P<number>\d[\d.,]*)(?P<unit>m|mn|k|b|bn|mil|million|billion)?"
    r"(?P<after>[€$£¥]|-[a-z]+|[a-z]{3,4})?"
)
_INSIDE = frozenset({"of", "in", "de"})
_SIGNS = frozenset("$€£¥")
#: Instruments that may follow the name of a receiver.
_LATER = frozenset({"grant", "grants", "loan", "loans", "funds", "funding", "donation", "credit"})
_SKIPPED = FILLERS | MONEY_ADJECTIVES | {"-", "—", "–"}


def span(folded: list[str]) -> tuple[int, int]:
    """Return where an amount or instrument of money begins and ends in casefolded words.

    It begins at the first word, or at a later amount with a currency; (0, 0) for none.
    """
    end = _end(folded, 0)
    if end:
        return 0, end
    for index, word in enumerate(folded):
        # Most words are letters alone, and then they are neither numbers nor signs.
        if index and (word in _LATER or (not word.isalpha() and _has_number(word))):
            start = index
            if is_currency_sign(folded[index - 1]) and index > 1:
                start = index - 1
            if end := _end(folded, start):
                return start, end
    return 0, 0


def _has_number(word: str) -> bool:
    return word[-1:].isdigit() or word[:1] in _SIGNS


def _starts_amount(word: str) -> bool:
    return _has_number(word) or is_currency_sign(word)


def _end(folded: list[str], start: int) -> int:
    """Return the index after the last word of the money that begins at an index, or 0."""
    end, number, currency = 0, False, False
    last = len(folded) - 1
    for index in range(start, last + 1):
        word = folded[index]
        if word in MONEY_NOUNS:
            end = index + 1
        elif word in _SKIPPED:
            pass
        elif number and word in MAGNITUDES:
            end = index + 1 if currency else end
        elif _has_number(word) or word[:1].isdigit():
            match = _NUMBER.fullmatch(word)
            if not match or not _is_amount(match["sign"], match["after"] or ""):
                break
            number = True
            currency = currency or bool(match["sign"] or match["after"])
            end = index + 1 if currency else end
            if (match["after"] or "").endswith("-worth"):
                break
        elif (number or (index < last and _is_number(folded[index + 1]))) and is_currency_sign(
            word.removesuffix("-worth").removeprefix("d'")
        ):
            currency = True
            end = index + 1 if number else end
        elif not (word in _INSIDE and end and index < last and _starts_amount(folded[index + 1])):
            break
    return end


def _is_number(word: str) -> bool:
    return word[:1].isdigit() or word[:1] in _SIGNS


def _is_amount(sign: str, after: str) -> bool:
    """Return whether what stands before and after a number is a currency, or nothing."""
    plain = sign.rstrip(".")
    return (not plain or is_currency_sign(sign) or is_currency_sign(plain)) and (
        not after or is_currency_sign(after.removeprefix("-"))
    )
