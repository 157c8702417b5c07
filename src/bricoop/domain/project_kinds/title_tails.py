"""Takes marks, remarks and phases off the ends of titles."""

import re

_MARKS = re.compile(r"(?:\[([^\[\]]{0,60})\]\s?)")
_LINKED = re.compile(
    r"\s?[\[(]?\s?\b(?:linked (?:to|with)|related to (?:project|#)).*", re.IGNORECASE
)
#: A remark in brackets with the number of another project.
_NUMBERED = re.compile(r"\s?[\[(][^()\[\]]{0,200}#\s?\d[^()\[\]]{0,200}[\])]?\s*$")
#: The most characters of the remark before either word.
_MOST_BEFORE_LINKED = 3
_ETCA = re.compile(
    r"\s?(?:[—–-]+\s?)?\b(?:via|through)(?: an?| the)?(?: \w+){0,2} ETCAs?\b\.?(?:\s?[—–-]+)?",
    re.IGNORECASE,
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DATED = re.compile(
    rf"[\s,]+(?:\((?:(?:{_MONTHS}) )?(?:19|20)\d\d\)|in (?:(?:{_MONTHS}),? )?(?:19|20)\d\d)\.?$",
    re.IGNORECASE,
)
_PHASE_WORD = re.compile("phase|tranche|stage|lot |batch")
_PHASE_FIRST = re.compile(
    r"(?:the )?((?:\w+ )?(?:phase|tranche|stage|lot) (?:\d+[a-z]?|[ivx]+|one|two|three)|"
    r"(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth) (?:phase|tranche|stage|batch))"
    r"(?: of(?: the)?)? (?=\S)", re.IGNORECASE,
)  # fmt: skip
_PHASE_LAST = re.compile(
    r"[\s,(]+(?:[—–-]+ )?((?:phase|tranche|stage|lot) (?:\d+[a-z]?|[ivx]+|one|two|three))\)?$",
    re.IGNORECASE,
)


#: What is in any mark, remark or phase.
_PARTS = re.compile(r"[\[(#]|linked|related|etca|phase|tranche|stage|lot$|batch|\bin$")


def may_be_tail(folded: str) -> bool:
    """Return whether a word may be of a mark, remark or phase that is taken off a title.

    Args:
        folded: the word in lower case with the signs beside it.
    """
    return _PARTS.search(folded) is not None


def without_marks(text: str) -> tuple[tuple[str, ...], str]:
    """Return the words in square brackets before a title, and the rest: `[Suspended] Road`."""
    marks: list[str] = []
    while text.startswith("[") and (match := _MARKS.match(text)):
        marks.append(match[1].strip())
        text = text[match.end() :]
    return tuple(marks), text


def without_tails(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a title without the remarks at its end, and the remarks."""
    tails: list[str] = []
    folded = text.casefold()
    match = _linked(text, folded) if "linked" in folded or "related" in folded else None
    if match is None and "#" in text:
        match = _NUMBERED.search(text)
    if match:
        text = text[: match.start()]
        tails.append(match[0].strip(" ()[]."))
    if "etca" in folded and (match := _ETCA.search(text)):
        text = f"{text[: match.start()]} {text[match.end() :].lstrip()}".strip()
        tails.append(match[0].strip(" —–-"))
    # A year ends in a digit, before a bracket or a full stop if any.
    if text.rstrip(").")[-1:].isdigit() and (match := _DATED.search(text, max(0, len(text) - 24))):
        text = text[: match.start()]
        tails.append(match[0].strip(" ,()."))
    return text.rstrip(" ,.;:"), tuple(tails)


def _linked(text: str, folded: str) -> re.Match[str] | None:
    """Return the remark on linked projects, searched from shortly before its first word."""
    if not text.isascii():
        return _LINKED.search(text)  # Folding may move the word.
    first = min(index for index in map(folded.find, ("linked", "related")) if index >= 0)
    return _LINKED.search(text, max(0, first - _MOST_BEFORE_LINKED))


def without_phase(text: str) -> tuple[str, str]:
    """Return the phase with which a text begins or ends, and the rest."""
    folded = text.casefold()
    if not _PHASE_WORD.search(folded):
        return "", text
    for pattern in (_PHASE_FIRST, _PHASE_LAST):
        find = pattern.match if pattern is _PHASE_FIRST else pattern.search
        if match := find(text):
            rest = text[match.end() :] if pattern is _PHASE_FIRST else text[: match.start()]
            return match[1], rest
    return "", text
