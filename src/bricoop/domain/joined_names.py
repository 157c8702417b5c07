"""Detects cells that may hold several names without the semicolons that a list needs."""

import re

from bricoop.domain.names import normalise

#: Marks and words between names, other than a semicolon.
_BETWEEN = re.compile(
    r"\s*[,/&+|\n\t\uff0c\uff1b\u3001\u548c\u4e0e]\s*|\s+(?:and|et|und|y)\s+", re.IGNORECASE
)
#: Marks that occur between names and hardly within a name.
_OF_LISTS = re.compile(r"\s*[/+|]\s*")
#: Marks between names of places that occur in none of them, except between two names of one place.
_BETWEEN_PLACES = re.compile(r"[;\uff1b|/+\n\t]")
_IN_BRACKETS = re.compile(r"(.+?)\s*[(\uff08](.+)[)\uff09]")
#: Words after a comma or `and` that belong to the name of a company.
_ENDINGS = frozenset({
    "ag", "branch", "bv", "co", "company", "corp", "corporation", "gmbh", "group", "inc",
    "limited", "llc", "llp", "ltd", "nv", "plc", "pte", "pty", "sa", "sarl", "spa", "sons",
})  # fmt: skip
#: The least length of a name in a list, so that `A/S` is not one.
_SHORTEST = 3


def parts_of(name: str, shortest: int = _SHORTEST) -> tuple[str, ...]:
    """Return the names that a text may consist of; an empty tuple if it is hardly a list.

    Args:
        name: the text.
        shortest: the least length of each name.

    >>> parts_of("CDB, Exim"), parts_of("Foo Works Co., Ltd.")
    (('CDB', 'Exim'), ())
    """
    names = tuple(part_name for chunk in _BETWEEN.split(name) if (part_name := chunk.strip(" .")))
    is_list = len(names) > 1 and not any(
        normalise(part_name).replace(" ", "") in _ENDINGS or len(part_name) < shortest
        for part_name in names
    )
    return names if is_list else ()


def listed_places(text: str) -> tuple[str, ...]:
    """Return the names of places that a text may list; an empty tuple if there is one name.

    Names are compared without punctuation, so a list can look like another name: `Hong Kong; China`
    like `Hong Kong, China`.

    >>> listed_places("Hong Kong; China"), listed_places("Hong Kong, China")
    (('Hong Kong', 'China'), ())
    """
    names = tuple(name for piece in _BETWEEN_PLACES.split(text) if (name := piece.strip()))
    return names if len(names) > 1 else ()


def is_surely_list(name: str) -> bool:
    """Return whether a text is divided only by marks that hardly occur within names.

    >>> is_surely_list("CDB/Exim"), is_surely_list("Roads and Bridges")
    (True, False)
    """
    names = parts_of(name)
    return len(names) > 1 and len(_OF_LISTS.split(name)) == len(names)


def both_names(name: str) -> tuple[str, ...]:
    """Return a name and the one in brackets after it; an empty tuple without brackets.

    >>> both_names("China Eximbank (CHEXIM)")
    ('China Eximbank', 'CHEXIM')
    """
    match = _IN_BRACKETS.fullmatch(name.strip())
    return tuple(group.strip() for group in match.groups()) if match else ()
