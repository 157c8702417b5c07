"""The catalog of nouns that can be queried."""

from bricoop.domain.suggestions import nearest
from bricoop.errors import NotFoundError
from bricoop.query.nouns.entities import (
    AGREEMENTS,
    COUNTRY_NOUN,
    FINANCIERS,
    LINK_NOUN,
    ORGANIZATIONS,
    POLICIES,
    PROJECTS,
)
from bricoop.query.nouns.facts import FINANCE, FINDINGS, LOCATIONS, STATISTICS
from bricoop.query.nouns.noun import Noun
from bricoop.query.nouns.provenance import DISAGREEMENTS, LOADS, RECORDS, SOURCE_NOUN

#: The nouns by the headings of the help text.
GROUPS: dict[str, tuple[Noun, ...]] = {
    "Entities": (
        PROJECTS,
        COUNTRY_NOUN,
        AGREEMENTS,
        POLICIES,
        FINANCIERS,
        ORGANIZATIONS,
        LINK_NOUN,
    ),
    "Facts": (STATISTICS, FINDINGS, FINANCE, LOCATIONS),
    "Sources": (SOURCE_NOUN, LOADS, RECORDS, DISAGREEMENTS),
}
NOUNS: tuple[Noun, ...] = tuple(noun for nouns in GROUPS.values() for noun in nouns)


def noun_of(name: str) -> Noun:
    """Return the noun of a given name.

    Raises:
        NotFoundError: there is no such noun.
    """
    match = next((noun for noun in NOUNS if noun.name == name), None)
    if match is None:
        names = [noun.name for noun in NOUNS]
        raise NotFoundError("noun", name, nearest(name, {known: known for known in names}) or names)
    return match
