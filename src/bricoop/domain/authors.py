"""The authors of a source: persons by family and given name, and institutions."""

import re
from typing import NamedTuple

_SEPARATOR = re.compile("[;\uff1b]")
#: Words that names of institutions have, and given names have not.
_INSTITUTION = re.compile(
    r"\b(?:acad[eé]m\w*|administration|agency|alliance|association|authority|bank|board|bureau|cent(?:er|re)|"
    r"chamber|college|commission|committee|company|corporation|council|department|development|"
    r"embassy|finance|foundation|fund|government|group|holdings?|initiative|institut\w*|"
    r"international|laboratory|ministry|national|network|office|organi[sz]ation|partners|people|"
    r"press|program(?:me)?|republic|research|school|secretariat|society|state|studies|trust|"
    r"union|universi\w*|world|and|for|of|the|"
    r"agence|agencia|ag[eê]ncia|assoc\w*|banc[ao]|banque|bundes\w*|comiss[aã]o|comisi[oó]n|conseil|"
    r"consejo|consiglio|[eé]cole|escuela|fonda[tz]\w*|fundaci[oó]n|funda[cç][aã]o|gesellschaft|"
    r"gouvernement|gobierno|governo|minist[eèé]r\w*|soci[eé]t[eé]|sociedad|stiftung)\b|&|\d",
    re.IGNORECASE,
)
#: What stands behind the name of a company,
_LEGAL_FORM = re.compile(
    r"(?:Inc|Incorporated|Ltd|Limited|LLC|LLP|Co|Corp|PLC|GmbH|Pty|Pty\.? Ltd|S\.?p\.?A)\.?",
    re.IGNORECASE,
)
#: or of a company of several words: behind one word these are initials.
_SHORT_FORM = re.compile(r"(?:AG|SE|S\.?A|N\.?V|B\.?V)\.?")
#: What stands behind the given names of a person.
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")
#: A family name has so many words at most, and given names have.
_FAMILY, _GIVEN = 4, 4


class Author(NamedTuple):
    """An author: a person with both names, or anybody else by one name.

    Attributes:
        family: the family name of a person, or the whole name of anybody else.
        given: the given names of a person; empty of anybody else.
    """

    family: str
    given: str = ""


def authors_in(stated: str) -> list[Author]:
    """Return the authors that a text names, with semicolons between them.

    A name with one comma is a person's, family name first, unless it has words as only
    institutions have. A family name of one word may be such a word: `Bank, Sarah`.

    >>> authors_in("Li, Wei; van der Berg, Jan; World Bank")
    [Author(family='Li', given='Wei'), Author(family='van der Berg', given='Jan'), \
Author(family='World Bank', given='')]
    >>> authors_in("Ministry of Commerce, China; Example Motors, Inc.")
    [Author(family='Ministry of Commerce, China', given=''), \
Author(family='Example Motors, Inc.', given='')]
    """
    names = (" ".join(section.split()) for section in _SEPARATOR.split(stated))
    return [_author(name) for name in names if name]


def _author(name: str) -> Author:
    family, *rest = (section.strip() for section in name.split(","))
    if len(rest) == 2 and _SUFFIX.fullmatch(rest[1]):  # noqa: PLR2004 (given names, and a suffix)
        rest = [" ".join(rest)]
    given_names = rest[0] if len(rest) == 1 else ""
    has_one_word = len(family.split()) == 1
    is_person = (
        family
        and given_names
        and len(family.split()) <= _FAMILY
        and len(given_names.split()) <= _GIVEN
        and not _INSTITUTION.search(given_names if has_one_word else name)
        and not _LEGAL_FORM.fullmatch(given_names)
        and (has_one_word or not _SHORT_FORM.fullmatch(given_names))
    )
    return Author(family, given_names) if is_person else Author(name)
