"""Names that are perhaps several, written as a list in other ways than the one that is read."""

import re

from bricoop.domain.names import normalise

#: What stands between several names, where a semicolon should.
_BETWEEN = re.compile(
    r"\s*[,/&+|\uff0c\u3001\u548c\u4e0e]\s*|\s+(?:and|et|und|y)\s+", re.IGNORECASE
)
#: These stand in a list, and hardly in a name.
_OF_LISTS = re.compile(r"\s*[/+|]\s*")
_IN_BRACKETS = re.compile(r"(.+?)\s*[(\uff08](.+)[)\uff09]")
#: What a company is called after a comma, or a name after `and`.
_ENDINGS = frozenset({
    "ag", "branch", "bv", "co", "company", "corp", "corporation", "gmbh", "group", "inc",
    "limited", "llc", "llp", "ltd", "nv", "plc", "pte", "pty", "sa", "sarl", "spa", "sons",
})  # fmt: skip
#: The parts of a list have more letters than the sides of `A/S`.
_SHORTEST = 3


def parts_of(name: str, shortest: int = _SHORTEST) -> tuple[str, ...]:
    """Return the names that a name may consist of; none where it can hardly be several.

    Args:
        name: the name.
        shortest: how many letters each of the names has at least.

    >>> parts_of("CDB, Exim"), parts_of("Foo Works Co., Ltd.")
    (('CDB', 'Exim'), ())
    """
    names = tuple(part_name for chunk in _BETWEEN.split(name) if (part_name := chunk.strip(" .")))
    is_list = len(names) > 1 and not any(
        normalise(part_name).replace(" ", "") in _ENDINGS or len(part_name) < shortest
        for part_name in names
    )
    return names if is_list else ()


def is_surely_list(name: str) -> bool:
    """Return whether only marks that stand in lists divide a name.

    >>> is_surely_list("CDB/Exim"), is_surely_list("Roads and Bridges")
    (True, False)
    """
    names = parts_of(name)
    return len(names) > 1 and len(_OF_LISTS.split(name)) == len(names)


def both_names(name: str) -> tuple[str, ...]:
    """Return a name and the one in brackets after it; none where there are no brackets.

    >>> both_names("China Eximbank (CHEXIM)")
    ('China Eximbank', 'CHEXIM')
    """
    match = _IN_BRACKETS.fullmatch(name.strip())
    return tuple(group.strip() for group in match.groups()) if match else ()
