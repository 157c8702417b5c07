"""Derives a short name of a project from a title that tells a whole story."""

import re

from bricoop.domain.names import normalise
from bricoop.domain.project_kinds.title_parts import TitleParts, title_parts

#: What is done to a thing, before the name of the thing.
_WORKS = re.compile(
    r"(?:(?:the )?(?:(?:design|supply|study)(?: and|,) )?"
    r"(?:re)?(?:construction|building|rehabilitation|upgrading|upgrade|expansion|extension|"
    r"renovation|modernization|modernisation|repair|maintenance|completion|implementation)"
    r"(?: (?:and|&|/) (?:\w+))? (?:works )?(?:of|for)(?: the| an?)? |"
    r"(?:la |le )?(?:construction|réhabilitation|rehabilitation|extension|aménagement)"
    r" (?:de la |de l['’]|du |des |de |d['’]))",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:of )?(?:the|an?) (?=\S)", re.IGNORECASE)
_PROJECT = re.compile(r"[\s,]+(?:construction )?(?:project|programme|program)s?$", re.IGNORECASE)
#: Deliveries of which a title says nothing.
_UNKNOWN = re.compile(r"(?:an? )?(?:un(?:specified|known|identified)|various)\b", re.IGNORECASE)
#: With these begins what is left of a list or a sum whose beginning was taken for money.
_REST = re.compile(r"(?:and|or|of|with|worth|which|etc)\b", re.IGNORECASE)
_MONEY = re.compile(r"[$€£¥]|\d ?(?:million|billion|bn|mln)\b", re.IGNORECASE)
#: A short name has at least so many characters, and at most this share of those of the title.
_SHORTEST, _LARGEST_SHARE = 3, 0.8
#: A name with this share of its words in the short name is nearly equal to it.
_REPEATED_SHARE = 0.6
#: Below this length titles are short enough.
_LONG = 40


def short_name(title: str) -> str | None:
    """Return the short name of a project, or None if its title has none or is short itself.

    >>> short_name("Chinese Government provides RMB 36 million interest-free loan for Green Square"
    ...            " Interchange Road Project (Linked to Project ID#1)")
    'Green Square Interchange Road'
    >>> short_name("China Eximbank provides $5 million loan for Phase 2 of the Lake Road Project")
    'Lake Road, Phase 2'
    >>> short_name("The Embassy donates a batch of masks to the Ministry of Health in May 2020")
    'Batch of masks for Ministry of Health'
    >>> short_name("Lake Road Project")
    """
    if len(title) < _LONG:
        return None
    read = title_parts(title)
    if not (read.verb or read.tails or read.marks):
        return None
    name = _name(read)
    is_short = _SHORTEST <= len(name) <= _LARGEST_SHARE * len(title)
    # Without a proper name, such as "Supplies", it would tell nothing apart; and a sum of money
    # or the rest of something shows that the title was not understood.
    is_specific = any(map(str.isupper, name[1:])) and not _UNKNOWN.match(name)
    is_specific = is_specific and not (_MONEY.search(name) or _REST.match(name))
    return name[:1].upper() + name[1:] if is_short and is_specific else None


def repeats(short: str, name: str) -> bool:
    """Return whether a short name says nearly all that the name says, so that one is enough.

    >>> repeats("Kuri Dam", "KURI DAM."), repeats("Masks for Kuri", "China donates masks to Kuri")
    (True, False)
    >>> repeats("Supplies for a clinic in Kuri", "China donates supplies to a clinic in Kuri")
    True
    """
    words, own = normalise(name).split(), {*normalise(short).split()}
    return sum(word in own for word in words) >= _REPEATED_SHARE * len(words)


def _name(read: TitleParts) -> str:
    delivered = _without(_WORKS, _without(_ARTICLE, read.delivered))
    name = _without(_ARTICLE, delivered)
    if name.casefold().rstrip("s").endswith(("project", "program", "programme")):
        name = _PROJECT.sub("", name)
    name = name.strip(" ,.;:—–-")
    if name and read.receiver and not any(map(str.isupper, name[1:])):
        # Goods are the same everywhere; who receives them tells deliveries apart.
        name = f"{name} for {_without(_ARTICLE, read.receiver)}"
    return f"{name}, {read.phase}" if read.phase else name


def _without(pattern: re.Pattern[str], text: str) -> str:
    """Return a text without its beginning if that matches a pattern."""
    match = pattern.match(text)
    return text[match.end() :] if match else text
