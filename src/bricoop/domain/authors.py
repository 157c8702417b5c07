"""Parses the authors of a source into persons with family and given names, and institutions."""

import re
from typing import NamedTuple

_SEPARATOR = re.compile("[;\uff1b]")
#: Words that occur in names of institutions and not in given names.
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
#: Legal forms after the comma in the name of a company.
_LEGAL_FORM = re.compile(
    r"(?:Inc|Incorporated|Ltd|Limited|LLC|LLP|Co|Corp|PLC|GmbH|Pty|Pty\.? Ltd|S\.?p\.?A)\.?",
    re.IGNORECASE,
)
#: Legal forms that count only after several words: after one word they are initials.
_SHORT_FORM = re.compile(r"(?:AG|SE|S\.?A|N\.?V|B\.?V)\.?")
#: Suffixes after the given names of a person.
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")
#: The most words of a family name, and of given names.
_FAMILY, _GIVEN = 4, 4


class Author(NamedTuple):
    """An author: a person with family and given names, or an institution.

    Attributes:
        family: the family name of a person, or the whole name of an institution.
        given: the given names of a person; empty for an institution.
    """

    family: str
    given: str = ""


def authors_in(stated: str) -> list[Author]:
    """Parse a list of authors that is separated by semicolons.

    A name with one comma is a person, family name first, unless it contains a word that occurs
    only in names of institutions. A family name of one word is not tested: `Bank, Sarah`.

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
